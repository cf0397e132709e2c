import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SkerryError, SystemClock } from '@skerry/core';
import { consul } from './consul.js';
import type { EngineRecipe } from './engine-recipe.js';
import { nats } from './nats.js';
import { rabbitMq } from './rabbitmq.js';
import { redis } from './redis.js';
import { ServerProcess } from './server-process.js';

const recipes = { consul, nats, rabbitmq: rabbitMq, redis } as const satisfies Record<string, EngineRecipe>;

/** The engines whose servers can be had for tests. */
export type EngineName = keyof typeof recipes;

export interface EngineOptions {
  /**
   * Starts one for this test alone, from a program that is installed, whatever else runs: for tests that fill it, or that must find it
   * empty. Default `false`.
   */
  readonly own?: boolean;
  /** Where `RABBITMQ_URL` and the like, and `PATH`, are read from. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A server that a test uses. */
export interface Engine {
  readonly name: EngineName;
  /** As the module of the engine takes it: `RabbitMqModule.forRoot({ url: engine.url })`. */
  readonly url: string;
  /** Whose it is. One of the `environment` or the `machine` is shared with others, who may be at work on it. */
  readonly from: 'environment' | 'machine' | 'started';
  /** Ends what was started, and removes what it stored; leaves alone what was there before. Harmless twice. */
  stop(): Promise<void>;
}

/**
 * A server for tests against the real thing: the one that a variable of the environment names, else one that answers at its usual
 * port of this machine, else a program that is installed, on a free loopback port and with a folder of its own; that one ends with
 * {@link Engine.stop}, and with this process at the latest.
 *
 *     const rabbit = await startEngine('rabbitmq');
 *     afterAll(() => rabbit.stop());
 *
 * Rejects with `SKERRY_TEST_NO_ENGINE`, which says how to get one.
 */
export async function startEngine(name: EngineName, options: EngineOptions = {}): Promise<Engine> {
  const recipe = recipes[name] as EngineRecipe;
  const found = await foundRunning(recipe, options);
  if (found) return { name, ...found, stop: () => Promise.resolve() };
  const program = await recipe.find((options.env ?? process.env)['PATH']);
  if (program === undefined) throw none(recipe, options, `no ${recipe.programName} is installed`);
  return { name, from: 'started', ...(await started(recipe, program, options)) };
}

/**
 * Whether {@link startEngine} would find something, for leaving tests out. With `CI=true` it always says so, and then the tests fail
 * rather than being forgotten.
 */
export async function engineAvailable(name: EngineName, options: EngineOptions = {}): Promise<boolean> {
  const { env = process.env } = options;
  const recipe = recipes[name] as EngineRecipe;
  if (env['CI'] === 'true' || named(recipe, options)) return true;
  return (await foundRunning(recipe, options)) !== undefined || (await recipe.find(env['PATH'])) !== undefined;
}

type Found = Pick<Engine, 'url' | 'from'>;

async function foundRunning(recipe: EngineRecipe, options: EngineOptions): Promise<Found | undefined> {
  if (options.own) return undefined;
  const { answers, usualUrl } = recipe;
  const wanted = named(recipe, options);
  if (!wanted) return (await answers(usualUrl)) ? { url: usualUrl, from: 'machine' } : undefined;
  const { variable, url } = wanted;
  // Whoever named one wants that one, and no other instead.
  if (!URL.canParse(url) || !(await answers(url))) {
    throw none(
      recipe,
      options,
      `nothing like ${recipe.title} answers at ${withoutPassword(url)}, which ${variable} names`,
    );
  }
  return { url, from: 'environment' };
}

function named(
  { variables, urlOf = (value) => value }: EngineRecipe,
  { env = process.env }: EngineOptions,
): { variable: string; url: string } | undefined {
  const variable = variables.find((each) => env[each]);
  return variable ? { variable, url: urlOf(env[variable]!) } : undefined;
}

async function started(
  recipe: EngineRecipe,
  program: string,
  options: EngineOptions,
): Promise<Pick<Engine, 'url' | 'stop'>> {
  const folder = await mkdtemp(join(tmpdir(), `skerry-${recipe.programName}-`));
  const processes: ServerProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(processes.splice(0).map((each) => each.end()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const { url, launches } = await recipe.launch(program, folder);
    for (const each of launches) processes.push(await ServerProcess.start(each, folder));
    await untilAnswers(recipe, url, processes);
    return { url, stop };
  } catch (cause) {
    await stop();
    throw none(recipe, options, `${program} could not be started: ${(cause as Error).message}`, cause);
  }
}

async function untilAnswers(recipe: EngineRecipe, url: string, processes: readonly ServerProcess[]): Promise<void> {
  const clock = new SystemClock();
  const until = clock.now() + recipe.withinMs;
  while (!(await recipe.answers(url))) {
    const gone = processes.find(({ ended }) => ended !== undefined);
    const said = processes.map(({ output }) => output.trim()).join('\n');
    if (gone) throw new Error(`it ended (${gone.ended}), and printed ${said || 'nothing'}`);
    if (clock.now() > until)
      throw new Error(`it did not answer within ${recipe.withinMs} ms, and printed ${said || 'nothing'}`);
    await clock.sleep(100);
  }
}

function none(recipe: EngineRecipe, options: EngineOptions, why: string, cause?: unknown): SkerryError {
  const { title, variables, usualUrl, compose, install } = recipe;
  const unset =
    options.own || named(recipe, options)
      ? ''
      : `${variables.join(' and ')} ${variables.length > 1 ? 'are' : 'is'} not set, nothing answers at ${withoutPassword(usualUrl)}, and `;
  const ways = [
    ...(options.own ? [] : [`set ${variables[0]}, such as ${usualUrl}`]),
    ...(options.own
      ? []
      : [`docker compose up -d ${compose.service}, with the service ${compose.text} in compose.yaml`]),
    install,
  ];
  return new SkerryError(
    'SKERRY_TEST_NO_ENGINE',
    `Cannot give a ${title} to test with. ${capital(`${unset}${why}`)}.\nDo one of these:\n  ${ways.join('\n  ')}`,
    cause === undefined ? {} : { cause },
  );
}

/** For messages, which end up in logs. */
function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}

function capital(text: string): string {
  return /^[A-Z]/.test(text) ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
