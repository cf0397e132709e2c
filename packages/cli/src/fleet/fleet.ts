import { Module, Skerry, type Application } from '@skerry/core';
import type { Terminal } from '../terminal/terminal.js';

@Module()
class SkerryCommand {}

/** Starts an application that serves nothing, lets `work` use it to find and call others, and stops it again. */
export async function withClient<T>(env: Terminal['env'], work: (app: Application) => Promise<T>): Promise<T> {
  const app = await Skerry.create(SkerryCommand, { env, logLevel: 'silent' });
  await app.start();
  try {
    return await work(app);
  } finally {
    await app.stop('the command is done');
  }
}
