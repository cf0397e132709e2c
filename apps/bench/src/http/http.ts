import { ratio } from '../measure/statistics.js';
import { callFigures, callTable, inFlight, measureCalls } from '../pairs/calls.js';
import type { Section } from '../section.js';
import { contenders } from './contenders.js';

/** What a call by HTTP costs on the port that an application has anyway. */
export const http: Section = {
  name: 'http',
  about: `POST of JSON, ${inFlight} in flight and one alone, beside bare node:http and fastify, with one client for all`,
  async run(settings, progress) {
    const measured = await measureCalls('http', contenders, settings, progress);
    const figures = callFigures(measured);
    const [own, bare] = [figures.get('skerry'), figures.get('node:http')];
    return {
      tables: [callTable('a call by HTTP', settings, measured, { 'node:http': 'node:http' })],
      goals: [
        {
          what: `HTTP: calls/s, of bare node:http, ${inFlight} in flight`,
          measured: ratio(own?.callsPerSecond, bare?.callsPerSecond),
          atLeast: 0.9,
        },
        {
          what: 'HTTP: p50 of a call alone, of bare node:http',
          measured: ratio(own?.aloneUs, bare?.aloneUs),
          atMost: 1.1,
        },
      ],
    };
  },
};
