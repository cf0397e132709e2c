import { CODEC, CODECS, ENVELOPES, Module, type DynamicModule, type Provider } from '@skerry/core';
import { MsgpackCodec } from './msgpack-codec.js';
import { MsgpackRpcCodec } from './msgpack-rpc.js';

export interface MsgpackOptions {
  /** Whether it is spoken to every node that has it, and to brokers, instead of JSON. Default `false`: to who asks for it. */
  readonly preferred?: boolean;
}

/**
 * Lets an application speak MessagePack. One line in the root module:
 *
 *     @Module({ imports: [OrdersModule, MsgpackModule.forRoot({ preferred: true })] })
 *     export class AppModule {}
 *
 * Nodes without it are spoken to in JSON, so it can be rolled out one service after the other.
 */
@Module()
export class MsgpackModule {
  static forRoot({ preferred = false }: MsgpackOptions = {}): DynamicModule {
    const codec = new MsgpackCodec();
    const providers: Provider[] = [
      { provide: CODECS, useValue: codec, multi: true },
      { provide: ENVELOPES, useValue: new MsgpackRpcCodec(), multi: true },
      ...(preferred ? [{ provide: CODEC, useValue: codec }] : []),
    ];
    const exports = [CODECS, ENVELOPES, ...(preferred ? [CODEC] : [])];
    return { module: MsgpackModule, global: true, providers, exports };
  }
}
