import { ratio } from '../measure/statistics.js';
import { callFigures, callTable, inFlight, measureCalls } from '../pairs/calls.js';
import type { Goal } from '../report/goals.js';
import type { Section } from '../section.js';
import { contenders } from './contenders.js';

/** What a unary call by gRPC costs when one side of it, or both, is Skerry's. */
export const grpc: Section = {
  name: 'grpc',
  about: `a unary call by gRPC, ${inFlight} in flight and one alone: Skerry's server and client apart, beside grpc-js`,
  async run(settings, progress) {
    const measured = await measureCalls('grpc', contenders, settings, progress);
    const figures = callFigures(measured);
    const bare = figures.get('grpc-js');
    const goals = Object.keys(contenders)
      .filter((name) => name !== 'grpc-js')
      .flatMap((name): Goal[] => {
        const own = figures.get(name);
        return [
          {
            what: `gRPC, ${name}: calls/s, of grpc-js, ${inFlight} in flight`,
            measured: ratio(own?.callsPerSecond, bare?.callsPerSecond),
            atLeast: 1,
          },
          { what: `gRPC, ${name}: p50 alone, of grpc-js`, measured: ratio(own?.aloneUs, bare?.aloneUs), atMost: 1 },
        ];
      });
    return { tables: [callTable('a unary call by gRPC', settings, measured, { 'grpc-js': 'grpc-js' })], goals };
  },
};
