import { simulate } from './simulate.js';
import type { TestMesh } from './test-mesh.js';

const variables = ['SKERRY_SEED', 'SKERRY_SEEDS'] as const;

describe('a simulation', () => {
  const before = variables.map((name) => [name, process.env[name]] as const);

  beforeEach(() => {
    for (const name of variables) delete process.env[name];
  });

  afterAll(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  /** Fails with every seed whose chance is below a tenth. */
  const lucky = async (mesh: TestMesh): Promise<void> => {
    await mesh.run(1_000);
    mesh.note('about to draw');
    if (mesh.clock.random() < 0.1) throw new Error('out of luck');
  };

  test('runs the scenario once for each seed, and the first one twice', async () => {
    const seeds: number[] = [];
    const result = await simulate({ name: 'counted', seeds: 4 }, async (mesh) => {
      seeds.push(mesh.seed);
      await mesh.run(500);
    });
    expect(seeds).toEqual([1, 1, 2, 3, 4]);
    expect(result).toEqual({ seeds: 4, virtualMs: 2_000 });
  });

  test('stops at the first seed that fails, says how to replay it, and does', async () => {
    const error = await simulate({ name: 'luck', seeds: 1_000 }, lucky).catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'SKERRY_TEST_SIMULATION_FAILED', cause: { message: 'out of luck' } });
    const { message, details } = error as unknown as { message: string; details: { seed: number; digest: string } };
    expect(message).toContain('about to draw');
    expect(message).toContain(`SKERRY_SEED=${details.seed} npm test`);

    process.env['SKERRY_SEED'] = String(details.seed);
    const again = await simulate({ name: 'luck', seeds: 1_000 }, lucky).catch((caught: unknown) => caught as Error);
    expect(again).toMatchObject({ details });
    process.env['SKERRY_SEED'] = String(details.seed - 1);
    await expect(simulate({ name: 'luck', seeds: 1_000 }, lucky)).resolves.toMatchObject({ seeds: 1 });
  });

  test('fails where a seed has two histories, and shows where they part', async () => {
    let runs = 0;
    const forgetful = async (mesh: TestMesh): Promise<void> => {
      mesh.note('the same');
      mesh.note(`run ${++runs}`);
    };
    await expect(simulate({ name: 'forgetful', seeds: 3 }, forgetful)).rejects.toMatchObject({
      code: 'SKERRY_TEST_NOT_REPEATABLE',
      message: expect.stringMatching(/run 1\n.*run 2/),
    });
  });

  test('runs as many seeds as SKERRY_SEEDS says, and refuses what is no number', async () => {
    process.env['SKERRY_SEEDS'] = '3';
    await expect(simulate({ name: 'more' }, (mesh) => mesh.run(1))).resolves.toMatchObject({ seeds: 3 });
    process.env['SKERRY_SEED'] = 'seven';
    await expect(simulate({ name: 'more' }, (mesh) => mesh.run(1))).rejects.toMatchObject({
      code: 'SKERRY_OPTION_INVALID',
    });
  });
});
