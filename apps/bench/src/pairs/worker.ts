import { contenders as grpc } from '../grpc/contenders.js';
import { contenders as http } from '../http/contenders.js';
import { contenders as inProcess } from '../in-process/contenders.js';
import { contenders as rpc } from '../rpc/contenders.js';
import { contenders as streams } from '../streams/contenders.js';
import { contenders as transports } from '../transports/contenders.js';
import { check, type Connected, type Contenders } from './contender.js';
import { cpuSeconds, drive } from './drive.js';
import { obey } from './obey.js';
import { itemsPerStream, type Order, type Usage } from './orders.js';

/** One side of one contender, in a process of its own. */
const sections: Readonly<Record<string, Contenders>> = {
  rpc,
  http,
  grpc,
  transports,
  streams,
  'in-process': inProcess,
};
const [, , section = '', name = '', side = '', where = ''] = process.argv;
let connected: Connected = {};

await obey(async () => {
  const { contender } = await sections[section]![name]!();
  if (side === 'server') return contender.serve!();
  connected = await contender.connect(where);
  return undefined;
}, carryOut);

async function carryOut(order: Order): Promise<unknown> {
  switch (order.do) {
    case 'check':
      return check(connected);
    case 'run': {
      const { load, inFlight, forMs } = order;
      const { call } = connected;
      if (load === 'call') return drive(call!, { inFlight, forMs });
      const stream = connected[load]!;
      const driven = await drive(() => stream(itemsPerStream), { inFlight, forMs, lookEvery: 1 });
      return { ...driven, count: driven.count * itemsPerStream };
    }
    case 'usage':
      return { cpuSeconds: cpuSeconds(), residentBytes: process.memoryUsage.rss() } satisfies Usage;
  }
}
