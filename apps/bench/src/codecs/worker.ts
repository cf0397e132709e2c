import { isDeepStrictEqual } from 'node:util';
import { cpuSeconds } from '../pairs/drive.js';
import { obey } from '../pairs/obey.js';
import { contenders } from './contenders.js';
import type { CodecContender, Kind } from './contender.js';
import { messagesOf } from './messages.js';

/** One codec in a process of its own, so that what the engine learned of another does not slow it down. */
export interface CodecOrder {
  readonly do: 'code';
  readonly kind: Kind;
  readonly forMs: number;
}

/** Of one message of the kind, in CPU time: others on the machine would count in any other. Absent where the codec does not know it. */
export interface CodecCost {
  readonly encodeUs: number;
  readonly decodeUs: number;
  readonly bytes: number;
}

const name = process.argv[2]!;
let contender: CodecContender;

await obey(async () => {
  ({ contender } = await contenders[name]!());
}, carryOut);

async function carryOut({ kind, forMs }: CodecOrder): Promise<CodecCost | undefined> {
  const codec = contender[kind];
  if (!codec) return undefined;
  const messages = messagesOf(kind);
  const encoded = messages.map((message) => codec.encode(message));
  encoded.forEach((bytes, i) => {
    // The content counts, not the class.
    const decoded = structuredClone({ ...(codec.decode(bytes) as object) });
    if (!isDeepStrictEqual(decoded, structuredClone(messages[i]))) throw new Error(`wrong answer: ${kind} ${i}`);
  });
  return {
    encodeUs: usOf(messages, (message) => codec.encode(message), forMs / 2),
    decodeUs: usOf(encoded, (bytes) => codec.decode(bytes), forMs / 2),
    bytes: encoded.reduce((sum, { length }) => sum + length, 0) / encoded.length,
  };
}

function usOf<T>(given: readonly T[], work: (each: T) => unknown, forMs: number): number {
  const before = cpuSeconds();
  let count = 0;
  let spentMs = 0;
  while (spentMs < forMs) {
    for (const each of given) if (work(each) === undefined) throw new Error('wrong answer: nothing');
    count += given.length;
    spentMs = (cpuSeconds() - before) * 1_000;
  }
  return (spentMs / count) * 1_000;
}
