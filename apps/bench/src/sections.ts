import { broker } from './broker/broker.js';
import { codecs } from './codecs/codecs.js';
import { grpc } from './grpc/grpc.js';
import { http } from './http/http.js';
import { inProcess } from './in-process/in-process.js';
import { rpc } from './rpc/rpc.js';
import type { Section } from './section.js';
import { selection } from './selection/selection.js';
import { start } from './start/start.js';
import { store } from './store/store.js';
import { streams } from './streams/streams.js';
import { transports } from './transports/transports.js';

const validation: Section = {
  name: 'validation',
  about: 'the check of one message, beside class-validator and ajv',
  // It runs in this process: what it loads is loaded when it is asked for.
  run: async (settings, progress) => (await import('./validation/run.js')).run(settings, progress),
};

/** In the order in which they run. */
export const sections: readonly Section[] = [
  rpc,
  transports,
  http,
  grpc,
  streams,
  inProcess,
  broker,
  store,
  codecs,
  selection,
  validation,
  start,
];
