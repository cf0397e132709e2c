import type { Launch } from './server-process.js';

/** How a server of one engine is found, recognised and started. */
export interface EngineRecipe {
  /** For people: `RabbitMQ`. */
  readonly title: string;
  /** Variables of the environment that say where one is, the first that is set counts. */
  readonly variables: readonly string[];
  /** Where one is on a machine that runs it as usual. */
  readonly usualUrl: string;
  /** The address as the engine's package takes it, of what stands in a variable. */
  readonly urlOf?: (value: string) => string;
  /** Whether the engine answers at an address, ready for work. Never rejects. */
  readonly answers: (url: string) => Promise<boolean>;
  /** What of it is installed here. */
  readonly find: (path: string | undefined) => Promise<string | undefined>;
  readonly programName: string;
  /** How to start it on free loopback ports, keeping everything in `folder`; each before the next. */
  readonly launch: (
    program: string,
    folder: string,
  ) => Promise<{ readonly url: string; readonly launches: readonly Launch[] }>;
  /** How long that may take until it answers, in ms. */
  readonly withinMs: number;
  /** A service of a compose file that brings it. */
  readonly compose: { readonly service: string; readonly text: string };
  /** How to install it, on a machine like most. */
  readonly install: string;
}
