import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, drive } from '../pairs/drive.js';
import { obey } from '../pairs/obey.js';
import { machineUs, placedNow, type Ground, type Publish } from './contender.js';
import { contenders } from './contenders.js';
import type { Order } from './orders.js';
import { Tally } from './tally.js';

/** One side of one contender, in a process of its own, or both. */
const [, , name = '', side = '', given = '{}'] = process.argv;
const ground = JSON.parse(given) as Ground;
const tally = new Tally();
let publish: Publish | undefined;

await obey(async () => {
  const { contender } = await contenders[name]!.load();
  if ('start' in contender) publish = await contender.start(tally.handled);
  else if (side === 'publisher') publish = await contender.connect(ground);
  else await contender.consume(ground, tally.handled);
}, carryOut);

async function carryOut(order: Order): Promise<unknown> {
  switch (order.do) {
    case 'publish': {
      const message = placedNow();
      await publish!(message);
      return message;
    }
    case 'run': {
      const begunUs = machineUs();
      const { inFlight, forMs, pauseMs } = order;
      const once = (): Promise<unknown> => publish!(placedNow());
      const { count } = await drive(pauseMs > 0 ? () => once().then(() => sleep(pauseMs)) : once, { inFlight, forMs });
      return { messages: count, begunUs };
    }
    case 'await':
      return tally.of(order.messages, order.withinMs);
    case 'usage':
      return cpuSeconds();
  }
}
