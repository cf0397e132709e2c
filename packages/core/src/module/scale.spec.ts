import { InjectionToken } from '../container/token.js';
import { moduleClass, problemsOf, start } from './fixtures/application.js';

/** Tokens that count how often they are compared: a measure of work that does not depend on the machine. */
function countingTokens() {
  let comparisons = 0;
  const token = (name: string): InjectionToken<number> => {
    const made = new InjectionToken<number>(name);
    Object.defineProperty(made, 'key', { get: () => (comparisons++, made) });
    return made;
  };
  return { token, comparisons: () => comparisons };
}

/** Each module provides `width` tokens, exports them all, and needs three for each of its own from the modules before. */
function layered(layers: number, width: number) {
  const { token, comparisons } = countingTokens();
  const modules: (new () => object)[] = [];
  let before: InjectionToken<number>[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const tokens = Array.from({ length: width }, (_, index) => token(`T${layer}.${index}`));
    const needs = before;
    const providers = tokens.map((provide, index) => ({
      provide,
      useFactory: (...given: number[]) => given.reduce((sum, each) => sum + each, 1),
      inject: needs.length > 0 ? [0, 1, 2].map((step) => needs[(index + step) % width]!) : [],
    }));
    modules.push(moduleClass(`Layer${layer}`, { imports: modules.slice(-1), providers, exports: tokens }));
    before = tokens;
  }
  return { root: moduleClass('AppModule', { imports: modules }), last: before, comparisons };
}

test('a graph of 2,000 providers costs a few comparisons for each provider and parameter', async () => {
  const [layers, width] = [20, 100];
  const { root, last, comparisons } = layered(layers, width);
  const app = await start(root);
  expect(app.graph.providers.length).toBeGreaterThan(layers * width);
  expect(app.get(last[0]!)).toBe((3 ** layers - 1) / 2);
  const parameters = (layers - 1) * width * 3;
  expect(comparisons()).toBeLessThan(10 * (layers * width + parameters));
});

test('a chain of 500 modules, each exporting the next, is seen through, in either order', async () => {
  for (const reversed of [false, true]) {
    let inner = moduleClass('Innermost', { providers: [{ provide: 'it', useValue: 'found' }], exports: ['it'] });
    const chain = [inner];
    for (let index = 0; index < 500; index++) {
      inner = moduleClass(`Around${index}`, { imports: [inner], exports: [inner] });
      chain.push(inner);
    }
    const imports = reversed ? chain : [...chain].reverse();
    expect((await start(moduleClass('AppModule', { imports }))).get('it')).toBe('found');
  }
});

test('hundreds of mistakes are all reported', async () => {
  const providers = Array.from({ length: 300 }, (_, index) => ({
    provide: `p${index}`,
    useFactory: () => 1,
    inject: [`q${index}`],
  }));
  expect(await problemsOf(moduleClass('AppModule', { providers }))).toHaveLength(300);
});
