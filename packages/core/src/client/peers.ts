import type { Clock } from '../clock/clock.js';
import type { Codec } from '../codec/codec.js';
import type { Codecs } from '../codec/codecs.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { NodeRecord } from '../registry/node-record.js';
import { RpcConnection } from '../rpc/connection.js';
import type { KeepAlive } from '../rpc/keep-alive.js';
import type { Transport } from '../transport/transport.js';

export interface PeersOptions {
  /** How long a peer may take to be connected to and to introduce itself. Default 5 s. */
  readonly connectTimeoutMs?: number;
  /** Who the peers are told is calling. */
  readonly self: { readonly service: string; readonly node: string };
  readonly codecs: Codecs;
  readonly maxMessageBytes: number;
  /** When a silent peer is asked for a sign of life. */
  readonly keepAlive?: Partial<KeepAlive>;
}

/** What calls need of a connection: that of the native protocol, or the short way to a service of the same process. */
export interface PeerConnection {
  readonly open: RpcConnection['open'];
  readonly draining: boolean;
  /** How its messages are written. */
  readonly codec: Codec;
  /** Its messages are values rather than bytes: each is a copy of its own. */
  readonly local?: boolean;
  /** The same peer in another codec, where that needs no other connection. */
  speaking?(codec: Codec): PeerConnection;
}

/** One connection to each peer, shared by all calls, opened when it is first needed and again when it was lost. */
export class Peers {
  /** By codec, then by address. */
  private readonly pools = new Map<string, Pool>();
  /** By node id. */
  private readonly local = new Map<string, PeerConnection>();
  /** By service. */
  private readonly localNodes = new Map<string, readonly NodeRecord[]>();
  private closed = false;

  constructor(
    private readonly transport: Transport,
    private readonly clock: Clock,
    private readonly options: PeersOptions,
  ) {}

  /**
   * The connection to a node: at once where there is one, otherwise a promise that many may share. Rejects with
   * `SKERRY_RPC_CONNECT_FAILED`; nothing was sent then.
   *
   * @param uploads Many messages will be sent: they are kept as bytes, to be sent again elsewhere.
   * @param wanted  The name of the codec to speak where the node has it. Default: the one that the application prefers.
   */
  connection(node: NodeRecord, uploads: boolean, wanted?: string): PeerConnection | Promise<PeerConnection> {
    if (this.local.size > 0 && !uploads) {
      const local = this.local.get(node.id);
      if (local) return wanted === undefined ? local : this.localIn(local, wanted);
    }
    const address = node.addresses['skerry']!;
    const codec = this.options.codecs.choose(node.codecs, wanted);
    if (!codec) return Promise.reject(connectFailed(address, this.noCommonCodec(node.codecs ?? [])));
    let pool = this.pools.get(codec.name);
    if (!pool) this.pools.set(codec.name, (pool = { codec, open: new Map(), opening: new Map() }));
    const open = pool.open.get(address);
    if (open && !open.draining) return open;
    const opening = pool.opening.get(address);
    if (opening) return opening;
    const connecting = this.connect(address, pool).finally(() => pool.opening.delete(address));
    pool.opening.set(address, connecting);
    return connecting;
  }

  /** Throws `SKERRY_OPTION_INVALID` for a codec that the application does not have. */
  checkCodec(name: string, service: string): void {
    const { codecs } = this.options;
    if (codecs.named(name)) return;
    throw new SkerryError(
      'SKERRY_OPTION_INVALID',
      `Cannot call ${service} in the codec '${name}': this application has ${codecs.names.join(', ')}. Import the module of its package.`,
    );
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

  /** Closes all connections; calls that are still open on them fail. */
  close(): void {
    this.closed = true;
    for (const { open } of this.pools.values()) {
      for (const { connection } of open.values()) connection.close();
      open.clear();
    }
  }

  private localIn(local: PeerConnection, wanted: string): PeerConnection {
    const codec = this.options.codecs.named(wanted);
    return (codec && local.speaking?.(codec)) ?? local;
  }

  private async connect(address: string, { codec, open }: Pool): Promise<NativePeer> {
    const { connectTimeoutMs = 5_000, self, maxMessageBytes, keepAlive } = this.options;
    const patience = new AbortController();
    const timer = this.clock.setTimer(
      connectTimeoutMs,
      () => patience.abort(timedOut(address, connectTimeoutMs)),
      true,
    );
    let connection: RpcConnection | undefined;
    try {
      const link = await this.transport.connect(address, patience.signal);
      connection = new RpcConnection(link, {
        role: 'client',
        clock: this.clock,
        hello: { ...self, codec: codec.name },
        limits: { maxMessageBytes },
        keepAlive: { ...keepAlive },
      });
      const hello = await connection.ready(patience.signal);
      const understood = hello.codecs ?? [hello.codec];
      if (!understood.includes(codec.name)) {
        throw new Error(`it speaks the codec ${understood.map((each) => `'${each}'`).join(', ')}, not '${codec.name}'`);
      }
      if (this.closed) throw new Error('this application is closing its connections');
    } catch (cause) {
      connection?.destroy();
      throw SkerryError.is(cause) && cause.code === 'SKERRY_RPC_CONNECT_FAILED' ? cause : connectFailed(address, cause);
    } finally {
      timer.cancel();
    }
    const peer = new NativePeer(connection, codec);
    open.set(address, peer);
    connection.onClose(() => {
      if (open.get(address) === peer) open.delete(address);
    });
    return peer;
  }

  private noCommonCodec(theirs: readonly string[]): Error {
    return new Error(`it speaks ${theirs.join(', ')}, and this application ${this.options.codecs.names.join(', ')}`);
  }
}

/** The connections of one codec. */
interface Pool {
  readonly codec: Codec;
  readonly open: Map<string, NativePeer>;
  readonly opening: Map<string, Promise<NativePeer>>;
}

/** A connection of the native protocol, with the codec that it was opened for. */
class NativePeer implements PeerConnection {
  constructor(
    readonly connection: RpcConnection,
    readonly codec: Codec,
  ) {}

  get draining(): boolean {
    return this.connection.draining;
  }

  open(...call: Parameters<RpcConnection['open']>): ReturnType<RpcConnection['open']> {
    return this.connection.open(...call);
  }
}

const noNodes: readonly NodeRecord[] = Object.freeze([]);

function timedOut(address: string, afterMs: number): SkerryError {
  return new SkerryError('SKERRY_RPC_CONNECT_FAILED', `${address} did not answer within ${afterMs} ms`);
}

function connectFailed(address: string, cause: unknown): SkerryError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SkerryError('SKERRY_RPC_CONNECT_FAILED', `${address} could not be connected to: ${reason}`, { cause });
}
