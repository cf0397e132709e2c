import { join } from 'node:path';
// #region served
import { Handler, Module, Service } from '@skerry/core';
import { GrpcModule, GrpcService } from '@skerry/grpc';

const proto = join(import.meta.dirname, 'protos/echo.proto');

@Service('echo')
@GrpcService('acme.Echo', { proto })
export class Echo {
  @Handler({ readOnly: true, request: Object })
  async sayAgain({ text }: { text: string }) {
    return { text, count: 1n };
  }

  @Handler({ request: Object })
  async *watch({ text }: { text: string }) {
    yield { text, count: 1n };
    yield { text, count: 2n };
  }
}

@Module({ imports: [GrpcModule.forRoot()], providers: [Echo] })
export class EchoModule {}
// #endregion served

// #region called
export function callerModule(address: string) {
  const services = { echo: { proto, service: 'acme.Echo', addresses: [address] } };
  @Module({ imports: [GrpcModule.forRoot({ services })] })
  class CallerModule {}
  return CallerModule;
}
// #endregion called
