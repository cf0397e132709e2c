import type { Clock } from '../clock/clock.js';
import type { PeerIdentity } from '../context/peer.js';
import { SkerryError } from '../errors/skerry-error.js';
import {
  defaultTransportLimits,
  type Link,
  type Listener,
  type TransportDriver,
  type TransportLimits,
} from './driver.js';
import { MemoryLink, type MemoryLinkEnd } from './memory-link.js';

type Accept = (connecting: MemoryLinkEnd) => MemoryLink;

/** What the transports of one process share to reach each other. */
export class MemoryNetwork {
  private readonly listening = new Map<string, Accept>();
  private names = 0;

  /** Claims an address, or a free one for `memory://`. Returns it. */
  bind(address: string, accept: Accept): string {
    const name = address === 'memory://' ? this.unusedAddress() : address;
    if (this.listening.has(name)) {
      throw new SkerryError(
        'SKERRY_TRANSPORT_LISTEN_FAILED',
        `cannot listen on ${name}: another does; close it, or write memory:// to have a free name chosen`,
      );
    }
    this.listening.set(name, accept);
    return name;
  }

  release(address: string, accept: Accept): void {
    if (this.listening.get(address) === accept) this.listening.delete(address);
  }

  find(address: string): Accept | undefined {
    return this.listening.get(address);
  }

  /** An address that nobody listens on. */
  unusedAddress(): string {
    let address: string;
    do address = `memory://${++this.names}`;
    while (this.listening.has(address));
    return address;
  }
}

/**
 * Frames within one process, addresses `memory://name`. The reference for other transports and the double in tests: the
 * same limits, events and errors as TCP, and nothing is ever shared between two sides.
 *
 * Delivery is a microtask, so it needs no time on any clock. It also means that two sides that answer each other for ever,
 * and wait for nothing else, keep the process from its timers and its I/O.
 */
export class MemoryTransport implements TransportDriver {
  readonly scheme = 'memory';
  private readonly limits: TransportLimits;

  /** @param identity Who others take this side for, as they would by a verified certificate: for tests. Default: nobody. */
  constructor(
    private readonly network: MemoryNetwork,
    private readonly clock: Clock,
    limits: Partial<TransportLimits> = {},
    private readonly identity?: PeerIdentity,
  ) {
    this.limits = { ...defaultTransportLimits, ...limits };
  }

  async listen(address: string, accept: (link: Link) => void): Promise<Listener> {
    check(address, /^memory:\/\/\S*$/);
    const { network, clock, limits, identity } = this;
    const join: Accept = (connecting) => {
      const [theirs, ours] = MemoryLink.pair(connecting, { name: bound, clock, limits, identity });
      accept(ours);
      return theirs;
    };
    const bound = network.bind(address, join);
    return {
      address: bound,
      close: () => {
        network.release(bound, join);
        return Promise.resolve();
      },
    };
  }

  async connect(address: string, signal: AbortSignal): Promise<Link> {
    check(address, /^memory:\/\/\S+$/);
    signal.throwIfAborted();
    await Promise.resolve();
    signal.throwIfAborted();
    const join = this.network.find(address);
    if (!join) throw new SkerryError('SKERRY_RPC_CONNECT_FAILED', `cannot connect to ${address}: nobody listens there`);
    const { network, clock, limits, identity } = this;
    return join({ name: network.unusedAddress(), clock, limits, identity });
  }
}

function check(address: string, form: RegExp): void {
  if (form.test(address)) return;
  throw new SkerryError(
    'SKERRY_TRANSPORT_ADDRESS_INVALID',
    `cannot use ${JSON.stringify(address)} as a memory address: write memory://name`,
  );
}
