import { message, type Contender } from '../../pairs/contender.js';
import { connectHttp } from '../../peers/http-client.js';
import { skerry } from '../../peers/skerry-application.js';
import { EchoModule, type Echo } from '../../peers/skerry-echo.js';

const native = skerry<Echo>(EchoModule, 'echo', (echo) => ({ call: () => echo.echo(message) }));

/** The application of the native protocol, on its one port: validation, deadline, context. */
export const contender: Contender = {
  serve: async () => (await native.serve!()).replace(/^tcp:/, 'http:'),
  connect: async (where) => connectHttp(where, '/echo/echo'),
};
