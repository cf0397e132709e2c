/** How many messages are one body. */
export interface StreamFormat {
  readonly contentType: string;
  /** It has comments, which readers skip. */
  readonly comments: boolean;
  /** @param number From 1. */
  message(json: Uint8Array, number: number): Buffer;
  /** The last of a stream that failed after it had begun. */
  failure(problem: Buffer): Buffer;
}

const newline = Buffer.from('\n');
const blank = Buffer.from('\n\n');

/** Each message a line of JSON; a failure is an object whose one field is `error`. */
export const ndjson: StreamFormat = {
  contentType: 'application/x-ndjson',
  comments: false,
  message: (json) => Buffer.concat([json, newline]),
  failure: (problem) => Buffer.concat([Buffer.from('{"error":'), problem, Buffer.from('}\n')]),
};

/** Server-sent events (the HTML standard, 9.2), as `EventSource` reads them: each with its number as its id. */
const eventStream: StreamFormat = {
  contentType: 'text/event-stream',
  comments: true,
  message: (json, number) => Buffer.concat([Buffer.from(`id: ${number}\ndata: `), json, blank]),
  failure: (problem) => Buffer.concat([Buffer.from('event: error\ndata: '), problem, blank]),
};

/** Of an event stream. */
export const comment = Buffer.from(': still here\n\n');

export const streamFormats: readonly StreamFormat[] = [ndjson, eventStream];
