import { ratio } from '../measure/statistics.js';
import { callFigures, callTable, inFlight, measureCalls, type CallFigures } from '../pairs/calls.js';
import type { Goal } from '../report/goals.js';
import type { Section } from '../section.js';
import { contenders } from './contenders.js';

/** What a call between two processes costs, when many are under way and when one is. */
export const rpc: Section = {
  name: 'rpc',
  about: `a call between two processes, ${inFlight} in flight and one alone, beside raw frames and other frameworks`,
  async run(settings, progress) {
    const measured = await measureCalls('rpc', contenders, settings, progress);
    const references = { raw: 'raw frames', JSON: 'raw frames + JSON' };
    const table = callTable('a call between two processes', settings, measured, references);
    return { tables: [table], goals: goals(callFigures(measured)) };
  },
};

function goals(figures: ReadonlyMap<string, CallFigures>): readonly Goal[] {
  return [...jsonGoals(figures), ...protobufGoals(figures)];
}

function jsonGoals(figures: ReadonlyMap<string, CallFigures>): readonly Goal[] {
  const own = figures.get('skerry');
  if (!own) return [];
  const raw = figures.get('raw frames');
  const json = figures.get('raw frames + JSON');
  const nestObject = figures.get('NestJS TCP (object pattern)');
  const nestString = figures.get('NestJS TCP (string pattern)');
  const speed = (other: CallFigures | undefined): number => ratio(own.callsPerSecond, other?.callsPerSecond);
  return [
    { what: `calls/s, of raw frames + JSON, ${inFlight} in flight`, measured: speed(json), atLeast: 0.8 },
    { what: 'calls/s, of NestJS TCP (object pattern)', measured: speed(nestObject), atLeast: 2 },
    { what: 'calls/s, of NestJS TCP (string pattern)', measured: speed(nestString), atLeast: 3 },
    {
      what: 'CPU per call, of NestJS TCP (object pattern)',
      measured: ratio(own.cpuSeconds, nestObject?.cpuSeconds),
      atMost: 0.25,
    },
    { what: 'p50 of a call alone, of raw frames', measured: ratio(own.aloneUs, raw?.aloneUs), atMost: 1.8 },
  ];
}

function protobufGoals(figures: ReadonlyMap<string, CallFigures>): readonly Goal[] {
  const own = figures.get('skerry (protobuf)');
  if (!own) return [];
  const raw = figures.get('raw frames');
  // Its best form.
  const nest = figures.get('NestJS TCP (object pattern)');
  const speed = (other: CallFigures | undefined): number => ratio(own.callsPerSecond, other?.callsPerSecond);
  return [
    { what: `protobuf: calls/s, of raw frames, ${inFlight} in flight`, measured: speed(raw), atLeast: 0.25 },
    { what: 'protobuf: calls/s, of NestJS TCP (object pattern)', measured: speed(nest), atLeast: 4 },
    {
      what: 'protobuf: CPU per call, of NestJS TCP (object pattern)',
      measured: ratio(own.cpuSeconds, nest?.cpuSeconds),
      atMost: 0.125,
    },
  ];
}
