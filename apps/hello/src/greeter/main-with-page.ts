import { Skerry } from '@skerry/core';

await Skerry.run(() => import('./page.module.js'));
