import { rpcConformance, transportConformance, type TransportHarness } from '@skerry/core/conformance';
import { WebSocketTransport } from './websocket-transport.js';

const harness: TransportHarness = {
  open: (clock, limits) => new WebSocketTransport(clock, limits),
  anyAddress: 'ws://127.0.0.1:0/frames',
  // The discard port of a machine that discards nothing.
  deadAddress: 'ws://127.0.0.1:9/frames',
};

transportConformance({ describe, test }, harness);
rpcConformance({ describe, test }, harness);
