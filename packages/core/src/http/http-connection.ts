import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../clock/clock.js';
import type { Peer } from '../context/peer.js';
import type { ResolvedHttpOptions } from './http-options.js';

/** One connection: what runs on it, and since when its peer lets it wait. */
export class HttpConnection {
  /** Requests that were read and whose responses are not sent. */
  readonly responses = new Set<ServerResponse>();
  /** Whose bodies are being read, and what a pause of the sender may be: until all of it, or until the next of it. */
  receiving: 'body' | 'stream' | undefined;
  private phase: 'headers' | 'idle' | 'body' | 'reply' = 'headers';
  private since: number;
  private bytesRead: number;
  private unsent = 0;
  private finishing = false;
  private ending = false;

  constructor(
    readonly socket: Socket,
    readonly peer: Peer,
    private readonly clock: Clock,
    private readonly options: ResolvedHttpOptions,
  ) {
    this.since = clock.now();
    this.bytesRead = socket.bytesRead;
    // What is left unread when a connection ends makes the system take back what was sent: so first this side ends only.
    socket.destroySoon = () => this.end();
  }

  /** Nothing is asked of it. */
  get idle(): boolean {
    return this.responses.size === 0;
  }

  /** Sends what is left to be sent, and then no more; its peer has a moment to read that. */
  end(): void {
    if (this.ending) return;
    this.ending = true;
    this.since = this.clock.now();
    this.socket.end();
    // What still comes is read and dropped; see overdue().
    this.socket.resume();
  }

  /** Ends it as soon as all is answered. */
  finish(last: ServerResponse): void {
    this.finishing = true;
    last.shouldKeepAlive = false;
  }

  /** Its socket is closed: so are the responses that nobody has closed. */
  lost(): void {
    for (const response of this.responses) {
      response.destroy();
      response.emit('close');
    }
  }

  /** What its peer has not done in time; `undefined` while it has time. To be asked about once a second. */
  overdue(now: number): 'headers' | 'body' | 'idle' | 'reply' | 'end' | undefined {
    if (this.ending) return now - this.since >= lingerMs ? 'end' : undefined;
    const { headerTimeoutMs, keepAliveMs, bodyTimeoutMs, stallTimeoutMs } = this.options;
    this.look(now);
    const waited = now - this.since;
    switch (this.phase) {
      case 'headers':
        return waited >= headerTimeoutMs ? 'headers' : undefined;
      case 'idle':
        return waited >= keepAliveMs ? 'idle' : undefined;
      case 'body':
        return waited >= bodyTimeoutMs ? 'body' : undefined;
      default:
        return this.unsent > 0 && waited >= stallTimeoutMs ? 'reply' : undefined;
    }
  }

  /** Begins to wait for something else, or goes on. */
  private look(now: number): void {
    const { socket, idle, receiving } = this;
    const arrived = socket.bytesRead !== this.bytesRead;
    this.bytesRead = socket.bytesRead;
    let phase: typeof this.phase = receiving ? 'body' : 'reply';
    // Something came after the last request that was read: the next one has begun.
    if (idle) phase = arrived || this.phase === 'headers' ? 'headers' : 'idle';
    let unsent = socket.writableLength + unsentBySystem(socket);
    // Node stops reading while many answers wait for an earlier one, and then does not see its peer go.
    if (this.responses.size > 1) for (const response of this.responses) unsent += response.writableLength;
    const moved =
      (phase === 'body' && receiving === 'stream' && arrived) || (phase === 'reply' && unsent !== this.unsent);
    this.unsent = unsent;
    if (phase === this.phase && !moved) return;
    this.phase = phase;
    this.since = now;
  }

  /** A request was read whole, as far as its headers. */
  asked(response: ServerResponse): void {
    this.responses.add(response);
    this.phase = 'reply';
    this.since = this.clock.now();
    this.bytesRead = this.socket.bytesRead;
  }

  answered(response: ServerResponse): void {
    this.responses.delete(response);
    if (!this.idle) return;
    if (this.finishing) this.end();
    this.receiving = undefined;
    this.phase = 'idle';
    this.since = this.clock.now();
    this.bytesRead = this.socket.bytesRead;
  }
}

/** How long a peer may take to read the last of a connection. */
const lingerMs = 1_000;

/** One large write stays in one piece until all of it is sent; only the handle knows how far that is. */
function unsentBySystem(socket: Socket): number {
  return (socket as unknown as { _handle?: { writeQueueSize?: number } })._handle?.writeQueueSize ?? 0;
}
