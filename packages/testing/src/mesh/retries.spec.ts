import { Clock, Context, Handler, Module, Service, SkerryError, type Client } from '@skerry/core';
import type { MeshNode } from './mesh-node.js';
import { simulate } from './simulate.js';
import type { TestMesh } from './test-mesh.js';

interface Call {
  readonly kind: 'often' | 'once';
  readonly ran: string[];
  error?: SkerryError;
  done?: boolean;
}

let calls: Call[] = [];
/** Whether the handlers answer that trying again may help. */
let busy = false;
/** How something ran that must not run again. */
let twice: string[] | undefined;

@Service('work')
class Work {
  constructor(private readonly clock: Clock) {}

  @Handler({ idempotent: true, request: Number })
  async often(id: number, context: Context): Promise<number> {
    return this.run(id, context);
  }

  @Handler({ request: Number })
  async once(id: number, context: Context): Promise<number> {
    return this.run(id, context);
  }

  private async run(id: number, context: Context): Promise<number> {
    const { kind, ran } = calls[id]!;
    ran.push(`attempt ${context.attempt} at ${this.clock.now()}`);
    if (kind === 'once' && ran.length > 1) twice = ran;
    if (id % 3 === 0) await this.clock.sleep(id % 80, context.signal);
    if (busy) throw new SkerryError('WORK_BUSY', 'try again', { status: 'UNAVAILABLE', retryable: true });
    return id;
  }
}

@Module({ providers: [Work] })
class WorkModule {}
@Module()
class CallerModule {}

/** Calls of one kind after the other, each of which is known by its place in {@link calls}. */
function load(mesh: TestMesh, caller: MeshNode, kind: Call['kind'], everyMs: number, timeoutMs: number): () => void {
  const client = caller.client<Work>('work', { timeoutMs, retries: 10 }) as Client<Work>;
  return mesh.every(everyMs, async () => {
    const call: Call = { kind, ran: [] };
    const id = calls.push(call) - 1;
    try {
      await client[kind](id);
      call.done = true;
    } catch (error) {
      call.error = error as SkerryError;
    }
  });
}

const open = (): number => calls.filter(({ done, error }) => !done && !error).length;
const weights = { crash: 3, vanish: 2, stop: 2, freeze: 3, slow: 2, partition: 3, reset: 3 };

// A history takes less than 0.1 s of a processor; more of them can be asked for.
const patienceMs = 3_600_000;

describe('calls that fail', () => {
  test(
    'succeed where they are idempotent, as long as other nodes live; others run at most once',
    async () => {
      const name = 'succeed where they are idempotent';
      await simulate({ name, seeds: 200, faults: { latencyMs: [0.2, 10], loss: 0.01 } }, async (mesh) => {
        [calls, busy, twice] = [[], false, undefined];
        await mesh.start('work', WorkModule, { instances: 3 });
        const [caller] = await mesh.start('caller', CallerModule, { retryBudget: { minPerSecond: 100 } });
        mesh.always('what is not idempotent runs at most once', () => twice === undefined);
        const ends = [load(mesh, caller!, 'often', 97, 20_000), load(mesh, caller!, 'once', 113, 20_000)];
        mesh.chaos({ spare: ['caller'], everyMs: [100, 2_000], lastsMs: [100, 8_000], weights });
        await mesh.run(12_000);
        ends.forEach((end) => end());
        await mesh.calm();
        await mesh.until(() => open() === 0);
        const failed = calls.filter(({ kind, error }) => kind === 'often' && error);
        expect(failed.map(({ error }) => `${error!.code}: ${error!.message}`)).toEqual([]);
        for (const { kind, ran, error } of calls) {
          if (kind === 'often') continue;
          if (!error) expect(ran).toHaveLength(1);
          // Whoever is told that trying again is safe may do so.
          else if (error.retryable) expect({ ran, error: error.message }).toMatchObject({ ran: [] });
        }
      });
    },
    patienceMs,
  );

  test(
    'add no more to the load than the budget says',
    async () => {
      const name = 'add no more to the load than the budget says';
      await simulate({ name, seeds: 20, faults: { latencyMs: [0.2, 10], loss: 0.01 } }, async (mesh) => {
        [calls, busy, twice] = [[], false, undefined];
        await mesh.start('work', WorkModule, { instances: 3 });
        const [caller] = await mesh.start('caller', CallerModule, { retryBudget: { percent: 20, minPerSecond: 0.1 } });
        const end = load(mesh, caller!, 'often', 20, 5_000);
        mesh.chaos({ spare: ['caller'], everyMs: [100, 2_000], lastsMs: [100, 8_000], weights });
        await mesh.run(2_000);
        busy = true;
        await mesh.run(6_000);
        busy = false;
        end();
        await mesh.calm();
        await mesh.until(() => open() === 0);
        const runs = calls.reduce((sum, { ran }) => sum + ran.length, 0);
        expect(runs).toBeLessThanOrEqual(calls.length * 1.2 + 1);
      });
    },
    patienceMs,
  );
});
