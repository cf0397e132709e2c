import '@skerry/core';
import { IsString } from 'class-validator';

export class Guests {
  /** Who was greeted, the latest last. */
  @IsString({ each: true })
  names!: string[];
}
