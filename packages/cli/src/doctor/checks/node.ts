import semver from 'semver';
import { fail, ok, type Check } from '../check.js';

// What Skerry itself needs: ES modules that CommonJS can require, and no flag for it.
const least = '>=20.19';

/** The version of Node, against what Skerry and the package ask for. */
export const node: Check = {
  name: 'node',
  async run({ nodeVersion, manifest }) {
    const wanted = manifest?.engines?.node;
    if (!semver.satisfies(nodeVersion, least)) {
      return [fail(`Node ${nodeVersion}; Skerry needs ${least}`, 'install a newer Node, such as the current LTS')];
    }
    if (wanted === undefined) return [ok(`Node ${nodeVersion}`)];
    if (semver.validRange(wanted) === null) {
      return [fail(`engines.node of package.json is '${wanted}', which is no range`, `write "node": "${least}"`)];
    }
    if (semver.satisfies(nodeVersion, wanted)) return [ok(`Node ${nodeVersion}, and package.json asks for ${wanted}`)];
    return [fail(`Node ${nodeVersion}; package.json asks for ${wanted}`, `use a Node that is ${wanted}`)];
  },
};
