import {
  Clients,
  clientToken,
  GraphError,
  nearest,
  SkerryError,
  tokenKey,
  tokenName,
  type AbstractClass,
  type Application,
  type Provider,
  type Token,
} from '@skerry/core';
import type { ClientDouble } from './client-double.js';
import { Double } from './double.js';

/** The doubles of one application. */
export class Doubles {
  /** Whether whatever nothing provides gets one. */
  missing = false;
  private readonly byToken = new Map<unknown, { readonly name: string; readonly double: Double }>();
  private readonly byService = new Map<string, ClientDouble>();

  add(token: Token, behaviour?: object): Provider {
    const type = typeof token === 'function' ? token : undefined;
    const double = new Double(type, behaviour);
    this.byToken.set(tokenKey(token), { name: tokenName(token), double });
    return { provide: token, useValue: double.instance };
  }

  addClient(double: ClientDouble): void {
    this.byService.set(double.service, double);
  }

  /** For tokens that nothing provides: a double where one was asked for. */
  standIn(token: Token): Provider | undefined {
    const known = this.byToken.get(tokenKey(token));
    if (known) return { provide: token, useValue: known.double.instance };
    // Of what the compiler writes for a type that is no class, nothing sensible can be made.
    return this.missing && !primitives.has(token as AbstractClass) ? this.add(token) : undefined;
  }

  /** Throws `SKERRY_TEST_NOT_DOUBLED`. */
  of<T>(token: Token<T>): Double<T> {
    const found = this.byToken.get(tokenKey(token));
    if (found) return found.double as Double<T>;
    const names = [...this.byToken.values()].map(({ name }) => name);
    throw notDoubled(tokenName(token), names, `double it: TestApp.create(...).double(${tokenName(token)})`);
  }

  /** Throws `SKERRY_TEST_NOT_DOUBLED`. */
  ofClient(service: string): ClientDouble {
    const found = this.byService.get(service);
    if (found) return found;
    const fix = `double it: TestApp.create(...).overrideClient('${service}').useDouble()`;
    throw notDoubled(`the client of '${service}'`, [...this.byService.keys()], fix);
  }

  /** Clients that give the doubles, however they are asked for. */
  clients(real: Clients): Clients {
    if (this.byService.size === 0) return real;
    const of = (service: string, ...options: unknown[]): unknown =>
      this.byService.get(service)?.client ?? real.of(service, ...(options as []));
    return new Proxy(real, {
      get: (target, key) => {
        if (key === 'of') return of;
        const member = Reflect.get(target, key, target) as unknown;
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
  }

  /** Throws a `GraphError` for doubled clients that nothing in the application can ask for. */
  checkUse({ name, graph }: Application): void {
    const edges = graph.providers.flatMap((provider) => (provider.module.builtIn ? [] : provider.edges));
    const asked = edges.flatMap(({ parameter: { token } }) => (token ? [tokenKey(token)] : []));
    // By names that are made at run time: nobody can tell.
    if (asked.includes(tokenKey(Clients))) return;
    const used = new Set(asked);
    const unused = [...this.byService.keys()].filter((service) => !used.has(tokenKey(clientToken(service))));
    if (unused.length === 0) return;
    const injected = edges.flatMap(
      ({ parameter: { token } }) => /^the client of '(.*)'$/.exec(token ? tokenName(token) : '')?.[1] ?? [],
    );
    throw new GraphError(
      name,
      unused.map((service) => ({
        code: 'SKERRY_DI_UNUSED_OVERRIDE',
        message: `Cannot override the client of '${service}': nothing in ${name} injects it.`,
        path: [name],
        found: nearest(service, [...new Set(injected)]).map((candidate) => `the client of '${candidate}' is injected`),
        fix: 'remove the override, or override a client that the application really injects',
      })),
    );
  }
}

const primitives: ReadonlySet<AbstractClass> = new Set<AbstractClass>([
  ...[String, Number, Boolean, Object, Array, Function, Symbol, BigInt].map((each) => each as unknown as AbstractClass),
]);

function notDoubled(name: string, names: readonly string[], fix: string): SkerryError {
  const near = nearest(name, names);
  const hint = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
  return new SkerryError(
    'SKERRY_TEST_NOT_DOUBLED',
    `Cannot give the double of ${name}: it is not doubled; ${fix}.${hint}`,
  );
}
