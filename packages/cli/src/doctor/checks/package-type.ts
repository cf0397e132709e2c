import { fail, ok, warn, type Check } from '../check.js';

/** Whether files of the package are ES modules. */
export const packageType: Check = {
  name: 'package',
  ofPackages: true,
  async run({ manifest, folder }) {
    if (!manifest)
      return [
        warn(
          `no package.json that can be read in ${folder}, nor above`,
          'npm init, or go to the folder of an application',
        ),
      ];
    if (manifest.type === 'module') return [ok('"type": "module"')];
    const text =
      manifest.type === undefined ? 'package.json has no "type", so files are CommonJS' : `"type": "${manifest.type}"`;
    return [fail(text, 'write "type": "module" into package.json')];
  },
};
