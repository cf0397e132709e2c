import { Session, type Profiler } from 'node:inspector';

/**
 * How often all blocks of JavaScript together were run, whatever else the machine is doing: what takes time in proportion to its
 * input runs four times as many for one that is four times as large. What is native is not counted.
 */
export function workOf(run: () => void): number {
  const session = new Session();
  session.connect();
  try {
    post(session, 'Profiler.enable');
    post(session, 'Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    run();
    const { result } = post(session, 'Profiler.takePreciseCoverage') as Profiler.TakePreciseCoverageReturnType;
    const counts = result.flatMap(({ functions }) =>
      functions.flatMap(({ ranges }) => ranges.map(({ count }) => count)),
    );
    return counts.reduce((sum, each) => sum + each, 0);
  } finally {
    post(session, 'Profiler.stopPreciseCoverage');
    session.disconnect();
  }
}

/** Of a session with the own process, answers come at once. */
function post(session: Session, method: string, params?: object): unknown {
  let answer: unknown;
  session.post(method, params, (error: Error | null, result?: object) => {
    if (error) throw error;
    answer = result;
  });
  return answer;
}
