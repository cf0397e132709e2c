import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { interleaved, type Measured } from '../measure/interleaved.js';
import { least, median, ratio } from '../measure/statistics.js';
import { Child } from '../pairs/child.js';
import { workDirectory } from '../processes.js';
import type { Goal } from '../report/goals.js';
import type { Progress } from '../report/progress.js';
import { number, type Table } from '../report/table.js';
import { chosen, type Section } from '../section.js';
import { inFlight, prefetch, type Ground } from './contender.js';
import { contenders } from './contenders.js';
import { PublishingPair, type Delivered } from './publishing-pair.js';
import { rabbitMqUrl } from './rabbitmq.js';

const janitor = fileURLToPath(new URL('./janitor.js', import.meta.url));
const [own, bare, nest] = ['skerry RabbitMQ', 'bare amqplib', 'NestJS RMQ'];

// Between two messages, when each is to be alone: an engine that confirms sooner than it delivers would gather them.
const pauseMs = 5;

interface Sample {
  readonly busy: Delivered;
  readonly aloneUs: number;
}

interface Server {
  readonly janitor?: Child;
  /** Why there is none. */
  readonly missing?: string;
}

/** What it costs to publish a message, to have that confirmed, and to handle it. */
export const broker: Section = {
  name: 'broker',
  about: `a message from its publisher to its subscriber, confirmed, beside amqplib and NestJS`,
  async run(settings, progress) {
    const names = chosen(settings, Object.keys(contenders));
    const { rounds, roundMs } = settings;
    const grounds = new Map(names.map((name) => [name, groundOf(name)]));
    const onServer = names.filter((name) => contenders[name]!.needsRabbitMq);
    const server = onServer.length > 0 ? await openServer(onServer.map((name) => grounds.get(name)!)) : {};
    if (server.missing) progress.note(server.missing);
    const runs = names.filter((name) => !server.missing || !onServer.includes(name));
    const subjects = runs.map((name) => {
      const pair = new PublishingPair(name, grounds.get(name)!, contenders[name]!.together);
      return {
        name,
        async prepare() {
          await pair.start();
          await pair.run(inFlight, 4 * roundMs);
          await pair.run(1, roundMs / 2, pauseMs);
        },
        async measure(): Promise<Sample> {
          const busy = await pair.run(inFlight, roundMs);
          return { busy, aloneUs: (await pair.run(1, roundMs / 2, pauseMs)).medianUs };
        },
        end: () => pair.end(),
      };
    });
    try {
      const measured = await interleaved(subjects, rounds, progress);
      const left = names.flatMap((name) => (runs.includes(name) ? [] : [[name, server.missing!] as const]));
      return { tables: [table(rounds, roundMs, measured, left)], goals: goals(measured) };
    } finally {
      await closeServer(server, progress);
    }
  },
};

function groundOf(name: string): Ground {
  const words = name.toLowerCase().match(/\w+/g)!;
  const own = ['skerry-bench', randomBytes(4).toString('hex'), ...words].join('-');
  return { name: own, url: rabbitMqUrl(), folder: join(workDirectory(), own) };
}

async function openServer(grounds: readonly Ground[]): Promise<Server> {
  const url = rabbitMqUrl();
  try {
    const options = { timeoutMs: 10_000, clearsUp: true };
    return { janitor: (await Child.start('RabbitMQ', janitor, [url, JSON.stringify(grounds)], options)).child };
  } catch (error) {
    const { host } = new URL(url);
    return { missing: `skipped: no RabbitMQ answers at ${host}: ${error instanceof Error ? error.message : ''}` };
  }
}

async function closeServer({ janitor }: Server, progress: Progress): Promise<void> {
  try {
    await janitor?.ask({ do: 'clear' });
  } catch (error) {
    progress.note(`what was made of RabbitMQ could not be deleted: ${error instanceof Error ? error.message : ''}`);
  } finally {
    await janitor?.end();
  }
}

function table(
  rounds: number,
  roundMs: number,
  measured: readonly Measured<Sample>[],
  left: readonly (readonly [string, string])[],
): Table {
  const rows = measured.map(({ name, samples, failure }) => {
    if (failure !== undefined) return [name, `failed: ${failure}`];
    const perSecond = perSecondOf(measured, name);
    return [
      name,
      number(perSecond),
      number(ratio(perSecond, perSecondOf(measured, bare!)), 2),
      number(ratio(perSecond, perSecondOf(measured, nest!)), 2),
      number(least(samples.map(({ busy }) => busy.cpuSecondsPer100k)), 2),
      number(median(samples.map(({ aloneUs }) => aloneUs))),
    ];
  });
  return {
    title:
      `a confirmed message from its publisher to the end of its handler; at most ${prefetch} unacknowledged; ` +
      `median of ${rounds} interleaved rounds of ${roundMs} ms`,
    columns: [
      '',
      `messages/s, ${inFlight} unconfirmed`,
      'of amqplib',
      'of NestJS',
      'CPU s/100k (best)',
      'p50 us alone',
    ],
    rows: [...rows, ...left],
  };
}

function goals(measured: readonly Measured<Sample>[]): readonly Goal[] {
  const of = (name: string): number => perSecondOf(measured, name);
  return [
    {
      what: 'messages/s through RabbitMQ, of bare amqplib',
      measured: ratio(of(own!), of(bare!)),
      atLeast: 0.85,
    },
    { what: 'messages/s through RabbitMQ, of NestJS RMQ', measured: ratio(of(own!), of(nest!)), atLeast: 1.5 },
  ];
}

/** `NaN` of what was not measured. */
function perSecondOf(measured: readonly Measured<Sample>[], name: string): number {
  return median(measured.find((each) => each.name === name)?.samples.map(({ busy }) => busy.perSecond) ?? []);
}
