import { withRegistry } from '../fleet/registry-access.js';
import { allNodes } from '../registry/all-nodes.js';
import { withoutOwn } from '../registry/own-services.js';
import type { Terminal } from '../terminal/terminal.js';
import type { Candidate, LiveKind } from './complete.js';

// Longer than that nobody waits with a finger on the key.
const patienceMs = 2_000;

// What needs no quotes in any shell; no service has another name.
const safe = /^[\w.$-]+$/;

/** Names from the registry that begin with `current`. Rejects when it cannot be asked, or takes too long. */
export async function liveNames(
  kind: LiveKind,
  current: string,
  app: string | undefined,
  { env, cwd, stderr }: Terminal,
): Promise<Candidate[]> {
  const request = { json: true, ...(app === undefined ? {} : { app }) };
  return withRegistry(request, { env, cwd, stderr }, async (access) => {
    const late = new Promise<never>((_, reject) => {
      access.clock.setTimer(patienceMs, () => reject(new Error(`no answer within ${patienceMs} ms`)), true);
    });
    const { nodes } = await Promise.race([allNodes(access), late]);
    const names = [...withoutOwn(nodes)].flatMap(([service, each]) => {
      if (kind === 'service')
        return [{ value: service, description: each.length === 1 ? '1 node' : `${each.length} nodes` }];
      const handlers = new Map(each.flatMap(({ endpoints }) => endpoints).map((endpoint) => [endpoint.name, endpoint]));
      return [...handlers.values()].map((endpoint) => ({
        value: `${service}.${endpoint.name}`,
        description: endpoint.description?.split('\n')[0] ?? endpoint.kind,
      }));
    });
    return names.filter(({ value }) => value.startsWith(current) && safe.test(value));
  });
}
