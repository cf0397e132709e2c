import { ValidationError, type FieldError } from '../errors/validation-error.js';

const maxFields = 100;

/** Collects what is wrong with one message, in the order in which it is found, and where. */
export class WrongFields {
  /** From the message's root to the object that is being looked at: names and indexes. */
  readonly at: (string | number)[] = [];
  // By path. Made when it is needed: most messages are right.
  private found?: Map<string, (string | undefined)[]>;
  private wrong = 0;
  private asked?: Promise<void>[];
  private cause?: unknown;

  constructor(private readonly what: string) {}

  /** Enough is known to be wrong: looking further would only cost time, and a reply of any size. */
  get full(): boolean {
    return this.wrong >= maxFields;
  }

  /** @param field Below {@link at}; `undefined` for what is there itself. */
  add(field: string | number | undefined, message: string, cause?: unknown): void {
    const messages = this.messagesOf(field);
    if (messages.every((other) => other === undefined)) this.wrong++;
    messages.push(message);
    this.cause ??= cause;
  }

  /** Keeps a place for what a promise decides; a promise that rejects makes {@link settle} reject. */
  addUnless(accepted: PromiseLike<boolean>, field: string, explain: () => string): void {
    const messages = this.messagesOf(field);
    const place = messages.push(undefined) - 1;
    const decided = Promise.resolve(accepted).then((ok) => {
      if (!ok) messages[place] = explain();
    });
    (this.asked ??= []).push(decided);
  }

  /** The instance when nothing is wrong; otherwise throws. Waits for promises when there are any. */
  settle(instance: object): object | Promise<object> {
    if (this.asked) return Promise.all(this.asked).then(() => this.verdict(instance));
    return this.verdict(instance);
  }

  /** For a message that cannot be looked at any further. */
  refusal(message: string): ValidationError {
    return new ValidationError(this.what, [{ path: this.path(), messages: [message] }]);
  }

  private verdict(instance: object): object {
    if (!this.found) return instance;
    const fields: FieldError[] = [];
    for (const [path, places] of this.found) {
      const messages = places.filter((message) => message !== undefined);
      if (messages.length > 0) fields.push({ path, messages });
    }
    if (fields.length === 0) return instance;
    if (this.full || fields.length > maxFields) {
      fields.length = Math.min(fields.length, maxFields);
      fields.push({ path: '', messages: ['more may be wrong: these are the first that were found'] });
    }
    throw new ValidationError(this.what, fields, this.cause === undefined ? {} : { cause: this.cause });
  }

  private messagesOf(field?: string | number): (string | undefined)[] {
    const path = this.path(field);
    this.found ??= new Map();
    let messages = this.found.get(path);
    if (!messages) this.found.set(path, (messages = []));
    return messages;
  }

  private path(field?: string | number): string {
    let path = '';
    for (const step of field === undefined ? this.at : [...this.at, field]) {
      path += typeof step === 'number' ? `[${step}]` : path === '' ? step : `.${step}`;
    }
    return path;
  }
}
