import type { Clock, NodeRecord, RegistryCapabilities, RegistryDriver } from '@skerry/core';
import { ConsulError } from '../consul-error.js';
import { ConsulHttp } from '../consul-http.js';
import { resolveConsulOptions, type ConsulOptions } from '../consul-options.js';
import { nodesIn } from './health-entry.js';
import { liveServices } from './live-services.js';
import { checkId, consulId, consulName } from './names.js';
import { maxRecordBytes, recordIn, sameRecord, serviceOf } from './service-record.js';
import { Watches } from './watches.js';

/** A service as its agent has it. */
interface OnAgent {
  readonly meta: Readonly<Record<string, unknown>>;
  readonly passing: boolean;
}

/**
 * The registry in Consul's catalog. A node is a service of the agent that it talks to, with a TTL check that its refreshes
 * keep passing; one that fails is no longer found at once, and removed by Consul a minute or more later. Services that were
 * registered by hand are nodes too. Uses no keys of the key-value store.
 */
export class ConsulRegistryDriver implements RegistryDriver {
  readonly name = 'consul';
  readonly capabilities: RegistryCapabilities = { watch: true, expiry: true, writable: true, maxRecordBytes };
  private readonly http: ConsulHttp;
  private readonly watches: Watches;
  /** What every question about services is asked with. */
  private readonly reads: object;

  /** Connects to nothing yet. Throws `SKERRY_OPTION_INVALID`. */
  constructor(
    clock: Clock,
    options: ConsulOptions = {},
    env: Readonly<Record<string, string | undefined>> = process.env,
  ) {
    const resolved = resolveConsulOptions(options, env);
    const { consistency, datacenter, waitMs, maxWatches } = resolved;
    this.http = new ConsulHttp(resolved);
    this.reads = {
      ...(consistency === 'default' ? {} : { [consistency]: true }),
      ...(datacenter ? { dc: datacenter } : {}),
    };
    this.watches = new Watches(
      async (service, index, heldMs, signal) => {
        const held = index === undefined ? {} : { index: String(index), wait: `${heldMs}ms` };
        const question = { service: consulName(service), passing: true, ...this.reads, ...held };
        const answer = await this.http.ask(`watch ${service}`, signal, (consul, asking) =>
          consul.health.service({ ...question, ...asking }),
        );
        return { ...answer, nodes: nodesIn(answer.body, service) };
      },
      clock,
      waitMs,
      maxWatches,
    );
  }

  /** One question and one order to the agent, both answered without its servers unless something changed. */
  async register(node: NodeRecord, signal: AbortSignal): Promise<void> {
    const service = serviceOf(node, consulName(node.service));
    const present = await this.onAgent(service.ID, signal);
    const refreshed = present && sameRecord(present.meta, service.Meta) && (await this.pass(node.id, signal));
    if (refreshed) return;
    const rival = present?.passing ? recordIn(present.meta) : undefined;
    if (rival && rival.epoch > node.epoch) return;
    // The client's own method would leave out the weights.
    await this.http.call(`register ${node.id}`, signal, (consul, asking) =>
      consul._put({ name: 'register', path: '/agent/service/register', type: 'json', body: service, ...asking }),
    );
    // What a check said before, it goes on to say when it is registered anew; and only what it was told, and not how it began,
    // does it say again when the agent was restarted.
    if (!(await this.pass(node.id, signal))) throw new Error('the agent did not keep the check that it was given');
  }

  async deregister({ id }: NodeRecord, signal: AbortSignal): Promise<void> {
    await this.http
      .call(`deregister ${id}`, signal, (consul, asking) =>
        consul.agent.service.deregister({ id: consulId(id), ...asking }),
      )
      .catch(unlessMissing);
  }

  async lookup(service: string, signal: AbortSignal): Promise<readonly NodeRecord[]> {
    const body: unknown = await this.http.call(`look up ${service}`, signal, (consul, asking) =>
      consul.health.service({ service: consulName(service), passing: true, ...this.reads, ...asking }),
    );
    return nodesIn(body, service);
  }

  services(signal: AbortSignal): Promise<readonly string[]> {
    const isLive = async (service: string): Promise<boolean> => (await this.lookup(service, signal)).length > 0;
    return liveServices(this.http, this.reads, isLive, signal);
  }

  watch(service: string, changed: (nodes: readonly NodeRecord[]) => void, signal: AbortSignal): Promise<void> {
    return this.watches.watch(service, changed, signal);
  }

  /** Leaves the registrations to Consul, which ends them after their TTL. */
  async close(): Promise<void> {
    this.watches.close();
    this.http.close();
  }

  /** `false` when the agent has no such check: it was removed because it failed for long, or by hand. */
  private async pass(id: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.http.call(`refresh ${id}`, signal, (consul, asking) =>
        consul.agent.check.pass({ id: checkId(id), ...asking }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConsulError) return false;
      throw error;
    }
  }

  /** `undefined` when the agent has no such service. */
  private async onAgent(id: string, signal: AbortSignal): Promise<OnAgent | undefined> {
    const ask = this.http.call(`register ${id}`, signal, (consul, asking) =>
      consul._get({ name: 'health', path: '/agent/health/service/id/{id}', params: { id }, ...asking }),
    );
    // Told by the status as well, 200 when it passes, 429 and 503 when it does not: no failures of this question.
    const body = await ask.then(
      (response) => response.body,
      (error: unknown) => {
        if (error instanceof ConsulError && [429, 503].includes(error.status)) return error.body;
        return unlessMissing(error);
      },
    );
    const { AggregatedStatus, Service } = (body ?? {}) as { AggregatedStatus?: string; Service?: { Meta?: object } };
    if (!Service) return undefined;
    return { meta: { ...Service.Meta }, passing: AggregatedStatus === 'passing' };
  }
}

/** For what is answered by 404 when it is not there. */
function unlessMissing(error: unknown): undefined {
  if (error instanceof ConsulError && error.status === 404) return undefined;
  throw error;
}
