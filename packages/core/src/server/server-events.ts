import type { SkerryError } from '../errors/skerry-error.js';

/** What happened while serving, as data. */
export type ServerEvent =
  | { readonly type: 'listening'; readonly address: string }
  /** A peer was turned away, or its connection was ended, because of what it sent or did. Once for each connection. */
  | { readonly type: 'peer-refused'; readonly peer?: string; readonly error: SkerryError }
  /** A peer's connection broke, in the middle of something or without a goodbye. */
  | { readonly type: 'peer-lost'; readonly peer: string; readonly error: SkerryError }
  /** A handler, or a service, is given more calls than may run and wait: refused, until `shedding-over`. */
  | { readonly type: 'shedding'; readonly name: string; readonly concurrency: number; readonly queue: number }
  | { readonly type: 'shedding-over'; readonly name: string; readonly refused: number; readonly tookMs: number }
  /** A handler threw what it did not mean to show: the caller got `SKERRY_RPC_INTERNAL`, everything else is here. */
  | {
      readonly type: 'handler-failed';
      readonly service: string;
      readonly handler: string;
      readonly node: string;
      readonly traceId: string;
      readonly error: unknown;
    };

export type ServerEvents = (event: ServerEvent) => void;
