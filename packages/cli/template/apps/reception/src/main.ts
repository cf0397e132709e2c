import { Skerry } from '@skerry/core';

// Whoever runs this as a container asks for /health/live and /health/ready.
await Skerry.run(() => import('./app.module.js'), { http: { health: true } });
