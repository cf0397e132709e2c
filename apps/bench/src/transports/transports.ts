import { ratio } from '../measure/statistics.js';
import { callFigures, callTable, inFlight, measureCalls } from '../pairs/calls.js';
import type { Section } from '../section.js';
import { contenders } from './contenders.js';

/** What it costs that a call of the native protocol goes another way than TCP. */
export const transports: Section = {
  name: 'transports',
  about: `a call of the native protocol over each transport, ${inFlight} in flight and one alone`,
  async run(settings, progress) {
    const measured = await measureCalls('transports', contenders, settings, progress);
    const figures = callFigures(measured);
    const [own, bare] = [figures.get('skerry WebSocket'), figures.get('ws + JSON')];
    return {
      tables: [
        callTable('a call over each transport', settings, measured, { TCP: 'skerry TCP', 'ws + JSON': 'ws + JSON' }),
      ],
      goals: [
        {
          what: `WebSocket: calls/s, of bare ws + JSON, ${inFlight} in flight`,
          measured: ratio(own?.callsPerSecond, bare?.callsPerSecond),
          atLeast: 1,
        },
      ],
    };
  },
};
