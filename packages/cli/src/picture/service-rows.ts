import type { Contract, EndpointRecord } from '@skerry/core';
import { fact, longFact, type Row } from './portrait.js';

type ServiceContract = Contract['services'][number];
type SubscriptionContract = ServiceContract['subscriptions'][number];

const arrows = { unary: '', 'server-stream': ' ⇉', 'client-stream': ' ⇇', bidirectional: ' ⇄' } as const;

/** What callers may do with a service. @param owner Id of what the rows belong to. */
export function handlerRow(owner: string, endpoint: EndpointRecord): Row {
  const { name, kind, description, idempotent, readOnly, request, reply } = endpoint;
  const repeats = readOnly ? 'changes nothing' : idempotent ? 'idempotent: may be sent again' : 'not idempotent';
  return {
    id: `${owner}/handler ${name}`,
    owner,
    kind: 'handler',
    name: `${name}()${arrows[kind]}`,
    note: readOnly ? 'read only' : '',
    facts: [
      { label: 'handler', text: kind },
      ...fact('about', description),
      { label: 'again', text: repeats },
      ...longFact('request', request),
      ...longFact('reply', reply),
    ],
  };
}

/** What a service takes from a topic. */
export function subscriptionRow(owner: string, subscription: SubscriptionContract): Row {
  const { name, from, queue, attempts, deadLetter, concurrency, ordered, dedupeWindowMs, description } = subscription;
  return {
    id: `${owner}/subscription ${name} ${from.topic}`,
    owner,
    kind: 'subscription',
    name: `${name} ← ${from.topic}`,
    note: queue === undefined ? 'broadcast' : '',
    facts: [
      { label: 'subscribes to', text: from.topic },
      ...fact('about', description),
      { label: 'queue', text: queue ?? 'none: each instance gets every message' },
      { label: 'attempts', text: `${attempts}${deadLetter ? ', then a dead letter' : ''}` },
      { label: 'at once', text: `${concurrency}${ordered ? ', those of one key in order' : ''}` },
      ...fact('deduplicated', dedupeWindowMs === undefined ? undefined : `for ${dedupeWindowMs / 1000} s`),
      ...longFact('message', from.message),
    ],
  };
}
