// #region main
import { Skerry } from '@skerry/core';
import { patient } from './options.js';

await Skerry.run(() => import('./app.module.js'), patient);
// #endregion main
