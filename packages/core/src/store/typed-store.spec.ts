import { Type } from 'class-transformer';
import { IsDate, IsInt, IsString, Length, Min } from 'class-validator';
import { ManualClock } from '../clock/manual-clock.js';
import { MemoryStoreEngine } from './memory-engine.js';
import { MemoryStoreDriver } from './memory.js';
import { Store } from './store.js';
import type { TypedStore } from './typed-store.js';

class Session {
  @IsString()
  @Length(1, 20)
  user!: string;

  @IsInt()
  @Min(0)
  visits!: number;

  @IsDate()
  @Type(() => Date)
  since!: Date;
}

const session = (change: Partial<Session> = {}): Session =>
  Object.assign(new Session(), { user: 'ada', visits: 1, since: new Date('2026-01-02T03:04:05Z') }, change);
const wrong = (key: string): unknown =>
  expect.objectContaining({ code: 'SKERRY_VALIDATION_FAILED', message: expect.stringContaining(`value of ${key}`) });

let store: Store;
let sessions: TypedStore<Session>;

beforeEach(() => {
  const clock = new ManualClock();
  store = new Store(new MemoryStoreDriver(new MemoryStoreEngine(clock)), clock);
  sessions = store.of(Session, 'sessions/');
});
afterEach(() => store.close());

test('gives instances of the class, as they were put, below its prefix', async () => {
  const version = await sessions.put('7', session());
  const entry = (await sessions.get('7'))!;
  expect(entry).toEqual({ key: '7', value: session(), version });
  expect(entry.value).toBeInstanceOf(Session);
  expect((await store.get('sessions/7'))!.value).toMatchObject({ since: '2026-01-02T03:04:05.000Z' });
  expect(await sessions.delete('7', { ifVersion: version })).toBe(true);
  expect(await sessions.get('7')).toBeUndefined();
});

test('refuses to write what could not be read', async () => {
  await expect(sessions.put('7', session({ visits: -1 }))).rejects.toEqual(wrong('7'));
  await expect(sessions.put('7', {} as Session)).rejects.toEqual(wrong('7'));
  await expect(sessions.put('7', 'text' as never)).rejects.toEqual(wrong('7'));
  expect((await store.list()).entries).toEqual([]);
});

test('refuses to give what another version of the class, or somebody else, has written', async () => {
  await store.put('sessions/old', { user: 'ada' });
  await sessions.put('new', session());
  await expect(sessions.get('old')).rejects.toEqual(wrong('old'));
  await expect(sessions.list()).rejects.toEqual(wrong('old'));
  expect((await sessions.list({ prefix: 'n' })).entries).toHaveLength(1);
});

test('drops fields that the class does not declare when it reads', async () => {
  await sessions.put('7', session({ secret: 'x' } as Partial<Session>));
  expect((await sessions.get('7'))!.value).toEqual(session());
});

test('lists in pages, and respects the conditions of the store', async () => {
  for (const key of ['a', 'b', 'c']) await sessions.put(key, session({ user: key }), { ifAbsent: true });
  await expect(sessions.put('a', session(), { ifAbsent: true })).rejects.toMatchObject({
    code: 'SKERRY_STORE_CONFLICT',
  });
  const first = await sessions.list({ limit: 2 });
  const second = await sessions.list({ limit: 2, cursor: first.cursor! });
  expect([...first.entries, ...second.entries].map(({ value }) => value.user)).toEqual(['a', 'b', 'c']);
  expect(second.cursor).toBeUndefined();
});

test('watches: instances for what is right, and the error for what is not', async () => {
  const changes = sessions.watch();
  await sessions.put('a', session());
  await store.put('sessions/b', { user: '' });
  await sessions.delete('a');
  await store.put('elsewhere', 1);
  const told: unknown[] = [];
  for await (const change of changes) {
    told.push(change);
    if (told.length === 2) break;
  }
  expect(told).toEqual([
    { type: 'delete', key: 'a' },
    { type: 'invalid', key: 'b', error: wrong('b') },
  ]);
  expect(await changes.next()).toEqual({ done: true, value: undefined });
});
