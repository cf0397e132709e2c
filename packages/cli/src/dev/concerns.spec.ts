import { concerns } from './concerns.js';

const apps = ['/shop/apps/greeter', '/shop/apps/reception'];
const files = new Set(['/shop/apps/greeter/src/main.ts', '/shop/libs/contracts/src/index.ts', '/shop/data.json']);

const isConcern = (file: string, failed = false): boolean =>
  concerns(file, { directory: '/shop/apps/greeter', files, failed }, '/shop', apps);

test.each([
  '/shop/apps/greeter/src/main.ts',
  '/shop/libs/contracts/src/index.ts',
  '/shop/data.json',
  '/shop/apps/greeter/package.json',
  '/shop/apps/greeter/.env',
  '/shop/apps/greeter/tsconfig.json',
  '/shop/.env',
  '/shop/tsconfig.base.json',
  '/shop/libs/contracts/package.json',
])('%s is its concern', (file) => expect(isConcern(file)).toBe(true));

test.each([
  '/shop/apps/greeter/src/greeter.spec.ts',
  '/shop/apps/greeter/README.md',
  '/shop/apps/reception/src/main.ts',
  '/shop/apps/reception/.env',
  '/shop/libs/other/package.json',
  '/shop/package.json',
])('%s is none', (file) => expect(isConcern(file)).toBe(false));

test.each(['/shop/apps/greeter/src/new.ts', '/shop/libs/other/src/index.ts'])(
  '%s may mend it while it is down',
  (file) => {
    expect(isConcern(file)).toBe(false);
    expect(isConcern(file, true)).toBe(true);
  },
);

test.each(['/shop/apps/reception/src/new.ts', '/shop/libs/other/dist/index.js', '/shop/apps/greeter/log.json'])(
  '%s does not',
  (file) => expect(isConcern(file, true)).toBe(false),
);
