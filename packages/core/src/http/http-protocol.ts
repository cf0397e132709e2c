import type { OpenProtocol, ProtocolHost, ServerProtocol } from '../server/protocol.js';
import type { HttpExtensions } from './http-extensions.js';
import { resolveHttpOptions, type HttpOptions } from './http-options.js';
import { OpenHttp } from './open-http.js';

/** HTTP/1.1 on the port of a server: `POST /service/handler`, and whatever routes and upgrades add. */
export class HttpProtocol implements ServerProtocol {
  readonly name = 'http';

  constructor(
    private readonly options: HttpOptions = {},
    private readonly extensions: HttpExtensions = {},
  ) {}

  open(host: ProtocolHost): OpenProtocol {
    return new OpenHttp(host, resolveHttpOptions(this.options), this.extensions);
  }
}
