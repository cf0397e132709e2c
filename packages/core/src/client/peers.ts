import type { Clock } from '../clock/clock.js';
import type { Codec } from '../codec/codec.js';
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
  readonly codec: string;
  readonly maxMessageBytes: number;
  /** When a silent peer is asked for a sign of life. */
  readonly keepAlive?: Partial<KeepAlive>;
}

/** What calls need of a connection: that of the native protocol, or the short way to a service of the same process. */
export interface PeerConnection extends Pick<RpcConnection, 'open' | 'draining'> {
  /** How its messages are written, where that is not the application's codec. */
  readonly codec?: Codec;
}

/** One connection to each peer, shared by all calls, opened when it is first needed and again when it was lost. */
export class Peers {
  private readonly open = new Map<string, RpcConnection>();
  private readonly opening = new Map<string, Promise<RpcConnection>>();
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
   */
  connection(node: NodeRecord, uploads: boolean): PeerConnection | Promise<PeerConnection> {
    if (this.local.size > 0 && !uploads) {
      const local = this.local.get(node.id);
      if (local) return local;
    }
    const address = node.addresses['skerry']!;
    const open = this.open.get(address);
    if (open && !open.draining) return open;
    const opening = this.opening.get(address);
    if (opening) return opening;
    const connecting = this.connect(address).finally(() => this.opening.delete(address));
    this.opening.set(address, connecting);
    return connecting;
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
    for (const connection of this.open.values()) connection.close();
    this.open.clear();
  }

  private async connect(address: string): Promise<RpcConnection> {
    const { connectTimeoutMs = 5_000, self, codec, maxMessageBytes, keepAlive } = this.options;
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
        hello: { ...self, codec },
        limits: { maxMessageBytes },
        keepAlive: { ...keepAlive },
      });
      const hello = await connection.ready(patience.signal);
      if (hello.codec !== codec) throw new Error(`it speaks the codec '${hello.codec}', not '${codec}'`);
      if (this.closed) throw new Error('this application is closing its connections');
    } catch (cause) {
      connection?.destroy();
      throw SkerryError.is(cause) && cause.code === 'SKERRY_RPC_CONNECT_FAILED' ? cause : connectFailed(address, cause);
    } finally {
      timer.cancel();
    }
    this.open.set(address, connection);
    const opened = connection;
    connection.onClose(() => {
      if (this.open.get(address) === opened) this.open.delete(address);
    });
    return connection;
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
