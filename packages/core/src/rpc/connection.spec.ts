import { MemoryNetwork, MemoryTransport } from '../transport/memory.js';
import { TcpTransport } from '../transport/tcp.js';
import { rpcConformance } from './conformance.js';

describe('over memory', () => {
  const network = new MemoryNetwork();
  rpcConformance(
    { describe, test },
    {
      open: (clock, limits) => new MemoryTransport(network, clock, limits),
      anyAddress: 'memory://',
      deadAddress: 'memory://nobody',
    },
  );
});

describe('over tcp', () => {
  rpcConformance(
    { describe, test },
    {
      open: (clock, limits) => new TcpTransport(clock, limits),
      anyAddress: 'tcp://127.0.0.1:0',
      deadAddress: 'tcp://127.0.0.1:9',
    },
  );
});
