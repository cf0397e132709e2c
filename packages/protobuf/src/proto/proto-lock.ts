import { SkerryError } from '@skerry/core';
import { ProtoMessages, type ProtoMessage } from './proto-messages.js';
import type { ProtoService } from './proto-service.js';

/** `skerry.proto.lock.json`: every number that was ever given, so that none is given to something else. */
export interface ProtoLock {
  readonly version: 1;
  /** By their names. */
  readonly messages: Readonly<Record<string, LockedMessage>>;
}

export interface LockedMessage {
  /** By their names. */
  readonly fields: Readonly<Record<string, LockedField>>;
  /** Fields that were there once. */
  readonly reserved: Readonly<Record<string, LockedField>>;
}

export interface LockedField {
  readonly number: number;
  readonly type: string;
}

export const emptyLock: ProtoLock = { version: 1, messages: {} };

/**
 * The lock with what services have now. Fields that are gone are reserved; messages that are gone stay as they were. Throws
 * `SKERRY_OPTION_INVALID`, with all that is wrong, when a field has another number or type than it had, or the number of
 * one that is gone.
 */
export function lockNumbers(services: readonly ProtoService[], lock: ProtoLock = emptyLock): ProtoLock {
  const problems: string[] = [];
  const messages: Record<string, LockedMessage> = { ...lock.messages };
  for (const message of new ProtoMessages(services).all) {
    messages[message.name] = locked(message, lock.messages[message.name], problems);
  }
  if (problems.length > 0) {
    throw new SkerryError(
      'SKERRY_OPTION_INVALID',
      `Field numbers changed, which breaks whoever has the old ones:\n  ${problems.join('\n  ')}`,
    );
  }
  return { version: 1, messages: sortedByKey(messages) };
}

/** Reads a lock file. Throws `SKERRY_OPTION_INVALID` for what is none. */
export function readProtoLock(text: string): ProtoLock {
  try {
    const lock = JSON.parse(text) as Partial<ProtoLock> | null;
    if (
      lock?.version === 1 &&
      typeof lock.messages === 'object' &&
      Object.values(lock.messages).every(isLockedMessage)
    ) {
      return lock as ProtoLock;
    }
  } catch {
    // Said below.
  }
  throw new SkerryError(
    'SKERRY_OPTION_INVALID',
    'The file is no lock of field numbers: { "version": 1, "messages": ... }',
  );
}

export function protoLockText(lock: ProtoLock): string {
  return `${JSON.stringify(lock, undefined, 2)}\n`;
}

function locked({ name, fields }: ProtoMessage, before: LockedMessage | undefined, problems: string[]): LockedMessage {
  const old = before?.fields ?? {};
  const now = Object.fromEntries(fields.map((field) => [field.name, { number: field.number, type: field.type }]));
  const reserved: Record<string, LockedField> = { ...before?.reserved };
  for (const [field, was] of Object.entries(old)) if (!Object.hasOwn(now, field)) reserved[field] = was;
  for (const [field, { number, type }] of Object.entries(now)) {
    const where = `${name}.${field}`;
    const was = Object.hasOwn(old, field) ? old[field] : undefined;
    if (was && was.number !== number)
      problems.push(`${where} is ${number}; it was ${was.number}: give it back @Field(${was.number})`);
    else if (was && was.type !== type) {
      problems.push(`${where} is ${type}; it was ${was.type}: add a field of another name, with the next number`);
    }
    const taken = Object.entries(reserved).find(([other, { number: gone }]) => gone === number && other !== field);
    if (taken) problems.push(`${where} is ${number}, which ${taken[0]} was once: give it another number`);
    // One that comes back as it was is no longer gone.
    const back = Object.hasOwn(reserved, field) ? reserved[field]! : undefined;
    if (back && back.number === number && back.type === type) delete reserved[field];
    else if (back)
      problems.push(`${where} is ${type} ${number}; it was ${back.type} ${back.number} once: give it another name`);
  }
  return { fields: sortedByNumber(now), reserved: sortedByNumber(reserved) };
}

function isLockedMessage(message: unknown): boolean {
  const { fields, reserved } = (message ?? {}) as Partial<LockedMessage>;
  return [fields, reserved].every(
    (each) =>
      typeof each === 'object' &&
      each !== null &&
      Object.values(each).every(({ number, type }) => Number.isInteger(number) && typeof type === 'string'),
  );
}

function sortedByKey<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sortedByNumber(fields: Readonly<Record<string, LockedField>>): Record<string, LockedField> {
  return Object.fromEntries(Object.entries(fields).sort(([, a], [, b]) => a.number - b.number));
}
