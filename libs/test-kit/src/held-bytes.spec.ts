import { heldBytes } from './held-bytes.js';

test('counts what is held, and not what was', () => {
  const mebibyte = 1024 * 1024;
  const buffers: Buffer[] = [];
  const before = heldBytes();
  buffers.push(Buffer.alloc(64 * mebibyte));
  const held = heldBytes() - before;
  buffers.length = 0;
  // Jest's own goes up and down by some.
  expect(held).toBeGreaterThan(48 * mebibyte);
  expect(heldBytes() - before).toBeLessThan(16 * mebibyte);
});
