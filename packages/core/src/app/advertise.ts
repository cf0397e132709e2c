import { networkInterfaces } from 'node:os';

/**
 * The address that others are told: what was asked for, or else where the server listens; where that is every interface,
 * the first address of this machine that others could reach.
 */
export function advertised(listening: string, asked: string | undefined): string {
  if (asked) return asked;
  const everywhere = /^(\w+:\/\/)(?:0\.0\.0\.0|\[::\])(:\d+)$/.exec(listening);
  if (!everywhere) return listening;
  const [, scheme, port] = everywhere;
  const reachable = Object.values(networkInterfaces())
    .flat()
    .find((each) => each && !each.internal && each.family === 'IPv4');
  return `${scheme}${reachable?.address ?? '127.0.0.1'}${port}`;
}
