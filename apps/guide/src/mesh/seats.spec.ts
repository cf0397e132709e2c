import { Store, type SkerryError } from '@skerry/core';
import { simulate, TestMesh } from '@skerry/testing';
import { DeskModule, GuestsModule, SeatsModule, Taken, type Desk, type Seats } from './seats.js';

const codeOf = (error: SkerryError): string => error.code;

describe('many services in one test', () => {
  // #region first
  test('a desk finds another node when one is gone', async () => {
    const mesh = await TestMesh.create({ seed: 7 });
    const [first] = await mesh.start('seats', SeatsModule, { instances: 3 });
    const [desk] = await mesh.start('desk', DeskModule);

    first!.crash({ silently: true });
    const owner = desk!.client<Desk>('desk').sell({ seat: 1, guest: 'Ada' });
    // Lets time pass until it is there: seconds, of which the test takes none.
    await expect(mesh.result(owner)).resolves.toBe('Ada');

    await mesh.run(3_600_000);
    expect(mesh.registry.nodes('seats')).toHaveLength(2);
    await mesh.close();
  });
  // #endregion first

  test('what is cut arrives when that is over, unless its deadline came first', async () => {
    const mesh = await TestMesh.create();
    await mesh.start('seats', SeatsModule);
    const [desk] = await mesh.start('desk', DeskModule);
    // #region faults
    mesh.latency({ to: 'seats', ms: [20, 80] });
    mesh.loss({ from: 'desk', share: 0.05 });
    const mend = mesh.partition(['seats-1'], ['desk', 'store']);
    mesh.node('seats-1').freeze();
    mesh.registry.stop();
    await mesh.run(2_000);
    mesh.registry.resume();
    mesh.node('seats-1').thaw();
    mend();
    // #endregion faults
    await expect(mesh.result(desk!.client<Seats>('seats').book({ seat: 2, guest: 'Ada' }))).resolves.toBe('Ada');
    await mesh.close();
  });

  // #region simulate
  test(
    'no seat is sold twice',
    () =>
      simulate({ name: 'no seat is sold twice', seeds: 20, faults: 'chaos' }, async (mesh) => {
        await mesh.start('seats', SeatsModule, { instances: 3 });
        await mesh.start('desk', DeskModule, { instances: 2 });
        const [guests] = await mesh.start('guests', GuestsModule);
        // Faults come and go by chance, and leave those alone who ask.
        mesh.chaos({ spare: ['guests'] });

        const desk = guests!.client<Desk>('desk', { timeoutMs: 10_000 });
        const owners = new Map<number, Set<string>>();
        const sold = (seat: number): Set<string> => owners.get(seat) ?? new Set();
        mesh.always('a seat has one owner', () => [...owners.values()].every(({ size }) => size === 1));

        let calls = 0;
        const end = mesh.every(100, async () => {
          const [seat, guest] = [calls % 20, `guest ${calls++ % 7}`];
          // Whoever is told nothing may have the seat, and knows that.
          const owner = await desk.sell({ seat, guest }).catch(codeOf);
          if (owner === guest) owners.set(seat, sold(seat).add(guest));
          else if (owner === Taken.code) mesh.note(`${guest} comes too late for ${seat}`);
        });
        await mesh.run(10_000);
        end();

        await mesh.calm();
        for (const [seat, [owner]] of owners) {
          const kept = await mesh.result(mesh.node('seats-1').get(Store).get<string>(`seat/${seat}`));
          expect(kept?.value).toBe(owner);
        }
        expect(owners.size).toBeGreaterThan(0);
      }),
    120_000,
  );
  // #endregion simulate
});
