import { writeSync } from 'node:fs';
import { Module, Skerry, Store } from '@skerry/core';
import { Ledger } from './ledger.js';
import { readSettings, storeModule } from './settings.js';

/** Reads what the consumers have booked, when they are gone: in their store, and so by their name. */
@Module({ imports: [storeModule(readSettings(), 'consumers')] })
class ConsumerModule {}

const application = await Skerry.run(ConsumerModule, { logLevel: 'silent' });
writeSync(1, `booked ${await new Ledger(application.get(Store)).total()}\nready\n`);
