import {
  CODEC,
  CODECS,
  ENVELOPES,
  Inject,
  Injectable,
  InjectionToken,
  Module,
  SERVED_SERVICES,
  type DynamicModule,
  type OnModuleInit,
  type ServiceDefinition,
} from '@skerry/core';
import { ProtoRpcCodec } from './proto-rpc.js';
import { PlainProtobufCodec, ProtobufCodec } from './protobuf-codec.js';
import { checkNumbers, type Unnumbered } from './unnumbered.js';

export interface ProtobufOptions {
  /** Whether to speak protobuf to everyone who understands it, rather than when asked to. Default: false. */
  readonly preferred?: boolean;
  /**
   * What becomes of messages whose classes have no `@Field`: `refuse` keeps the application from starting; `value` writes them
   * as `google.protobuf.Value`. A class with some numbers is always refused. Default: `refuse`.
   */
  readonly unnumbered?: Unnumbered;
}

const PROTOBUF_OPTIONS = new InjectionToken<ProtobufOptions>('PROTOBUF_OPTIONS', {
  key: Symbol.for('skerry.protobuf-options'),
});

/** Looks at what is served, before anything is. */
@Injectable()
class NumberCheck implements OnModuleInit {
  constructor(
    @Inject(SERVED_SERVICES) private readonly services: readonly ServiceDefinition[],
    @Inject(PROTOBUF_OPTIONS) private readonly options: ProtobufOptions,
  ) {}

  onModuleInit(): void {
    checkNumbers(this.services, this.options.unnumbered ?? 'refuse');
  }
}

/**
 * Lets an application speak protobuf. One line in the root module:
 *
 *     @Module({ imports: [OrdersModule, ProtobufModule.forRoot({ preferred: true })] })
 *     export class AppModule {}
 *
 * Every field of its messages needs a number, `@Field(1)`; what lacks one is told at the start: `SKERRY_HANDLER_INVALID`, as
 * the cause.
 */
@Module()
export class ProtobufModule {
  static forRoot(options: ProtobufOptions = {}): DynamicModule {
    const codec = new ProtobufCodec();
    const preferred = options.preferred ? [{ provide: CODEC, useValue: codec }] : [];
    return {
      module: ProtobufModule,
      global: true,
      providers: [
        { provide: PROTOBUF_OPTIONS, useValue: options },
        NumberCheck,
        { provide: CODECS, useValue: new PlainProtobufCodec(), multi: true },
        { provide: CODECS, useValue: codec, multi: true },
        { provide: ENVELOPES, useValue: new ProtoRpcCodec(codec), multi: true },
        ...preferred,
      ],
      exports: [CODECS, ENVELOPES, ...(options.preferred ? [CODEC] : [])],
    };
  }
}
