import { Skerry } from '@skerry/core';

await Skerry.run(() => import('./app.module.js'));
