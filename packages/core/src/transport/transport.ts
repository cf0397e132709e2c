import { InjectionToken } from '../container/token.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { CalledService } from './called-service.js';
import type { Link, Listener, TransportDriver } from './driver.js';
import type { PortProtocol } from './port-protocol.js';

/** Every transport that the application can speak: a multi-provider, one entry for each scheme. */
export const TRANSPORT_DRIVERS = new InjectionToken<readonly TransportDriver[]>('TRANSPORT_DRIVERS', {
  key: Symbol.for('skerry.transport-drivers'),
});

/** Opens links by address; the address's scheme names the transport. */
export class Transport {
  private readonly byScheme: ReadonlyMap<string, TransportDriver>;

  constructor(drivers: readonly TransportDriver[]) {
    this.byScheme = new Map(drivers.map((driver) => [driver.scheme, driver]));
  }

  /** @see TransportDriver.listen */
  listen(
    address: string,
    accept: (link: Link) => void,
    refused: (error: SkerryError) => void,
    others: readonly PortProtocol[] = [],
  ): Promise<Listener> {
    return this.driver(address).listen(address, accept, refused, others);
  }

  /** @see TransportDriver.connect */
  connect(address: string, signal: AbortSignal, service?: CalledService): Promise<Link> {
    return this.driver(address).connect(address, signal, service);
  }

  /** Throws `SKERRY_TRANSPORT_ADDRESS_INVALID` for a scheme that no driver has. */
  private driver(address: string): TransportDriver {
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(address)?.[1];
    const driver = scheme === undefined ? undefined : this.byScheme.get(scheme);
    if (driver) return driver;
    const known = [...this.byScheme.keys()].map((each) => `${each}://`).join(', ');
    throw new SkerryError(
      'SKERRY_TRANSPORT_ADDRESS_INVALID',
      `Cannot use the address '${address}': no transport has its scheme. Known are ${known || 'none'}; a further one is added by importing its module.`,
    );
  }
}
