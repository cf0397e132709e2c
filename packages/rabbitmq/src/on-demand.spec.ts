import { OnDemand } from './on-demand.js';

const never = new AbortController().signal;

test('one attempt serves all who ask, and what it made serves until it has ended', async () => {
  let made = 0;
  let end = (): void => undefined;
  const onDemand = new OnDemand(async (ended) => {
    end = ended;
    return ++made;
  });
  expect(onDemand.now).toBeUndefined();
  expect(await Promise.all([onDemand.get(never), onDemand.get(never)])).toEqual([1, 1]);
  expect(onDemand.now).toBe(1);
  end();
  expect(onDemand.now).toBeUndefined();
  expect(await onDemand.get(never)).toBe(2);
});

test('an attempt that fails is told to those who asked, and the next one is a new one', async () => {
  let attempts = 0;
  const onDemand = new OnDemand(async () => {
    if (++attempts === 1) throw new Error('refused');
    return attempts;
  });
  const both = await Promise.allSettled([onDemand.get(never), onDemand.get(never)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await onDemand.get(never)).toBe(2);
});

test('who gives up is told why, and leaves the attempt to others', async () => {
  let finish!: (made: string) => void;
  const onDemand = new OnDemand(() => new Promise<string>((resolve) => (finish = resolve)));
  const patience = new AbortController();
  const impatient = onDemand.get(patience.signal);
  const patient = onDemand.get(never);
  patience.abort(new Error('enough'));
  await expect(impatient).rejects.toThrow('enough');
  finish('made');
  await expect(patient).resolves.toBe('made');
});

test('what has ended before anybody saw it is not kept', async () => {
  const onDemand = new OnDemand(async (ended) => {
    ended();
    return 'gone';
  });
  expect(await onDemand.get(never)).toBe('gone');
  expect(onDemand.now).toBeUndefined();
});
