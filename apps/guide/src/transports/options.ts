import type { ApplicationOptions } from '@skerry/core';

// #region unix
/** For callers on this machine, of the same group. A name is chosen in the directory, so that several instances find room. */
export const beside: ApplicationOptions = { listen: 'unix:///run/shop/', unixSocketMode: 0o660 };
// #endregion unix

// #region http
/** Listens within the cluster, and is called through an ingress that passes HTTP on. */
export const behindIngress: ApplicationOptions = {
  listen: 'http://127.0.0.1:0/stock',
  advertise: 'http://shop.example/stock',
};
// #endregion http
