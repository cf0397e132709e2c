import { isDeepStrictEqual } from 'node:util';

/** What is echoed: 95 bytes of JSON with five fields, as in a small order. */
export const message = {
  id: 'order-000017',
  customer: 'Augusta Lovelace',
  sku: 'A-1234',
  quantity: 3,
  price: 1299.95,
};
export type Message = typeof message;

/** One way of reaching another process, on both of its sides. */
export interface Contender {
  /** Serves until the process ends. Gives what a client needs to find it. Absent: the client needs no other process. */
  serve?(): Promise<string>;
  connect(where: string): Promise<Connected>;
}

/** What a client can do. Values are the message, or its bytes where the contender knows nothing else. */
export interface Connected {
  /** Sends the message and gives the answer, which is to be the same. */
  readonly call?: () => Promise<unknown>;
  /** Asks for that many items, each of them the message. */
  readonly serverStream?: (items: number) => Promise<Received>;
  /** Sends the message that often, and gets each back. */
  readonly bidirectional?: (items: number) => Promise<Received>;
}

export type Load = keyof Connected;

export interface Received {
  readonly items: number;
  readonly last: unknown;
}

/** By name, in the order in which they are shown. Loaded late, so that each process has the libraries of one only. */
export type Contenders = Readonly<Record<string, () => Promise<{ readonly contender: Contender }>>>;

/** Throws unless all that the client can do gives what was sent. */
export async function check({ call, serverStream, bidirectional }: Connected): Promise<void> {
  if (call) expectMessage(await call(), 'a call');
  for (const [name, stream] of Object.entries({ serverStream, bidirectional })) {
    if (!stream) continue;
    const items = 100;
    const received = await stream(items);
    if (received.items !== items) throw new Error(`wrong answer: ${name} gave ${received.items} items of ${items}`);
    expectMessage(received.last, name);
  }
}

function expectMessage(answer: unknown, what: string): void {
  // Both ways through JSON: it is the content that counts, not the class.
  const text = Buffer.isBuffer(answer) ? answer.toString() : JSON.stringify(answer);
  if (text === undefined || !isDeepStrictEqual(JSON.parse(text), message)) {
    throw new Error(`wrong answer: ${what} gave ${text}`);
  }
}
