import { CODEC, CODECS, ENVELOPES, Module, type DynamicModule, type Provider } from '@skerry/core';
import { BsonCodec } from './bson-codec.js';
import { BsonRpcCodec } from './bson-rpc.js';

export interface BsonOptions {
  /** Whether it is spoken to every node that has it, and to brokers, instead of JSON. Default `false`: to who asks for it. */
  readonly preferred?: boolean;
}

/**
 * Lets an application speak BSON. One line in the root module:
 *
 *     @Module({ imports: [OrdersModule, BsonModule.forRoot({ preferred: true })] })
 *     export class AppModule {}
 *
 * Nodes without it are spoken to in JSON, so it can be rolled out one service after the other.
 */
@Module()
export class BsonModule {
  static forRoot({ preferred = false }: BsonOptions = {}): DynamicModule {
    const codec = new BsonCodec();
    const providers: Provider[] = [
      { provide: CODECS, useValue: codec, multi: true },
      { provide: ENVELOPES, useValue: new BsonRpcCodec(), multi: true },
      ...(preferred ? [{ provide: CODEC, useValue: codec }] : []),
    ];
    const exports = [CODECS, ENVELOPES, ...(preferred ? [CODEC] : [])];
    return { module: BsonModule, global: true, providers, exports };
  }
}
