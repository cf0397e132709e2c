import { readFileSync } from 'node:fs';

// What every script of package.json goes through. It runs before anything is installed, and first of all on whichever
// Node there is: so no dependency, and nothing that an old Node cannot read before the check.
/** @type {{ engines: { node: string } }} */
const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const needed = engines.node.replace('>=', '');
const [name = '', ...args] = process.argv.slice(2);

if (isOlder(process.versions.node, needed)) {
  console.error(
    `Cannot run "${name}": Skerry needs Node ${needed} or later, and ${process.execPath} is ${process.versions.node}.\n` +
      'Install a newer Node, or put it first in PATH, and run the same command again.',
  );
  // Whoever reads the last line of a test run finds it whatever happened.
  if (name === 'test') console.log('0 passed, 1 failed');
  process.exitCode = 1;
} else {
  void import('./run/commands.mjs').then(({ runCommand }) => runCommand(name, args));
}

/** @param {string} version @param {string} minimum */
function isOlder(version, minimum) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = minimum.split('.').map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
