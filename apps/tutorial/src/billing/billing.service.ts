import { Reject, Service, Subscribe } from '@skerry/core';
import { CardIssuer } from './card-issuer.js';
import { RideEnded, rideEnded } from './ride-ended.js';

// #region subscribe
@Service('billing', { version: '1.0.0' })
export class Billing {
  constructor(private readonly cards: CardIssuer) {}

  @Subscribe(rideEnded, { queue: 'billing', attempts: 3, backoff: { firstMs: 1_000 }, dedupe: true })
  async charge({ rider, minutes }: RideEnded): Promise<void> {
    // What throws is tried again, after a second and after two; then it is kept aside.
    const answer = await this.cards.charge(rider, 1_00 + minutes * 10);
    // No attempt will change this one.
    if (answer === 'no card') throw new Reject(`${rider} has no card`);
  }
}
// #endregion subscribe
