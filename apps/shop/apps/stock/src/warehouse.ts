import { Inject, Injectable, InjectStore, type OnModuleInit, type Store, type TypedStore } from '@skerry/core';
import { Shelf, type ShelfReport } from '@shop/contracts';
import { CATALOGUE } from './catalogue.js';
import { Reservation } from './reservation.js';

/**
 * The shelves, and who has reserved what. Both are written in one step, or neither is: so pieces neither vanish nor are given
 * away twice, however often a message comes and wherever a process dies.
 */
@Injectable()
export class Warehouse implements OnModuleInit {
  private readonly shelves: TypedStore<Shelf>;
  private readonly reservations: TypedStore<Reservation>;

  constructor(
    @InjectStore('stock') private readonly store: Store,
    @Inject(CATALOGUE) private readonly catalogue: readonly Shelf[],
  ) {
    this.shelves = store.of(Shelf, 'shelves/');
    this.reservations = store.of(Reservation, 'reservations/');
  }

  async onModuleInit(): Promise<void> {
    for (const shelf of this.catalogue) {
      // Filled already, by an earlier start or another instance.
      await this.shelves.putIfAbsent(shelf.sku, shelf);
    }
  }

  async shelf(sku: string): Promise<Shelf | undefined> {
    return (await this.shelves.get(sku))?.value;
  }

  // #region reserve
  /** `undefined` for what the shop does not sell. */
  async reserve(orderId: string, sku: string, pieces: number): Promise<Reservation | undefined> {
    return this.store.retryConflicts(async () => {
      const decided = await this.reservations.get(orderId);
      if (decided) return decided.value;
      const shelf = await this.shelves.get(sku);
      if (!shelf) return undefined;
      const left = shelf.value.left - pieces;
      if (left < 0) {
        const rejected: Reservation = { orderId, sku, pieces, status: 'rejected' };
        await this.reservations.put(orderId, rejected, { ifAbsent: true });
        return rejected;
      }
      const reserved: Reservation = { orderId, sku, pieces, status: 'reserved' };
      await this.store.batch([
        { type: 'put', key: `reservations/${orderId}`, value: reserved, ifAbsent: true },
        { type: 'put', key: `shelves/${sku}`, value: { ...shelf.value, left }, ifVersion: shelf.version },
      ]);
      return reserved;
    });
  }
  // #endregion reserve

  /** Puts back what was reserved. `undefined` where nothing ever was. */
  async release(orderId: string): Promise<Reservation | undefined> {
    return this.store.retryConflicts(async () => {
      const reservation = await this.reservations.get(orderId);
      if (reservation?.value.status !== 'reserved') return reservation?.value;
      const { sku, pieces } = reservation.value;
      const shelf = await this.shelves.get(sku);
      if (!shelf) return undefined;
      const released: Reservation = { ...reservation.value, status: 'released' };
      const left = shelf.value.left + pieces;
      await this.store.batch([
        { type: 'put', key: `reservations/${orderId}`, value: released, ifVersion: reservation.version },
        { type: 'put', key: `shelves/${sku}`, value: { ...shelf.value, left }, ifVersion: shelf.version },
      ]);
      return released;
    });
  }

  /** What is left, and what is reserved: counted from the reservations, so that one can be checked by the other. */
  async report(): Promise<ShelfReport[]> {
    const reserved = new Map<string, number>();
    for await (const { value } of this.reservations.all()) {
      const { sku, pieces, status } = value;
      if (status === 'reserved') reserved.set(sku, (reserved.get(sku) ?? 0) + pieces);
    }
    const report: ShelfReport[] = [];
    for await (const { value } of this.shelves.all()) {
      report.push({ ...value, reserved: reserved.get(value.sku) ?? 0 });
    }
    return report;
  }
}
