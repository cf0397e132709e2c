import { IsInt, IsNumber, IsString, Length, Min } from 'class-validator';

/** The message as a class with rules, for contenders that validate. */
export class Order {
  @IsString()
  @Length(1, 40)
  id!: string;

  @IsString()
  @Length(1, 80)
  customer!: string;

  @IsString()
  sku!: string;

  @IsInt()
  @Min(1)
  quantity!: number;

  @IsNumber()
  price!: number;
}
