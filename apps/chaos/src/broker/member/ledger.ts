import { SkerryError, type Store } from '@skerry/core';

const slots = 256;

interface Slot {
  readonly sum: number;
}

/**
 * An effect that must be had exactly once, and shows when it is not: each message adds one to a sum. It is added in one step with
 * a record of the message, which is how a handler of at-least-once deliveries has its effect once.
 */
export class Ledger {
  constructor(private readonly store: Store) {}

  /** Adds one for the message, unless that was done before. */
  async book(id: string): Promise<void> {
    const { store } = this;
    const slot = `sums/${Number(id.slice('m-'.length)) % slots}`;
    for (;;) {
      if (await store.get(`booked/${id}`)) return;
      const before = await store.get<Slot>(slot);
      const condition = before ? { ifVersion: before.version } : { ifAbsent: true };
      try {
        await store.batch([
          { type: 'put', key: `booked/${id}`, value: true, ifAbsent: true },
          { type: 'put', key: slot, value: { sum: (before?.value.sum ?? 0) + 1 }, ...condition },
        ]);
        return;
      } catch (error) {
        // Another message has got on, or this one has: look again.
        if (!SkerryError.is(error) || error.code !== 'SKERRY_STORE_CONFLICT') throw error;
      }
    }
  }

  async total(): Promise<number> {
    let total = 0;
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = await this.store.list<Slot>({ prefix: 'sums/', ...(cursor === undefined ? {} : { cursor }) });
      for (const { value } of page.entries) total += value.sum;
      cursor = page.cursor;
    }
    return total;
  }
}
