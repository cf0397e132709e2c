import { SkerryError } from '@skerry/core';

// #region class
export class OutOfStock extends SkerryError {
  static readonly code = 'OUT_OF_STOCK';

  constructor(sku: string, left: number) {
    super(OutOfStock.code, `${left} of ${sku} are left`, { status: 'FAILED_PRECONDITION', details: { sku, left } });
  }

  // Read from the details, which cross; a field that the constructor sets would be missing at the caller.
  get left(): number {
    return Number(this.details['left']);
  }
}
// #endregion class
