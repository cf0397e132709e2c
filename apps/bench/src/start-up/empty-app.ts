import { Module, Skerry } from '@skerry/core';

@Module()
class Empty {}

const app = await Skerry.create(Empty, { logLevel: 'silent' });
await app.start();
process.stdout.write('ready\n');
await app.stop();
