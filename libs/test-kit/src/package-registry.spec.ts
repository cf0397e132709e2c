import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npmRegistry, packageRegistryStarter } from './package-registry-starter.js';
import type { PackageRegistry } from './package-registry.js';
import { processStarter } from './process-starter.js';

const startProcess = processStarter(afterAll);
const startRegistry = packageRegistryStarter(afterAll);
const folder = mkdtempSync(join(tmpdir(), 'skerry-registry-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As npm packs it. */
async function packed(
  manifest: { name: string; version: string; [field: string]: unknown },
  code = '',
): Promise<string> {
  const source = mkdtempSync(join(folder, 'source-'));
  writeFileSync(join(source, 'package.json'), JSON.stringify({ type: 'module', exports: './index.js', ...manifest }));
  writeFileSync(join(source, 'index.js'), code);
  await run(source, 'npm', 'pack', '--pack-destination', source);
  return join(
    source,
    readdirSync(source).find((each) => each.endsWith('.tgz'))!,
  );
}

async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  const started = await startProcess(command, args, { cwd, env: registry?.env });
  const { code } = await started.exited;
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${code}: ${started.output}`);
  return started.output;
}

function emptyFolder(): string {
  const path = mkdtempSync(join(folder, 'empty-'));
  // Where npm stops looking for the project that it is in.
  writeFileSync(join(path, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  return path;
}

let registry: PackageRegistry | undefined;
let behind: PackageRegistry;

beforeAll(async () => {
  const [rope, rope2, other, boat, create] = await Promise.all([
    packed({ name: 'rope', version: '1.0.0' }, 'export const rope = "old";'),
    packed({ name: 'rope', version: '1.1.0', description: 'holds' }, 'export const rope = "rope";'),
    packed({ name: '@other/buoy', version: '1.0.0' }),
    packed(
      { name: '@quay/boat', version: '0.1.0', dependencies: { rope: '^1.0.0' }, engines: { node: '>=20.19' } },
      'export { rope } from "rope";',
    ),
    packed(
      { name: 'create-boat', version: '0.1.0', bin: './index.js', dependencies: { '@quay/boat': '0.1.0' } },
      '#!/usr/bin/env node\nimport { rope } from "@quay/boat"; console.log("made", ...process.argv.slice(2), "with", rope);',
    ),
  ]);
  behind = await startRegistry({ tarballs: [rope, rope2, other], behind: 'http://127.0.0.1:9' });
  registry = await startRegistry({ tarballs: [boat, create], behind: behind.url });
}, 60_000);

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a wrong guess fails the test
const jsonOf = async (reply: Promise<Response>): Promise<any> => (await reply).json();
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(registry!.url + path, { headers, redirect: 'manual' });

test('npm installs a package of it, with a dependency of the registry behind it', async () => {
  const shop = emptyFolder();
  await run(shop, 'npm', 'install', '@quay/boat');
  const lock = JSON.parse(readFileSync(join(shop, 'package-lock.json'), 'utf8'));
  expect(lock.packages['node_modules/@quay/boat']).toMatchObject({
    version: '0.1.0',
    integrity: expect.stringMatching(/^sha512-.{88}$/),
    engines: { node: '>=20.19' },
  });
  expect(lock.packages['node_modules/rope'].version).toBe('1.1.0');
  await expect(run(shop, 'node', '-e', 'import("@quay/boat").then((it) => console.log(it.rope))')).resolves.toBe(
    'rope',
  );
});

test('npm create runs a package of it in a folder that is empty', async () => {
  const shop = join(folder, 'shop');
  mkdirSync(shop);
  await expect(run(shop, 'npm', 'create', '--yes', 'boat@latest', 'ark')).resolves.toContain('made ark with rope');
});

test('npm refuses what is not there, with what this registry or the one behind it said', async () => {
  const install = (name: string) => run(emptyFolder(), 'npm', 'install', name);
  await expect(install('rope@^2.0.0')).rejects.toThrow(/ETARGET[^]*rope@\^2.0.0/);
  await expect(install('@quay/rope')).rejects.toThrow(/E404[^]*@quay\/rope is not in this registry/);
  await expect(install('@other/rope')).rejects.toThrow(/E404[^]*@other\/rope is not in this registry/);
});

test('a tarball is what its hashes say', async () => {
  const { versions } = await jsonOf(get('/@quay%2fboat'));
  const { tarball, integrity, shasum } = versions['0.1.0'].dist;
  const bytes = Buffer.from(await (await fetch(tarball)).arrayBuffer());
  const hash = (algorithm: string) => createHash(algorithm).update(bytes);
  expect(integrity).toBe(`sha512-${hash('sha512').digest('base64')}`);
  expect(shasum).toBe(hash('sha1').digest('hex'));
});

test('a package of its own scope is never asked for elsewhere', async () => {
  const reply = await get('/@quay%2fanchor');
  expect(reply.status).toBe(404);
  await expect(reply.json()).resolves.toEqual({ error: '@quay/anchor is not in this registry' });
  expect((await get('/@other%2fanchor')).headers.get('location')).toBe(`${behind.url}/@other%2fanchor`);
});

test('a package is known whole, and in short as npm asks for it', async () => {
  const whole = await get('/@quay%2Fboat');
  expect(whole.headers.get('content-type')).toBe('application/json');
  await expect(whole.json()).resolves.toMatchObject({
    time: { '0.1.0': expect.any(String) },
    versions: { '0.1.0': { exports: './index.js', _id: '@quay/boat@0.1.0' } },
  });
  const short = await get('/@quay/boat', { accept: 'application/vnd.npm.install-v1+json; q=1.0, */*' });
  expect(short.headers.get('content-type')).toBe('application/vnd.npm.install-v1+json');
  const { modified, versions, ...rest } = await jsonOf(Promise.resolve(short));
  expect(rest).toEqual({ name: '@quay/boat', 'dist-tags': { latest: '0.1.0' } });
  expect(new Date(modified).getTime()).toBeGreaterThan(Date.now() - 600_000);
  expect(Object.keys(versions['0.1.0'])).toEqual(['name', 'version', 'dependencies', 'engines', 'dist']);
});

test('a version is known by its number and as the latest, and one that is not is refused', async () => {
  await expect((await get('/@quay%2fboat/latest')).json()).resolves.toMatchObject({ version: '0.1.0' });
  await expect((await get('/@quay/boat/0.1.0')).json()).resolves.toMatchObject({ version: '0.1.0' });
  expect((await get('/@quay/boat/9.9.9')).status).toBe(404);
});

test('the version that was published last is the latest', async () => {
  const own = await startRegistry({ tarballs: [await packed({ name: 'sail', version: '1.0.0' })], behind: behind.url });
  await own.publish(await packed({ name: 'sail', version: '2.0.0', dependencies: { rope: '1' } }));
  const sail = await jsonOf(fetch(`${own.url}/sail`));
  expect(sail['dist-tags']).toEqual({ latest: '2.0.0' });
  expect(Object.keys(sail.versions)).toEqual(['1.0.0', '2.0.0']);
});

test('it is only read, but for an audit, that finds nothing', async () => {
  const audit = await fetch(`${registry!.url}/-/npm/v1/security/advisories/bulk`, { method: 'POST', body: '{}' });
  await expect(audit.json()).resolves.toEqual({});
  expect((await fetch(`${registry!.url}/@quay%2fboat`, { method: 'PUT', body: '{}' })).status).toBe(405);
});

test('what it says comes compressed to whoever takes that, and is kept by nobody', async () => {
  const reply = await get('/@quay%2fboat');
  expect(reply.headers.get('content-encoding')).toBe('gzip');
  expect(reply.headers.get('cache-control')).toBe('no-store');
  const plain = await get('/@quay%2fboat', { 'accept-encoding': 'identity' });
  expect(plain.headers.get('content-encoding')).toBeNull();
  await expect(plain.json()).resolves.toEqual(await reply.json());
});

test('a registry is of what this repository publishes, before the registry that npm has', async () => {
  const own = await startRegistry();
  const core = await jsonOf(fetch(`${own.url}/@skerry%2fcore`));
  expect(core.versions[core['dist-tags'].latest].exports['.'].default).toBe('./dist/index.js');
  expect((await fetch(`${own.url}/@skerry-private%2ftest-kit`, { redirect: 'manual' })).status).toBe(302);
  const elsewhere = await fetch(`${own.url}/typescript`, { redirect: 'manual' });
  expect(elsewhere.headers.get('location')).toBe(`${await npmRegistry()}/typescript`);
}, 60_000);
