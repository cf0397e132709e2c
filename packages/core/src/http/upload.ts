import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { WireError } from '../errors/wire.js';
import { bodyTooLarge, httpRefusal, malformed } from './http-refusal.js';

/** What a client may send beyond what the handler has taken. */
const windowBytes = 256 * 1024;
const lineFeed = 0x0a;

export interface UploadEvents {
  /** One message, without its line feed; it may be kept. Not called for empty lines. */
  message(line: Buffer): void;
  end(): void;
  /** It is no upload; nothing more comes. */
  wrong(error: WireError): void;
  /** Whether the next bytes are the client's business, or it is this side that lets it wait. */
  waiting(forClient: boolean): void;
}

/** A body whose lines are messages, read at the pace of whoever takes them. */
export class Upload {
  private readonly source: Readable | undefined;
  /** The beginning of a line whose end has not come. */
  private readonly rest: Buffer[] = [];
  private restBytes = 0;
  /** Given out, and not taken. */
  private outstanding = 0;
  private over = false;

  /** @param limit Bytes that one line may have. */
  constructor(
    private readonly request: IncomingMessage,
    private readonly limit: number,
    private readonly events: UploadEvents,
  ) {
    this.source = uncompressed(request);
  }

  start(): void {
    const { source, events } = this;
    if (!source) {
      this.stop();
      events.wrong(
        httpRefusal('SKERRY_CODEC_UNKNOWN', "the body's encoding is none of those known here: gzip, deflate, br"),
      );
      return;
    }
    source.on('data', (chunk: Buffer) => this.read(chunk));
    source.on('end', () => this.ended());
    if (source !== this.request) source.on('error', () => this.wrong(malformed('the body cannot be uncompressed')));
    events.waiting(true);
  }

  consumed(bytes: number): void {
    this.outstanding -= bytes;
    if (this.over || this.outstanding > windowBytes / 2 || !this.source?.isPaused()) return;
    this.source.resume();
    this.events.waiting(true);
  }

  /** Nobody takes messages any more. What still comes is dropped. */
  stop(): void {
    if (this.over) return;
    this.over = true;
    this.rest.length = 0;
    if (this.source && this.source !== this.request) {
      this.request.unpipe();
      this.source.destroy();
    }
    this.request.resume();
  }

  private read(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(lineFeed); at >= 0 && !this.over; at = chunk.indexOf(lineFeed, from)) {
      this.line(chunk.subarray(from, at));
      from = at + 1;
    }
    if (this.over) return;
    if (from < chunk.length) this.keep(chunk.subarray(from));
    if (this.restBytes > this.limit) return this.wrong(bodyTooLarge(this.limit));
    if (this.outstanding <= windowBytes || this.source!.isPaused()) return;
    this.source!.pause();
    this.events.waiting(false);
  }

  private keep(part: Buffer): void {
    this.rest.push(part);
    this.restBytes += part.length;
  }

  private line(last: Buffer): void {
    let line = last;
    if (this.rest.length > 0) {
      this.rest.push(last);
      line = Buffer.concat(this.rest);
      this.rest.length = 0;
      this.restBytes = 0;
    }
    if (line.length > this.limit) return this.wrong(bodyTooLarge(this.limit));
    if (line.at(-1) === 0x0d) line = line.subarray(0, -1);
    if (line.length === 0) return;
    this.outstanding += line.length;
    this.events.message(line);
  }

  private ended(): void {
    if (this.over) return;
    this.line(Buffer.alloc(0));
    if (this.over) return;
    this.over = true;
    this.events.waiting(false);
    this.events.end();
  }

  private wrong(error: WireError): void {
    if (this.over) return;
    this.stop();
    this.events.wrong(error);
  }
}

function uncompressed(request: IncomingMessage): Readable | undefined {
  switch (request.headers['content-encoding']?.toLowerCase() ?? 'identity') {
    case 'identity':
      return request;
    case 'gzip':
    case 'x-gzip':
      return request.pipe(createGunzip());
    case 'deflate':
      return request.pipe(createInflate());
    case 'br':
      return request.pipe(createBrotliDecompress());
    default:
      return undefined;
  }
}
