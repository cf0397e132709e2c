import type { RunOptions } from '@skerry/core';

// #region options
/** For handlers that may take half a minute. Whoever sends the signal has to wait longer still, before it kills. */
export const patient: RunOptions = { drainTimeoutMs: 30_000, stopTimeoutMs: 45_000 };
// #endregion options
