import type { NodeRecord } from '@skerry/core';
import type { Fleet } from '../fleet/fleet.js';
import { getHealth, type HealthAnswer } from './get-health.js';

/**
 * How a node is:
 * - `ready`, `starting`, `not-ready`, `stopped`: as it says itself.
 * - `up`: it answers, and tells no more: its application does not offer `http: { health: true }`. It registered itself as ready.
 * - `unreachable`: it does not answer.
 * - `unknown`: it has no address that can be asked from here.
 */
export type NodeState = 'ready' | 'starting' | 'not-ready' | 'stopped' | 'up' | 'unreachable' | 'unknown';

export interface NodeHealth {
  readonly service: string;
  readonly node: string;
  readonly version: string;
  /** What was asked; absent for `unknown`. */
  readonly address?: string;
  readonly state: NodeState;
  /** Whether that is how it should be: `ready`, or `up`. */
  readonly well: boolean;
  /** As it tells them; absent where it does not. */
  readonly checks?: HealthAnswer['checks'];
  /** Why it is unreachable. */
  readonly error?: string;
}

/** Asks a node how it is, by what it offers. Never rejects for what the node does; with the signal's reason when that is aborted. */
export async function nodeHealth(
  record: NodeRecord,
  fleet: Fleet,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<NodeHealth> {
  const { service, id: node, version, addresses } = record;
  const whole = { service, node, version };
  const { http, skerry } = addresses;
  const address = http ?? skerry;
  if (address === undefined) return { ...whole, state: 'unknown', well: false };
  const patience = new AbortController();
  const timer = fleet.clock.setTimer(timeoutMs, () => patience.abort(new Error(`no answer within ${timeoutMs} ms`)));
  const until = AbortSignal.any([signal, patience.signal]);
  try {
    const answer =
      http === undefined
        ? await connects(skerry!, service, fleet, until)
        : await getHealth(http, service, fleet, until);
    const state = answer?.status ?? 'up';
    const checks = answer ? { checks: answer.checks } : {};
    return { ...whole, address, state, well: state === 'ready' || state === 'up', ...checks };
  } catch (error) {
    signal.throwIfAborted();
    const told = patience.signal.aborted ? (patience.signal.reason as Error) : (error as Error);
    return { ...whole, address, state: 'unreachable', well: false, error: told.message };
  } finally {
    timer.cancel();
  }
}

/** Whether somebody listens there; more is not offered by addresses of Skerry's own protocol. */
async function connects(
  address: string,
  service: string,
  { app, core }: Fleet,
  signal: AbortSignal,
): Promise<undefined> {
  const link = await app.get(core.Transport).connect(address, signal, service);
  await new Promise<void>((resolve) => {
    link.start({ frame: () => undefined, drained: () => undefined, closed: () => resolve() });
    link.close();
  });
}
