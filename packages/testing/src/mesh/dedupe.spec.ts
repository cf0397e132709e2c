import { Broker, Clock, Module, Service, SkerryError, Store, Subscribe, Topic } from '@skerry/core';
import type { NodeClock } from './node-clock.js';
import { simulate } from './simulate.js';
import type { TestMesh } from './test-mesh.js';

class Payment {
  id!: number;
}
const payments = new Topic('payments', Payment);
const common = { attempts: 1_000, backoff: { firstMs: 100, mostMs: 2_000 } } as const;

interface Effect {
  readonly id: number;
  readonly node: string;
  readonly atMs: number;
}
let effects: Effect[] = [];
let mesh: TestMesh;

@Service('bank')
class Bank {
  constructor(
    private readonly clock: Clock,
    private readonly store: Store,
  ) {}

  @Subscribe(payments, { queue: 'paid', dedupe: true, ...common })
  async pay({ id }: Payment): Promise<void> {
    await this.clock.sleep(id % 40);
    effects.push({ id, node: (this.clock as NodeClock).node, atMs: mesh.nowMs });
  }

  /** Its effect and the record of it are one step. */
  @Subscribe(payments, { queue: 'booked', ...common })
  async book({ id }: Payment): Promise<void> {
    const sum = await this.store.get<number>('sum');
    try {
      await this.store.batch([
        { type: 'put', key: `booked/${id}`, value: true, ifAbsent: true },
        {
          type: 'put',
          key: 'sum',
          value: (sum?.value ?? 0) + 1,
          ...(sum ? { ifVersion: sum.version } : { ifAbsent: true }),
        },
      ]);
    } catch (error) {
      const conflict = SkerryError.is(error) && error.code === 'SKERRY_STORE_CONFLICT';
      if (!conflict || !(await this.store.get(`booked/${id}`))) throw error;
    }
  }
}

@Module({ providers: [Bank] })
class BankModule {}
@Module()
class CallerModule {}

const patienceMs = 3_600_000;
const weights = { crash: 2, vanish: 1, freeze: 2, slow: 1, cutServer: 4, broker: 3, store: 3 };
const faults = { latencyMs: [0.2, 20], loss: 0.01, duplicates: 0.2, reorder: 0.1, resets: 0.01 } as const;

/** The mesh's own words for the end of a node in the middle of its work. */
const ends = /^crashes|^is gone/;

test(
  'what is delivered again has its effect once, except where a node ends between the effect and the record',
  async () => {
    const name = 'what is delivered again has its effect once';
    await simulate({ name, seeds: 200, faults }, async (given) => {
      [mesh, effects] = [given, []];
      const nodes = await mesh.start('bank', BankModule, { instances: 3 });
      const [caller] = await mesh.start('caller', CallerModule);
      let [published, taken] = [0, 0];
      const publish = async (id: number): Promise<void> => {
        for (;;) {
          try {
            await caller!.get(Broker).publish(payments, { id }, { messageId: `payment-${id}` });
            taken++;
            return;
          } catch {
            await mesh.clock.sleep(500);
          }
        }
      };
      const end = mesh.every(200, () => publish(++published));
      mesh.chaos({ spare: ['caller'], everyMs: [100, 1_500], lastsMs: [100, 8_000], weights });
      await mesh.run(10_000);
      end();
      await mesh.calm();
      mesh.rates({ duplicates: 0, resets: 0, reorder: 0 });
      await mesh.until(() => taken === published);
      const paid = (): number => new Set(effects.map(({ id }) => id)).size;
      // The broker has to take those for lost that are gone, and then the leases of those end that crashed.
      await mesh.until(() => paid() === published, { withinMs: 100_000, what: 'all payments' });
      const store = nodes[0]!.get(Store);
      const sum = async (): Promise<number> => (await mesh.result(store.get<number>('sum')))?.value ?? 0;
      for (let patience = 60; patience > 0 && (await sum()) < published; patience--) await mesh.run(1_000);
      // What comes again would by now.
      await mesh.run(11_000);
      expect(await sum()).toBe(published);
      for (let id = 1; id <= published; id++) {
        const had = effects.filter((each) => each.id === id);
        expect(had.length).toBeGreaterThanOrEqual(1);
        const unexcused = had
          .slice(0, -1)
          .filter(
            ({ node, atMs }) =>
              !mesh.history.events.some(
                (event) =>
                  event.node === node && ends.test(event.what) && event.atMs >= atMs && event.atMs <= atMs + 40_000,
              ),
          );
        expect({ id, unexcused, had: unexcused.length > 0 ? had : [] }).toEqual({ id, unexcused: [], had: [] });
      }
    });
  },
  patienceMs,
);
