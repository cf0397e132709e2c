import { rm } from 'node:fs/promises';
import { SkerryError } from '@skerry/core';
import { dataFolder, profileOf, type Profile } from '@shop/engines';
import { openedBy, openShop } from './only-shop.js';
import { missingServers } from './servers.js';
import { ServiceProcess } from './service-process.js';
import { paint, say } from './terminal.js';

/**
 * What `npm run shop` runs: a process for each service, and this one, which orders something and shows what happens. Stays up until
 * Ctrl-C. What an earlier run knew is removed first, but with `--keep`.
 */

const engines: Readonly<Record<Profile, string>> = {
  embedded: 'nothing installed: inbox, LMDB, files of this machine',
  production: 'RabbitMQ, Consul, LMDB',
};

/** `false` where it cannot run, having said why. */
async function prepare(): Promise<boolean> {
  let profile: Profile;
  try {
    profile = profileOf();
  } catch (error) {
    if (!SkerryError.is(error)) throw error;
    say(`${error.message}.`);
    return false;
  }
  say();
  say(paint('bold', `A shop of three services, three processes; ${profile}: ${engines[profile]}.`));
  say();
  const missing = profile === 'production' ? await missingServers() : [];
  for (const line of missing) say(line);
  if (missing.length > 0) return false;
  const other = await openedBy(dataFolder());
  if (other !== undefined) {
    say(`A shop is open already, by process ${other}: this one would take its data away. Stop that one first.`);
    return false;
  }
  if (!process.argv.includes('--keep')) await rm(dataFolder(), { recursive: true, force: true });
  return true;
}

function hints(services: readonly ServiceProcess[]): void {
  const exported = ['SHOP_PROFILE', 'SHOP_DATA'].filter((name) => process.env[name]);
  const variables = [
    ...exported.map((name) => `${name}=${process.env[name]}`),
    'SKERRY_APP=apps/shop/apps/orders/dist/app.module.js',
  ];
  const victim = services.find(({ name }) => name === 'stock');
  say();
  say('Now you, in another terminal:');
  say();
  for (const command of [
    `export ${variables.join(' ')}`,
    `npx skerry call orders.place '{"orderId":"mine","customer":"ada","sku":"lamp","pieces":1}'`,
    `npx skerry call orders.follow '{"orderId":"mine"}'`,
    `npx skerry call stock.shelves`,
    `npx skerry publish orders.placed '{"orderId":"poison"}'   ${paint('dim', '# nobody can handle that')}`,
    `npx skerry dlq list`,
    `npx skerry dlq show stock.orders.placed`,
    `kill -9 ${victim?.pid}   ${paint('dim', '# stock: it is started again, and no order is lost')}`,
  ]) {
    say(`  ${command}`);
  }
  say();
  say('The code is in apps/shop. Ctrl-C stops the services, each after what it is doing.');
  say();
}

async function run(): Promise<void> {
  let stopping = false;
  const services: ServiceProcess[] = [];
  let stopped: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (stopped = resolve));
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void Promise.all(services.map((each) => each.stop())).then(() => stopped());
  };
  const fail = (message: string): void => {
    if (stopping) return;
    say();
    say(message);
    process.exitCode = 1;
    stop();
  };
  for (const [name, style] of [
    ['orders', 'cyan'],
    ['stock', 'yellow'],
    ['payments', 'magenta'],
  ] as const) {
    const ended = (code: number | null): void => fail(`${name} ended by itself (exit code ${code}); stopping.`);
    services.push(new ServiceProcess({ name, style, ended }));
  }
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  await Promise.all(services.map((each) => each.start()));
  try {
    // Not before it is known that the profile is one.
    const { tour } = await import('./tour.js');
    if (!stopping) await tour();
    if (!stopping) hints(services);
  } catch (error) {
    fail(`The tour failed: ${(error as Error).message}`);
  }
  await over;
}

if (await prepare()) {
  const close = await openShop(dataFolder());
  await run();
  await close();
} else process.exitCode = 1;
