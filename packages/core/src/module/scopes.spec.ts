import { Injectable, InjectLazy } from '../container/injectable.js';
import type { Provider, Scope } from '../container/provider.js';
import { moduleClass, problemOf, problemsOf } from './fixtures/application.js';

const made = (provide: string, scope: Scope, ...inject: string[]) => ({
  provide,
  useFactory: () => provide,
  scope,
  inject,
});
const app = (...providers: Provider[]) => moduleClass('AppModule', { providers });

@Injectable({ scope: 'request' })
class CurrentUser {}

describe('a singleton that would keep what lives for one request', () => {
  test('is refused, with both ways out', async () => {
    @Injectable()
    class Permissions {
      constructor(readonly user: CurrentUser) {}
    }
    const problem = await problemOf(app(CurrentUser, Permissions));
    expect(problem).toMatchObject({
      code: 'SKERRY_DI_SCOPE_CAPTURE',
      message:
        'Cannot create Permissions: it lives as long as the application and would keep CurrentUser, which lives for one request (constructor parameter 0, "user").',
      path: ['AppModule', 'Permissions', 'CurrentUser'],
      found: ['CurrentUser is request-scoped in AppModule'],
      fix: "inject it lazily, @InjectLazy(() => CurrentUser), and get() it in a handler; or let Permissions live for one request too: { scope: 'request' }",
    });
  });

  test('is refused through transients and other names', async () => {
    const alias = { provide: 'alias', useExisting: 'form' };
    const problem = await problemOf(
      app(made('audit', 'singleton', 'alias'), alias, made('form', 'transient', 'user'), made('user', 'request')),
    );
    expect(problem).toMatchObject({
      code: 'SKERRY_DI_SCOPE_CAPTURE',
      path: ['AppModule', "'audit'", "'alias'", "'form'", "'user'"],
      fix: expect.stringContaining("inject: [{ token: 'alias', lazy: true }]") as string,
    });
  });

  test('is refused once for each parameter', async () => {
    const providers = [made('user', 'request'), made('cart', 'request'), made('audit', 'singleton', 'user', 'cart')];
    const slots = (await problemsOf(app(...providers))).map(({ message }) => /\((.*)\)/.exec(message)?.[1]);
    expect(slots).toEqual(['factory parameter 0', 'factory parameter 1']);
  });

  test('is refused among several', async () => {
    const parts = [
      { ...made('parts', 'singleton'), multi: true },
      { ...made('parts', 'request'), multi: true },
    ];
    expect((await problemOf(app(...parts, made('whole', 'singleton', 'parts')))).code).toBe('SKERRY_DI_SCOPE_CAPTURE');
  });

  test('is a module class as well', async () => {
    const Needy = moduleClass('Needy', { providers: [CurrentUser] });
    Reflect.defineMetadata('design:paramtypes', [CurrentUser], Needy);
    expect((await problemOf(Needy)).message).toMatch(/^Cannot create Needy: it lives as long as the application/);
  });
});

describe('no singleton is concerned', () => {
  test.each([
    ['by what lives as long', [made('user', 'request'), made('cart', 'request', 'user')]],
    ['by transients that nobody keeps', [made('user', 'request'), made('form', 'transient', 'user')]],
    ['by a request’s use of singletons', [made('store', 'singleton'), made('cart', 'request', 'store')]],
    [
      'by transients in what lives for one request',
      [made('user', 'request'), made('form', 'transient', 'user'), made('cart', 'request', 'form')],
    ],
  ])('%s', async (_, providers) => {
    expect(await problemsOf(app(...providers))).toEqual([]);
  });

  test('by a lazy reference', async () => {
    @Injectable()
    class Audit {
      constructor(@InjectLazy(CurrentUser) readonly user: unknown) {}
    }
    expect(await problemsOf(app(CurrentUser, Audit))).toEqual([]);
  });
});
