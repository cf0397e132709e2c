import type { Timer } from '@skerry/core';
import type { Chance, Range } from './chance.js';
import type { MeshNode } from './mesh-node.js';
import type { TestMesh } from './test-mesh.js';

/** How often each kind of fault is chosen, relative to the others; 0 for never. */
export interface ChaosWeights {
  /** A node crashes, and is started again. */
  readonly crash: number;
  /** A node's machine is gone, and comes back. */
  readonly vanish: number;
  /** A node is stopped in order, and started again. */
  readonly stop: number;
  /** A node stands still. */
  readonly freeze: number;
  /** A node is slow: 10 to 100 times. */
  readonly slow: number;
  /** A node is cut off from everyone, or from one other, both ways or one. */
  readonly partition: number;
  /** A node is cut off from one of the servers. */
  readonly cutServer: number;
  /** The connections of a node break. */
  readonly reset: number;
  /** The registry refuses, hangs, or forgets everything. */
  readonly registry: number;
  /** The broker refuses or hangs. */
  readonly broker: number;
  /** The store refuses or hangs. */
  readonly store: number;
}

export interface ChaosOptions {
  /** Default: all kinds, gentler ones more often. Given, what is left out never happens. */
  readonly weights?: Partial<ChaosWeights>;
  /** How long until the next fault, in ms, from and to. Default 200 to 4,000. */
  readonly everyMs?: Range;
  /** How long a fault lasts, in ms, from and to. Default 200 to 15,000. */
  readonly lastsMs?: Range;
  /** How many nodes have a fault at once at most. Default 1. */
  readonly most?: number;
  /** Nodes that are left alone; also by the name that several were started with. Default: none. */
  readonly spare?: readonly string[];
}

const usual: ChaosWeights = {
  ...{ crash: 3, vanish: 1, stop: 2, freeze: 2, slow: 2, partition: 3, cutServer: 3 },
  ...{ reset: 3, registry: 2, broker: 2, store: 1 },
};

type Mend = (() => void) | undefined;

/** Faults that come and go by chance, each mended after a while. */
export class Chaos {
  private readonly weights: [keyof ChaosWeights, number][];
  private readonly hurt = new Set<MeshNode | string>();
  private timer: Timer | undefined;
  private over = false;

  constructor(
    private readonly mesh: TestMesh,
    private readonly chance: Chance,
    private readonly options: ChaosOptions,
    private readonly failed: (error: unknown) => void,
  ) {
    this.weights = Object.entries(options.weights ?? usual) as [keyof ChaosWeights, number][];
    this.next();
  }

  /** No more faults; those that there are are mended in their time. */
  stop(): void {
    this.timer?.cancel();
  }

  /** Leaves it to others to mend what there is. */
  end(): void {
    this.stop();
    this.over = true;
  }

  private next(): void {
    const { everyMs = [200, 4_000] } = this.options;
    this.timer = this.mesh.clock.setTimer(this.chance.between(everyMs), () => {
      this.strike(this.kind());
      this.next();
    });
  }

  private kind(): keyof ChaosWeights {
    let left = this.chance.next() * this.weights.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [kind, weight] of this.weights) if ((left -= weight) < 0) return kind;
    return this.weights[0]![0];
  }

  private strike(kind: keyof ChaosWeights): void {
    if (kind === 'registry' || kind === 'broker' || kind === 'store') return this.strikeServer(kind);
    const { most = 1 } = this.options;
    const node = this.victim();
    if (!node || [...this.hurt].filter((each) => typeof each !== 'string').length >= most) return;
    this.last(node, this.hurtNode(kind, node));
  }

  private hurtNode(kind: Exclude<keyof ChaosWeights, 'registry' | 'broker' | 'store'>, node: MeshNode): Mend {
    const { mesh, chance } = this;
    const restart = (): void => {
      if (node.state === 'down') node.boot().catch(this.failed);
    };
    switch (kind) {
      case 'crash':
      case 'vanish':
        node.crash({ silently: kind === 'vanish' });
        return restart;
      case 'stop':
        node.leave().catch(this.failed);
        return restart;
      case 'freeze':
        node.freeze();
        return () => node.thaw();
      case 'slow':
        mesh.slow(node.name, chance.between([10, 100]));
        return () => mesh.slow(node.name, 1);
      case 'partition': {
        const others = mesh.nodes.filter((each) => each !== node).map(({ name }) => name);
        const from = chance.happens(0.5) || others.length === 0 ? undefined : [chance.pick(others)];
        return mesh.partition([node.name], from, { oneWay: chance.happens(0.3) });
      }
      case 'cutServer':
        return mesh.partition([node.name], [chance.pick(['registry', 'broker', 'store'])]);
      case 'reset':
        mesh.reset(node.name);
        return undefined;
    }
  }

  private strikeServer(kind: 'registry' | 'broker' | 'store'): void {
    const { mesh, chance } = this;
    if (this.hurt.has(kind)) return;
    const engine = mesh[kind];
    if (kind === 'registry' && chance.happens(0.3)) {
      mesh.note('the registry forgets everything');
      mesh.registry.wipe();
      return;
    }
    const hangs = chance.happens(0.5);
    mesh.note(`the ${kind} ${hangs ? 'hangs' : 'refuses'}`);
    if (hangs) engine.freeze();
    else engine.stop();
    this.last(kind, () => {
      mesh.note(`the ${kind} is back`);
      engine.resume();
    });
  }

  private last(what: MeshNode | string, mend: Mend): void {
    if (!mend) return;
    const { lastsMs = [200, 15_000] } = this.options;
    this.hurt.add(what);
    this.mesh.clock.setTimer(this.chance.between(lastsMs), () => {
      this.hurt.delete(what);
      // Whoever ended the chaos has mended it.
      if (!this.over) mend();
    });
  }

  private victim(): MeshNode | undefined {
    const { spare = [] } = this.options;
    const able = this.mesh.nodes.filter(
      (node) =>
        node.state === 'running' &&
        !this.hurt.has(node) &&
        !spare.some((name) => node.name === name || node.name.replace(/-\d+$/, '') === name),
    );
    return able.length > 0 ? this.chance.pick(able) : undefined;
  }
}
