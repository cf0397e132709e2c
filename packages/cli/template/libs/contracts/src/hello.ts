import { Topic } from '@skerry/core';
import { IsString, Length } from 'class-validator';

export class HelloRequest {
  @IsString()
  @Length(1, 80)
  name!: string;
}

export class HelloReply {
  @IsString()
  message!: string;
}

export class Greeted {
  @IsString()
  @Length(1, 80)
  name!: string;
}

/** Somebody was greeted. */
export const greeted = new Topic('greeted', Greeted);
