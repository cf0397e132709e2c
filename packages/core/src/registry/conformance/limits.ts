import assert from 'node:assert/strict';
import type { NodeRecord } from '../node-record.js';
import { never, type Define } from './harness.js';

const mostBytes = 4 * 1024 * 1024;

/** As large and as many as declared. */
export function limitCases(define: Define): void {
  define('a record of the largest size that is declared comes back whole', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const limit = Math.min(here.capabilities.maxRecordBytes, mostBytes);
    const padded = (bytes: number): NodeRecord => stage.node('a', { metadata: { padding: 'x'.repeat(bytes) } });
    const node = padded(limit - Buffer.byteLength(JSON.stringify(padded(0))));
    assert.equal(Buffer.byteLength(JSON.stringify(node)), limit);
    await here.register(node, never);
    await stage.shows(there, [node]);
  });

  define('a service of 300 nodes is found whole', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const nodes = Array.from({ length: 300 }, (_, i) => stage.node(`n${i}`));
    await Promise.all(nodes.map((node) => here.register(node, never)));
    await stage.shows(there, nodes);
    await Promise.all(nodes.map((node) => here.deregister(node, never)));
    await stage.shows(there, []);
  });
}
