import type { BrokerCapabilities } from './driver.js';

/**
 * What the engines of this project can do, for messages and `skerry broker capabilities`: plain data, so that nobody need
 * install an engine to know. Each engine's own tests compare it with its driver.
 */
export const brokerEngines: Readonly<Record<string, BrokerCapabilities>> = {
  memory: {
    // What a driver has published outlives it, but not its process, which is where the engine is.
    durable: 'none',
    queues: true,
    broadcast: true,
    maxDelayMs: 2 ** 31 - 1,
    attempts: true,
    deadLetter: true,
    ordered: true,
    patterns: true,
    replay: true,
    mandatory: true,
    expiry: true,
    maxMessageBytes: 4 * 1024 * 1024,
  },
  // With a store on disk; with one in memory messages survive nothing.
  inbox: {
    durable: 'publisher',
    queues: true,
    broadcast: true,
    maxDelayMs: 2 ** 31 - 1,
    attempts: true,
    deadLetter: true,
    // True with the option `onePublisherPerKey`.
    ordered: false,
    patterns: true,
    replay: false,
    mandatory: true,
    expiry: true,
    maxMessageBytes: 2 * 1024 * 1024,
  },
  rabbitmq: {
    durable: 'engine',
    queues: true,
    broadcast: true,
    maxDelayMs: 604_800_000,
    attempts: true,
    deadLetter: true,
    ordered: true,
    patterns: true,
    replay: false,
    // What waits for its delay is in a queue already, and its own time ends with the first wait.
    mandatory: 'undelayed',
    expiry: 'undelayed',
    maxMessageBytes: 4 * 1024 * 1024,
  },
};

/** The engines of this project that can do something, for who uses one that cannot. @param except That one. */
export function enginesThat(can: (capabilities: BrokerCapabilities) => boolean, except: string): string[] {
  return Object.entries(brokerEngines)
    .filter(([name, capabilities]) => name !== except && can(capabilities))
    .map(([name]) => name);
}
