import { Topic } from '@skerry/core';
import { IsInt, IsString, Length, Max, Min } from 'class-validator';

// #region topic
export class RideEnded {
  @IsString()
  ride!: string;

  @IsString()
  @Length(1, 40)
  rider!: string;

  @IsInt()
  @Min(0)
  @Max(10_000)
  minutes!: number;
}

/** One file that both sides import: the topic's name, and the class of its messages. */
export const rideEnded = new Topic('rides.ended', RideEnded);
// #endregion topic
