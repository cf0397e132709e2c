import { Acknowledged } from './acknowledged.js';

const never = new AbortController().signal;

/** What is asked is answered by hand. */
function asking(): { acknowledged: Acknowledged; answers: { resolve(): void; reject(error: Error): void }[] } {
  const answers: { resolve(): void; reject(error: Error): void }[] = [];
  const ask = (): Promise<void> => new Promise((resolve, reject) => answers.push({ resolve, reject }));
  return { acknowledged: new Acknowledged(ask), answers };
}

test('all that come while an answer is awaited share the next question', async () => {
  const { acknowledged, answers } = asking();
  const first = acknowledged.all(never);
  const others = [acknowledged.all(never), acknowledged.all(never), acknowledged.all(never)];
  expect(answers).toHaveLength(1);
  answers[0]!.resolve();
  await first;
  await Promise.resolve();
  expect(answers).toHaveLength(2);
  answers[1]!.resolve();
  await Promise.all(others);
  await acknowledged.idle();
  expect(answers).toHaveLength(2);
});

test('an answer to an earlier question is none to what was sent after it', async () => {
  const { acknowledged, answers } = asking();
  const first = acknowledged.all(never);
  const second = acknowledged.all(never);
  let known = false;
  void second.then(() => (known = true));
  answers[0]!.resolve();
  await first;
  await Promise.resolve();
  expect(known).toBe(false);
  answers[1]!.resolve();
  await second;
});

test('a channel that ends fails who waits, and who gives up is told why', async () => {
  const { acknowledged, answers } = asking();
  const first = acknowledged.all(never);
  const patience = new AbortController();
  const impatient = acknowledged.all(patience.signal);
  const second = acknowledged.all(never);
  patience.abort(new Error('enough'));
  await expect(impatient).rejects.toThrow('enough');
  answers[0]!.reject(new Error('ended'));
  await expect(first).rejects.toThrow('ended');
  answers[1]!.reject(new Error('ended as well'));
  await expect(second).rejects.toThrow('ended as well');
  await acknowledged.idle();
});
