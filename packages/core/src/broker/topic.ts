import { SkerryError } from '../errors/skerry-error.js';
import { messageSchema, type MessageSchema } from '../schema/message-schema.js';

/** A class that describes a message, or `String`, `Number`, `Boolean`, or `Object` for anything at all. */
export type MessageClass<T> = (new (...args: never[]) => T) | ((...args: never[]) => T);

export interface TopicOptions {
  /** What a message of it means, for documents: `skerry asyncapi`. Default: none. */
  readonly description?: string;
}

/**
 * What messages are published to and subscribed from, with the class of its messages: checked when they are published and
 * when they arrive.
 *
 *     export const orderPlaced = new Topic('orders.placed', OrderPlaced);
 *     await this.broker.publish(orderPlaced, { id: 'A1', total: 12 });
 *
 * A plain string names a topic as well; then nothing is checked by whoever publishes.
 */
export class Topic<T = unknown> {
  /** `undefined` where anything may be published. */
  readonly schema: MessageSchema | undefined;
  /** For those who read the contract. */
  readonly description: string | undefined;

  /**
   * @param name Words of letters, digits, `_` and `-`, separated by `.`; at most 200 characters.
   * @param type Throws `SKERRY_HANDLER_INVALID` for a class whose decorators cannot work.
   */
  constructor(
    readonly name: string,
    type?: MessageClass<T>,
    options: TopicOptions = {},
  ) {
    checkTopic(name);
    this.schema = type && messageSchema(type as new () => T);
    this.description = options.description;
  }
}

const word = '[A-Za-z0-9_-]+';
const topicForm = new RegExp(`^${word}(?:\\.${word})*$`);
const patternForm = new RegExp(`^(?:${word}|\\*)(?:\\.(?:${word}|\\*))*(?:\\.#)?$|^#$`);
const longest = 200;

/** Throws `SKERRY_OPTION_INVALID` for what is no topic. */
export function checkTopic(name: string): void {
  if (typeof name === 'string' && name.length <= longest && topicForm.test(name)) return;
  throw new SkerryError(
    'SKERRY_OPTION_INVALID',
    `Cannot use ${JSON.stringify(name)?.slice(0, 100)} as a topic: write words of letters, digits, '_' and '-', separated by '.', at most ${longest} characters: 'orders.placed'`,
  );
}

export function isTopic(name: string): boolean {
  return name.length <= longest && topicForm.test(name);
}

/** Whether it stands for several topics: `*` is one word, `#` at the end any number of them. */
export function isPattern(name: string): boolean {
  return name.length <= longest && !topicForm.test(name) && patternForm.test(name);
}
