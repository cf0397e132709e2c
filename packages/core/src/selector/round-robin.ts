import { Clock } from '../clock/clock.js';
import { Inject, Injectable } from '../container/injectable.js';
import type { NodeRecord } from '../registry/node-record.js';
import { Selector, type Lease } from './selector.js';

/** Each node in turn. Every client begins at a random one, so that many of them do not march in step. */
@Injectable()
export class RoundRobinSelector extends Selector {
  private readonly cursors = new Map<string, number>();

  constructor(@Inject(Clock) private readonly clock: Clock) {
    super();
  }

  override pick(service: string, nodes: readonly NodeRecord[], tried: ReadonlySet<string>): Lease {
    const start = this.cursors.get(service) ?? Math.floor(this.clock.random() * nodes.length);
    let index = start % nodes.length;
    for (let step = 0; step < nodes.length && tried.has(nodes[index]!.id); step++) index = (index + 1) % nodes.length;
    this.cursors.set(service, index + 1);
    return { node: nodes[index]!, done: learnNothing };
  }
}

function learnNothing(): void {
  // Taking turns needs no experience.
}
