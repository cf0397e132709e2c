import type { MeshNet } from './mesh-net.js';

interface Underway {
  readonly at: number;
  readonly arrived: () => void;
}

/** One direction of a connection: what is sent arrives in its order, once, late at worst. What is lost is sent again, and all after it wait. */
export class OrderedWay {
  private queue: Underway[] = [];
  private lastAt = 0;
  private moving = false;
  private held = false;
  private unlisten: (() => void) | undefined;

  /**
   * @param frozen Whether the receiver takes nothing at present.
   * @param taken  Called after each arrival.
   */
  constructor(
    private readonly net: MeshNet,
    private readonly from: string,
    private readonly to: string,
    private readonly frozen: () => boolean,
    private readonly taken: () => void,
  ) {}

  /** What is on its way. */
  get length(): number {
    return this.queue.length;
  }

  send(arrived: () => void): void {
    const { net, from, to } = this;
    const at = Math.max(this.lastAt, net.time.now + net.conditions.delayMs(from, to));
    this.lastAt = at;
    this.queue.push({ at, arrived });
    this.move();
  }

  /** The receiver has no room. */
  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.move();
  }

  /** What is on its way is gone. */
  clear(): void {
    this.queue = [];
    this.unlisten?.();
    this.unlisten = undefined;
  }

  private move(): void {
    const [first] = this.queue;
    if (!first || this.moving || this.held || this.unlisten) return;
    this.moving = true;
    this.net.time.set(first.at - this.net.time.now, this.arrive);
  }

  private readonly arrive = (): void => {
    this.moving = false;
    const { net, from, to } = this;
    if (this.queue.length === 0 || this.held) return;
    if (this.stuck) {
      this.unlisten ??= net.conditions.onChange(() => {
        if (this.stuck) return;
        this.unlisten?.();
        this.unlisten = undefined;
        const againAt = net.time.now + net.conditions.delayMs(from, to);
        this.queue = this.queue.map(({ at, arrived }) => ({ at: Math.max(at, againAt), arrived }));
        this.lastAt = Math.max(this.lastAt, againAt);
        this.move();
      });
      return;
    }
    if (this.queue[0]!.at <= net.time.now) {
      this.queue.shift()!.arrived();
      this.taken();
    }
    this.move();
  };

  private get stuck(): boolean {
    return this.frozen() || this.net.blocked(this.from, this.to);
  }
}
