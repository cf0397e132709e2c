import { never } from './abortable.js';
import { checkNodeRecord } from './check-node-record.js';
import type { NodeRecord } from './node-record.js';
import type { Pacer } from './pacer.js';
import type { Supervision } from './supervision.js';

/** How soon a lookup is repeated that does not show yet what was registered. */
const readBackMs = 100;

/** What a {@link RegisteredRecord} works with. */
export interface RecordKeeping extends Supervision {
  /** Rests between two lookups of a record that is not shown yet. */
  readonly pacer: Pacer;
  /** Ends lookups. What writes is never ended: what is on its way when it is given up might arrive after what follows. */
  readonly signal: AbortSignal;
  /** The engine no longer had the record, or (`foundEpoch`) someone else registered the same id above it. */
  readonly lost: (node: NodeRecord, foundEpoch?: number) => void;
}

/** One record in the engine: compares what is there with what should be, and repairs it, once for each call. */
export class RegisteredRecord {
  /** It may be in the engine. */
  written = false;
  /** The engine has shown the record as it is now. */
  private shown = false;
  /** Not registered yet, or removed since: what a lookup shows is old, and the next registration gets an epoch above it. */
  private anew = true;

  /** @param node With epoch 0: it gets one whenever it is registered. */
  constructor(
    public node: NodeRecord,
    private readonly keeping: RecordKeeping,
  ) {}

  /**
   * Looks the node up, registers it where it is missing and waits for a lookup to show it, refreshes it where it is there.
   * Gives up, and says so by `false`, when it is no longer wanted.
   */
  async keep(wanted: () => boolean): Promise<boolean> {
    const { epoch } = this.node;
    const found = await this.find();
    if (!wanted()) return false;
    // A lower epoch than the one that was shown before is an old answer, of a replica that lags.
    const held = found !== undefined && (found.epoch === epoch || (this.shown && found.epoch < epoch));
    const present = held && !this.anew;
    if (!present) this.renew(found?.epoch);
    this.written = true;
    await this.keeping.driver.register(this.node, never);
    if (!present && !(await this.readBack(wanted))) return false;
    this.shown = true;
    return wanted();
  }

  /** Removes the record, and removes it again when a lookup shows it: a write that was given up may have arrived since. */
  async withhold(): Promise<boolean> {
    if (!this.written) {
      const found = this.node.epoch === 0 ? undefined : await this.find();
      if (!found || found.epoch > this.node.epoch) return false;
    }
    await this.remove(never);
    return true;
  }

  async remove(signal: AbortSignal): Promise<void> {
    await this.keeping.driver.deregister(this.node, signal);
    this.written = false;
    this.shown = false;
    this.anew = true;
  }

  private renew(foundEpoch?: number): void {
    if (this.shown) this.keeping.lost(this.node, foundEpoch);
    this.shown = false;
    this.anew = false;
    const epoch = this.keeping.nextEpoch(Math.max(foundEpoch ?? 0, this.node.epoch));
    this.node = checkNodeRecord({ ...this.node, epoch });
  }

  private async readBack(wanted: () => boolean): Promise<boolean> {
    const { driver, clock, pacer, options } = this.keeping;
    const { deadlineMs } = options;
    const giveUpAt = clock.now() + deadlineMs;
    while (wanted()) {
      const found = await this.find();
      if (found && found.epoch >= this.node.epoch) return true;
      if (clock.now() >= giveUpAt) {
        const late = new Error(`it was accepted, but no lookup shows it within ${deadlineMs} ms`);
        throw driver.unavailable(`register ${this.node.id}`, late);
      }
      await pacer.rest(readBackMs);
    }
    return false;
  }

  private async find(): Promise<NodeRecord | undefined> {
    const { service, id } = this.node;
    const nodes = await this.keeping.driver.lookup(service, this.keeping.signal);
    return nodes.find((node) => node.id === id);
  }
}
