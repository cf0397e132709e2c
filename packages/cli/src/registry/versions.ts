/** Each of the versions once, the newest first, by the precedence of semantic versioning as far as people need it. */
export function newestFirst(versions: readonly string[]): string[] {
  return [...new Set(versions)].sort((a, b) => compare(b, a));
}

function compare(a: string, b: string): number {
  const [releaseA, preA] = split(a);
  const [releaseB, preB] = split(b);
  const byRelease = byNumbers(releaseA, releaseB);
  if (byRelease !== 0) return byRelease;
  // What comes before a release is older than it.
  if (preA === undefined || preB === undefined) return preA === preB ? 0 : preA === undefined ? 1 : -1;
  return byNumbers(preA, preB);
}

function split(version: string): [release: string, pre: string | undefined] {
  const [precedence = ''] = version.split('+');
  const dash = precedence.indexOf('-');
  return dash < 0 ? [precedence, undefined] : [precedence.slice(0, dash), precedence.slice(dash + 1)];
}

/** `1.10` is more than `1.9`. */
function byNumbers(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
