import { Topic } from '@skerry/core';
import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';

/** Chosen by the customer's side, so that it can ask again without ordering twice. */
export const orderIdForm = /^[\w-]{1,64}$/;

export class PlaceOrder {
  @Matches(orderIdForm)
  orderId!: string;

  @IsString()
  @Length(1, 64)
  customer!: string;

  @IsString()
  @Length(1, 64)
  sku!: string;

  @IsInt()
  @Min(1)
  @Max(1_000)
  pieces!: number;
}

export class OrderQuery {
  @Matches(orderIdForm)
  orderId!: string;
}

export const orderStatuses = ['placed', 'paid', 'out-of-stock', 'declined'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

export class Order extends PlaceOrder {
  @IsInt()
  @Min(0)
  totalCents!: number;

  /** Every order ends as one of those other than `placed`, and stays that. */
  @IsIn(orderStatuses)
  status!: OrderStatus;

  /** Why it was not fulfilled. */
  @IsOptional()
  @IsString()
  reason?: string;
}

// #region topic
export class OrderPlaced extends PlaceOrder {
  @IsInt()
  @Min(0)
  totalCents!: number;
}

/** Key: the article, so that whoever ordered first is served first. */
export const orderPlaced = new Topic('orders.placed', OrderPlaced);
// #endregion topic
