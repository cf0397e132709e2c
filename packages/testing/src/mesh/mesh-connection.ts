import { defaultTransportLimits, MemoryLink, type Link } from '@skerry/core';
import type { Host, MeshNet } from './mesh-net.js';
import { OrderedWay } from './ordered-way.js';

// What a machine keeps for a process that does not read, and for a way that is cut; then its sender feels it.
const windowFrames = 64;

/** One side: the link that its process has, and the end of the wire that the link is joined to. */
interface End {
  readonly host: Host;
  readonly link: MemoryLink;
  readonly wire: MemoryLink;
  /** What it sends. */
  out: OrderedWay;
  over: boolean;
}

/**
 * A connection between two nodes as TCP makes them: each direction keeps its order, loses nothing and doubles nothing, may take long,
 * and breaks as a whole.
 */
export class MeshConnection {
  private readonly client: End;
  private readonly server: End;

  constructor(
    private readonly net: MeshNet,
    from: Host,
    to: Host,
    address: string,
    accept: (link: Link) => void,
  ) {
    this.client = this.end(from, address);
    this.server = this.end(to, `memory://${from.name}`);
    this.join(this.client, this.server);
    this.join(this.server, this.client);
    this.listen(this.client);
    // What the process on the other side does not take yet, its machine has: this is connected all the same.
    this.client.out.send(() => {
      this.listen(this.server);
      accept(this.server.link);
    });
    for (const end of [this.client, this.server]) end.host.ended.add(() => this.died(end));
  }

  get link(): Link {
    return this.client.link;
  }

  /** Breaks it, for both sides; what is on its way is lost. */
  reset(): void {
    for (const end of [this.client, this.server]) {
      end.out.clear();
      this.tell(end, true);
    }
  }

  /** Whether it joins these two, whichever of them connected. */
  joins(one: (name: string) => boolean, other: (name: string) => boolean): boolean {
    const [client, server] = [this.client.host.name, this.server.host.name];
    return (one(client) && other(server)) || (one(server) && other(client));
  }

  get over(): boolean {
    return this.client.over && this.server.over;
  }

  private end(host: Host, peer: string): End {
    const limits = defaultTransportLimits;
    const [link, wire] = MemoryLink.pair(
      { name: `memory://${host.name}`, clock: host.clock, limits },
      { name: peer, clock: this.net.clock, limits },
    );
    return { host, link, wire, over: false } as End;
  }

  private join(end: End, other: End): void {
    const taken = (): void => {
      if (end.out.length <= windowFrames / 2 && end.host.state === 'up') end.wire.resume();
    };
    end.out = new OrderedWay(this.net, end.host.name, other.host.name, () => other.host.frozen, taken);
  }

  private listen(end: End): void {
    const other = end === this.client ? this.server : this.client;
    end.wire.start({
      frame: (bytes) => {
        if (end.host.state === 'crashed' || end.host.state === 'silent') return;
        if (this.net.chance.happens(this.net.rates.resets)) {
          this.net.history.add('mesh', `the connection of ${end.host.name} and ${other.host.name} breaks`);
          this.reset();
          return;
        }
        end.out.send(() => this.deliver(end, other, bytes));
        if (end.out.length > windowFrames) end.wire.pause();
      },
      drained: () => other.out.release(),
      closed: (error) => {
        end.over = true;
        other.out.release();
        if (end.host.state !== 'silent') this.tell(end, error !== undefined);
      },
    });
  }

  private deliver(from: End, to: End, bytes: Buffer): void {
    if (to.over || to.host.state === 'crashed') return;
    this.net.history.frame(from.host.name, to.host.name, bytes);
    if (!to.wire.send(bytes)) from.out.hold();
  }

  /** The other side learns, behind all that was sent to it, that this one has ended. */
  private tell(from: End, broken: boolean): void {
    const to = from === this.client ? this.server : this.client;
    from.out.release();
    from.out.send(() => {
      if (to.over || to.host.state === 'crashed') return;
      if (broken) to.wire.destroy();
      else to.wire.close();
    });
  }

  private died(end: End): void {
    if (end.over) return;
    end.over = true;
    const { state } = end.host;
    if (state === 'crashed') this.tell(end, true);
    // From a machine that is gone nothing comes; one that is started in its place knows nothing of this.
    if (state === 'silent') end.out.clear();
  }

  /** The machine of a node is back that was gone: it answers to what it does not know by a reset. */
  forgotten(host: Host): void {
    for (const end of [this.client, this.server])
      if (end.host === host && host.state === 'silent') this.tell(end, true);
  }
}
