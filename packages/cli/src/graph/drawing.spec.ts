import {
  Handler,
  Inject,
  Injectable,
  InjectClient,
  InjectLazy,
  Clock,
  Module,
  Service,
  Skerry,
  type Client,
  type DynamicModule,
  type Lazy,
} from '@skerry/core';
import picocolors from 'picocolors';
import { drawingOf, type Drawing } from './drawing.js';
import { mermaid } from './mermaid.js';
import { textTree } from './text-tree.js';

class Greeter {
  async hello(): Promise<string> {
    return 'hello';
  }
}

@Injectable()
class Stock {}

@Injectable()
class Ledger {}

@Injectable()
class Mailer {
  constructor(@Inject(() => Orders) readonly orders: unknown) {}
}

@Injectable({ scope: 'request' })
class Cart {
  constructor(readonly stock: Stock) {}
}

@Service('orders')
class Orders {
  constructor(
    readonly stock: Stock,
    @InjectLazy(Mailer) readonly mailer: Lazy<Mailer>,
    readonly clock: Clock,
    @InjectClient('greeter') readonly greeter: Client<Greeter>,
  ) {}

  @Handler()
  async place(): Promise<void> {
    // Nothing to place.
  }
}

@Module({ providers: [Stock, Ledger], exports: [Stock] })
class StockModule {}

@Module({ global: true })
class SettingsModule {
  static forRoot(): DynamicModule {
    return {
      module: SettingsModule,
      imports: [StockModule],
      providers: [
        { provide: 'currency', useValue: 'EUR' },
        { provide: 'rate', useFactory: (currency: string) => currency.length, inject: ['currency'] },
        { provide: 'plugin', useValue: 1, multi: true },
        { provide: 'plugin', useExisting: 'rate', multi: true },
      ],
      exports: ['currency', StockModule],
    };
  }
}

@Module({ imports: [StockModule, SettingsModule.forRoot()], providers: [Orders, Mailer, Cart] })
class ShopModule {}

async function draw(all = false): Promise<Drawing> {
  const { graph } = await Skerry.create(ShopModule, { env: {} });
  return drawingOf(graph, all);
}

const plain = picocolors.createColors(false);

test('a tree shows modules with what they provide, pass on and need', async () => {
  expect(textTree(await draw(), plain)).toBe(
    `module ShopModule
├─ Orders  service 'orders', singleton  ─▶ Stock (StockModule), lazily Mailer, client of 'greeter'
├─ Mailer  class, singleton             ─▶ Orders
├─ Cart    class, request               ─▶ Stock (StockModule)
├─ module StockModule
│  ├─ Stock   class, singleton, exported
│  └─ Ledger  class, singleton
└─ module SettingsModule (global, passes on Stock)
   ├─ 'currency'  value, singleton, exported
   ├─ 'rate'      factory, singleton          ─▶ 'currency'
   ├─ 'plugin'    value, singleton, multi
   ├─ 'plugin'    existing, multi             ─▶ 'rate'
   └─ module StockModule (shown above)`,
  );
});

test('Mermaid draws a box for each module, dashed arrows for what is lazy, and services apart', async () => {
  expect(mermaid(await draw())).toBe(
    `flowchart LR
  subgraph m0["ShopModule"]
    p0["Orders<br/><small>service orders</small>"]:::service
    p1["Mailer<br/><small>class</small>"]
    p2["Cart<br/><small>class, request</small>"]
  end
  subgraph m1["StockModule"]
    p3["Stock<br/><small>class</small>"]
    p4["Ledger<br/><small>class</small>"]
  end
  subgraph m2["SettingsModule (global)"]
    p5("'currency'<br/><small>value</small>")
    p6("'rate'<br/><small>factory</small>")
    p7("'plugin'<br/><small>value</small>")
    p8("'plugin'<br/><small>existing</small>")
  end
  x0(["client of 'greeter'"]):::outside
  p0 --> p3
  p0 -.-> p1
  p0 --> x0
  p1 --> p0
  p2 --> p3
  p6 --> p5
  p8 --> p6
  classDef service fill:#d8f3f0,stroke:#0b7a75,stroke-width:2px,color:#073b39
  classDef outside fill:none,stroke-dasharray:3 3,font-size:12px`,
  );
});

test('labels cannot end the text that they stand in', () => {
  const provider = { id: 'a', name: '"]; click x "<b>#', kind: 'class', scope: 'singleton', exported: false } as const;
  const module = { name: 'M', global: false, imports: [], exports: [] };
  const drawing = {
    root: 'M',
    modules: [{ ...module, providers: [{ ...provider, multi: false, dependencies: [] }] }],
    outside: [],
  };
  expect(mermaid(drawing)).toContain('p0["#34;#93;#59; click x #34;#60;b#62;#35;<br/>');
});

test('what Skerry itself provides is shown where it is used, when all is asked for', async () => {
  expect((await draw()).outside.map(({ name }) => name)).toEqual(["client of 'greeter'"]);
  const all = await draw(true);
  expect(all.outside).toEqual([
    { id: 'Clock', name: 'Clock', kind: 'built-in' },
    { id: "client of 'greeter'", name: "client of 'greeter'", kind: 'client' },
  ]);
  expect(textTree(all, plain)).toContain("lazily Mailer, Clock, client of 'greeter'");
  expect(all.modules.map(({ name }) => name)).toEqual(['ShopModule', 'StockModule', 'SettingsModule']);
});

test('as data, each provider has an id of its own, and dependencies name it', async () => {
  const { modules, root } = await draw();
  const ids = modules.flatMap(({ providers }) => providers.map(({ id }) => id));
  expect(root).toBe('ShopModule');
  expect(new Set(ids).size).toBe(ids.length);
  expect(modules[0]!.providers[0]).toEqual({
    ...{ id: 'ShopModule.Orders', name: 'Orders', kind: 'class', scope: 'singleton', service: 'orders' },
    ...{ exported: false, multi: false },
    dependencies: [
      { to: 'StockModule.Stock', lazy: false },
      { to: 'ShopModule.Mailer', lazy: true },
      { to: "client of 'greeter'", lazy: false },
    ],
  });
  expect(modules[2]).toMatchObject({ global: true, imports: ['StockModule'], exports: ["'currency'", 'Stock'] });
});
