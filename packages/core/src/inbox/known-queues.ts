import { topicMatcher } from '../broker/memory-topic.js';
import type { Clock } from '../clock/clock.js';
import type { NodeRecord } from '../registry/node-record.js';
import type { Registry } from '../registry/registry.js';
import type { ServiceView } from '../registry/service-view.js';
import { BoundedMap } from '../selector/bounded-map.js';
import type { Store } from '../store/store.js';
import { eachEntry } from './each-entry.js';
import { inboxNode, type InboxNode } from './inbox-node.js';
import { inboxService } from './inbox-protocol.js';
import type { ExpectedQueue } from './inbox-options.js';
import type { Target } from './outbox-entry.js';
import { knownKey, knownPatterns, knownPrefix, lineName, registryName } from './outbox-keys.js';

const mostViews = 1_000;
const mostRemembered = 10_000;
const patterns = '*';
// A topic that nobody seems to want is asked for once more, but not for every message of it.
const doubtMs = 1_000;
const patienceMs = 1_000;
// So long a registry that did not answer in time is not asked again for what can be done without.
const silenceMs = 10_000;
// By then a watch has told, or the node has gone before it could.
const toldMs = 60_000;

/** Who wants the messages of a topic: the nodes that subscribe to it, and the queues that did so before. */
export class KnownQueues {
  private readonly views = new BoundedMap<string, ServiceView>(mostViews);
  /** When each was written down last, by the clock. */
  private readonly remembered = new BoundedMap<string, number>(mostRemembered);
  private readonly doubted = new BoundedMap<string, number>(mostViews);
  /** Topics whose views are followed by others' announcements: see {@link learn}. */
  private readonly followed = new BoundedMap<string, true>(mostViews);
  private visible = false;
  private silentUntil = -Infinity;
  private readonly own = new Map<string, InboxNode>();
  /** Nodes that have told of themselves, until the views do. */
  private readonly told = new Map<string, { readonly node: InboxNode; readonly until: number }>();

  constructor(
    private readonly registry: Registry,
    private readonly store: Store,
    private readonly clock: Clock,
    /** The id of this application's inbox. */
    private readonly host: string,
    private readonly forgetMs: number,
    private readonly expected: readonly ExpectedQueue[],
  ) {}

  /** The nodes of those that subscribe by this topic or pattern, kept up to date. */
  view(on: string): ServiceView {
    const name = registryName(on);
    let view = this.views.get(name);
    if (!view) this.views.set(name, (view = this.registry.service(name)));
    return view;
  }

  /** A subscription of this process, which knows of it before the registry does. */
  add(node: InboxNode): void {
    this.own.set(node.id, node);
  }

  remove({ id }: InboxNode): void {
    this.own.delete(id);
  }

  /** @param line As {@link lineName} has it. */
  nodesOf(line: string, sources: Iterable<string>): InboxNode[] {
    const nodes = new Map<string, InboxNode>();
    for (const on of sources) for (const node of nodesIn(this.view(on).nodes)) nodes.set(node.id, node);
    for (const node of [...this.toldNodes(), ...this.own.values()]) nodes.set(node.id, node);
    return [...nodes.values()].filter((node) => lineName(node) === line);
  }

  /** Whether no node of the line is left, as far as the registry can be believed. */
  isGone(line: string, sources: Iterable<string>): boolean {
    const all = [...sources];
    return all.every((on) => this.view(on).loaded) && this.nodesOf(line, all).length === 0;
  }

  /** Everybody who wants the messages of a topic. Rejects when that cannot be known. */
  async of(topic: string, signal: AbortSignal): Promise<readonly Target[]> {
    const written = await this.written(topic, signal);
    const views = [this.view(topic), this.view(patterns)];
    await this.load(views, written.length > 0, signal);
    const promised = [...written, ...this.expectedOf(topic)];
    const unseen = await this.unseen(topic, views, written.length > 0, signal);
    let present = this.present(topic, [...views.flatMap(({ nodes }) => nodes), ...unseen]);
    if (promised.length + present.length === 0 && this.inDoubt(topic)) {
      const asked = await Promise.all(views.map(({ name }) => this.registry.lookup(name, signal)));
      present = this.present(topic, asked.flat());
    }
    // Only those that are seen: others are forgotten one day, however much is published to them.
    for (const target of present) if (target.node === undefined) await this.remember(target, signal);
    return merged([...promised, ...present]);
  }

  /**
   * Resolves when a node of a subscription is known here, and with that its queue. A topic that nothing is published to is not
   * watched for it: whoever publishes asks the registry then. Rejects when the registry does not know the node.
   */
  async learn(on: string, id: string, signal: AbortSignal): Promise<void> {
    const name = registryName(on);
    const view = this.views.get(name);
    if (!view) return;
    const of = (records: readonly NodeRecord[]): InboxNode | undefined =>
      nodesIn(records).find((each) => each.id === id);
    // The view tells of it somewhat later; who waits for that waits for the registry's watch.
    const node = of(view.nodes) ?? of(await this.registry.lookup(name, signal));
    if (!node) throw new Error(`the registry does not know ${id}`);
    this.told.set(id, { node, until: this.clock.now() + toldMs });
    if (!node.broadcast) await this.remember(node, signal);
  }

  /** Writes down that there is such a queue, unless that was done lately. */
  async remember(target: Target, signal: AbortSignal): Promise<void> {
    const { queue, on, ordered } = target;
    const key = knownKey(on, queue);
    const now = this.clock.now();
    if (now - (this.remembered.get(key) ?? -Infinity) < this.forgetMs / 10) return;
    await this.store.put(key, { queue, on, ordered }, { ttlMs: this.forgetMs, signal });
    this.remembered.set(key, now);
  }

  private expectedOf(topic: string): readonly Target[] {
    const fitting = this.expected.filter((each) => each.topic === topic);
    return fitting.map(({ queue, ordered = false }) => ({ queue: `${queue}.${topic}`, on: topic, ordered }));
  }

  private *toldNodes(): Iterable<InboxNode> {
    const now = this.clock.now();
    for (const [id, { node, until }] of this.told) {
      if (until <= now || this.view(node.on).nodes.some((each) => each.id === id)) this.told.delete(id);
      else yield node;
    }
  }

  /**
   * Nodes that the views may not tell of yet. A subscription tells the publishers that it finds before it is ready, so views are
   * enough from when this one can be found, for topics whose views have caught up with that moment.
   *
   * @param enough What is known already does for when the registry does not answer within a second.
   */
  private async unseen(
    topic: string,
    views: readonly ServiceView[],
    enough: boolean,
    signal: AbortSignal,
  ): Promise<readonly NodeRecord[]> {
    const now = this.clock.now();
    if (this.followed.get(topic) || (enough && now < this.silentUntil)) return [];
    try {
      return await this.patiently(enough, signal, async (limit) => {
        if (!this.visible) {
          const hosts = await this.registry.lookup(inboxService, limit);
          this.visible = hosts.some(({ id }) => id === this.host);
        }
        const { visible } = this;
        const asked = (await Promise.all(views.map(({ name }) => this.registry.lookup(name, limit)))).flat();
        const seen = new Set(views.flatMap(({ nodes }) => nodes.map(({ id }) => id)));
        if (visible && asked.every(({ id }) => seen.has(id))) this.followed.set(topic, true);
        return asked;
      });
    } catch (error) {
      signal.throwIfAborted();
      if (!enough) throw error;
      this.silentUntil = this.clock.now() + silenceMs;
      return [];
    }
  }

  private present(topic: string, records: readonly NodeRecord[]): readonly Target[] {
    return merged(
      [...nodesIn(records), ...this.toldNodes(), ...this.own.values()].filter(({ on }) => topicMatcher(on)(topic)),
    );
  }

  /** Those that the store remembers. */
  private async written(topic: string, signal: AbortSignal): Promise<readonly Target[]> {
    const found: Target[] = [];
    for (const prefix of [knownPrefix(topic), knownPatterns]) {
      for await (const { value } of eachEntry<Target>(this.store, prefix, signal)) {
        if (topicMatcher(value.on)(topic)) found.push(value);
      }
    }
    return found;
  }

  /**
   * Waits until the registry has answered for the first time. What is remembered does for those that wait longer than a second:
   * publishing does not depend on the registry.
   */
  private async load(views: readonly ServiceView[], enough: boolean, signal: AbortSignal): Promise<void> {
    const unknown = views.filter(({ loaded }) => !loaded);
    if (unknown.length === 0) return;
    try {
      await this.patiently(enough, signal, (limit) => Promise.all(unknown.map((view) => view.wait(() => true, limit))));
    } catch (error) {
      signal.throwIfAborted();
      if (!enough) throw error;
      this.silentUntil = this.clock.now() + silenceMs;
    }
  }

  /** Asks the registry, for at most a second where the answer is not needed. */
  private async patiently<T>(
    enough: boolean,
    signal: AbortSignal,
    ask: (limit: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const patience = new AbortController();
    const over = (): void => patience.abort(signal.reason ?? new Error('the registry has not answered yet'));
    signal.addEventListener('abort', over, { once: true });
    const timer = enough ? this.clock.setTimer(patienceMs, over, true) : undefined;
    try {
      return await ask(patience.signal);
    } finally {
      timer?.cancel();
      signal.removeEventListener('abort', over);
    }
  }

  private inDoubt(topic: string): boolean {
    const now = this.clock.now();
    if (now - (this.doubted.get(topic) ?? -Infinity) < doubtMs) return false;
    this.doubted.set(topic, now);
    return true;
  }
}

/** Each once; in order of keys where anybody asks for it. */
function merged(all: readonly Target[]): Target[] {
  const targets = new Map<string, Target>();
  for (const { queue, on, node, ordered } of all) {
    const target = { queue, on, ...(node === undefined ? {} : { node }) };
    const line = lineName(target);
    targets.set(line, { ...target, ordered: ordered || targets.get(line)?.ordered === true });
  }
  return [...targets.values()];
}

function nodesIn(records: readonly NodeRecord[]): InboxNode[] {
  return records.flatMap((record) => inboxNode(record) ?? []);
}
