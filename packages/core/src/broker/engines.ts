import type { BrokerCapabilities } from './driver.js';

/**
 * What the engines of this project can do, for messages and `skerry broker capabilities`: plain data, so that nobody need
 * install an engine to know. Each engine's own tests compare it with its driver.
 */
export const brokerEngines: Readonly<Record<string, BrokerCapabilities>> = {
  memory: {
    durable: 'publisher',
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
    mandatory: true,
    expiry: true,
    maxMessageBytes: 4 * 1024 * 1024,
  },
};
