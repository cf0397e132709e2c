import { Handler, InjectClient, Service, type Client } from '@skerry/core';
import { IsString, Length } from 'class-validator';
import type { Stations } from '../stations/stations.service.js';

export class BeginRequest {
  @IsString()
  @Length(1, 40)
  rider!: string;

  @IsString()
  @Length(1, 40)
  station!: string;
}

export class Ride {
  @IsString()
  id!: string;
}

// #region service
@Service('rides', { version: '1.0.0' })
export class Rides {
  private begun = 0;

  // The class is only a type here: its code stays in the other service.
  constructor(@InjectClient('stations') private readonly stations: Client<Stations>) {}

  @Handler({ reply: Ride })
  async begin({ rider, station }: BeginRequest): Promise<Ride> {
    await this.stations.take({ station });
    return { id: `${rider}-${++this.begun}` };
  }
}
// #endregion service
