import fc from 'fast-check';
import { SystemClock } from '../clock/system-clock.js';
import type { Container } from '../container/container.js';
import type { Lazy } from '../container/lazy.js';
import type { Provider, Scope } from '../container/provider.js';
import { Context } from '../context/context.js';
import { builtIn, problemsOf, start, type Running } from './fixtures/application.js';
import type { ProviderNode } from './graph.js';
import { Module } from './module.js';
import { verify } from './verify.js';

interface AnyDependency {
  readonly token: string;
  readonly optional: boolean;
  readonly lazy: boolean;
}

interface AnyProvider {
  readonly token: string;
  readonly kind: 'value' | 'factory' | 'existing';
  readonly scope: Scope;
  readonly multi: boolean;
  readonly fallback: boolean;
  readonly inject: readonly AnyDependency[];
}

interface AnyModule {
  readonly global: boolean;
  readonly imports: readonly number[];
  readonly providers: readonly AnyProvider[];
  readonly exports: readonly string[];
  /** Of the imports, those that are exported as a whole. */
  readonly reexports: readonly boolean[];
}

const tokens = ['a', 'b', 'c', 'd', 'e'];
const token = fc.constantFrom(...tokens);
const rarely = fc.integer({ min: 0, max: 7 }).map((drawn) => drawn === 7);
const sometimes = fc.integer({ min: 0, max: 2 }).map((drawn) => drawn === 2);

const provider: fc.Arbitrary<AnyProvider> = fc.record({
  token,
  kind: fc.constantFrom('value', 'factory', 'factory', 'existing'),
  scope: fc.constantFrom<Scope[]>('singleton', 'singleton', 'transient', 'request'),
  multi: rarely,
  fallback: rarely,
  inject: fc.array(fc.record({ token, optional: sometimes, lazy: sometimes }), { maxLength: 4 }),
});

const application: fc.Arbitrary<readonly AnyModule[]> = fc.integer({ min: 1, max: 4 }).chain((size) =>
  fc.array(
    fc.record({
      global: rarely,
      imports: fc.uniqueArray(fc.nat({ max: size - 1 }), { maxLength: 3 }),
      providers: fc.uniqueArray(provider, { maxLength: 5, selector: (each) => (each.multi ? each : each.token) }),
      exports: fc.uniqueArray(token, { maxLength: 2 }),
      reexports: fc.array(sometimes, { minLength: 3, maxLength: 3 }),
    }),
    { minLength: size, maxLength: size },
  ),
);

/** What an instance is made of: which provider it comes from, and what that was given. */
interface Made {
  readonly from: string;
  readonly given: readonly unknown[];
}

/** Module classes for the sketch; the first is the root. Providers are called by module and position: `0.2`. */
function build(sketch: readonly AnyModule[]): (new () => object)[] {
  const classes = sketch.map((_, index) => ({ [`M${index}`]: class {} })[`M${index}`]!);
  sketch.forEach(({ global, imports, providers, exports, reexports }, index) => {
    Module({
      global,
      imports: imports.map((each) => () => classes[each]!),
      providers: providers.map((each, position) => declared(each, `${index}.${position}`)),
      exports: [...exports, ...imports.filter((_, position) => reexports[position]).map((each) => classes[each]!)],
    })(classes[index]!);
  });
  return classes;
}

function declared({ token: provide, kind, scope, multi, fallback, inject }: AnyProvider, from: string): Provider {
  const common = { provide, multi, fallback };
  if (kind === 'value') return { ...common, useValue: { from, given: [] } satisfies Made };
  if (kind === 'existing') return { ...common, useExisting: inject[0]?.token ?? provide };
  return { ...common, scope, inject, useFactory: (...given: unknown[]): Made => ({ from, given }) };
}

/** The rules of the module graph once more, written down as plainly as possible and as slowly as need be. */
class Rules {
  readonly reached: readonly number[];
  private readonly exported = new Map<number, Set<string>>();

  constructor(private readonly sketch: readonly AnyModule[]) {
    const reached = new Set([0]);
    for (const each of reached) for (const imported of sketch[each]!.imports) reached.add(imported);
    this.reached = [...reached];
    for (const each of reached) this.exported.set(each, new Set());
    for (let round = 0; round <= sketch.length * 25; round++) {
      for (const each of reached) for (const name of this.exportsNow(each)) this.exported.get(each)!.add(name);
    }
  }

  provider(name: string): AnyProvider {
    const [module, position] = name.split('.').map(Number);
    return this.sketch[module!]!.providers[position!]!;
  }

  private of(module: number, wanted: string): string[] {
    const all = this.sketch[module]!.providers.map((each, position) => ({ each, name: `${module}.${position}` }));
    return all.filter(({ each }) => each.token === wanted).map(({ name }) => name);
  }

  private among(modules: readonly number[], wanted: string): string[] {
    const names = modules.flatMap((module) => [...this.exported.get(module)!]);
    return [...new Set(names.filter((name) => this.provider(name).token === wanted))];
  }

  private meantBy(module: number, wanted: string): string[] {
    const own = this.of(module, wanted);
    return own.length > 0 ? own : this.among(this.sketch[module]!.imports, wanted);
  }

  private exportsNow(module: number): string[] {
    const { imports, exports, reexports } = this.sketch[module]!;
    const whole = imports.filter((_, position) => reexports[position]).flatMap((each) => [...this.exported.get(each)!]);
    return [...exports.flatMap((wanted) => this.meantBy(module, wanted)), ...whole];
  }

  see(module: number, wanted: string): { kind: 'one' | 'many' | 'none' | 'ambiguous'; names: string[] } {
    const globals = this.reached.filter((each) => this.sketch[each]!.global);
    const distances = [
      this.of(module, wanted),
      this.among(this.sketch[module]!.imports, wanted),
      this.among(globals, wanted),
    ];
    const everything = [...new Set(distances.flat())];
    const firm = everything.filter((name) => !this.provider(name).fallback);
    const chosen = firm.length > 0 ? firm : everything;
    if (chosen.length === 0) return { kind: 'none', names: [] };
    if (chosen.every((name) => this.provider(name).multi)) return { kind: 'many', names: chosen };
    if (chosen.some((name) => this.provider(name).multi)) return { kind: 'ambiguous', names: chosen };
    const nearest = distances
      .map((names) => names.filter((name) => chosen.includes(name)))
      .find((names) => names.length > 0)!;
    return { kind: nearest.length === 1 ? 'one' : 'ambiguous', names: nearest };
  }

  dependencies(name: string): readonly AnyDependency[] {
    const { kind, inject, token: own } = this.provider(name);
    if (kind === 'value') return [];
    return kind === 'factory' ? inject : [{ token: inject[0]?.token ?? own, optional: false, lazy: false }];
  }

  scope(name: string): Scope {
    const { kind, scope } = this.provider(name);
    return kind === 'value' ? 'singleton' : kind === 'existing' ? 'transient' : scope;
  }

  /** Whether the application can be created. */
  allow(): boolean {
    const names = this.reached.flatMap((module) => this.sketch[module]!.providers.map((_, at) => `${module}.${at}`));
    const exportsExist = this.reached.every((module) =>
      this.sketch[module]!.exports.every((wanted) => this.meantBy(module, wanted).length > 0),
    );
    return (
      exportsExist && names.every((name) => this.resolves(name) && !this.needs(name, name) && !this.captures(name))
    );
  }

  private resolves(name: string): boolean {
    return this.dependencies(name).every(({ token: wanted, optional }) => {
      const { kind } = this.see(Number(name.split('.')[0]), wanted);
      return kind === 'one' || kind === 'many' || (kind === 'none' && optional);
    });
  }

  private next(name: string): string[] {
    const module = Number(name.split('.')[0]);
    return this.dependencies(name).flatMap((each) => (each.lazy ? [] : this.see(module, each.token).names));
  }

  private needs(from: string, to: string): boolean {
    const reached = new Set(this.next(from));
    for (const each of reached) for (const further of this.next(each)) reached.add(further);
    return reached.has(to);
  }

  private captures(name: string): boolean {
    if (this.scope(name) !== 'singleton') return false;
    const held = new Set(this.next(name));
    for (const each of held)
      if (this.scope(each) === 'transient') for (const further of this.next(each)) held.add(further);
    return [...held].some((each) => this.scope(each) === 'request');
  }
}

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

/** As much of the sketch as the rules allow: mistakes are left out, one by one. */
function mended(sketch: readonly AnyModule[]): readonly AnyModule[] {
  const bare = (each: AnyProvider): AnyProvider =>
    each.kind === 'existing' ? { ...each, kind: 'value' } : { ...each, inject: [] };
  let kept = sketch.map((module) => ({ ...module, exports: [] as string[], providers: module.providers.map(bare) }));
  const attempt = (change: (module: AnyModule, at: number) => Partial<AnyModule>): void => {
    const changed = kept.map((module, at) => ({ ...module, ...change(module, at) })) as typeof kept;
    if (new Rules(changed).allow()) kept = changed;
  };
  sketch.forEach((module, at) => {
    for (const wanted of module.exports) {
      attempt((each, index) => (index === at ? { exports: [...each.exports, wanted] } : {}));
    }
    module.providers.forEach((whole, position) => {
      const put = (change: (each: AnyProvider) => AnyProvider): void =>
        attempt((each, index) =>
          index === at
            ? { providers: each.providers.map((old, place) => (place === position ? change(old) : old)) }
            : {},
        );
      if (whole.kind === 'existing') put(() => whole);
      else for (const each of whole.inject) put((old) => ({ ...old, inject: [...old.inject, each] }));
    });
  });
  return kept;
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
    console.log(outcomes);expect(Math.min(outcomes.accepted, outcomes.rejected)).toBeGreaterThan(10);
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
    console.log(checked); expect(checked).toBeGreaterThan(200);
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
