import { InjectionToken } from '../container/token.js';
import type { EndpointRecord, NodeRecord } from '../registry/node-record.js';
import type { ServiceView } from '../registry/service-view.js';

/**
 * What an application knows of a service of strangers, which does not describe itself: for nodes that are in the registry
 * without their handlers, or for nodes that are in none.
 */
export interface ServiceDescription {
  /** By which clients ask for it. */
  readonly service: string;
  readonly endpoints: readonly EndpointRecord[];
  /** Where it is, when no registry says so. Default: as the registry says. */
  readonly nodes?: readonly NodeRecord[];
}

/** All descriptions: a multi-provider, one entry for each service, or for several. */
export const SERVICE_DESCRIPTIONS = new InjectionToken<readonly (ServiceDescription | readonly ServiceDescription[])[]>(
  'SERVICE_DESCRIPTIONS',
  {
    key: Symbol.for('skerry.service-descriptions'),
  },
);

/** What clients need of a view of the registry. */
export type NodeView = Pick<ServiceView, 'nodes' | 'loaded' | 'failure' | 'wait' | 'onChange'>;

/** Nodes that are known from the beginning and stay the same. */
export class FixedNodes implements NodeView {
  readonly loaded = true;
  readonly failure = undefined;
  /** Frozen, sorted by id. */
  readonly nodes: readonly NodeRecord[];

  constructor(nodes: readonly NodeRecord[]) {
    this.nodes = Object.freeze([...nodes].sort((a, b) => (a.id < b.id ? -1 : 1)));
  }

  wait(satisfied: (nodes: readonly NodeRecord[]) => boolean, signal?: AbortSignal): Promise<readonly NodeRecord[]> {
    return new Promise((resolve, reject) => {
      if (satisfied(this.nodes)) resolve(this.nodes);
      else signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }

  onChange(): () => void {
    return () => undefined;
  }
}
