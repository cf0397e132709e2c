import type { RpcStream } from '@skerry/core';

/** That of a call that could not be sent. */
export const noStream: RpcStream = {
  id: 0,
  writable: false,
  send: () => undefined,
  fail: () => undefined,
  cancel: () => undefined,
  consumed: () => undefined,
};
