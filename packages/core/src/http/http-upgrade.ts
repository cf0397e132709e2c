import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { InjectionToken } from '../container/token.js';
import type { ProtocolHost } from '../server/protocol.js';

/** A protocol that begins as an HTTP request and goes on in its own way, as WebSocket does (RFC 9110, 7.8). */
export interface HttpUpgrade {
  /** What the `Upgrade` header asks for, in lower case: `websocket`. */
  readonly protocol: string;

  /** Whether pages of a foreign origin may ask for it, although `http.cors` does not name them. Default: they may not. */
  allows?(origin: string): boolean;

  /**
   * Takes a connection over. Nothing was answered yet: it writes `101 Switching Protocols`, or a refusal and the end. Must not
   * throw. Requests of pages of foreign origins were turned away before.
   *
   * @param socket Paused; from now on its owner bounds its time, its memory, and listens for its errors.
   * @param head   What the peer sent after the request: already read, and first in order.
   */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, host: ProtocolHost): void;

  /** Takes no new calls; tells its peers where it can. */
  drain?(): void;

  /** Closes its connections; resolves when they are closed; must be bounded in time. Those that are left are cut off afterwards. */
  close?(): Promise<void>;
}

/** What HTTP connections can become: a multi-provider, one entry for each. Of two for one protocol the last one counts. */
export const HTTP_UPGRADES = new InjectionToken<readonly HttpUpgrade[]>('HTTP_UPGRADES', {
  key: Symbol.for('skerry.http-upgrades'),
});
