import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../clock/system-clock.js';
import { never } from './abortable.js';
import { LocalRegistryDriver } from './local.js';
import { LocalLiveness, type LocalStamp } from './local-liveness.js';
import { encodeLocalRecord, fileName } from './local-record.js';
import type { NodeRecord } from './node-record.js';

const clock = new SystemClock();
const own = new LocalLiveness(clock).stamp();

const node = (id: string, change: Partial<NodeRecord> = {}): NodeRecord => ({
  service: 'echo',
  id,
  version: '1.0.0',
  addresses: {},
  weight: 10,
  metadata: {},
  endpoints: [],
  ttlMs: 3_600_000,
  epoch: 1,
  ...change,
});

/** When a process started, read independently of what is tested: the program's name here has no spaces. */
const startedAt = (pid: number): string => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[21]!;

/** How many places of the file system this process has the kernel watch. */
function watchedPlaces(): number {
  const infos = readdirSync('/proc/self/fdinfo').map((fd) => {
    try {
      return readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
    } catch {
      return ''; // The handle of the listing itself.
    }
  });
  return infos.join('').split('inotify wd:').length - 1;
}

describe('the local registry and real processes', () => {
  const children: ChildProcess[] = [];
  const drivers: LocalRegistryDriver[] = [];
  let directory: string;

  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'skerry processes '))));
  afterEach(async () => {
    for (const driver of drivers.splice(0)) await driver.close();
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  function open(): LocalRegistryDriver {
    const driver = new LocalRegistryDriver(clock, { directory });
    drivers.push(driver);
    return driver;
  }

  async function process(command: string, ...args: string[]): Promise<ChildProcess> {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    children.push(child);
    await once(child, 'spawn');
    return child;
  }

  /** What a process would have written, had it registered just now. */
  function written(record: NodeRecord, stamp: Partial<LocalStamp>): void {
    const text = encodeLocalRecord({ node: record, stamp: { ...own, refreshedAtMs: clock.now(), ...stamp } });
    writeFileSync(join(directory, fileName(record)), text);
  }

  async function eventually(check: () => boolean, what: string): Promise<void> {
    const from = clock.now();
    while (!check()) {
      if (clock.now() - from > 5_000) throw new Error(`not within 5 s: ${what}`);
      await clock.sleep(20);
    }
  }

  function watch(driver: LocalRegistryDriver, service = 'echo') {
    const seen = {
      ids: undefined as string[] | undefined,
      reports: 0,
      stop: new AbortController(),
      ended: Promise.resolve(),
    };
    const changed = (nodes: readonly NodeRecord[]): void => {
      seen.ids = nodes.map(({ id }) => id).sort();
      seen.reports++;
    };
    seen.ended = driver.watch(service, changed, seen.stop.signal);
    return seen;
  }

  const ids = async (driver: LocalRegistryDriver): Promise<string[]> =>
    (await driver.lookup('echo', never)).map(({ id }) => id).sort();

  test('a process that is killed is gone at the next lookup, long before its TTL', async () => {
    const child = await process('sleep', '60');
    written(node('child'), { pid: child.pid!, startedAt: startedAt(child.pid!) });
    const driver = open();
    await driver.register(node('self'), never);
    expect(await ids(driver)).toEqual(['child', 'self']);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await ids(driver)).toEqual(['self']);
    expect(readdirSync(directory)).toEqual([fileName(node('self'))]);
  });

  test('a process that is killed is noticed by whoever watches, though no file changed', async () => {
    const child = await process('sleep', '60');
    written(node('child'), { pid: child.pid!, startedAt: startedAt(child.pid!) });
    const [here, there] = [watch(open()), watch(open())];
    await eventually(() => here.ids?.length === 1 && there.ids?.length === 1, 'the child is seen');
    child.kill('SIGKILL');
    await eventually(() => here.ids?.length === 0 && there.ids?.length === 0, 'the child is gone');
    await eventually(() => readdirSync(directory).length === 0, 'its file is removed');
  });

  test('a process that ended and was never waited for is gone', async () => {
    // The shell starts a child, then becomes a program that never asks how it ended.
    const parent = await process('sh', '-c', 'sleep 0.3 & echo $!; exec sleep 60');
    const [line] = (await once(parent.stdout!, 'data')) as [Buffer];
    const zombie = Number(line.toString());
    await eventually(() => /\) Z /.test(readFileSync(`/proc/${zombie}/stat`, 'utf8')), 'the child is a zombie');
    written(node('zombie'), { pid: zombie, startedAt: startedAt(zombie) });
    expect(await ids(open())).toEqual([]);
  });

  test('a later process with the same number is not taken for the one that registered', async () => {
    const child = await process('sleep', '60');
    written(node('former'), { pid: child.pid!, startedAt: `${Number(startedAt(child.pid!)) - 1}` });
    written(node('present'), { pid: child.pid!, startedAt: startedAt(child.pid!) });
    expect(await ids(open())).toEqual(['present']);
  });

  test('what a dead process left behind keeps nobody from its place', async () => {
    const [driver, successor] = [open(), node('child', { epoch: 1 })];
    written(node('child', { epoch: 9 }), { startedAt: '1' });
    await driver.register(successor, never);
    expect(await driver.lookup('echo', never)).toEqual([successor]);
  });

  test('a process that is frozen stays until its TTL is over, and comes back when it thaws', async () => {
    const child = await process('sleep', '60');
    const stamp = { pid: child.pid!, startedAt: startedAt(child.pid!) };
    child.kill('SIGSTOP');
    const [driver, record] = [open(), node('child', { ttlMs: 60_000 })];
    written(record, { ...stamp, refreshedAtMs: clock.now() - 50_000 });
    expect(await ids(driver)).toEqual(['child']);
    written(record, { ...stamp, refreshedAtMs: clock.now() - 60_000 });
    expect(await ids(driver)).toEqual([]);
    child.kill('SIGCONT');
    written(record, stamp);
    expect(await ids(driver)).toEqual(['child']);
  });

  test('a process of another container is judged by its TTL alone', async () => {
    const stamp = { pidNamespace: 'pid:[1]', pid: 2 ** 22 + 1, startedAt: '1' };
    written(node('fresh'), stamp);
    written(node('expired', { ttlMs: 1_000 }), { ...stamp, refreshedAtMs: clock.now() - 1_000 });
    expect(await ids(open())).toEqual(['fresh']);
  });

  test('what was written in another boot, or by a clock ahead of ours, is gone', async () => {
    written(node('other boot'), { boot: '00000000-0000-0000-0000-000000000000' });
    written(node('ahead'), { refreshedAtMs: clock.now() + 3_600_000 });
    written(node('here'), {});
    expect(await ids(open())).toEqual(['here']);
    expect(readdirSync(directory)).toEqual([fileName(node('here'))]);
  });

  test('a directory that is removed is made again, and watched again', async () => {
    const [writer, reader] = [open(), open()];
    const seen = watch(reader);
    await writer.register(node('a'), never);
    await eventually(() => seen.ids?.join() === 'a', 'the first is seen');
    rmSync(directory, { recursive: true });
    await eventually(() => seen.ids?.length === 0, 'it is gone');
    await writer.register(node('b'), never);
    await eventually(() => seen.ids?.join() === 'b', 'the second is seen');
    await writer.register(node('c'), never);
    await eventually(() => seen.ids?.join() === 'b,c', 'the third is seen');
  });

  test('a directory that was replaced in one go is read anew', async () => {
    const seen = watch(open());
    written(node('a'), {});
    await eventually(() => seen.ids?.join() === 'a', 'the first is seen');
    rmSync(directory, { recursive: true });
    mkdirSync(directory, { mode: 0o700 });
    written(node('b'), {});
    await eventually(() => seen.ids?.join() === 'b', 'the second is seen');
  });

  test('one watcher of the file system serves all services, and none is left when nobody watches', async () => {
    const before = watchedPlaces();
    const driver = open();
    const watches = Array.from({ length: 20 }, (_, i) => watch(driver, `service ${i}`));
    await eventually(() => watches.every(({ reports }) => reports > 0), 'all have been told');
    expect(watchedPlaces()).toBe(before + 1);
    for (const { stop } of watches) stop.abort();
    await Promise.all(watches.map(({ ended }) => ended));
    await eventually(() => watchedPlaces() === before, 'the watcher is closed');

    const again = watch(driver);
    await eventually(() => again.reports > 0, 'it can be watched again');
    await driver.close();
    await again.ended;
    expect(watchedPlaces()).toBe(before);
  });

  test('an unsafe directory ends a watch and refuses the rest', async () => {
    rmSync(directory, { recursive: true });
    writeFileSync(directory, '');
    const driver = open();
    const refused = { code: 'SKERRY_REGISTRY_UNSAFE_DIRECTORY' };
    await expect(watch(driver).ended).rejects.toMatchObject(refused);
    await expect(driver.register(node('a'), never)).rejects.toMatchObject(refused);
    await expect(driver.lookup('echo', never)).rejects.toMatchObject(refused);
    await expect(driver.services(never)).rejects.toMatchObject(refused);
  });
});
