import { SkerryError } from '@skerry/core';
import type { Chance, Range } from './chance.js';

/** Between whom something holds. Each is a node (`stock-1`), all nodes of one start (`stock`), or `registry`, `broker`, `store`. */
export interface Between {
  /** Default: everyone. */
  readonly from?: string;
  /** Default: everyone. */
  readonly to?: string;
}

interface Rule<T> extends Between {
  readonly value: T;
}

interface Cut {
  readonly holds: (from: string, to: string) => boolean;
}

// As TCP waits before it sends again what was lost: doubled each time.
const retransmitMs = 200;
const mostRetransmits = 6;

/** How the ways between nodes are at present: how long they take, what gets lost on them, which are cut. */
export class Conditions {
  private readonly latencies: Rule<Range>[] = [];
  private readonly losses: Rule<number>[] = [];
  private readonly slowness = new Map<string, number>();
  private readonly cuts = new Set<Cut>();
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly chance: Chance,
    latencyMs: Range,
    loss: number,
  ) {
    this.latency({ ms: latencyMs });
    this.loss({ share: loss });
  }

  latency({ ms, ...between }: Between & { readonly ms: Range }): void {
    const [least, most] = ms;
    if (!(least >= 0 && most >= least)) throw invalid(`a latency of ${least} to ${most} ms`);
    this.latencies.unshift({ ...between, value: ms });
  }

  loss({ share, ...between }: Between & { readonly share: number }): void {
    if (!(share >= 0 && share < 1)) throw invalid(`a loss of ${share}; give a share, 0 or more and less than 1`);
    this.losses.unshift({ ...between, value: share });
  }

  slow(name: string, factor: number): void {
    if (!(factor > 0)) throw invalid(`a node that is slower by ${factor}`);
    if (factor === 1) this.slowness.delete(name);
    else this.slowness.set(name, factor);
  }

  /** Returns what mends it. */
  cut(ones: readonly string[], others: readonly string[] | undefined, oneWay: boolean): () => void {
    const here = (name: string): boolean => ones.some((each) => means(each, name));
    const there = (name: string): boolean => (others ? others.some((each) => means(each, name)) : !here(name));
    const cut = {
      holds: (from: string, to: string) => (here(from) && there(to)) || (!oneWay && there(from) && here(to)),
    };
    this.cuts.add(cut);
    this.changed();
    return () => {
      if (this.cuts.delete(cut)) this.changed();
    };
  }

  heal(): void {
    this.cuts.clear();
    this.changed();
  }

  isCut(from: string, to: string): boolean {
    for (const cut of this.cuts) if (cut.holds(from, to)) return true;
    return false;
  }

  /** How long what is sent now takes, with what it takes to send again what is lost on the way. */
  delayMs(from: string, to: string): number {
    const latency = this.chance.between(find(this.latencies, from, to));
    const loss = find(this.losses, from, to);
    let lateMs = 0;
    for (let times = 0; times < mostRetransmits && this.chance.happens(loss); times++)
      lateMs += retransmitMs * 2 ** times;
    return latency * this.slownessOf(from) * this.slownessOf(to) + lateMs;
  }

  /** Called when a way may have become free, or was cut. Returns what ends it. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  changed(): void {
    for (const listener of [...this.listeners]) listener();
  }

  private slownessOf(name: string): number {
    for (const [each, factor] of this.slowness) if (means(each, name)) return factor;
    return 1;
  }
}

/** Whether a name is that of this node, or of all that were started together with it. */
export function means(name: string, node: string): boolean {
  return name === node || (node.startsWith(name) && /^-\d+$/.test(node.slice(name.length)));
}

/** The last one that was given comes first. */
function find<T>(rules: readonly Rule<T>[], from: string, to: string): T {
  return rules.find(
    (rule) => (rule.from === undefined || means(rule.from, from)) && (rule.to === undefined || means(rule.to, to)),
  )!.value;
}

function invalid(what: string): SkerryError {
  return new SkerryError('SKERRY_OPTION_INVALID', `a mesh cannot have ${what}`);
}
