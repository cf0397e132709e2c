/**
 * The npm that started us rather than the first in PATH: the program to run, and what goes before its arguments.
 *
 * @returns {{ command: string, first: string[] }}
 */
export function npm() {
  const path = process.env['npm_execpath'];
  return path?.endsWith('npm-cli.js') ? { command: process.execPath, first: [path] } : { command: 'npm', first: [] };
}
