import { Field } from '@skerry/core';
import { Type } from 'class-transformer';
import { IsArray, IsDate, IsString, ValidateNested } from 'class-validator';
import { message } from '../pairs/contender.js';
import { NumberedOrder } from '../peers/numbered-order.js';
import type { Kind } from './contender.js';

/** A list of nested messages. */
export class Basket {
  @Field(1)
  @IsString()
  owner!: string;

  @Field(2)
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => NumberedOrder)
  orders!: NumberedOrder[];
}

/** What only a schema makes a date again, in JSON. */
export class DatedOrder extends NumberedOrder {
  @Field(6)
  @IsDate()
  at!: Date;
}

export const classes: Readonly<Record<Kind, new () => object>> = {
  order: NumberedOrder,
  basket: Basket,
  'dated order': DatedOrder,
};

const baseMs = Date.UTC(2026, 0, 1);

/** Not always the same: 64 of a kind, of which orders have 95 bytes of JSON, and baskets twenty of them. */
export function messagesOf(kind: Kind): readonly object[] {
  return Array.from({ length: 64 }, (_, i) => {
    switch (kind) {
      case 'order':
        return order(i);
      case 'basket':
        return { owner: `customer-${i}`, orders: Array.from({ length: 20 }, (_, j) => order(i + j)) };
      case 'dated order':
        return { ...order(i), at: new Date(baseMs + i * 1_001) };
    }
  });
}

function order(i: number): object {
  return { ...message, id: `order-${String(i).padStart(6, '0')}`, quantity: 1 + (i % 9) };
}
