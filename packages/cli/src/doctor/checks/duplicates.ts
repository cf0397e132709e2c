import { relative } from 'node:path';
import { fail, ok, warn, type Check, type Finding } from '../check.js';
import { installed } from '../installed.js';

/** Packages of which a second copy does harm, and which. */
const harm: Readonly<Record<string, readonly [as: 'fail' | 'warn', why: string]>> = {
  '@skerry/core': ['fail', 'its classes are tokens, and those of one copy are not those of the other'],
  'reflect-metadata': ['warn', 'older ones do not see what the other has recorded'],
  'class-validator': ['warn', 'rules that one copy has recorded may be unknown to the other'],
  'class-transformer': ['warn', 'rules that one copy has recorded are unknown to the other'],
};

/** Whether there is one copy of what must be there once. */
export const duplicates: Check = {
  name: 'duplicates',
  async run(ground) {
    const copies = installed(ground, (name) => name in harm);
    const found = Object.entries(harm).flatMap(([name, [as, why]]): Finding[] => {
      const own = copies.filter((each) => each.name === name);
      if (own.length < 2) return [];
      const lines = own.map(({ path, version, broughtBy }) => {
        const by = broughtBy.length > 0 ? `, for ${broughtBy.join(', ')}` : '';
        return `${relative(ground.workspace, path)} (${version}${by})`;
      });
      const text = `${own.length} copies of ${name}: ${why}\n${lines.join('\n')}`;
      const fix = `ask for one version everywhere, then npm dedupe; npm ls ${name} shows who asks`;
      return [as === 'fail' ? fail(text, fix) : warn(text, fix)];
    });
    if (found.length > 0) return found;
    const core = copies.find(({ name }) => name === '@skerry/core');
    return [
      ok(
        core ? `one copy of @skerry/core (${core.version}) and of what it needs` : '@skerry/core is not installed here',
      ),
    ];
  },
};
