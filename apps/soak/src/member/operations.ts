import type { Client } from '@skerry/core';
import type { Chance } from '../chance.js';
import type { Entry, SoakService } from './service.js';

export interface Operation {
  readonly name: string;
  readonly weight: number;
  /** Codes with which it must end. Without, it must succeed; whatever the faults cause is allowed to all. */
  readonly endsWith?: readonly string[];
  /** Calls once. Throws {@link wrongReply} for a reply that is not what was asked for. */
  readonly run: (soak: Client<SoakService>, chance: Chance) => Promise<unknown>;
}

const wrongReply = (what: string): Error => Object.assign(new Error(what), { code: 'SOAK_WRONG_REPLY' });
const timeoutMs = 5_000;
const items = 20;

function entry(chance: Chance): Entry {
  return { value: Math.floor(chance.between(1, 40)), note: 'x'.repeat(1 + Math.floor(chance.between(0, 150))) };
}

async function* entries(chance: Chance): AsyncGenerator<Entry> {
  for (let i = 0; i < items; i++) yield entry(chance);
}

/** What the load is made of: most calls are small and succeed. */
export const operations: readonly Operation[] = [
  {
    name: 'read',
    weight: 50,
    run: async (soak, chance) => {
      const sent = entry(chance);
      const { value, note } = await soak.read(sent, { timeoutMs });
      if (value !== sent.value || note !== sent.note) throw wrongReply(`${value} for ${sent.value}`);
    },
  },
  {
    name: 'write',
    weight: 10,
    run: async (soak, chance) => {
      const sent = entry(chance);
      const value = await soak.write(sent, { timeoutMs });
      if (value !== sent.value) throw wrongReply(`${value} for ${sent.value}`);
    },
  },
  {
    name: 'invalid',
    weight: 8,
    endsWith: ['SKERRY_VALIDATION_FAILED'],
    run: (soak, chance) => soak.write({ value: -1, note: chance.of(['', 'fine']) }, { timeoutMs }),
  },
  {
    name: 'breaks',
    weight: 4,
    endsWith: ['SKERRY_RPC_INTERNAL'],
    run: (soak, chance) => soak.breaks(entry(chance), { timeoutMs }),
  },
  {
    name: 'refuses',
    weight: 4,
    endsWith: ['SOAK_REFUSED'],
    run: (soak, chance) => soak.refuses(entry(chance), { timeoutMs }),
  },
  {
    name: 'cancelled',
    weight: 4,
    endsWith: ['SKERRY_RPC_CANCELLED'],
    run: (soak, chance) => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), chance.between(0, 30));
      return soak.waits(undefined, { timeoutMs, signal: abort.signal });
    },
  },
  {
    name: 'timed out',
    weight: 4,
    endsWith: ['SKERRY_RPC_DEADLINE_EXCEEDED'],
    run: (soak, chance) => soak.waits(undefined, { timeoutMs: chance.between(1, 40) }),
  },
  {
    name: 'server stream',
    weight: 6,
    run: async (soak, chance) => {
      const sent = entry(chance);
      let next = 0;
      for await (const { value } of soak.counts(sent, { timeoutMs }))
        if (value !== next++) throw wrongReply(`item ${value} at ${next - 1}`);
      if (next !== sent.value) throw wrongReply(`${next} of ${sent.value} items`);
    },
  },
  {
    name: 'server stream, left early',
    weight: 3,
    run: async (soak, chance) => {
      for await (const { value } of soak.counts({ ...entry(chance), value: 1_000 }, { timeoutMs }))
        if (value > chance.between(0, 20)) break;
    },
  },
  {
    name: 'client stream',
    weight: 4,
    run: async (soak, chance) => {
      let total = 0;
      const counted = async function* (): AsyncGenerator<Entry> {
        for await (const each of entries(chance)) {
          total += each.value;
          yield each;
        }
      };
      const sum = await soak.sums(counted(), { timeoutMs });
      if (sum !== total) throw wrongReply(`${sum} for ${total}`);
    },
  },
  {
    name: 'bidirectional stream',
    weight: 3,
    run: async (soak, chance) => {
      let count = 0;
      for await (const value of soak.doubles(entries(chance), { timeoutMs })) count += value % 2 === 0 ? 1 : 0;
      if (count !== items) throw wrongReply(`${count} of ${items} replies`);
    },
  },
];

/** What may become of any call while its node is killed, stopped or frozen. */
export const faultCodes: ReadonlySet<string> = new Set([
  'SKERRY_RPC_CONNECTION_LOST',
  'SKERRY_RPC_CONNECT_FAILED',
  'SKERRY_RPC_DEADLINE_EXCEEDED',
  'SKERRY_RPC_DRAINING',
  'SKERRY_RPC_NO_NODE',
]);
