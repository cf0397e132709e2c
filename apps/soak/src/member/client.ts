import { Module, Skerry, type Client } from '@skerry/core';
import { Chance } from '../chance.js';
import { Load } from './load.js';
import type { SoakService } from './service.js';
import { answerSamples } from './vitals.js';

@Module()
class CallerModule {}

/** The caller, in a process of its own: `client.js <seed> <calls per second>`. */
const [, , seed, callsPerSecond] = process.argv;
const app = await Skerry.run(CallerModule, { logLevel: 'silent' });
const soak: Client<SoakService> = app.client<SoakService>('soak');
await soak.read({ value: 1, note: 'first' }, { timeoutMs: 20_000 });
const load = new Load(soak, new Chance(Number(seed)), Number(callsPerSecond));
answerSamples(load.tally);
process.send!('ready');
