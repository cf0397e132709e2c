import { IsIn, IsInt, IsString, Matches, Min } from 'class-validator';
import { orderIdForm } from '@shop/contracts';

/** What was decided about an order, and stays decided: a message that comes again gets the same answer. */
export class Reservation {
  @Matches(orderIdForm)
  orderId!: string;

  @IsString()
  sku!: string;

  @IsInt()
  @Min(1)
  pieces!: number;

  @IsIn(['reserved', 'rejected', 'released'])
  status!: 'reserved' | 'rejected' | 'released';
}
