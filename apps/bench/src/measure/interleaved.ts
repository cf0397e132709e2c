import type { Progress } from '../report/progress.js';

/** Something that is measured round by round, beside others. */
export interface Subject<S> {
  readonly name: string;
  /** Starts what it needs, sees that it does what it should, and warms up. */
  prepare(): Promise<void>;
  measure(): Promise<S>;
  /** Ends all that it started. Also called when something failed. */
  end(): Promise<void>;
}

export interface Measured<S> {
  readonly name: string;
  /** One of each round; none of a subject that failed. */
  readonly samples: readonly S[];
  /** Why there are none. */
  readonly failure?: string;
}

/**
 * Measures all subjects once per round, so that a machine whose speed drifts is the same for all. One that fails is left out
 * from then on, and the others go on; all are ended before this resolves.
 */
export async function interleaved<S>(
  subjects: readonly Subject<S>[],
  rounds: number,
  progress: Progress,
): Promise<readonly Measured<S>[]> {
  const samples = new Map<Subject<S>, S[]>(subjects.map((subject) => [subject, []]));
  const failures = new Map<Subject<S>, string>();
  const attempt = async (subject: Subject<S>, what: string, work: () => Promise<void>): Promise<void> => {
    if (failures.has(subject)) return;
    progress.say(`${subject.name}: ${what}`);
    // What is measured in this process may never wait for anything, and signals are to be heard all the same.
    await new Promise(setImmediate);
    try {
      await work();
    } catch (error) {
      failures.set(subject, error instanceof Error ? error.message : String(error));
      progress.note(`${subject.name} failed: ${failures.get(subject)}`);
      await subject.end();
    }
  };
  try {
    for (const subject of subjects) await attempt(subject, 'preparing', () => subject.prepare());
    for (let round = 1; round <= rounds; round++) {
      for (const subject of subjects) {
        await attempt(subject, `round ${round} of ${rounds}`, async () => {
          samples.get(subject)!.push(await subject.measure());
        });
      }
    }
  } finally {
    progress.say('ending');
    await Promise.all(subjects.filter((subject) => !failures.has(subject)).map((subject) => subject.end()));
  }
  return subjects.map((subject) => {
    const failure = failures.get(subject);
    return failure === undefined
      ? { name: subject.name, samples: samples.get(subject)! }
      : { name: subject.name, samples: [], failure };
  });
}
