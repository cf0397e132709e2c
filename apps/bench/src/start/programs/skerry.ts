import { Module, Skerry } from '@skerry/core';
import { modules } from './skerry-modules.js';

@Module({ imports: modules })
class Application {}

const application = await Skerry.create(Application, { logLevel: 'silent' });
await application.start();
process.stdout.write('ready\n');
await application.stop();
