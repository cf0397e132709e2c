import * as core from '@skerry/core';
import {
  Guard,
  Handler,
  Injectable,
  InjectClient,
  InjectLazy,
  Logger,
  Module,
  Service,
  Skerry,
  type Class,
  type Client,
  type Lazy,
  type OnModuleInit,
} from '@skerry/core';
import picocolors from 'picocolors';
import { whyInEach } from './why-in-each.js';
import type { Why } from './why.js';
import { whyText } from './why-text.js';

@Injectable()
class Disk {}

@Injectable()
class Book implements OnModuleInit {
  constructor(
    readonly disk: Disk,
    readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    // Nothing to do.
  }
}

@Injectable()
class Doorman extends Guard {
  override allows(): boolean {
    return true;
  }
}

@Module({ providers: [Disk, { provide: 'limit', useValue: 1 }], exports: [Disk, 'limit'] })
class DiskModule {}

@Module({ imports: [DiskModule], providers: [Book], exports: [Book, DiskModule] })
class BookModule {}

@Service('orders', { guards: [Doorman] })
class Orders {
  constructor(
    readonly book: Book,
    @InjectLazy(Disk) readonly disk: Lazy<Disk>,
    @InjectClient('stock') readonly stock: Client<object>,
  ) {}

  @Handler()
  async place(): Promise<void> {
    // Nothing to place.
  }
}

@Module({
  imports: [DiskModule, BookModule],
  providers: [Orders, Doorman, { provide: 'limit', useValue: 2 }, { provide: 'limits', useExisting: 'limit' }],
})
class OrdersApp {}

async function why(asked: string, root: Class = OrdersApp): Promise<Why> {
  const app = await Skerry.create(root, { env: {} });
  return whyInEach(asked, [{ name: app.name, app, core, shown: '' }])[0]!;
}

const text = async (asked: string): Promise<string> => whyText(await why(asked), picocolors.createColors(false));

test('tells who provides it, by which imports, what it needs, and who needs it, up to the service', async () => {
  const { token, providers, choices } = await why('Disk');
  expect({ token, choices }).toEqual({ token: 'Disk', choices: [] });
  expect(providers).toEqual([
    {
      ...{
        module: 'DiskModule',
        kind: 'class',
        scope: 'singleton',
        multi: false,
        fallback: false,
        seenBy: 'its importers',
      },
      at: expect.stringMatching(/^packages\/cli\/src\/insight\/why\.spec\.ts:2\d$/),
      moduleAt: expect.stringMatching(/why\.spec\.ts:\d+$/),
      paths: [
        ['OrdersApp', 'DiskModule'],
        ['OrdersApp', 'BookModule', 'DiskModule'],
      ],
      ...{ needs: [], hooks: [], chains: [['Orders', 'Book', 'Disk']].slice(1) },
      neededBy: [
        { name: 'Book', module: 'BookModule', lazy: false, stage: false },
        { name: 'Orders', module: 'OrdersApp', lazy: true, stage: false },
      ],
      createdAs: { place: expect.any(Number), of: expect.any(Number) },
    },
  ]);
});

test('for people it is one block', async () => {
  const shown = (await text('book')).replace(/:\d+/g, ':N').replace(/\d+ of \d+/, 'N of M');
  expect(shown).toBe(`Book  class, singleton
  at         packages/cli/src/insight/why.spec.ts:N
  in         BookModule (packages/cli/src/insight/why.spec.ts:N)
  path       OrdersApp > BookModule
  seen by    its importers
  needs      Disk (DiskModule)
             Logger (Skerry)
  needed by  Orders (OrdersApp)
  created    once, when the application starts: N of M
  hooks      onModuleInit`);
});

test('a service is found by its name as well, and is there for its callers', async () => {
  const shown = await text('orders');
  expect(shown).toMatch(/^Orders {2}service 'orders', singleton\n/);
  expect(shown).toContain(
    "needs      Book (BookModule)\n             Disk (DiskModule)\n             the client of 'stock'",
  );
  expect(shown).toContain("needed by  nobody here: callers, as 'orders'");
});

test('what stands before handlers is needed by their service', async () => {
  expect(await text('Doorman')).toContain('needed by  Orders (OrdersApp), before its handlers');
});

test('of several it tells which is given to whom, and why not the others', async () => {
  const { providers, choices } = await why('limit');
  expect(providers.map(({ module }) => module)).toEqual(expect.arrayContaining(['OrdersApp', 'DiskModule']));
  expect(choices).toEqual([
    { module: 'OrdersApp', gets: ['OrdersApp'], others: [{ module: 'DiskModule', because: 'it is further away' }] },
  ]);
  expect((await why('DiskModule.limit')).providers).toHaveLength(1);
  expect((await why('DiskModule.limit')).choices).toHaveLength(1);
  expect(await text('limits')).toContain('created    not at all: it is another name of what it needs');
});

test('an engine wins against the default of Skerry, which is a fallback', async () => {
  @Module({ global: true, providers: [{ provide: core.CODEC, useClass: core.JsonCodec }], exports: [core.CODEC] })
  class CodecModule {}
  @Module({ imports: [CodecModule] })
  class WithCodec {}
  const { choices } = await why('CODEC', WithCodec);
  const others = [{ module: 'Skerry', because: 'it is a fallback, which loses against all others' }];
  expect(choices).toContainEqual({ module: 'WithCodec', gets: ['CodecModule'], others });
  expect(choices).toContainEqual({ module: 'Skerry', gets: ['CodecModule'], others });
});

test('says what is like it when there is none', async () => {
  await expect(why('Bok')).rejects.toThrow(
    expect.objectContaining({ code: 'SKERRY_DI_NOT_FOUND', message: expect.stringContaining('Did you mean Book') }),
  );
});
