import assert from 'node:assert/strict';
import { never, type Define } from './harness.js';

/** Names are data: none of them is a path, a pattern, a command or a property. */
const hostile = [
  '..',
  '.',
  '../../etc/passwd',
  '/absolute',
  'a/b',
  'a-b',
  'a.b',
  'a_b',
  'a b',
  ' a',
  'a*?[b]',
  'A-B',
  'con.json',
  '$(touch x);`y`&|"\'',
  '%2e%2e%2f',
  'a:b\\c',
  '__proto__',
  'constructor',
  'grüße-日本語-🌊',
  'e\u0301',
  '\u00e9',
  'x'.repeat(200),
  `${'x'.repeat(199)}y`,
];

export function nameCases(define: Define): void {
  define('services with hostile names are kept apart and come back as they were', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    // The names of an engine that others use as well: what is there already is not counted.
    const nodes = hostile.map((service) => stage.node('n', { service, id: `${service}-${stage.service}` }));
    await Promise.all(nodes.map((node) => here.register(node, never)));
    for (const node of nodes) {
      await stage.eventually(async () => {
        const found = await there.lookup(node.service, never);
        assert.deepEqual(
          found.filter(({ id }) => id.endsWith(stage.service)),
          [node],
        );
      });
    }
    const names = new Set(await there.services(never));
    assert.deepEqual(
      hostile.filter((name) => !names.has(name)),
      [],
    );
    await Promise.all(nodes.map((node) => here.deregister(node, never)));
    for (const { service, id } of nodes) {
      await stage.eventually(async () =>
        assert.ok(!(await there.lookup(service, never)).some((node) => node.id === id)),
      );
    }
  });

  define('nodes with hostile ids are kept apart', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const nodes = hostile.map((id) => stage.node('n', { id }));
    await Promise.all(nodes.map((node) => here.register(node, never)));
    await stage.shows(there, nodes);
    await Promise.all(nodes.map((node) => here.deregister(node, never)));
    await stage.shows(there, []);
  });

  define('metadata and addresses keep hostile keys', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const pairs = Object.fromEntries(
      ['__proto__', 'constructor', 'toString', '', 'a.b/c', 'ü'].map((key) => [key, `of ${key}`]),
    );
    const node = stage.node('a', { metadata: pairs, addresses: pairs });
    await here.register(node, never);
    await stage.shows(there, [node]);
    assert.equal(({} as Record<string, unknown>)['of __proto__'], undefined);
  });
}
