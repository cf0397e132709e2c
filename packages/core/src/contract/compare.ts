import type { JsonSchema } from '../schema/json-schema.js';
import { takesMany, sendsMany } from '../service/definition.js';
import { compareSchemas, type SchemaChange, type SchemasByReference } from './compare-schemas.js';
import { lockedSchemas, type ContractLock, type HandlerLock, type ReceiveLock, type ServiceLock } from './lock.js';

/** One thing that is different in a contract. */
export interface ContractChange {
  readonly breaking: boolean;
  /** `orders`, `orders.place`, `orders.place request`, `stock receives orders.placed`, `orders publishes orders.placed`. */
  readonly where: string;
  /** The field of the message, from its root: `lines[].pieces`. Absent where it is no single field. */
  readonly field?: string;
  readonly what: string;
  /** Whom it breaks, and how. Absent for what breaks nobody. */
  readonly why?: string;
}

/**
 * What has changed between two contracts of an application, in the order of the older one: what breaks others that rely on it, and
 * what does not. Requests and received messages may be widened, replies and published messages narrowed; new fields that nobody has
 * to send, new handlers, services and topics break nobody.
 */
export function compareContracts(before: ContractLock, after: ContractLock): ContractChange[] {
  const known = { before: schemasOf(before), after: schemasOf(after) };
  return names(before.services, after.services).flatMap((name) => {
    const [was, is] = [own(before.services, name), own(after.services, name)];
    if (!was) return [{ breaking: false, where: name, what: 'new service' }];
    if (!is) return [{ breaking: true, where: name, what: 'service removed', why: 'nobody can call it any more' }];
    return [...compareHandlers(name, was, is, known), ...compareTopics(name, was, is, known)];
  });
}

interface Known {
  readonly before: SchemasByReference;
  readonly after: SchemasByReference;
}

function compareHandlers(service: string, before: ServiceLock, after: ServiceLock, known: Known): ContractChange[] {
  return names(before.handlers, after.handlers).flatMap((name): ContractChange[] => {
    const where = `${service}.${name}`;
    const [was, is] = [own(before.handlers, name), own(after.handlers, name)];
    if (!was) return [{ breaking: false, where, what: 'new handler' }];
    if (!is) return [{ breaking: true, where, what: 'handler removed', why: 'nobody can call it any more' }];
    if (was.kind !== is.kind) {
      const why = 'callers send and read in another way';
      return [{ breaking: true, where, what: `kind changed from ${was.kind} to ${is.kind}`, why }];
    }
    return [...traits(where, was, is), ...messages(where, was, is, known)];
  });
}

function traits(where: string, was: HandlerLock, is: HandlerLock): ContractChange[] {
  const harm = {
    idempotent:
      'callers that try again after a failure may have it done twice; those that go on are not retried any more',
    readOnly: 'callers that expect no effect cause one; it is not called by GET any more',
  };
  return (['idempotent', 'readOnly'] as const).flatMap((trait): ContractChange[] => {
    if (was[trait] === is[trait]) return [];
    if (is[trait]) return [{ breaking: false, where, what: `is ${trait} now` }];
    return [{ breaking: true, where, what: `is not ${trait} any more`, why: harm[trait] }];
  });
}

function messages(handler: string, was: HandlerLock, is: HandlerLock, known: Known): ContractChange[] {
  const changes: ContractChange[] = [];
  const where = `${handler} request`;
  if (was.request && is.request) {
    changes.push(...told(where, compareSchemas(was.request, is.request, 'in', known), 'callers', 'are refused'));
  } else if (was.request) {
    changes.push({ breaking: true, where, what: 'takes no message any more', why: 'what callers send is lost' });
  } else if (is.request) {
    changes.push({ breaking: true, where, what: 'takes a message now', why: 'callers that send none are refused' });
  }
  // What is not described may be anything.
  const replies = compareSchemas(was.reply ?? {}, is.reply ?? {}, 'out', known);
  const what = sendsMany(is.kind) ? 'item' : 'reply';
  changes.push(...told(`${handler} ${what}`, replies, 'callers', 'are refused'));
  return takesMany(is.kind)
    ? changes.map((each) => ({ ...each, where: each.where.replace(/request$/, 'message') }))
    : changes;
}

function compareTopics(service: string, before: ServiceLock, after: ServiceLock, known: Known): ContractChange[] {
  const received = byKey(before.receives);
  const receiving = byKey(after.receives);
  const receives = names(Object.fromEntries(received), Object.fromEntries(receiving)).flatMap(
    (key): ContractChange[] => {
      const [was, is] = [received.get(key), receiving.get(key)];
      const where = `${service} receives ${(was ?? is)!.topic}`;
      const through = shownQueue((was ?? is)!);
      if (!was) return [{ breaking: false, where, what: `new subscription, ${through}` }];
      if (!is) {
        const why = 'publishers count on somebody who handles their messages; what is left in a queue stays there';
        return [{ breaking: true, where, what: `subscription removed, ${through}`, why }];
      }
      return told(
        where,
        compareSchemas(was.message, is.message, 'in', known),
        'publishers',
        'have their messages given up',
      );
    },
  );
  const publishes = names(before.publishes, after.publishes).flatMap((topic): ContractChange[] => {
    const where = `${service} publishes ${topic}`;
    const [was, is] = [own(before.publishes, topic), own(after.publishes, topic)];
    if (!was) return [{ breaking: false, where, what: 'new topic' }];
    if (!is)
      return [{ breaking: true, where, what: 'topic removed', why: 'subscribers wait for messages that never come' }];
    return told(where, compareSchemas(was, is, 'out', known), 'subscribers', 'are refused');
  });
  return [...receives, ...publishes];
}

/** A queue is known to its engine by name; a broadcast to nobody, so its method tells which it is. */
function byKey(receives: readonly ReceiveLock[]): Map<string, ReceiveLock> {
  const found = new Map<string, ReceiveLock>();
  for (const each of receives) {
    const key = `${each.topic} ${each.queue ?? `(${each.method})`}`;
    let free = key;
    for (let count = 2; found.has(free); count++) free = `${key} ${count}`;
    found.set(free, each);
  }
  return found;
}

function shownQueue({ queue, method }: ReceiveLock): string {
  return queue === undefined ? `by ${method}, a broadcast` : `queue ${queue}`;
}

/** @param refused What happens to those who send what is not allowed. */
function told(where: string, changes: readonly SchemaChange[], who: string, refused: string): ContractChange[] {
  const harms: Readonly<Record<SchemaChange['harm'], string>> = {
    refused: `${who} that do as they did ${refused}`,
    lost: `what ${who} send in it is lost`,
    missing: `${who} that read it may find nothing`,
    unexpected: `${who} may get what they do not expect`,
  };
  return changes.map(({ breaking, path, what, harm }) => ({
    ...{ breaking, where },
    ...(path === '' ? {} : { field: path }),
    what,
    ...(breaking ? { why: harms[harm] } : {}),
  }));
}

function schemasOf({ schemas }: ContractLock): SchemasByReference {
  return (reference) => own<JsonSchema>(schemas, reference.slice(lockedSchemas.length)) ?? {};
}

/** A handler may be called like what every object has. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function names(before: object, after: object): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
}
