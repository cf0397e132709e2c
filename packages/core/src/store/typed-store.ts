import type { Class } from '../container/token.js';
import { SkerryError } from '../errors/skerry-error.js';
import { messageSchema, type MessageSchema } from '../schema/message-schema.js';
import type {
  StoreCallOptions,
  StoreChange,
  StoreDeleteOptions,
  StoreEntry,
  StoreListOptions,
  StorePage,
  StorePutOptions,
  StoreUpdateOptions,
} from './entry.js';
import { allEntries, followEntry, putIfAbsent, updateOnce } from './entries.js';
import type { Store } from './store.js';
import { decodeValue, encodeValue } from './values.js';

/**
 * The entries of one kind: {@link Store.of}. Values are instances of the class, and keep its rules: what does not is refused with
 * `SKERRY_VALIDATION_FAILED`, when it is written as when it is read. Otherwise each method is as that of the store.
 */
export class TypedStore<T extends object> {
  private readonly schema: MessageSchema;

  /** @param store Begins where the keys of the view do. */
  constructor(
    private readonly store: Store,
    type: Class<T>,
  ) {
    this.schema = messageSchema(type);
  }

  async get(key: string, options?: StoreCallOptions): Promise<StoreEntry<T> | undefined> {
    const found = await this.store.get(key, options);
    return found && this.checked(found);
  }

  /** Writes what was given, once it is known that reading it back will work. Fields that the class does not declare are dropped then. */
  async put(key: string, value: T, options?: StorePutOptions): Promise<string> {
    const read = decodeValue(key, encodeValue(key, value));
    await this.schema.parse(read, `value of ${key}`);
    return this.store.put(key, value, options);
  }

  putIfAbsent(
    key: string,
    value: T,
    options: Omit<StorePutOptions, 'ifAbsent' | 'ifVersion'> = {},
  ): Promise<string | undefined> {
    return putIfAbsent(this, key, value, options);
  }

  update(
    key: string,
    change: (value: T | undefined) => T | undefined | Promise<T | undefined>,
    options: StoreUpdateOptions = {},
  ): Promise<StoreEntry<T> | undefined> {
    return this.store.retryConflicts(() => updateOnce(this, key, change, options), options);
  }

  delete(key: string, options?: StoreDeleteOptions): Promise<boolean> {
    return this.store.delete(key, options);
  }

  async list(options?: StoreListOptions): Promise<StorePage<T>> {
    const page = await this.store.list(options);
    return { ...page, entries: await Promise.all(page.entries.map((entry) => this.checked(entry))) };
  }

  all(options: Omit<StoreListOptions, 'cursor'> = {}): AsyncGenerator<StoreEntry<T>, undefined> {
    return allEntries(this, options);
  }

  /** Fails with `SKERRY_VALIDATION_FAILED` when a value breaks the rules of the class. */
  follow(key: string, options: StoreCallOptions = {}): AsyncGenerator<StoreEntry<T> | undefined, undefined> {
    return followEntry(this, key, options);
  }

  /** A value that breaks the rules of the class is told as `invalid`. */
  watch(prefix?: string, options?: StoreCallOptions): AsyncIterableIterator<StoreChange<T>> {
    const changes = this.store.watch(prefix, options);
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: async () => {
        const next = await changes.next();
        return next.done ? { done: true, value: undefined } : { done: false, value: await this.change(next.value) };
      },
      return: async () => {
        await changes.return?.();
        return { done: true, value: undefined };
      },
    };
  }

  private async checked(entry: StoreEntry): Promise<StoreEntry<T>> {
    return { ...entry, value: (await this.schema.parse(entry.value, `value of ${entry.key}`)) as T };
  }

  private async change(change: StoreChange): Promise<StoreChange<T>> {
    if (change.type !== 'put') return change;
    try {
      return { ...change, entry: await this.checked(change.entry) };
    } catch (error) {
      return { type: 'invalid', key: change.key, error: SkerryError.from(error) };
    }
  }
}
