import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { rabbitMqStarter } from '@skerry-private/test-kit';
import { causeFaults, type SeenFaults } from './faults.js';
import { MemberProcess } from './member-process.js';
import { confirmedFile, type Engine, type MemberSettings } from './member/settings.js';
import { Tally } from './tally.js';

const lookEveryMs = 50;

export interface BrokerChaosOptions {
  readonly engine: Engine;
  readonly messages: number;
  readonly seed: number;
  /** Where the compiled members are. */
  readonly members: URL;
  /** RabbitMQ's own programs; needed for that engine. */
  readonly sbin?: string;
  /** Default 2,000. */
  readonly killEveryMs?: number;
  /** Of the server, or of the publisher where there is none. Default 2. */
  readonly restarts?: number;
  /**
   * How long publishing shall take at least, in ms. Default: 1 for each message, which consumers that are killed can follow, and
   * 10,000 in any case, so that there is time for faults.
   */
  readonly publishForMs?: number;
  /** For so long nothing may come after all was handled, in ms: what comes again late is counted still. Default 12,000. */
  readonly quietMs?: number;
  /** What is missing after so long without anything new is lost, in ms. Default 60,000. */
  readonly stalledMs?: number;
  /** Told now and then. */
  readonly progressed?: (tally: Tally, seen: Readonly<SeenFaults>) => void;
  /** Ends it early, with all its processes. */
  readonly signal?: AbortSignal;
}

/** What was seen. */
export interface BrokerObservations {
  readonly engine: Engine;
  readonly seed: number;
  readonly tally: Tally;
  readonly seen: Readonly<SeenFaults>;
  readonly wantedRestarts: number;
  /** From the first message on until all were handled, or until it was given up. */
  readonly lastedMs: number;
  /** Processes that ended or failed without being asked to. */
  readonly crashes: readonly string[];
  readonly interrupted: boolean;
}

/** A publisher and two consumers, while consumers are killed and what keeps the messages is restarted. */
export async function brokerChaos(options: BrokerChaosOptions): Promise<BrokerObservations> {
  const { engine, messages, seed, members, signal, progressed } = options;
  const {
    killEveryMs = 2_000,
    restarts = 2,
    publishForMs = Math.max(10_000, messages),
    quietMs = 12_000,
    stalledMs = 60_000,
  } = options;
  const folder = mkdtempSync(join(tmpdir(), 'skerry-chaos-'));
  const confirmed = openSync(join(folder, confirmedFile), 'a');
  const tally = new Tally(messages);
  const seen: SeenFaults = { kills: 0, restarts: 0 };
  const crashes: string[] = [];
  const faultsOver = new AbortController();
  let endServer = (): Promise<void> => Promise.resolve();
  let all: MemberProcess[] = [];
  let lastedMs = 0;
  const stop = (): void => faultsOver.abort();
  signal?.addEventListener('abort', stop, { once: true });

  const said = (line: string): void => {
    const [what, id = ''] = line.split(' ');
    const message = Number(id.slice('m-'.length));
    if (what === 'published') tally.publish(message);
    else if (what === 'confirmed') {
      tally.confirm(message);
      writeSync(confirmed, `${id}\n`);
    } else if (what === 'booked') tally.booked = Number(id);
    else if (what === 'plain' || what === 'once') tally.handle(what, message);
    else crashes.push(`a process printed ${line}`);
  };
  const observed = (): BrokerObservations => {
    const interrupted = signal?.aborted === true;
    return { engine, seed, tally, seen, wantedRestarts: restarts, lastedMs, crashes, interrupted };
  };
  try {
    const server =
      engine === 'rabbitmq' ? await rabbitMqStarter((end) => void (endServer = end), options.sbin)() : undefined;
    const settings: MemberSettings = { engine, folder, url: server?.url, messages, publishForMs };
    const member = (name: string, script: string): MemberProcess =>
      new MemberProcess({
        name,
        script: fileURLToPath(new URL(script, members)),
        args: [JSON.stringify(settings)],
        env: { SKERRY_LOCAL_REGISTRY_DIR: join(folder, 'registry') },
        said,
        crashed: (what) => void crashes.push(what),
      });
    const consumers = [1, 2].map((number) => member(`consumer ${number}`, 'consumer.js'));
    const publisher = member('publisher', 'publisher.js');
    const starting = (each: MemberProcess): Promise<void> => (signal?.aborted ? Promise.resolve() : each.start());
    all = [publisher, ...consumers];
    await Promise.all(consumers.map(starting));
    await starting(publisher);
    const startedAt = performance.now();

    const restart = async (): Promise<boolean> => {
      if (server) {
        await server.restart();
        return true;
      }
      const ended = await publisher.kill();
      if (!faultsOver.signal.aborted) await publisher.start();
      return ended;
    };
    const plan = { seed, killEveryMs, restarts };
    const causing = causeFaults(plan, { consumers, restart }, tally, seen, faultsOver.signal).catch(
      (error: unknown) => {
        crashes.push(String(error));
      },
    );
    let changes = -1;
    let changedAt = performance.now();
    while (!signal?.aborted && crashes.length === 0) {
      const now = performance.now();
      if (tally.changes !== changes) [changes, changedAt] = [tally.changes, now];
      if (!tally.complete) lastedMs = now - startedAt;
      // Those that are left over wait until what was killed is held to be dead: more kills would only prolong that.
      if (tally.confirmed === messages && tally.distinct('plain') === messages) faultsOver.abort();
      if (now - changedAt >= (tally.complete ? quietMs : stalledMs)) break;
      progressed?.(tally, seen);
      await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
    }
    faultsOver.abort();
    await causing;
    if (signal?.aborted || crashes.length > 0) return observed();
    await Promise.all(all.map((each) => each.kill()));
    const auditor = member('auditor', 'auditor.js');
    all.push(auditor);
    await auditor.start();
  } finally {
    signal?.removeEventListener('abort', stop);
    await Promise.all(all.map((each) => each.kill()));
    await endServer();
    closeSync(confirmed);
    rmSync(folder, { recursive: true, force: true });
  }
  return observed();
}
