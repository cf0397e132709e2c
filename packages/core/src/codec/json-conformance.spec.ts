import fc from 'fast-check';
import { codecConformance } from './conformance/conformance.js';
import { JsonCodec } from './json-codec.js';

codecConformance(
  { describe, test, fc },
  {
    open: () => new JsonCodec(),
    hostile: {
      nested: (levels) => Buffer.from('['.repeat(levels) + ']'.repeat(levels)),
      object: (fields) => Buffer.from(`{${fields.map(([key, value]) => `"${key}":${value}`).join(',')}}`),
      promises: [],
    },
    lacks: ['nonFinite', 'negativeZero', 'dates', 'bigints', 'bytes'],
  },
);
