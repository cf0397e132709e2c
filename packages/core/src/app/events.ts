import { channel } from 'node:diagnostics_channel';
import type { BrokerEvent } from '../broker/broker-events.js';
import type { SkerryError } from '../errors/skerry-error.js';
import type { HealthEvent } from '../debug/health-events.js';
import type { InboxEvent } from '../inbox/inbox-events.js';
import type { RegistryEvent } from '../registry/registry-events.js';
import type { ServerEvent } from '../server/server-events.js';
import type { TlsEvent } from '../transport/tls/tls-credentials.js';
import type { Advertised } from './advertise.js';
import type { HookName } from './lifecycle.js';

/** Everything that happens to an application, as data. Logging is one consumer of these; tests and metrics are others. */
export type AppEvent =
  | { readonly type: 'starting'; readonly application: string }
  | { readonly type: 'graph-verified'; readonly modules: number; readonly providers: number }
  | { readonly type: 'created'; readonly instances: number; readonly tookMs: number }
  | { readonly type: 'hook-finished'; readonly hook: HookName; readonly provider: string; readonly tookMs: number }
  | { readonly type: 'hook-failed'; readonly hook: HookName; readonly provider: string; readonly error: SkerryError }
  | {
      readonly type: 'ready';
      readonly application: string;
      readonly services: readonly string[];
      readonly address?: string;
      readonly tookMs: number;
    }
  /** The address that others are told, and why it is this one. */
  | ({ readonly type: 'advertising' } & Advertised)
  | { readonly type: 'start-failed'; readonly application: string; readonly error: SkerryError }
  | { readonly type: 'stopping'; readonly application: string; readonly reason: string }
  /** One step of stopping is done; all of them together are the timeline. */
  | { readonly type: 'stop-step'; readonly step: StopStep; readonly tookMs: number; readonly note?: string }
  | {
      readonly type: 'stopped';
      readonly application: string;
      readonly reason: string;
      readonly tookMs: number;
      readonly failures: number;
    }
  /** Its start waits for its health checks; told every ten seconds. */
  | { readonly type: 'start-waiting'; readonly application: string; readonly reason: string }
  | HealthEvent
  | ServerEvent
  | BrokerEvent
  | InboxEvent
  | RegistryEvent
  | TlsEvent;

export type StopStep = 'before-hooks' | 'deregister' | 'wait' | 'subscriptions' | 'drain' | 'hooks' | 'close';

export type AppEventListener = (event: AppEvent) => void;

// For tools that are loaded into the process beside the application, of whichever copy of the framework.
const everyone = channel('skerry.application');

/**
 * Where events are told and heard. The class is the injection token. Whoever subscribes to the diagnostics channel
 * `skerry.application` hears those of all applications of the process.
 */
export class AppEvents {
  private readonly listeners = new Set<AppEventListener>();

  /** Calls back in the turn in which something happens. Returns what ends it. What a listener throws is dropped. */
  on(listener: AppEventListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  emit(event: AppEvent): void {
    for (const listener of this.listeners) {
      try {
        listener(event);
      } catch {
        // Whoever listens must not be able to break what is told about.
      }
    }
    if (everyone.hasSubscribers) everyone.publish(event);
  }
}
