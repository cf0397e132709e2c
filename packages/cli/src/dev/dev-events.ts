/** Everything that happens under `skerry dev`, as data: what is printed is one consumer of these. */
export type DevEvent =
  | { readonly type: 'begun'; readonly root: string; readonly apps: readonly string[] }
  /** An application came into the workspace, or left it. */
  | { readonly type: 'added' | 'removed'; readonly app: string }
  | { readonly type: 'starting'; readonly app: string; readonly pid: number; readonly inspect?: number }
  /** A line that a service printed. */
  | { readonly type: 'log'; readonly app: string; readonly stream: 'stdout' | 'stderr'; readonly line: string }
  | ReadyEvent
  /** Files were saved that it needs, relative to the workspace; none where somebody asked for it. */
  | { readonly type: 'restarting'; readonly app: string; readonly files: readonly string[] }
  /** It ended by itself: not in order with a code other than 0, or by a signal. The next save starts it again. */
  | { readonly type: 'crashed'; readonly app: string; readonly code: number | null; readonly signal: string | null }
  | { readonly type: 'ended'; readonly app: string }
  /** It did not stop in time, and was killed. */
  | { readonly type: 'forced'; readonly app: string; readonly afterMs: number }
  | { readonly type: 'stopped'; readonly app: string }
  /** Something of the workspace cannot be read; what runs goes on. */
  | { readonly type: 'trouble'; readonly message: string };

export interface ReadyEvent {
  readonly type: 'ready';
  readonly app: string;
  readonly services: readonly string[];
  readonly address?: string | undefined;
  /** Since it was started; where it was restarted, since the first save, the end of its predecessor included. */
  readonly tookMs: number;
  readonly restarted: boolean;
}

export type DevListener = (event: DevEvent) => void;
