import { SkerryError } from '@skerry/core';

// #region class
export class NoBikes extends SkerryError {
  static readonly code = 'NO_BIKES';

  constructor(station: string) {
    super(NoBikes.code, `no bike is left at ${station}`, { status: 'FAILED_PRECONDITION', details: { station } });
  }
}
// #endregion class
