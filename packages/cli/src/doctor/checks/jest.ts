import { ok, warn, type Check } from '../check.js';
import { filesOf } from './compilers.js';

/** Whether tests see what constructors ask for. A configuration may be any program, so its text is what is judged. */
export const jest: Check = {
  name: 'jest',
  async run({ folder, workspace, manifest }) {
    const files = filesOf([folder, workspace], /^jest\.config\.([cm]?[jt]s|json)$/);
    const inline =
      manifest?.jest === undefined ? [] : [{ name: 'jest of package.json', text: JSON.stringify(manifest.jest) }];
    const swcrc = filesOf([folder, workspace], /^\.swcrc$/).some(({ text }) =>
      /"decoratorMetadata"\s*:\s*true/.test(text),
    );
    const configurations = [...inline, ...files];
    if (configurations.length === 0) return [ok('no configuration of Jest')];
    return configurations.map(({ name, text }) => {
      if (/@swc\/jest/.test(text)) {
        if (swcrc || /decoratorMetadata['"]?\s*:\s*true/.test(text)) return ok(`${name}: swc with decorator metadata`);
        return warn(
          `${name}: @swc/jest without decoratorMetadata`,
          'give it jsc: { transform: { legacyDecorator: true, decoratorMetadata: true } }',
        );
      }
      if (/ts-jest/.test(text)) return ok(`${name}: ts-jest, which does as tsconfig.json says`);
      if (/esbuild-jest|jest-esbuild/.test(text)) {
        return warn(`${name}: esbuild writes no decorator metadata`, 'use @swc/jest, with decoratorMetadata: true');
      }
      if (/preset|projects|transform/.test(text)) return ok(`${name}: not known to leave out decorator metadata`);
      return warn(
        `${name}: Jest's own compiler, Babel, writes no decorator metadata`,
        'npm i -D @swc/jest @swc/core, and use that as the transform of .ts files',
      );
    });
  },
};
