/** What a child process sends for each order, and once when it is ready. */
export type Reply = { readonly result: unknown } | { readonly failed: string };

/**
 * Makes this process do what its parent orders, one after the other, until the parent ends it or is gone. What goes wrong is
 * told to the parent as the answer.
 *
 * @param prepare Done first; its result is what the parent is told when the process is ready.
 * @param leave   Done last, when the parent has ended it or is gone.
 */
export async function obey<O>(
  prepare: () => Promise<unknown>,
  carryOut: (order: O) => Promise<unknown>,
  leave?: () => Promise<unknown>,
): Promise<void> {
  process.on('disconnect', () => {
    if (!leave) process.exit();
    void leave().finally(() => process.exit());
  });
  process.on('unhandledRejection', (error) => {
    reply({ failed: `unhandled: ${explain(error)}` });
    process.exitCode = 1;
    process.disconnect();
  });
  process.on('message', (order: O) => void answer(() => carryOut(order)));
  await answer(prepare);
}

async function answer(work: () => Promise<unknown>): Promise<void> {
  try {
    reply({ result: await work() });
  } catch (error) {
    reply({ failed: explain(error) });
  }
}

function reply(reply: Reply): void {
  if (process.connected) process.send!(reply);
}

/** In one line: it is shown in a row of a table. */
function explain(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split('\n')[0]!;
}
