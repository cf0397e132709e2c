import { Dialer, type ConnectionState } from './dialer.js';
import { PageCall } from './page-call.js';
import type { PageCallOptions, PageClient } from './page-client.js';
import { pageClock, type PageClock } from './page-clock.js';
import type { PageSocketClass } from './page-connection.js';

export interface PageOptions {
  /** Told how the connection is, as it changes. Default: nobody. */
  readonly onState?: (state: ConnectionState) => void;
  /** Default: the page's own. For Node before 22: that of the package ws. */
  readonly webSocket?: unknown;
  /** For tests that own the time. Default: the page's. */
  readonly clock?: PageClock;
}

/** Services behind one URL. Nothing is connected until the first call. */
export interface PageConnections<S = object> {
  /** A service by its name; typed by the map that {@link connect} was given, or by the class: `service<Greeter>('greeter')`. */
  service<K extends keyof S & string>(name: K): PageClient<S[K]>;
  service<T>(name: string): PageClient<T>;
  /** Calls that run fail with `SKERRY_RPC_CONNECTION_LOST`, later ones with `SKERRY_RPC_CANCELLED`. Harmless twice. */
  close(): void;
}

/**
 * Calls services from a page, over one WebSocket that is made when it is needed, and anew when it was lost.
 *
 *     const greeter = connect('wss://api.example/ws').service<Greeter>('greeter');
 *     const { message } = await greeter.hello({ name: 'Ada' }, { timeoutMs: 500 });
 *     for await (const tick of greeter.countdown({ from: 3 })) ...
 *
 * @param url Absolute, or relative to the page: `/ws`.
 */
export function connect<S = object>(url: string | URL, options: PageOptions = {}): PageConnections<S> {
  const { clock = pageClock, onState = () => undefined } = options;
  const page = (globalThis as { location?: { href: string } }).location;
  const target = new URL(url, page?.href);
  // What browsers have learned to do by themselves only lately.
  target.protocol = target.protocol.replace(/^http/, 'ws');
  const webSocket = (options.webSocket ?? (globalThis as { WebSocket?: unknown }).WebSocket) as PageSocketClass;
  const dialer = new Dialer({ url: target.href, clock, webSocket, onState });
  return {
    service: (name: string) =>
      client(name, (method, message, given) => new PageCall(dialer, clock, method, message, given).reply),
    close: () => dialer.close(),
  };
}

function client(
  service: string,
  call: (name: string, message: unknown, options: PageCallOptions) => unknown,
): PageClient<never> {
  const methods = new Map<string | symbol, unknown>();
  return new Proxy({} as PageClient<never>, {
    get: (_target, handler) => {
      // Whoever awaits the client itself asks for this; it is no handler.
      if (typeof handler === 'symbol' || handler === 'then') return undefined;
      let method = methods.get(handler);
      if (!method) {
        method = (message: unknown, options: PageCallOptions = {}) => call(`${service}.${handler}`, message, options);
        methods.set(handler, method);
      }
      return method;
    },
  });
}
