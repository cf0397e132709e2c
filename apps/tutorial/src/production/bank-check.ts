import { HealthCheck, Injectable } from '@skerry/core';
import { CardIssuer } from '../billing/card-issuer.js';

// #region check
@Injectable()
export class BankCheck {
  constructor(private readonly cards: CardIssuer) {}

  /** While it fails, no other service is sent here. */
  @HealthCheck({ intervalMs: 5_000, timeoutMs: 1_000 })
  bank(): Promise<boolean> {
    return this.cards.isOpen();
  }
}
// #endregion check
