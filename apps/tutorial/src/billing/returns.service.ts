import { Broker, Handler, Inject, Service } from '@skerry/core';
import { RideEnded, rideEnded } from './ride-ended.js';

// #region publish
@Service('returns', { version: '1.0.0', publishes: [rideEnded] })
export class Returns {
  constructor(@Inject(Broker) private readonly broker: Broker) {}

  /** Ending the same ride twice is one message: it may be sent again. */
  @Handler({ idempotent: true })
  async end(ride: RideEnded): Promise<void> {
    await this.broker.publish(rideEnded, ride, { key: ride.rider, messageId: `ended-${ride.ride}` });
  }
}
// #endregion publish
