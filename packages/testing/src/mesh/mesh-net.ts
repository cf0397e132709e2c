import type { Chance } from './chance.js';
import type { Conditions } from './conditions.js';
import type { MeshHistory } from './mesh-history.js';
import type { MeshTime } from './mesh-time.js';
import type { NodeClock } from './node-clock.js';

/** A process of the mesh, from its start to its end: a restarted node is another one. */
export interface Host {
  readonly name: string;
  readonly clock: NodeClock;
  /** `crashed`: its machine tells others so. `silent`: nothing comes from there any more, not even that. */
  state: 'up' | 'stopped' | 'crashed' | 'silent';
  /** It stands still: what is sent to it waits. */
  frozen: boolean;
  /** Called once when it ends, however it does. */
  readonly ended: Set<() => void>;
}

/** How often things go wrong by themselves. Shares are of 1. */
export interface Rates {
  /** Of frames and requests whose connection breaks with them. */
  readonly resets: number;
  /** Of published messages that their queues take twice. */
  readonly duplicates: number;
  /** Of deliveries of the broker and reports of the registry that what was sent after them overtakes. */
  readonly reorder: number;
  /** Of reports of the registry that never arrive. */
  readonly lostReports: number;
}

/** By how much, in ms, what is overtaken is late. */
const overtakenMs = [1, 200] as const;

/** What carries everything from one node to another, and to the servers that all share. */
export class MeshNet {
  /** The process that has each name at present. */
  readonly hosts = new Map<string, Host>();

  constructor(
    readonly time: MeshTime,
    /** Of what belongs to no node. */
    readonly clock: NodeClock,
    readonly chance: Chance,
    readonly conditions: Conditions,
    readonly history: MeshHistory,
    /** Changed while the mesh runs. */
    public rates: Rates,
  ) {}

  /** Whether nothing gets through at present. */
  blocked(from: string, to: string): boolean {
    return this.conditions.isCut(from, to) || this.hosts.get(to)?.state === 'silent';
  }

  /** Carries one thing on a way of its own: it may overtake others. Waits while the way is cut, as long as that takes. */
  carry(from: string, to: string, arrived: () => void): void {
    const arrive = (): void => {
      if (!this.blocked(from, to)) return arrived();
      const unlisten = this.conditions.onChange(() => {
        if (this.blocked(from, to)) return;
        unlisten();
        this.time.set(this.conditions.delayMs(from, to), arrive);
      });
    };
    this.time.set(this.conditions.delayMs(from, to), arrive);
  }

  /** To a process rather than to its machine: waits while it is frozen, and never arrives where it has ended. */
  reach(from: string, to: Host, arrived: () => void): void {
    this.carry(from, to.name, () => this.enter(to, arrived));
  }

  /** What has come to its machine is taken by the process. */
  enter(host: Host, taken: () => void): void {
    if (host.state !== 'up') return;
    if (!host.frozen) return taken();
    const unlisten = this.conditions.onChange(() => {
      if (host.frozen) return;
      unlisten();
      this.enter(host, taken);
    });
  }

  /** How much later something arrives because others overtake it; mostly not at all. */
  overtaken(): number {
    return this.chance.happens(this.rates.reorder) ? this.chance.between(overtakenMs) : 0;
  }
}
