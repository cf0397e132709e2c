import { Topic } from '@skerry/core';
import { IsInt, IsString, Length, Matches, Min } from 'class-validator';
import { orderIdForm } from './orders.js';

export class AvailabilityQuery {
  @IsString()
  @Length(1, 64)
  sku!: string;
}

export class Shelf {
  @IsString()
  sku!: string;

  @IsInt()
  @Min(0)
  priceCents!: number;

  /** Pieces that nobody has reserved. */
  @IsInt()
  @Min(0)
  left!: number;
}

export class ShelfReport extends Shelf {
  /** Pieces that are reserved for orders that may still be paid, or were. */
  @IsInt()
  @Min(0)
  reserved!: number;
}

export class StockReserved {
  @Matches(orderIdForm)
  orderId!: string;

  @IsString()
  customer!: string;

  @IsInt()
  @Min(0)
  totalCents!: number;
}

/** Key: the customer, so that two orders never look at the same money at once. */
export const stockReserved = new Topic('stock.reserved', StockReserved);

/** There is not enough of it: the order is over. */
export class StockRejected {
  @Matches(orderIdForm)
  orderId!: string;

  @IsString()
  reason!: string;
}

export const stockRejected = new Topic('stock.rejected', StockRejected);

/** What was reserved is back on its shelf, since it will not be paid: the order is over. */
export class StockReleased {
  @Matches(orderIdForm)
  orderId!: string;

  @IsString()
  reason!: string;
}

export const stockReleased = new Topic('stock.released', StockReleased);
