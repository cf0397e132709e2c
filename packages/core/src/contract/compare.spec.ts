import { Skerry } from '../app/skerry.js';
import { compareContracts, type ContractChange } from './compare.js';
import { EveryFeatureModule } from './fixtures/every-feature.js';
import { contractLock, lockText, readLock } from './lock.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test changes what is read only
type Changeable = any;

let text: string;
beforeAll(async () => (text = lockText(contractLock((await Skerry.create(EveryFeatureModule, { env: {} })).contract))));

/** What comes of changing the contract. */
function changes(change: (lock: Changeable) => void): ContractChange[] {
  const after = readLock(text);
  change(after);
  return compareContracts(readLock(text), after);
}

function shown({ breaking, where, field, what }: ContractChange): string {
  return `${breaking ? 'breaking' : 'compatible'}: ${where}${field === undefined ? '' : ` ${field}`}: ${what}`;
}

test('the same contract has the same text, and no changes', async () => {
  const again = contractLock((await Skerry.create(EveryFeatureModule, { env: {} })).contract);
  expect(lockText(again)).toBe(text);
  expect(changes(() => undefined)).toEqual([]);
  // Neither versions nor descriptions are part of it.
  expect(text).not.toMatch(/1\.2\.0|Takes orders/);
});

const breaks: [kind: string, change: (lock: Changeable) => void, told: string][] = [
  ['a service that is gone', ({ services }) => delete services.orders, 'orders: service removed'],
  ['a handler that is gone', ({ services }) => delete services.stock.handlers.look, 'stock.look: handler removed'],
  [
    'another kind',
    ({ services }) => (services.stock.handlers.look.kind = 'server-stream'),
    'stock.look: kind changed from unary to server-stream',
  ],
  [
    'no longer idempotent',
    ({ services }) => (services.orders.handlers.place.idempotent = false),
    'orders.place: is not idempotent any more',
  ],
  [
    'no longer readOnly',
    ({ services }) => (services.stock.handlers.look.readOnly = false),
    'stock.look: is not readOnly any more',
  ],
  [
    'a request that is a message now',
    ({ services }) => (services.stock.handlers.version.request = { type: 'string' }),
    'stock.version request: takes a message now',
  ],
  [
    'a request that is none now',
    ({ services }) => delete services.stock.handlers.look.request,
    'stock.look request: takes no message any more',
  ],
  [
    'a new required field of a request',
    ({ schemas }) => schemas.StockRequest.required.push('atLeast'),
    'stock.look request atLeast: is required now',
  ],
  [
    'a request without a field',
    ({ schemas }) => delete schemas.StockRequest.properties.shelves,
    'stock.look request shelves: field removed',
  ],
  [
    'another type in a request',
    ({ schemas }) => (schemas.StockRequest.properties.atLeast = { type: 'string' }),
    'stock.look request atLeast: type changed from integer to string',
  ],
  [
    'a narrower rule for a request',
    ({ schemas }) => (schemas.StockRequest.properties.sku.maxLength = 10),
    'stock.look request sku: greatest length changed from 20 to 10',
  ],
  [
    'a narrower rule for each element',
    ({ schemas }) => (schemas.StockRequest.properties.shelves.items.pattern = '^[A-Z]'),
    'stock.look request shelves[]: pattern "^[A-Z]" added',
  ],
  [
    'fewer choices in a request',
    ({ schemas }) => schemas.OrderPlaced.properties.state.enum.pop(),
    'orders.place request state: "paid" is no longer allowed',
  ],
  [
    'fewer classes in a request',
    ({ schemas }) => schemas.OrderPlaced.properties.payment.anyOf.pop(),
    'orders.place request payment: no longer kind "invoice"',
  ],
  [
    'a nested class of its own kind',
    ({ schemas }) => (schemas.Line.properties.pieces.minimum = 2),
    'orders.place request lines[].pieces: least value changed from 1 to 2',
  ],
  [
    'a reply without a field',
    ({ schemas }) => delete schemas.StockReply.properties.pieces,
    'stock.look reply pieces: field removed',
  ],
  [
    'a field of a reply that may be left out',
    ({ schemas }) => (schemas.StockReply.required = []),
    'stock.follow item pieces: may be left out now',
  ],
  [
    'another type in a reply',
    ({ schemas }) => (schemas.StockReply.properties.pieces = { type: 'string' }),
    'stock.look reply pieces: type changed from integer to string',
  ],
  [
    'a wider type in a reply',
    ({ schemas }) => (schemas.StockReply.properties.pieces.type = 'number'),
    'stock.look reply pieces: type changed from integer to number',
  ],
  [
    'a reply that is not described',
    ({ services }) => delete services.stock.handlers.look.reply,
    'stock.look reply: anything is allowed now, not only object',
  ],
  [
    'a message that its subscriber does not take any more',
    ({ services, schemas }) => {
      schemas.OrderTaken = { ...schemas.OrderPlaced, required: [...schemas.OrderPlaced.required, 'by'] };
      services.stock.receives.find((each: Changeable) => each.method === 'reserve').message = {
        $ref: '#/schemas/OrderTaken',
      };
      schemas.OrderTaken.properties = { ...schemas.OrderPlaced.properties, by: { type: 'string' } };
    },
    'stock receives orders.placed by: new required field',
  ],
  [
    'a message with more choices for its subscribers',
    ({ schemas }) => schemas.OrderPlaced.properties.state.enum.push('sent'),
    'orders publishes orders.placed state: "sent" is allowed now',
  ],
  [
    'a topic that is not published any more',
    ({ services }) => delete services.orders.publishes['orders.placed'],
    'orders publishes orders.placed: topic removed',
  ],
  [
    'a subscription that is gone',
    ({ services }) =>
      services.stock.receives.splice(
        services.stock.receives.findIndex((each: Changeable) => each.method === 'reserve'),
        1,
      ),
    'stock receives orders.placed: subscription removed, queue stock.orders.placed',
  ],
  [
    'another name of a queue',
    ({ services }) =>
      (services.stock.receives.find((each: Changeable) => each.method === 'reserve').queue = 'goods.orders.placed'),
    'stock receives orders.placed: subscription removed, queue stock.orders.placed',
  ],
];

test.each(breaks)('%s is breaking, and says whom', (_kind, change, told) => {
  const found = changes(change).filter(({ breaking }) => breaking);
  expect(found.map(shown)).toContain(`breaking: ${told}`);
  for (const { why } of found) expect(why).toMatch(/call|send|publish|subscribe|nobody/);
});

const harmless: [kind: string, change: (lock: Changeable) => void, told: string[]][] = [
  [
    'a new service',
    ({ services }) => (services.payments = { handlers: {}, receives: [], publishes: {} }),
    ['payments: new service'],
  ],
  [
    'a new handler, called like what every object has',
    ({ services }) => (services.stock.handlers.toString = { kind: 'unary', idempotent: false, readOnly: false }),
    ['stock.toString: new handler'],
  ],
  [
    'a trait that is new',
    ({ services }) => (services.stock.handlers.anything.idempotent = true),
    ['stock.anything: is idempotent now'],
  ],
  [
    'an optional field of a request, one that may be left out, and a wider rule',
    ({ schemas }) => {
      schemas.StockRequest.properties = { ...schemas.StockRequest.properties, zone: { type: 'string' } };
      schemas.StockRequest.required = [];
      schemas.StockRequest.properties.sku.maxLength = 40;
    },
    ['follow', 'look'].flatMap((handler) => [
      `stock.${handler} request sku: may be left out now`,
      `stock.${handler} request sku: greatest length changed from 20 to 40`,
      `stock.${handler} request zone: new optional field`,
    ]),
  ],
  [
    'a new field of a reply',
    ({ schemas }) => {
      schemas.StockReply.properties.shelf = { type: 'string' };
      schemas.StockReply.required.push('shelf');
    },
    ['orders.import reply', 'stock.follow item', 'stock.look reply'].map(
      (where) => `${where} shelf: new required field`,
    ),
  ],
  [
    'a reply that is described now',
    ({ services }) => (services.orders.handlers.place.reply = { type: 'boolean' }),
    ['orders.place reply: only boolean is allowed now'],
  ],
  [
    'a new topic',
    ({ services }) => (services.stock.publishes['stock.low'] = {}),
    ['stock publishes stock.low: new topic'],
  ],
  [
    'a new subscription',
    ({ services }) =>
      services.orders.receives.push({ topic: 'stock.low', queue: 'orders.stock.low', method: 'order', message: {} }),
    ['orders receives stock.low: new subscription, queue orders.stock.low'],
  ],
];

test.each(harmless)('%s breaks nobody', (_kind, change, told) => {
  const found = changes(change);
  expect(found.map(shown)).toEqual(told.map((each) => `compatible: ${each}`));
  for (const { why } of found) expect(why).toBeUndefined();
});

test.each([
  ['', /no JSON/],
  ['[]', /"contractLock": 1/],
  ['{ "contractLock": 2 }', /"contractLock": 1/],
  ['{ "contractLock": 1 }', /no services and schemas/],
  ['{ "contractLock": 1, "schemas": {}, "services": { "orders": {} } }', /its service orders is incomplete/],
])('%j is no lock', (wrong, why) => {
  expect(() => readLock(wrong)).toThrow(why);
});
