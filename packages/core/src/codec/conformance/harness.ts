import type fastCheck from 'fast-check';
import type { Codec } from '../codec.js';

/** What a test runner must offer; Jest, Vitest and node:test all fit. Passed in, so that nothing here imports one. */
export interface CodecRunner {
  describe(name: string, body: () => void): void;
  test(name: string, body: () => void): void;
  /** fast-check, which makes messages, schemas and garbage. */
  readonly fc: typeof fastCheck;
}

/**
 * What a codec cannot carry; of messages that no schema describes, where nothing else is said:
 *
 * - `nonFinite`: NaN and infinity arrive as null
 * - `negativeZero`: arrives as 0
 * - `loneSurrogates`: refused
 * - `nulInKeys`: a key with a zero character is refused
 * - `dates`: arrive as text. Described ones always arrive.
 * - `bigints`: refused. Described ones always arrive.
 * - `bytes`: arrive as something else. Described ones always arrive.
 * - `bigintsRefused`: beside `bigints`: they are not refused, but arrive as text
 * - `anything`: a described message has room for what its schema says and for nothing else, which is left out or refused; so are
 *   described bigints of more than 64 bits. Of lists in lists nothing is described. What is empty may be as if it were absent
 * - `ends`: no message has an end of its own: no bytes are null, and the same message again, behind it, is a part of it
 * - `mapsAsNothing`: a `Map` arrives as an object of its entries, where JSON has `{}`
 */
export type CodecLack = ValueLack | 'nulInKeys' | 'bigintsRefused' | 'anything' | 'ends' | 'mapsAsNothing';

/** Of the values that JSON has no word for. */
export type ValueLack = 'nonFinite' | 'negativeZero' | 'loneSurrogates' | 'dates' | 'bigints' | 'bytes';

/** What a codec brings to be tested. */
export interface CodecHarness {
  open(): Codec;

  /** Bytes as a stranger may write them, by hand. */
  readonly hostile: {
    /** Lists within lists, the innermost one empty. */
    nested(levels: number): Uint8Array;
    /** One object with these fields, in this order, whatever they are called and however often. */
    object(fields: readonly (readonly [key: string, small: number])[]): Uint8Array;
    /** Messages of which a length promises far more than there is. Empty where the format has no lengths. */
    readonly promises: readonly Uint8Array[];
  };

  /** Each is replaced by the case that shows its absence. */
  readonly lacks?: readonly CodecLack[];

  /** How many random messages are tried in each case. Default 100. */
  readonly runs?: number;
}
