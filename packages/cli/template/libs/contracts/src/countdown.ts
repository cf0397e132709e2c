import '@skerry/core';
import { IsInt, Max, Min } from 'class-validator';

export class CountdownRequest {
  @IsInt()
  @Min(1)
  @Max(10)
  from!: number;
}

export class Tick {
  @IsInt()
  left!: number;
}
