import { Field, Handler, Module, Service } from '@skerry/core';
import { IsInt, IsNumber, IsString, Length, Min } from 'class-validator';

/** The message with its rules, and the numbers by which protobuf knows its fields. */
export class NumberedOrder {
  @Field(1)
  @IsString()
  @Length(1, 40)
  id!: string;

  @Field(2)
  @IsString()
  @Length(1, 80)
  customer!: string;

  @Field(3)
  @IsString()
  sku!: string;

  @Field(4, { type: 'int32' })
  @IsInt()
  @Min(1)
  quantity!: number;

  @Field(5)
  @IsNumber()
  price!: number;
}

/** Everything on, with both messages described. */
@Service('echo')
export class NumberedEcho {
  @Handler({ reply: NumberedOrder })
  async echo(order: NumberedOrder): Promise<NumberedOrder> {
    return order;
  }
}

@Module({ providers: [NumberedEcho] })
export class NumberedEchoModule {}
