import { Codecs, messageCodec, type BrokerMessage, type Failure, type Topic } from '@skerry/core';

/** What happened to a message, as the application saw it. */
export type MessageStage = 'published' | 'received' | 'handled' | 'retried' | 'deadLettered';

/** One message that a test looks at. */
export interface SpiedMessage<T = unknown> {
  /** As a subscriber reads it, before it is made an instance of its class; bytes where no codec reads them. */
  readonly message: T;
  readonly topic: string;
  /** The publisher's `messageId`. */
  readonly id: string;
  readonly key?: string;
  /** What the publisher wrote. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of a message that was delivered. */
  readonly queue?: string;
  /** Of a message that was delivered: from 1. */
  readonly attempt?: number;
  /** Of a message that could not be handled. */
  readonly failure?: Failure;
}

/** What a subscription adds to a message. */
export interface DeliveryFacts {
  readonly queue: string;
  readonly attempt: number;
  readonly failure?: Failure;
}

interface Entry {
  readonly stage: MessageStage;
  readonly raw: BrokerMessage;
  readonly facts: DeliveryFacts | undefined;
}

/** Every message that one application published, and every delivery that it got, in order. */
export class BrokerLog {
  private readonly entries: Entry[] = [];
  /** Asked for when a message is read, which is when there is something to read it with. */
  codecs: () => Codecs = () => new Codecs(unread);

  get length(): number {
    return this.entries.length;
  }

  add(stage: MessageStage, raw: BrokerMessage, facts?: DeliveryFacts): void {
    this.entries.push({ stage, raw, facts });
  }

  /** @param from The length of the log when the messages begin to count. */
  read<T>(stage: MessageStage, topic: Topic<T> | string, from = 0): SpiedMessage<T>[] {
    const name = typeof topic === 'string' ? topic : topic.name;
    return this.entries
      .slice(from)
      .filter((each) => each.stage === stage && each.raw.topic === name)
      .map(({ raw, facts }) => ({
        message: this.decoded(raw, topic),
        ...{ topic: raw.topic, id: raw.id },
        ...(raw.key === undefined ? {} : { key: raw.key }),
        headers: Object.fromEntries(Object.entries(raw.headers).filter(([key]) => !key.startsWith(':'))),
        ...facts,
      }));
  }

  /** What was published and delivered, one line each, for messages. */
  describe(from = 0): string {
    const lines = this.entries
      .slice(from)
      .map(({ stage, raw, facts }) => `  ${stage} ${raw.topic}${facts ? ` to ${facts.queue}` : ''}`);
    return lines.length > 0
      ? `Since then:\n${lines.join('\n')}`
      : 'Since then no message was published, and none came.';
  }

  private decoded<T>({ body, contentType }: BrokerMessage, topic: Topic<T> | string): T {
    const codec = this.codecs().forContentType(contentType);
    if (!codec) return body as T;
    return messageCodec(codec, typeof topic === 'string' ? undefined : topic.schema?.jsonSchema).decode(body) as T;
  }
}

const unread = {
  name: 'none',
  contentType: 'none',
  encode: () => new Uint8Array(),
  decode: (bytes: Uint8Array) => bytes,
};
