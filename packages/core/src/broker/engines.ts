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
};
