// #region main
import { Skerry } from '@skerry/core';

await Skerry.run(() => import('./app.module.js'), {
  // Others find it by the registry; a balancer by this address.
  listen: 'tcp://0.0.0.0:4100',
  // /health/live and /health/ready, on the same port.
  http: { health: true },
  drainTimeoutMs: 20_000,
});
// #endregion main
