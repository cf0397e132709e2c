/**
 * What a `.proto` says of a property and `@Field` does not, as keywords of its JSON Schema beside those of
 * `@skerry/core`.
 */

/** `implicit`, as proto3 has it without `optional`: the zero of its type is not written, and what is absent is that zero. */
export const presenceKeyword = 'x-skerry-presence';

/** Of an enum: its names, and the number that is written for each. */
export const enumKeyword = 'x-skerry-enum';

/** The name of the `oneof` that the property is one of: of those, only the last that was read counts. */
export const oneofKeyword = 'x-skerry-oneof';

/** `Struct`, `Value` or `ListValue` of `google.protobuf`: how a value is written that can be anything, or any object or list. */
export const anythingKeyword = 'x-skerry-anything';
export type Anything = 'Value' | 'Struct' | 'ListValue';

/** The full name of a message in the `.proto` that it came from. */
export const messageKeyword = 'x-skerry-message';
