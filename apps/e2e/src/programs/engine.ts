import { startEngine } from '@skerry/testing/engines';

/** A test run that ends before its hooks: says where its engine is, and waits to be killed, or ends by itself when it is told. */
const engine = await startEngine('redis', { own: true });
process.stdout.write(`engine at ${engine.url}\n`);
if (process.argv[2] === 'stay') process.stdin.resume();
