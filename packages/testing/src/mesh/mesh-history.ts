import { createHash } from 'node:crypto';

/** Something that happened in a mesh. */
export interface MeshEvent {
  /** Since the mesh began, in ms. */
  readonly atMs: number;
  /** Where: a node, or `mesh`. */
  readonly node: string;
  /** What, in one line. */
  readonly what: string;
}

const mostEvents = 20_000;

/**
 * What happened in a mesh, in order: what nodes told, faults, what a test noted. The last 20,000 events are kept. The digest is of
 * all of them, and of every frame that was carried: two runs with the same one did the same, to the byte.
 */
export class MeshHistory {
  private readonly hash = createHash('sha256');
  private readonly kept: MeshEvent[] = [];
  private begun: number | undefined;
  /** Frames that arrived so far. */
  frames = 0;

  constructor(private readonly now: () => number) {}

  get events(): readonly MeshEvent[] {
    return this.kept;
  }

  get length(): number {
    return this.kept.length;
  }

  /** Of everything up to now, as hexadecimal. */
  digest(): string {
    return this.hash.copy().digest('hex');
  }

  /** The last `count` events, one line each. */
  tail(count = 40): string {
    return this.kept
      .slice(-count)
      .map(({ atMs, node, what }) => `${atMs.toFixed(1).padStart(10)} ms  ${node.padEnd(12)} ${what}`)
      .join('\n');
  }

  add(node: string, what: string): void {
    const atMs = this.now() - (this.begun ??= this.now());
    this.kept.push({ atMs, node, what });
    if (this.kept.length > mostEvents + 1_000) this.kept.splice(0, 1_000);
    this.hash.update(`${atMs} ${node} ${what}\n`);
  }

  /** Not kept: there are too many. */
  frame(from: string, to: string, bytes: Uint8Array): void {
    this.frames++;
    this.hash.update(`${this.now()} ${from}>${to} ${bytes.length}\n`).update(bytes);
  }
}
