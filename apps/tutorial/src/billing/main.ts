// #region main
import { Skerry } from '@skerry/core';

await Skerry.run(() => import('./app.module.js'));
// #endregion main
