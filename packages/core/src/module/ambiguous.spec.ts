import type { Provider } from '../container/provider.js';
import { moduleClass, problemOf, problemsOf } from './fixtures/application.js';

class Card {}

const given = (useValue: number, more: { multi?: boolean; fallback?: boolean } = {}) => ({
  provide: 'it',
  useValue,
  ...more,
});
const asks = { provide: 'asks', useFactory: () => 1, inject: ['it'] };
const exporting = (name: string, ...providers: Provider[]) => moduleClass(name, { providers, exports: ['it'] });
const app = (imports: readonly (new () => object)[], ...providers: Provider[]) =>
  moduleClass('AppModule', { imports, providers });

describe('several providers of one token', () => {
  test('in one module are ambiguous, and each is named with its recipe', async () => {
    const more = [
      { provide: 'it', useClass: Card },
      { provide: 'it', useFactory: () => 2 },
      { provide: 'it', useExisting: 'asks' },
    ];
    expect(await problemOf(app([], asks, given(1), ...more))).toMatchObject({
      code: 'SKERRY_DI_AMBIGUOUS',
      message: "Cannot create 'asks': 4 providers of 'it' are in sight (factory parameter 0).",
      path: ['AppModule', "'asks'", "'it'"],
      found: ['a value', 'the class Card', 'a factory', 'an existing token'].map(
        (recipe) => expect.stringContaining(`AppModule provides 'it' by ${recipe} (`) as string,
      ),
      fix: 'keep one of them in AppModule.providers, or mark all with multi: true to inject an array',
    });
  });

  test('of two imports are ambiguous', async () => {
    const problem = await problemOf(app([exporting('One', given(1)), exporting('Two', given(2))], asks));
    expect(problem).toMatchObject({
      code: 'SKERRY_DI_AMBIGUOUS',
      found: [expect.stringContaining("One provides 'it'"), expect.stringContaining("Two provides 'it'")],
      fix: "let only one of One, Two export 'it', or provide it in AppModule itself",
    });
  });

  test('that are all fallbacks, at one distance, are ambiguous', async () => {
    const fallback = (value: number) => given(value, { fallback: true });
    expect(await problemsOf(app([exporting('One', fallback(1)), exporting('Two', fallback(2))], asks))).toHaveLength(1);
    expect(await problemsOf(app([exporting('One', fallback(1)), exporting('Two', given(2))], asks))).toEqual([]);
  });

  test('are no problem where nobody asks, or where one is nearer', async () => {
    expect(await problemsOf(app([exporting('One', given(1)), exporting('Two', given(2))]))).toEqual([]);
    expect(await problemsOf(app([exporting('One', given(1)), exporting('Two', given(2))], asks, given(3)))).toEqual([]);
  });
});

describe('a multi provider and a single one', () => {
  const multi = (value: number) => given(value, { multi: true });
  test.each([
    ['in one module', [], [multi(1), given(2)]],
    ['of which the single one is nearer', [exporting('One', multi(1))], [given(2)]],
    ['of which the multi one is nearer', [exporting('One', given(1))], [multi(2)]],
  ])('are ambiguous: %s', async (_, imports, providers) => {
    const problem = await problemOf(app(imports, asks, ...providers));
    expect(problem).toMatchObject({ code: 'SKERRY_DI_AMBIGUOUS', fix: "make all providers of 'it' multi, or none" });
    expect(problem.found.filter((each) => each.includes('by a value, multi'))).toHaveLength(1);
  });
});
