import { Handler, Service } from '@skerry/core';
import { StationReply, StationRequest } from './messages.js';
import { NoBikes } from './no-bikes.js';

// #region service
@Service('stations', { version: '1.0.0' })
export class Stations {
  private readonly racks = new Map([
    ['harbour', 3],
    ['market', 1],
  ]);

  @Handler({ reply: StationReply, readOnly: true })
  async look({ station }: StationRequest): Promise<StationReply> {
    return { station, bikes: this.racks.get(station) ?? 0 };
  }

  @Handler({ reply: StationReply })
  async take({ station }: StationRequest): Promise<StationReply> {
    const bikes = this.racks.get(station) ?? 0;
    if (bikes === 0) throw new NoBikes(station);
    this.racks.set(station, bikes - 1);
    return { station, bikes: bikes - 1 };
  }
}
// #endregion service
