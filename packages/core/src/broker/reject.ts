import { SkerryError, type SkerryErrorOptions } from '../errors/skerry-error.js';

/**
 * Thrown by a subscriber that will never be able to handle the message: it goes to the dead letters at once, whatever
 * attempts are left.
 *
 *     throw new Reject('the order is cancelled');
 */
export class Reject extends SkerryError {
  static readonly code = 'SKERRY_BROKER_REJECTED';

  constructor(reason: string, options: SkerryErrorOptions = {}) {
    super(Reject.code, reason, options);
  }
}
