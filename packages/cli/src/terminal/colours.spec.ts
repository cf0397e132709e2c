import { MemoryOutput } from '../fixtures/memory-terminal.js';
import { coloursFor } from './colours.js';

test.each([
  { isTTY: true, env: {}, coloured: true },
  { isTTY: false, env: {}, coloured: false },
  { isTTY: true, env: { NO_COLOR: '1' }, coloured: false },
  { isTTY: true, env: { TERM: 'dumb' }, coloured: false },
  { isTTY: false, env: { CI: 'true' }, coloured: false },
  { isTTY: false, env: { FORCE_COLOR: '1' }, coloured: true },
  { isTTY: true, env: { FORCE_COLOR: '0' }, coloured: false },
  { isTTY: true, env: { FORCE_COLOR: '1', NO_COLOR: '1' }, coloured: false },
])('colours are $coloured for a terminal $isTTY with $env', ({ isTTY, env, coloured }) => {
  expect(coloursFor(new MemoryOutput(isTTY, 80), env).isColorSupported).toBe(coloured);
});
