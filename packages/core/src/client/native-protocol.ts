import { SkerryError } from '../errors/skerry-error.js';
import type { Codec } from '../codec/codec.js';
import { RpcConnection } from '../rpc/connection.js';
import type { KeepAlive } from '../rpc/keep-alive.js';
import type { Transport } from '../transport/transport.js';
import type { ClientProtocol, ConnectOptions, OpenPeer } from './protocol.js';

/** Skerry's own protocol, over whatever transport a node's address names. */
export class NativeProtocol implements ClientProtocol {
  readonly name = 'skerry';

  constructor(
    private readonly transport: Transport,
    private readonly keepAlive: Partial<KeepAlive> | undefined,
  ) {}

  async connect(address: string, options: ConnectOptions): Promise<OpenPeer> {
    const { self, service, codec, clock, maxMessageBytes, signal } = options;
    const link = await this.transport.connect(address, signal, service);
    const connection = new RpcConnection(link, {
      role: 'client',
      clock,
      hello: { ...self, codec: codec.name },
      limits: { maxMessageBytes },
      keepAlive: { ...this.keepAlive },
    });
    try {
      const hello = await connection.ready(signal);
      const understood = hello.codecs ?? [hello.codec];
      if (!understood.includes(codec.name)) {
        const theirs = understood.map((each) => `'${each}'`).join(', ');
        throw new SkerryError('SKERRY_CODEC_UNKNOWN', `it speaks the codec ${theirs}, not '${codec.name}'`);
      }
      return new NativePeer(connection, codec);
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }
}

class NativePeer implements OpenPeer {
  constructor(
    private readonly connection: RpcConnection,
    readonly codec: Codec,
  ) {}

  get draining(): boolean {
    return this.connection.draining;
  }

  open(...call: Parameters<RpcConnection['open']>): ReturnType<RpcConnection['open']> {
    return this.connection.open(...call);
  }

  onClose(listener: () => void): void {
    this.connection.onClose(listener);
  }

  close(): void {
    this.connection.close();
  }
}
