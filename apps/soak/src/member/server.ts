import { Skerry } from '@skerry/core';
import { answerSamples } from './vitals.js';

/** One of the servers, in a process of its own. */
answerSamples();
await Skerry.run(() => import('./service.js'), { logLevel: 'silent' });
process.send!('ready');
