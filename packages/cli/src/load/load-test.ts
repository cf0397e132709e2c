import type { Clock } from '@skerry/core';
import { exitCodes } from '../exit-codes.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { LiveView } from '../terminal/live-view.js';
import { interruptedBy, type Terminal } from '../terminal/terminal.js';
import type { LoadPlan } from './load-options.js';
import { loadJson, loadText, progressText, type LoadSubject } from './load-report.js';
import { LoadRun, type Work } from './load-run.js';

// As often as the eye follows; where nobody looks, as often as a log bears.
const liveMs = 200;
const lineMs = 10_000;

/**
 * Does the work as the plan says and prints what was measured, also when it is interrupted. Gives the exit code: that of the
 * interruption, or 1 if any failed.
 */
export async function loadTest(
  subject: LoadSubject,
  plan: LoadPlan,
  work: Work,
  { terminal, clock, json }: { terminal: Terminal; clock: Clock; json: boolean },
): Promise<number> {
  const { stdout, signal, env } = terminal;
  const run = new LoadRun(plan, clock);
  const quiet = showProgress(subject, run, { terminal, clock, json });
  try {
    await run.run(work, signal);
  } finally {
    await quiet();
  }
  const lines = json
    ? [compactJson(loadJson(subject, run, signal.aborted))]
    : loadText(subject, run, signal.aborted, coloursFor(stdout, env), stdout.columns);
  await stdout.write(`${lines.join('\n')}\n`);
  if (signal.aborted) return interruptedBy(signal);
  return run.failed > 0 ? exitCodes.failed : exitCodes.ok;
}

/** Tells on standard error how it goes: one line that changes, or now and then one more. Gives what ends it. */
function showProgress(
  subject: LoadSubject,
  run: LoadRun,
  { terminal, clock, json }: { terminal: Terminal; clock: Clock; json: boolean },
): () => Promise<void> {
  const { stderr, env } = terminal;
  const view = stderr.isTTY ? new LiveView(stderr) : undefined;
  // What is not looked at is read by a program, which waits for the result.
  if (!view && json) return () => Promise.resolve();
  const { dim } = coloursFor(stderr, env);
  let showing = Promise.resolve();
  const show = (): void => {
    const line = progressText(subject, run);
    showing = showing.then(() => (view ? view.draw([dim(line)]) : stderr.write(`${line}\n`)));
    timer = clock.setTimer(view ? liveMs : lineMs, show, true);
  };
  let timer = clock.setTimer(view ? liveMs : lineMs, show, true);
  return async () => {
    timer.cancel();
    await showing;
    await view?.clear();
  };
}
