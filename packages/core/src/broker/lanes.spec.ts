import fc from 'fast-check';
import { Lanes } from './lanes.js';

/** Tasks that end when they are told to. */
class Tasks {
  readonly running: string[] = [];
  readonly begun: string[] = [];
  private readonly ends = new Map<string, () => void>();

  readonly run = (name: string): Promise<void> => {
    this.running.push(name);
    this.begun.push(name);
    return new Promise((resolve) => this.ends.set(name, resolve));
  };

  async end(name: string): Promise<void> {
    this.running.splice(this.running.indexOf(name), 1);
    this.ends.get(name)!();
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
}

describe('lanes', () => {
  test('run so many at once, in their order', async () => {
    const tasks = new Tasks();
    const lanes = new Lanes(2, tasks.run);
    for (const name of ['a', 'b', 'c', 'd']) lanes.add(name);
    expect(tasks.running).toEqual(['a', 'b']);
    await tasks.end('b');
    expect(tasks.running).toEqual(['a', 'c']);
    expect([lanes.inFlight, lanes.size]).toEqual([2, 3]);
  });

  test('run those of one key one after the other, and let others pass', async () => {
    const tasks = new Tasks();
    const lanes = new Lanes(3, tasks.run);
    for (const name of ['a1', 'a2', 'b1', 'a3', 'b2', 'c1']) lanes.add(name, name[0]);
    expect(tasks.running).toEqual(['a1', 'b1', 'c1']);
    await tasks.end('b1');
    expect(tasks.running).toEqual(['a1', 'c1', 'b2']);
    await tasks.end('a1');
    expect(tasks.running).toEqual(['c1', 'b2', 'a2']);
  });

  test('let another begin when one is done, though none of its key before it has ended', async () => {
    const tasks = new Tasks();
    const done: (() => void)[] = [];
    const lanes = new Lanes(1, (name: string, release) => {
      done.push(release);
      return tasks.run(name);
    });
    for (const name of ['a1', 'a2', 'b1', 'c1']) lanes.add(name, name[0]);
    expect(tasks.running).toEqual(['a1']);
    done[0]!();
    done[0]!();
    expect(tasks.running).toEqual(['a1', 'b1']);
    expect([lanes.inFlight, lanes.size]).toEqual([2, 4]);
    await tasks.end('a1');
    // The end of one that was done before makes no more room.
    expect(tasks.running).toEqual(['b1']);
    await tasks.end('b1');
    expect(tasks.running).toEqual(['a2']);
    let stopped = false;
    const stopping = lanes.stop().then(() => (stopped = true));
    done.at(-1)!();
    await Promise.resolve();
    expect(stopped).toBe(false);
    await tasks.end('a2');
    await stopping;
    expect(tasks.begun).toEqual(['a1', 'b1', 'a2']);
  });

  test('stop when what runs has ended, and begin nothing more', async () => {
    const tasks = new Tasks();
    const lanes = new Lanes(1, tasks.run);
    lanes.add('a');
    lanes.add('b');
    let stopped = false;
    const stopping = lanes.stop().then(() => (stopped = true));
    await Promise.resolve();
    expect(stopped).toBe(false);
    lanes.add('c');
    await tasks.end('a');
    await stopping;
    expect(tasks.begun).toEqual(['a']);
  });

  test('keep the order of each key, whatever ends first', async () => {
    const keys = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        keys,
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.nat()),
        async (given, limit, dice) => {
          const tasks = new Tasks();
          const lanes = new Lanes(limit, tasks.run);
          given.forEach((key, at) => lanes.add(`${key}${at}`, key));
          while (tasks.running.length > 0) {
            expect(tasks.running.length).toBeLessThanOrEqual(limit);
            expect(new Set(tasks.running.map((name) => name[0])).size).toBe(tasks.running.length);
            await tasks.end(tasks.running[dice.next().value! % tasks.running.length]!);
          }
          for (const key of 'abcd') {
            const own = tasks.begun.filter((name) => name.startsWith(key));
            expect(own).toEqual(given.flatMap((each, at) => (each === key ? [`${key}${at}`] : [])));
          }
        },
      ),
    );
  });
});
