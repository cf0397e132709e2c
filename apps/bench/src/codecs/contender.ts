/** Turns messages of one kind into bytes and back. */
export interface Bytes {
  encode(message: object): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

/** The kinds of messages, by name, as `messages.ts` makes them. */
export const kinds = ['order', 'basket', 'dated order'] as const;
export type Kind = (typeof kinds)[number];

/** One codec. `undefined` for a kind that it does not know. */
export type CodecContender = Readonly<Record<Kind, Bytes | undefined>>;

/** What each of Skerry's is measured beside: the library alone, which knows nothing of hostile bytes. */
export const bareOf: Readonly<Record<string, string>> = {
  'skerry JSON': 'JSON.parse, stringify',
  'skerry protobuf': 'protobufjs (generated)',
  'skerry msgpack': '@msgpack/msgpack',
  'skerry bson': 'bson',
};
