import { IsInt, IsString, Min } from 'class-validator';

export class Account {
  @IsString()
  rider!: string;

  @IsInt()
  @Min(0)
  minutes!: number;
}
