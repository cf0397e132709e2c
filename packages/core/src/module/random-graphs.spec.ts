import fc from 'fast-check';
import { SystemClock } from '../clock/system-clock.js';
import type { Container } from '../container/container.js';
import type { Lazy } from '../container/lazy.js';
import { Context } from '../context/context.js';
import { builtIn, problemsOf, start, type Running } from './fixtures/application.js';
import { application, build, tokens, type Made } from './fixtures/random-application.js';
import { mended, Rules } from './fixtures/rules.js';
import type { ProviderNode } from './graph.js';
import { verify } from './verify.js';

/**
 * Each provider's given dependencies are what the module sees: the same instances, or new ones of the same provider. Gives
 * how many there were.
 */
function expectWiring(
  { graph, container }: Running,
  nameOf: (node: ProviderNode) => string | undefined,
  rules: Rules,
): number {
  let checked = 0;
  for (const node of graph.providers) {
    const name = nameOf(node);
    if (name === undefined || rules.provider(name).kind !== 'factory') continue;
    const { from, given } = container.get(node.id) as Made;
    expect(from).toBe(name);
    for (const [index, { token: wanted, lazy }] of rules.dependencies(name).entries()) {
      const sight = graph.visibility.see(node.module, wanted);
      const value = lazy && given[index] ? (given[index] as Lazy<unknown>).get() : given[index];
      const expected = sight.kind === 'one' ? [sight.provider] : sight.kind === 'many' ? sight.providers : [];
      const values = sight.kind === 'many' ? (value as unknown[]) : expected.length === 0 ? [] : [value];
      expect(values).toHaveLength(expected.length);
      if (expected.length === 0) expect(value).toBeUndefined();
      expected.forEach((each, at) => expectSame(values[at], each, container));
      checked++;
    }
  }
  return checked;
}

function expectSame(value: unknown, provider: ProviderNode, container: Container): void {
  const again = container.get(provider.id) as Made;
  expect((value as Made).from ?? value).toEqual(again.from ?? again);
  if (provider.scope !== 'transient') expect(value).toBe(again);
}

const nameIn =
  (classes: readonly object[]) =>
  (node: ProviderNode): string | undefined => {
    const module = classes.indexOf(node.module.type);
    const own = module >= 0 && node.token !== node.module.type;
    return own ? `${module}.${node.module.providers.indexOf(node)}` : undefined;
  };

describe('a random module graph', () => {
  test('is accepted exactly when the rules allow it, and otherwise has problems', async () => {
    const outcomes = { accepted: 0, rejected: 0 };
    await fc.assert(
      fc.asyncProperty(application, async (sketch) => {
        const problems = await problemsOf(build(sketch)[0]);
        expect(problems.length === 0).toBe(new Rules(sketch).allow());
        for (const { message, fix } of problems) expect(message && fix).not.toBe('');
        outcomes[problems.length === 0 ? 'accepted' : 'rejected']++;
      }),
      { numRuns: 300 },
    );
    // A property that hardly ever meets one of both cases would show nothing.
    expect(Math.min(outcomes.accepted, outcomes.rejected)).toBeGreaterThan(3);
  }, 60_000);

  test('that is accepted is created, and every instance gets what its module sees', async () => {
    let checked = 0;
    await fc.assert(
      fc.asyncProperty(application.map(mended), async (sketch) => {
        const rules = new Rules(sketch);
        const classes = build(sketch);
        const app = await start(classes[0]);
        const context = new Context(new SystemClock(), { deadline: Infinity });
        checked += context.run(() => expectWiring(app, nameIn(classes), rules));
      }),
      { numRuns: 200 },
    );
    expect(checked).toBeGreaterThan(200);
  }, 60_000);

  test('is seen by each module as the rules say', async () => {
    await fc.assert(
      fc.asyncProperty(application.map(mended), async (sketch) => {
        const rules = new Rules(sketch);
        const classes = build(sketch);
        const { modules, visibility } = await verify(classes[0], { builtIn });
        const nameOf = nameIn(classes);
        for (const node of modules) {
          const module = classes.indexOf(node.type as new () => object);
          for (const wanted of module < 0 ? [] : tokens) {
            const sight = visibility.see(node, wanted);
            const seen = sight.kind === 'one' ? [sight.provider] : sight.kind === 'none' ? [] : sight.providers;
            const { kind, names } = rules.see(module, wanted);
            expect({ kind: sight.kind, names: seen.map(nameOf).sort() }).toEqual({ kind, names: names.sort() });
          }
        }
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});
