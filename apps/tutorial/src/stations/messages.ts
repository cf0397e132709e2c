import { IsInt, IsString, Length, Min } from 'class-validator';

// #region messages
export class StationRequest {
  @IsString()
  @Length(1, 40)
  station!: string;
}

export class StationReply {
  @IsString()
  station!: string;

  @IsInt()
  @Min(0)
  bikes!: number;
}
// #endregion messages
