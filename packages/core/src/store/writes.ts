import { SkerryError } from '../errors/skerry-error.js';
import type { StoreDelete, StorePut, StoreWrite } from './driver.js';
import type { StoreDeleteOptions, StorePutOptions } from './entry.js';
import type { GuardedStoreDriver } from './guarded-driver.js';
import { tooLarge } from './store-errors.js';
import { checkConditions, checkTtl } from './store-options.js';
import { encodeValue } from './values.js';

/** What the driver is to write; throws for options that cannot work, and for what cannot be encoded. */
export function put(key: string, value: unknown, { ttlMs, ifVersion, ifAbsent }: StorePutOptions): StorePut {
  checkTtl(key, ttlMs);
  checkConditions(key, ifVersion, ifAbsent);
  return {
    type: 'put',
    key,
    value: encodeValue(key, value),
    ...(ttlMs === undefined ? {} : { ttlMs }),
    ...(ifVersion === undefined ? {} : { ifVersion }),
    ...(ifAbsent ? { ifAbsent } : {}),
  };
}

export function deletion(key: string, { ifVersion }: StoreDeleteOptions): StoreDelete {
  checkConditions(key, ifVersion, false);
  return { type: 'delete', key, ...(ifVersion === undefined ? {} : { ifVersion }) };
}

/** What the engine can take, and what means something: no key twice. */
export function checkBatch(writes: readonly StoreWrite[], driver: GuardedStoreDriver): void {
  const { maxBatchWrites, ttl } = driver.capabilities;
  const most = maxBatchWrites > 0 ? ` of more than ${maxBatchWrites}` : '';
  driver.need(`write a batch${most}`, maxBatchWrites > 0 && writes.length <= maxBatchWrites);
  driver.need('write a batch with a ttlMs', ttl || writes.every((each) => each.type === 'delete' || !each.ttlMs));
  const keys = new Set<string>();
  for (const { key } of writes) {
    if (keys.has(key)) {
      const message = `cannot write a batch with ${key} twice: of two writes in one step none is the last`;
      throw new SkerryError('SKERRY_STORE_KEY_INVALID', message, { details: { key } });
    }
    keys.add(key);
  }
  checkBytes(`a batch of ${writes.length}`, writes, driver);
}

export function checkBytes(
  what: string,
  writes: readonly StoreWrite[],
  { name, capabilities }: GuardedStoreDriver,
): void {
  const bytes = writes.reduce((sum, write) => sum + (write.type === 'put' ? write.value.byteLength : 0), 0);
  if (bytes > capabilities.maxValueBytes) throw tooLarge(what, name, bytes, capabilities.maxValueBytes);
}
