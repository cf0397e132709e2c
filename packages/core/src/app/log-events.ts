import type { Logger } from '../debug/logger.js';
import { SkerryError } from '../errors/skerry-error.js';
import { GraphError } from '../module/problem.js';
import type { AppEvent, AppEventListener } from './events.js';

/** The consumer of events that writes the log. */
export function logEvents(logger: Logger): AppEventListener {
  return (event) => write(logger, event);
}

function write(log: Logger, event: AppEvent): void {
  switch (event.type) {
    case 'ready': {
      const what = event.services.length > 0 ? `serving ${event.services.join(', ')} at ${event.address}` : 'ready';
      return log.info(`${event.application} is ${what}`, { tookMs: round(event.tookMs) });
    }
    case 'advertising':
      return log[event.chosen ? 'info' : 'debug'](`others are told ${event.address}: ${event.reason}`);
    case 'start-failed': {
      const { error } = event;
      return log.error(error instanceof GraphError ? error.line : `${event.application} cannot start`, {
        code: error.code,
        ...(error instanceof GraphError ? {} : { error }),
      });
    }
    case 'hook-failed':
      return log.error(event.error.message, { code: event.error.code, error: event.error.cause ?? event.error });
    case 'handler-failed': {
      const { service, handler, node, traceId, error } = event;
      return log.error(`${service}.${handler} failed unexpectedly`, { node, traceId, error });
    }
    case 'shedding': {
      const { name, concurrency, queue } = event;
      return log.warn(`${name} is overloaded and refuses calls`, { concurrency, queue });
    }
    case 'shedding-over':
      return log.info(`${event.name} takes all calls again`, { refused: event.refused, tookMs: round(event.tookMs) });
    case 'subscription-failing':
      return log.warn(`no messages for ${event.queue}, trying again: ${event.error.message}`, {
        code: event.error.code,
      });
    case 'delivery-failed': {
      const { queue, id, failure, delayMs, error } = event;
      return log.warn(`${queue} could not handle a message, attempt ${failure.attempt}: ${failure.message}`, {
        ...{ id, again: round(delayMs) },
        ...(SkerryError.is(error) ? { code: error.code } : { error }),
      });
    }
    case 'dead-lettered': {
      const { queue, id, failure, kept, error } = event;
      const what = kept ? 'is among the dead letters' : 'is given up';
      return log.error(`a message of ${queue} ${what}, after attempt ${failure.attempt}: ${failure.message}`, {
        id,
        ...(SkerryError.is(error) ? { code: error.code } : { error }),
      });
    }
    case 'settling-failed':
      return log.warn(`${event.queue} may get a message again: ${event.error.message}`, { id: event.id });
    case 'dedupe-failing':
      return log.error(
        `${event.queue} handles nothing, as what it has handled cannot be told: ${event.error.message}`,
        {
          code: event.error.code,
        },
      );
    case 'dedupe-recovered':
      return log.info(`${event.queue} handles messages again`, { tookMs: round(event.tookMs) });
    case 'unrouted':
      return log.warn(`messages of ${event.topic} are dropped: nobody has subscribed to it`);
    case 'inbox-full': {
      const { policy, messages, bytes } = event;
      const what = { reject: 'refused', block: 'held back', dropOldest: 'taken, and the oldest dropped' }[policy];
      return log.warn(`the inbox is full: what is published is ${what}`, { messages, bytes });
    }
    case 'inbox-dropped': {
      const why = {
        full: 'the inbox is full',
        expired: 'nobody was there to handle them',
        'dead-letters': 'there are too many dead letters',
      }[event.why];
      return log.error(`messages of ${event.queue} are dropped: ${why}`, { messages: event.messages });
    }
    case 'inbox-unheard':
      return log.warn(`${event.node} may not know of ${event.queue} yet: ${event.error.message}`, {
        code: event.error.code,
      });
    case 'inbox-failing':
      return log.error(`the inbox delivers nothing: ${event.error.message}`, { code: event.error.code });
    case 'inbox-recovered':
      return log.info('the inbox delivers again');
    case 'peer-refused':
      return log.warn(`refused a peer: ${event.error.message}`, {
        code: event.error.code,
        ...(event.peer ? { peer: event.peer } : {}),
      });
    case 'peer-lost':
      return log.info(`lost a peer: ${event.error.message}`, { peer: event.peer });
    case 'stopping':
      return log.info(`${event.application} is stopping: ${event.reason}`);
    case 'stop-step':
      return log.info(`stopping: ${event.step}${event.note ? `, ${event.note}` : ''}`, { tookMs: round(event.tookMs) });
    case 'stopped':
      return log.info(`${event.application} has stopped`, {
        tookMs: round(event.tookMs),
        ...(event.failures ? { failures: event.failures } : {}),
      });
    case 'start-waiting':
      return log.warn(`${event.application} is not ready: ${event.reason}`);
    case 'health-changed': {
      if (event.to === 'not-ready') return log.warn(`not ready any more: ${event.reason ?? 'a check fails'}`);
      return log[event.from === 'not-ready' && event.to === 'ready' ? 'info' : 'debug'](`health: ${event.to}`);
    }
    case 'health-check-failed': {
      const { check, kind, error, failures } = event;
      return log[kind === 'liveness' ? 'error' : 'warn'](`the ${kind} check ${check} fails: ${error}`, { failures });
    }
    case 'health-check-recovered':
      return log.info(`the ${event.kind} check ${event.check} succeeds again`);
    case 'registration-withheld':
      return log.info(`${event.node.service} is withheld from the registry: ${event.reason}`, { node: event.node.id });
    case 'registration-failing':
      return log.warn(`the registration of ${event.node.service} fails: ${event.error.message}`, {
        code: event.error.code,
        node: event.node.id,
      });
    case 'registration-lost':
      return log.warn(`the registry lost ${event.node.service}; registering it again`, { node: event.node.id });
    case 'deregistration-failed':
      return log.warn(`cannot deregister ${event.node.service}: ${event.error.message}`, {
        code: event.error.code,
        node: event.node.id,
      });
    case 'service-failing':
      return log.warn(`cannot look up ${event.service}, going on with the last known nodes: ${event.error.message}`, {
        code: event.error.code,
        kept: event.kept,
      });
    case 'service-stale':
      return log.warn(`giving up the last known nodes of ${event.service}`, {
        dropped: event.dropped,
        afterMs: round(event.afterMs),
      });
    case 'service-recovered':
      return log.info(`can look up ${event.service} again`, { tookMs: round(event.tookMs) });
    case 'watch-lost':
      return log.warn(`changes of ${event.service} are no longer pushed; listing instead: ${event.error.message}`, {
        code: event.error.code,
      });
    case 'records-malformed':
      return log.warn(`the registry holds ${event.count} malformed records of ${event.service}: ${event.problem}`);
    case 'listener-failed':
      return log.error(`a listener of ${event.service} failed`, { error: event.error });
    case 'tls-renewed':
      return log.info('new TLS handshakes use the certificates that were replaced', {
        ...(event.subject ? { subject: event.subject, validTo: event.validTo } : {}),
      });
    case 'tls-renewal-failed':
      return log.error(`going on with the last good certificates: ${event.error.message}`, { code: event.error.code });
    case 'starting':
    case 'subscribed':
    case 'graph-verified':
    case 'created':
    case 'hook-finished':
    case 'listening':
    case 'registered':
    case 'registration-changed':
    case 'registration-admitted':
    case 'deregistered':
    case 'service-changed':
      return log.debug(event.type, summary(event));
  }
}

/** Node records are long; their ids are enough for a log. */
function summary(event: AppEvent): Record<string, unknown> {
  const entries = Object.entries(event).filter(([key]) => key !== 'type');
  return Object.fromEntries(entries.map(([key, value]) => [key, shortened(value)]));
}

function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value === 'number') return round(value);
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : value;
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
