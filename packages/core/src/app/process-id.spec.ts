import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { eventually } from '@skerry-private/test-kit';
import { isOver, thisProcess, type ProcessId } from './process-id.js';

const linux = process.platform === 'linux';
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    const alive = child.exitCode === null && child.signalCode === null;
    if (!alive) continue;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
});

async function other(): Promise<{ child: ChildProcess; id: ProcessId }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)'], { stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  const begun = readFileSync(`/proc/${child.pid!}/stat`, 'utf8').split(') ')[1]!.split(' ')[19]!;
  return { child, id: { ...thisProcess(), pid: child.pid!, begun } };
}

(linux ? test : test.skip)(
  'a process is over when it was killed, and neither while it runs nor while it stands still',
  async () => {
    expect(thisProcess()).toMatchObject({ pid: process.pid, begun: expect.stringMatching(/^\d+$/) as string });
    expect(isOver(thisProcess())).toBe(false);
    const { child, id } = await other();
    expect(isOver(id)).toBe(false);
    child.kill('SIGSTOP');
    await eventually(() => expect(readFileSync(`/proc/${child.pid!}/stat`, 'utf8')).toContain(') T '));
    expect(isOver(id)).toBe(false);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    expect(isOver(id)).toBe(true);
  },
);

(linux ? test : test.skip)(
  'a number that was given to another process since says that the first one is over',
  async () => {
    const { id } = await other();
    expect(isOver({ ...id, begun: String(Number(id.begun) - 1) })).toBe(true);
  },
);

test('what is elsewhere, or cannot be known, is not said to be over', () => {
  const gone = { ...thisProcess(), pid: 2 ** 22 + 1 };
  expect(isOver(gone)).toBe(linux);
  expect(isOver({ ...gone, place: 'another machine' })).toBe(false);
  expect(isOver({ ...gone, place: '' })).toBe(false);
  expect(isOver({ ...gone, begun: '' })).toBe(false);
});
