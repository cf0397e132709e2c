import type { Endpoint } from '../server/endpoint.js';
import type { ProtocolHost } from '../server/protocol.js';
import type { Resolution } from '../rpc/stream.js';

/**
 * Finds handlers by the names that JSON-RPC clients use: `greeter.hello`; `Greeter.Hello`, as Go writes it, where no two names
 * differ by case alone; and `hello` where the application has one service.
 */
export class MethodNames {
  private readonly byName: ReadonlyMap<string, Endpoint>;
  private readonly byLowerCase = new Map<string, Endpoint | undefined>();

  constructor(private readonly host: ProtocolHost) {
    const { endpoints } = host;
    const alone = new Set(endpoints.map(({ service }) => service)).size === 1;
    const names = endpoints.map((endpoint) => [endpoint.name, endpoint] as const);
    const bare = alone ? endpoints.map((endpoint) => [endpoint.handler.name, endpoint] as const) : [];
    this.byName = new Map([...bare, ...names]);
    for (const [name, endpoint] of names) {
      const lower = name.toLowerCase();
      this.byLowerCase.set(lower, this.byLowerCase.has(lower) ? undefined : endpoint);
    }
  }

  resolve(method: string): Resolution<Endpoint> {
    const endpoint = this.byName.get(method) ?? this.byLowerCase.get(method.toLowerCase());
    return endpoint ? { endpoint } : this.host.resolve(method.slice(0, mostShown));
  }
}

/** Of a name that nobody has, in the answer. */
const mostShown = 256;
