import { nearest } from '../errors/nearest.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { EndpointRecord, NodeRecord } from '../registry/node-record.js';
import { bisect } from '../selector/bisect.js';
import { BoundedMap } from '../selector/bounded-map.js';
import type { NodeCriteria, NodeFilter } from '../selector/filter.js';
import { accepted, requirementsOf } from '../selector/requirement.js';
import { explainNoTarget } from './no-target.js';
import { byNativeProtocol, endpointOf, offers, type Reach } from './offered.js';

/** Which nodes of a service can take calls of one handler, and what the handler declares there. */
export interface Targets {
  /** Frozen, sorted by id; the same array for as long as the service's nodes are the same. */
  readonly nodes: readonly NodeRecord[];
  /** Of the first of them that tells its handlers; where none does, unary and not idempotent. Absent when there is none. */
  readonly endpoint?: EndpointRecord;
  /** Whether a node of the service has the handler, or may have it, whatever the criteria. If not, waiting will not help. */
  readonly known: boolean;
  /** Why there is none: see {@link explainNoTarget}. */
  readonly explain: () => string | undefined;
}

/** What callers may choose is bounded: names of handlers, and criteria that are made anew for each call. */
const mostHandlers = 1_000;
const mostCriteria = 100;

type ByHandler = Map<string, Targets>;

/**
 * Finds the targets of each handler of one service, for each criteria that its callers have, once; and again only when its
 * nodes have changed.
 */
export class TargetCache {
  /** A node of the service that was there once, for the message that none is there now. */
  lastSeen?: NodeRecord;
  private of: readonly NodeRecord[] = [];
  private readonly all: ByHandler = new BoundedMap(mostHandlers);
  // Callers mostly keep their criteria, and looking those up by identity costs no text.
  private readonly byIdentity = new BoundedMap<NodeCriteria, ByHandler>(mostCriteria);
  private readonly byContent = new BoundedMap<string, ByHandler>(mostCriteria);

  /**
   * @param filters   The application's own, for every call.
   * @param reach     Default: by the native protocol.
   * @param described What is known of the handlers of nodes that do not tell themselves.
   */
  constructor(
    private readonly filters: readonly NodeFilter[] = [],
    private readonly reach: Reach = byNativeProtocol,
    private readonly described: readonly EndpointRecord[] = [],
  ) {}

  /**
   * @param nodes    Sorted by id; the same array until something changed.
   * @param criteria Checked, and not changed any more. Default: any node will do.
   */
  find(nodes: readonly NodeRecord[], handler: string, criteria?: NodeCriteria): Targets {
    if (nodes !== this.of) this.begin(nodes);
    const known = criteria ? this.knownFor(criteria) : this.all;
    let targets = known.get(handler);
    if (!targets) known.set(handler, (targets = this.search(handler, criteria)));
    return targets;
  }

  private begin(nodes: readonly NodeRecord[]): void {
    this.of = nodes;
    if (nodes[0]) this.lastSeen = nodes[0];
    this.all.clear();
    this.byIdentity.clear();
    this.byContent.clear();
  }

  private knownFor(criteria: NodeCriteria): ByHandler {
    let known = this.byIdentity.get(criteria);
    if (known) return known;
    const content = contentOf(criteria);
    known = this.byContent.get(content);
    if (!known) this.byContent.set(content, (known = new BoundedMap(mostHandlers)));
    this.byIdentity.set(criteria, known);
    return known;
  }

  private search(handler: string, criteria: NodeCriteria | undefined): Targets {
    const { of: nodes, filters, reach } = this;
    const requirements = criteria ? requirementsOf(criteria) : [];
    // Whoever asks for one node may ask for each in turn: it is found without a look at the others.
    const among = criteria?.node === undefined ? nodes : withId(nodes, criteria.node);
    const able = among.filter(
      (node) =>
        this.has(node, handler) &&
        reach.reaches(node) &&
        requirements.every(({ fits }) => fits(node)) &&
        filters.every((filter) => accepted(() => filter.accepts(node, { service: node.service, handler }))),
    );
    const teller = able.find((node) => endpointOf(node, handler));
    const endpoint = teller ? endpointOf(teller, handler) : able.length > 0 ? this.assumed(handler) : undefined;
    let why: string | undefined;
    return {
      // Mostly all are: then all handlers share one list, and what strategies keep for it.
      nodes: able.length === nodes.length ? nodes : Object.freeze(able),
      ...(endpoint ? { endpoint } : {}),
      known: nodes.some((node) => this.has(node, handler)),
      explain: () => (why ??= explainNoTarget(handler, nodes, criteria, filters, reach)),
    };
  }

  private has(node: NodeRecord, handler: string): boolean {
    if (node.endpoints.length > 0 || this.described.length === 0) return offers(node, handler);
    return this.described.some(({ name }) => name === handler);
  }

  private assumed(handler: string): EndpointRecord {
    return this.described.find(({ name }) => name === handler) ?? assumed(handler);
  }
}

/** There are nodes, and none of them has the handler: waiting would not help a slip of the hand. */
export function unknownHandler(service: string, handler: string, nodes: readonly NodeRecord[]): SkerryError {
  const names = [...new Set(nodes.flatMap((node) => node.endpoints.map(({ name }) => name)))].sort();
  const near = nearest(handler, names);
  return new SkerryError(
    'SKERRY_RPC_UNKNOWN_ENDPOINT',
    `Cannot call ${service}.${handler}: ${service} has no handler '${handler}'. ${near.length > 0 ? `Did you mean ${quoted(near, ' or ')}? ` : ''}${suggest(names)}`,
    { details: { service, handler, nearest: near } },
  );
}

function suggest(names: readonly string[]): string {
  return names.length === 0 ? 'It has none at all.' : `It has ${quoted(names, ', ')}.`;
}

function quoted(names: readonly string[], between: string): string {
  return names.map((name) => `'${name}'`).join(between);
}

function withId(nodes: readonly NodeRecord[], id: string): readonly NodeRecord[] {
  const node = nodes[bisect(nodes, (each) => each.id < id)];
  return node?.id === id ? [node] : [];
}

function assumed(name: string): EndpointRecord {
  return Object.freeze({ name, kind: 'unary', idempotent: false, readOnly: false });
}

const ids = new WeakMap<NonNullable<NodeCriteria['where']>, number>();
let lastId = 0;

/** The same text for criteria that ask for the same. */
function contentOf({ version, labels, node, zone, where }: NodeCriteria): string {
  let id = 0;
  if (where) {
    id = ids.get(where) ?? ++lastId;
    ids.set(where, id);
  }
  // Sorted: the order of labels means nothing.
  const pairs = labels && Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([version, node, zone, id, pairs?.length ? pairs : undefined]);
}
