import { Skerry } from '@skerry/core';

await Skerry.run(() => import('./app.module.js'), {
  registry: { ttlMs: Number(process.env['TTL_MS']), intervalMs: Number(process.env['INTERVAL_MS']) },
});
