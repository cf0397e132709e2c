import type { Clock } from '../clock/clock.js';
import type { Codec } from '../codec/codec.js';
import type { Codecs } from '../codec/codecs.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { NodeRecord } from '../registry/node-record.js';
import { anyService, type CalledService } from '../transport/called-service.js';
import { addressOf } from './offered.js';
import type { ClientProtocol, OpenPeer, PeerConnection } from './protocol.js';

export interface PeersOptions {
  /** How long a peer may take to be connected to and to introduce itself. Default 5 s. */
  readonly connectTimeoutMs?: number;
  /** Who the peers are told is calling. */
  readonly self: { readonly service: string; readonly node: string };
  readonly codecs: Codecs;
  readonly maxMessageBytes: number;
  /** Whether what answers is verified for one service, so that services of one address share no connection. Default `false`. */
  readonly apart?: boolean;
}

/** How a client wants its nodes to be spoken to, where they can be. */
export interface Manner {
  /** Name of a codec. Default: what the application prefers. */
  readonly codec?: string | undefined;
  /** Name of a protocol. Default: the first of the application's that the node has, the native one before all. */
  readonly protocol?: string | undefined;
  /** What every application has is called, whichever its services are: none of them is verified in particular. Default `false`. */
  readonly ofAnyService?: boolean | undefined;
}

const noManner: Manner = Object.freeze({});

/** By protocol and codec, then by address. */
type Pools = Map<ClientProtocol, Map<Codec, Pool>>;

/** One connection to each peer, shared by all calls, opened when it is first needed and again when it was lost. */
export class Peers {
  /** By whom they are for; without services told apart, all are for nobody in particular. */
  private readonly pools = new Map<CalledService | undefined, Pools>();
  /** By node id. */
  private readonly local = new Map<string, PeerConnection>();
  /** By service. */
  private readonly localNodes = new Map<string, readonly NodeRecord[]>();
  private closed = false;

  /** @param protocols At least one: the native one first. */
  constructor(
    private readonly protocols: readonly ClientProtocol[],
    private readonly clock: Clock,
    private readonly options: PeersOptions,
  ) {}

  /** The names of all protocols, for messages. */
  get protocolNames(): readonly string[] {
    return this.protocols.map(({ name }) => name);
  }

  /** Whether the node has an address that can be called from here. */
  reaches({ addresses }: NodeRecord): boolean {
    return this.protocols.some(({ name }) => addresses[name] !== undefined);
  }

  /**
   * The connection to a node: at once where there is one, otherwise a promise that many may share. Rejects with
   * `SKERRY_RPC_CONNECT_FAILED`, and after {@link close} with `SKERRY_APP_STATE`, which no call tries again; nothing was sent then.
   *
   * @param uploads Many messages will be sent: they are kept as bytes, to be sent again elsewhere.
   */
  connection(node: NodeRecord, uploads: boolean, manner = noManner): PeerConnection | Promise<PeerConnection> {
    if (this.closed) return Promise.reject(stopped());
    if (this.local.size > 0 && !uploads) {
      const local = this.local.get(node.id);
      if (local) return manner.codec === undefined ? local : this.localIn(local, manner.codec);
    }
    const protocol = this.protocolFor(node, manner.protocol);
    if (!protocol) return Promise.reject(connectFailed(addressOf(node), this.nothingInCommon(node)));
    const address = node.addresses[protocol.name]!;
    const codec = this.codecFor(node, protocol, manner.codec);
    if (!codec) return Promise.reject(connectFailed(address, this.noCommonCodec(node.codecs ?? [])));
    const pool = this.pool(protocol, codec, manner.ofAnyService ? anyService : node.service);
    const open = pool.open.get(address);
    if (open && !open.draining) return open;
    const opening = pool.opening.get(address);
    if (opening) return opening;
    const connecting = this.connect(address, pool).finally(() => pool.opening.delete(address));
    pool.opening.set(address, connecting);
    return connecting;
  }

  /** Throws `SKERRY_OPTION_INVALID` for what the application does not have. */
  check({ codec, protocol }: Manner, service: string): void {
    const { codecs } = this.options;
    const fix = 'Import the module of its package.';
    if (codec !== undefined && !codecs.named(codec)) {
      const known = codecs.names.join(', ');
      const message = `Cannot call ${service} in the codec '${codec}': this application has ${known}. ${fix}`;
      throw new SkerryError('SKERRY_OPTION_INVALID', message);
    }
    if (protocol !== undefined && !this.protocolNames.includes(protocol)) {
      const known = this.protocolNames.join(', ');
      const message = `Cannot call ${service} by the protocol '${protocol}': this application has ${known}. ${fix}`;
      throw new SkerryError('SKERRY_OPTION_INVALID', message);
    }
  }

  /** Calls of these nodes, which this process serves itself, take this way from now on. */
  serveLocally(nodes: readonly NodeRecord[], connection: PeerConnection): void {
    for (const node of nodes) {
      this.local.set(node.id, connection);
      this.localNodes.set(node.service, Object.freeze([node]));
    }
  }

  /**
   * The node of a service that this process serves itself, whether or not the registry shows it: for work that began here and
   * is finished while the process leaves. The same array for each service; empty for all others.
   */
  own(service: string): readonly NodeRecord[] {
    return this.localNodes.get(service) ?? noNodes;
  }

  /** Closes all connections; calls that are still open on them fail, and so does whoever asks for another. */
  close(): void {
    this.closed = true;
    for (const { open } of this.all()) {
      for (const peer of open.values()) peer.close();
      open.clear();
    }
  }

  private protocolFor({ addresses }: NodeRecord, wanted: string | undefined): ClientProtocol | undefined {
    const { protocols } = this;
    if (wanted !== undefined && addresses[wanted] !== undefined) {
      const wish = protocols.find(({ name }) => name === wanted);
      if (wish) return wish;
    }
    return protocols.find(({ name }) => addresses[name] !== undefined);
  }

  private codecFor(node: NodeRecord, protocol: ClientProtocol, wanted: string | undefined): Codec | undefined {
    const { codecs } = this.options;
    if (!protocol.codecs) return codecs.choose(node.codecs, wanted);
    const able = node.codecs && protocol.codecs.filter((name) => node.codecs!.includes(name));
    // What the protocol itself lays down needs no word from the node.
    return codecs.choose(able?.length ? able : protocol.codecs, wanted);
  }

  private pool(protocol: ClientProtocol, codec: Codec, service: CalledService): Pool {
    const whom = this.options.apart ? service : undefined;
    let pools = this.pools.get(whom);
    if (!pools) this.pools.set(whom, (pools = new Map() as Pools));
    let ofProtocol = pools.get(protocol);
    if (!ofProtocol) pools.set(protocol, (ofProtocol = new Map<Codec, Pool>()));
    let pool = ofProtocol.get(codec);
    if (!pool) ofProtocol.set(codec, (pool = { protocol, codec, service: whom, open: new Map(), opening: new Map() }));
    return pool;
  }

  private *all(): Generator<Pool> {
    for (const pools of this.pools.values()) for (const ofProtocol of pools.values()) yield* ofProtocol.values();
  }

  private localIn(local: PeerConnection, wanted: string): PeerConnection {
    const codec = this.options.codecs.named(wanted);
    return (codec && local.speaking?.(codec)) ?? local;
  }

  private async connect(address: string, { protocol, codec, service, open }: Pool): Promise<OpenPeer> {
    const { clock } = this;
    const { connectTimeoutMs = 5_000, self, maxMessageBytes } = this.options;
    const patience = new AbortController();
    const over = (): void => patience.abort(timedOut(address, connectTimeoutMs));
    const timer = clock.setTimer(connectTimeoutMs, over, true);
    let peer: OpenPeer | undefined;
    try {
      peer = await protocol.connect(address, { self, service, codec, clock, maxMessageBytes, signal: patience.signal });
      if (this.closed) throw stopped();
    } catch (cause) {
      peer?.close();
      const known = SkerryError.is(cause) && ['SKERRY_RPC_CONNECT_FAILED', 'SKERRY_APP_STATE'].includes(cause.code);
      throw known ? cause : connectFailed(address, cause);
    } finally {
      timer.cancel();
    }
    const opened = peer;
    open.set(address, opened);
    opened.onClose(() => {
      if (open.get(address) === opened) open.delete(address);
    });
    return opened;
  }

  private noCommonCodec(theirs: readonly string[]): Error {
    return new Error(`it speaks ${theirs.join(', ')}, and this application ${this.options.codecs.names.join(', ')}`);
  }

  private nothingInCommon({ addresses }: NodeRecord): Error {
    const theirs = Object.keys(addresses).join(', ') || 'nothing';
    return new Error(`it is reached by ${theirs}, and this application calls by ${this.protocolNames.join(', ')}`);
  }
}

/** The connections of one protocol in one codec. */
interface Pool {
  readonly protocol: ClientProtocol;
  readonly codec: Codec;
  readonly service: CalledService | undefined;
  readonly open: Map<string, OpenPeer>;
  readonly opening: Map<string, Promise<OpenPeer>>;
}

const noNodes: readonly NodeRecord[] = Object.freeze([]);

function stopped(): SkerryError {
  return new SkerryError('SKERRY_APP_STATE', 'the application has stopped, and calls nobody any more');
}

function timedOut(address: string, afterMs: number): SkerryError {
  return new SkerryError('SKERRY_RPC_CONNECT_FAILED', `${address} did not answer within ${afterMs} ms`);
}

function connectFailed(address: string, cause: unknown): SkerryError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SkerryError('SKERRY_RPC_CONNECT_FAILED', `${address} could not be connected to: ${reason}`, { cause });
}
