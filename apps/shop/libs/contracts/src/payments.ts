import { Topic } from '@skerry/core';
import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Min } from 'class-validator';
import { orderIdForm } from './orders.js';

export class AccountQuery {
  @IsString()
  @Length(1, 64)
  customer!: string;
}

export class Account {
  @IsString()
  customer!: string;

  @IsInt()
  @Min(0)
  balanceCents!: number;
}

export class Payment {
  @Matches(orderIdForm)
  orderId!: string;

  @IsString()
  customer!: string;

  @IsInt()
  @Min(0)
  totalCents!: number;

  @IsIn(['taken', 'declined'])
  status!: 'taken' | 'declined';

  /** Why it was declined. */
  @IsOptional()
  @IsString()
  reason?: string;
}

export class PaymentTaken {
  @Matches(orderIdForm)
  orderId!: string;

  @IsInt()
  @Min(0)
  totalCents!: number;
}

export const paymentTaken = new Topic('payments.taken', PaymentTaken);

export class PaymentDeclined {
  @Matches(orderIdForm)
  orderId!: string;

  @IsString()
  reason!: string;
}

export const paymentDeclined = new Topic('payments.declined', PaymentDeclined);
