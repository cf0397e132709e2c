import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runNode } from '../run/program.mjs';

// The build of each package, run in its folder. What an earlier build wrote goes first: a file whose source is gone would be
// kept with the rest in Nx's cache, and come back wherever the same sources are built.
rmSync('dist', { recursive: true, force: true });
process.exitCode = await runNode([fileURLToPath(import.meta.resolve('typescript/bin/tsc')), '-p', '.']);
