import { Handler, InjectClient, Service, type Client } from '@skerry/core';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Length } from 'class-validator';
import { NoBikes } from '../stations/no-bikes.js';
import type { Stations } from '../stations/stations.service.js';
import type { Rides } from '../rides/rides.service.js';

export class TripRequest {
  @IsString()
  @Length(1, 40)
  rider!: string;

  /** Best first. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(5)
  @IsString({ each: true })
  stations!: string[];
}

export class Trip {
  @IsString()
  ride!: string;

  @IsString()
  from!: string;
}

// #region service
@Service('concierge', { version: '1.0.0' })
export class Concierge {
  constructor(
    // Errors with the code of this class arrive as this class.
    @InjectClient('rides', { errors: [NoBikes] }) private readonly rides: Client<Rides>,
    @InjectClient('stations') private readonly stations: Client<Stations>,
  ) {}

  /** Begins a ride at the first of these stations that has a bike. */
  @Handler({ reply: Trip })
  async begin({ rider, stations }: TripRequest): Promise<Trip> {
    for (const from of stations) {
      try {
        const { id } = await this.rides.begin({ rider, station: from }, { timeoutMs: 1_000 });
        return { ride: id, from };
      } catch (error) {
        // Whatever else it is goes to our own caller as it came.
        if (!(error instanceof NoBikes)) throw error;
      }
    }
    throw new NoBikes(stations.join(', '));
  }

  @Handler({ request: String, readOnly: true })
  async advise(station: string): Promise<string> {
    // `look` is readOnly: a node that dies with this call in its hands is replaced by another, unseen.
    const { bikes } = await this.stations.look({ station });
    return bikes > 0 ? `go to ${station}` : `not ${station}`;
  }
}
// #endregion service
