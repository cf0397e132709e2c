import { fail, ok, type Check } from '../check.js';
import { installed } from '../installed.js';

/** Whether packages of Skerry have one version: they are published together, and made for each other. */
export const versions: Check = {
  name: 'versions',
  async run(ground) {
    const byVersion = new Map<string, Set<string>>();
    for (const { name, version } of installed(ground, (each) => each.startsWith('@skerry/'))) {
      byVersion.set(version, (byVersion.get(version) ?? new Set()).add(name));
    }
    const [first] = byVersion.keys();
    if (first === undefined) return [ok('no package of Skerry is installed here')];
    if (byVersion.size === 1) return [ok(`all packages of Skerry are ${first}`)];
    const lines = [...byVersion].map(([version, names]) => `${version}: ${[...names].sort().join(', ')}`);
    const names = [...new Set([...byVersion.values()].flatMap((each) => [...each]))].sort();
    return [
      fail(
        `packages of Skerry differ in version\n${lines.join('\n')}`,
        `npm install ${names.map((name) => `${name}@latest`).join(' ')}`,
      ),
    ];
  },
};
