import type { Clock } from '../clock/clock.js';
import type { NodeView } from './described.js';

/** What a call does between two attempts: it waits, for one thing at a time, and can be told to stop waiting. */
export class Wait {
  private stop?: () => void;

  constructor(
    private readonly clock: Clock,
    private readonly view: NodeView,
  ) {}

  /** Resumes as soon as the registry's answer satisfies the call; fails with what makes waiting pointless. */
  forNodes(satisfied: () => boolean, resume: () => void, failed: (error: unknown) => void): void {
    const waiting = new AbortController();
    this.stop = () => waiting.abort();
    this.view.wait(satisfied, waiting.signal).then(resume, (error: unknown) => {
      if (!waiting.signal.aborted) failed(error);
    });
  }

  /** Resumes after `delayMs`, or as soon as the service's nodes change. */
  pause(delayMs: number, resume: () => void): void {
    const over = (): void => {
      this.end();
      resume();
    };
    const timer = this.clock.setTimer(delayMs, over);
    const unlisten = this.view.onChange(over);
    this.stop = () => {
      timer.cancel();
      unlisten();
    };
  }

  /** Nothing resumes and nothing fails any more. */
  end(): void {
    this.stop?.();
    this.stop = undefined;
  }
}
