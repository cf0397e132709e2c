import type { ConsulHttp } from '../consul-http.js';
import { serviceName } from './names.js';

/** Of a check, what `/v1/health/state/` answers. */
interface FailingCheck {
  readonly Node: string;
  /** Empty for a check of a whole machine. */
  readonly ServiceName: string;
}

/**
 * The names of all services with an instance that passes. The catalog lists a service as long as it has any, also one that
 * has been failing for a minute; so those with a check that fails are looked up one by one.
 *
 * @param reads  Added to each question: consistency and datacenter.
 * @param isLive Whether a service has a node, by looking it up.
 */
export async function liveServices(
  http: ConsulHttp,
  reads: object,
  isLive: (service: string) => Promise<boolean>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const failing = async (state: 'critical' | 'warning'): Promise<readonly FailingCheck[]> =>
    list(
      await http.call('list services', signal, (consul, asking) => consul.health.state({ state, ...reads, ...asking })),
    );
  const [catalog, critical, warning] = await Promise.all([
    http.call('list services', signal, (consul, asking) =>
      consul.catalog.service.list({ ...reads, ...asking } as object),
    ),
    failing('critical'),
    failing('warning'),
  ]);
  const checks = [...critical, ...warning];
  const machines = [...new Set(checks.filter(({ ServiceName }) => !ServiceName).map(({ Node }) => Node))];
  const onMachines = await Promise.all(
    machines.map((node) =>
      http.call('list services', signal, (consul, asking) =>
        consul.catalog.node.services({ node, ...reads, ...asking }),
      ),
    ),
  );
  const doubtful = new Set([
    ...checks.map(({ ServiceName }) => serviceName(ServiceName)),
    ...onMachines.flatMap((answer) => namesOn(answer)),
  ]);
  const names = [...new Set(Object.keys(catalog ?? {}).map(serviceName))];
  const live = await Promise.all(names.map(async (name) => !doubtful.has(name) || isLive(name)));
  return names.filter((_, index) => live[index]);
}

/** The services of one machine, of what `/v1/catalog/node/` answers: `null` for a machine that is not there any more. */
function namesOn(answer: unknown): string[] {
  const { Services } = (answer ?? {}) as { readonly Services?: Readonly<Record<string, { readonly Service: string }>> };
  return Object.values(Services ?? {}).map(({ Service }) => serviceName(Service));
}

function list(answer: unknown): readonly FailingCheck[] {
  if (!Array.isArray(answer)) throw new Error('Consul answered something that is no list of checks');
  return answer as readonly FailingCheck[];
}
