import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { HTTP_ROUTES, Module, type HttpRoute } from '@skerry/core';
import { GrpcModule } from '@skerry/grpc';
import { WebSocketModule } from '@skerry/websocket';
import { GreeterModule } from './app.module.js';
import { page } from './page.js';

const route = (path: string, type: string, body: () => string | Promise<Buffer>): HttpRoute => ({
  path,
  handle: async (_request, response) => {
    const bytes = await body();
    response.setHeader('content-type', type).end(bytes);
  },
});
const client = createRequire(import.meta.url).resolve('@skerry/websocket/browser.min.js');

/** The greeter, by gRPC as well, and a page that calls it: on one port. */
@Module({
  imports: [GreeterModule, GrpcModule.forRoot(), WebSocketModule.forRoot()],
  providers: [
    { provide: HTTP_ROUTES, useValue: route('/', 'text/html; charset=utf-8', () => page), multi: true },
    { provide: HTTP_ROUTES, useValue: route('/skerry.js', 'text/javascript', () => readFile(client)), multi: true },
  ],
})
export class GreeterPageModule {}
