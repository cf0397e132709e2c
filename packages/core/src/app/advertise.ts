import { networkInterfaces } from 'node:os';
import type { ResolvedOptions } from './options.js';

/** The address that others are told, and how it came about: a wrong one is found by its reason. */
export interface Advertised {
  readonly address: string;
  readonly reason: string;
  /** It is not simply where the server listens. */
  readonly chosen: boolean;
}

/**
 * The address that others are told: what the options say, or else the environment, or else where the server listens; where
 * that is every interface, the first address of this machine that others could reach.
 */
export function advertised(
  listening: string,
  { advertise, advertiseFrom }: Pick<ResolvedOptions, 'advertise' | 'advertiseFrom'>,
): Advertised {
  if (advertise) return { address: advertise, reason: `by ${advertiseFrom ?? 'the option advertise'}`, chosen: true };
  const everywhere = /^(\w+:\/\/)(?:0\.0\.0\.0|\[::\])(:\d+(?:\/\S*)?)$/.exec(listening);
  if (!everywhere) return { address: listening, reason: 'the server listens there', chosen: false };
  const [, scheme, port] = everywhere;
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    const reachable = addresses?.find((each) => !each.internal && each.family === 'IPv4');
    if (!reachable) continue;
    const reason = `the server listens everywhere, and ${name} is the first interface that others may reach`;
    return { address: `${scheme}${reachable.address}${port}`, reason, chosen: true };
  }
  const reason = 'the server listens everywhere, and only loopback is there';
  return { address: `${scheme}127.0.0.1${port}`, reason, chosen: true };
}
