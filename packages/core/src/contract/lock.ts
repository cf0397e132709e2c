import type { EndpointKind } from '../registry/node-record.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { JsonSchema } from '../schema/json-schema.js';
import { by, type Contract, type ServiceContract } from './contract.js';
import { isSchema, SharedSchemas } from './shared-schemas.js';

/**
 * What others rely on of an application, to be kept in its repository and compared with what it becomes: no versions, no
 * descriptions, nothing that can change without anybody noticing. Sorted, so that the same contract gives the same text.
 */
export interface ContractLock {
  /** Of this format. */
  readonly contractLock: 1;
  readonly services: Readonly<Record<string, ServiceLock>>;
  /** The classes of all messages by name; `#/schemas/OrderPlaced` refers to one. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

export interface ServiceLock {
  readonly handlers: Readonly<Record<string, HandlerLock>>;
  readonly receives: readonly ReceiveLock[];
  /** By topic; `{}` where anything may be published. */
  readonly publishes: Readonly<Record<string, JsonSchema>>;
}

export interface HandlerLock {
  readonly kind: EndpointKind;
  readonly idempotent: boolean;
  readonly readOnly: boolean;
  readonly request?: JsonSchema;
  readonly reply?: JsonSchema;
}

export interface ReceiveLock {
  readonly topic: string;
  /** Absent for a broadcast. */
  readonly queue?: string;
  readonly method: string;
  /** `{}` where any message is taken. */
  readonly message: JsonSchema;
}

/** Where the schemas of a lock are, for references. */
export const lockedSchemas = '#/schemas/';

export function contractLock({ services }: Contract): ContractLock {
  const schemas = new SharedSchemas(lockedSchemas);
  const locked = services.map((service) => [service.name, serviceLock(service, schemas)] as const);
  return { contractLock: 1, services: Object.fromEntries(locked), schemas: schemas.schemas };
}

function serviceLock({ handlers, subscriptions, publishes }: ServiceContract, schemas: SharedSchemas): ServiceLock {
  return {
    handlers: Object.fromEntries(
      handlers.map(({ name, kind, idempotent, readOnly, request, reply }) => [
        name,
        {
          ...{ kind, idempotent, readOnly },
          ...(request ? { request: schemas.add(request) } : {}),
          ...(reply ? { reply: schemas.add(reply) } : {}),
        },
      ]),
    ),
    receives: subscriptions
      .map(({ name, from, queue }) => ({
        topic: from.topic,
        ...(queue === undefined ? {} : { queue }),
        method: name,
        message: from.message ? schemas.add(from.message) : {},
      }))
      .sort(by(({ topic, queue = '', method }) => [topic, queue, method].join(' '))),
    publishes: Object.fromEntries(publishes.map(({ topic, message }) => [topic, message ? schemas.add(message) : {}])),
  };
}

/** As it is written to a file: one line for each thing that can change. */
export function lockText(lock: ContractLock): string {
  return `${JSON.stringify(lock, undefined, 2)}\n`;
}

/** Reads what {@link lockText} has written. Throws `SKERRY_OPTION_INVALID` for anything else. */
export function readLock(text: string): ContractLock {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw noLock(`it is no JSON (${(error as Error).message})`);
  }
  if (!isSchema(value) || value['contractLock'] !== 1) throw noLock('it does not say "contractLock": 1');
  if (!isSchema(value['schemas']) || !isSchema(value['services'])) throw noLock('it has no services and schemas');
  for (const [name, service] of Object.entries(value['services'])) {
    const { handlers, receives, publishes } = isSchema(service) ? service : {};
    const right = isSchema(handlers) && Object.values(handlers).every(isSchema) && isSchema(publishes);
    if (!right || !Array.isArray(receives) || !receives.every(isSchema))
      throw noLock(`its service ${name} is incomplete`);
  }
  return value as unknown as ContractLock;
}

function noLock(why: string): SkerryError {
  return new SkerryError('SKERRY_OPTION_INVALID', `Cannot read the contract's lock: ${why}.`);
}
