import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDate,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Min,
  ValidateNested,
} from 'class-validator';
import { Field } from '../../schema/field.js';

// The messages of the suite have numbers, so that codecs that write numbers carry them too.

export class Name {
  @Field(1)
  @IsString()
  @Length(1, 80)
  name!: string;
}

export class Text {
  @Field(1)
  @IsString()
  text!: string;
}

export class Count {
  @Field(1, { type: 'int32' })
  @IsInt()
  @Min(0)
  count!: number;

  /** Bytes that are added to each message. */
  @Field(2)
  @IsOptional()
  @IsString()
  padding?: string;
}

export class Line {
  @Field(1)
  @IsString()
  @Length(1, 10)
  sku!: string;

  @Field(2, { type: 'int32' })
  @IsInt()
  @Min(1)
  count!: number;
}

export class Order {
  @Field(1)
  @IsArray()
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => Line)
  lines!: Line[];
}

/** What JSON has no words for. */
export class Values {
  @Field(1)
  @IsDate()
  at!: Date;

  @Field(2)
  big!: bigint;

  @Field(3)
  data!: Uint8Array;
}

/** What a handler knows of its call. */
export class Told {
  @Field(1)
  @IsString()
  traceId!: string;

  @Field(2)
  @IsString()
  parentSpanId!: string;

  @Field(3)
  @IsString()
  tenant!: string;

  @Field(4)
  @IsString()
  idempotencyKey!: string;

  @Field(5)
  remainingMs!: number;

  /** Of the peer; empty where nobody was verified. */
  @Field(6)
  @IsString()
  spiffeId!: string;
}
