import fc from '../../node_modules/fast-check/lib/fast-check.js';

// What a test run finds must not depend on the day: every property is tried with the same values, unless SKERRY_SEED asks for
// others. This module stands in for `fast-check` in every spec.
fc.configureGlobal({ seed: Number(process.env['SKERRY_SEED'] ?? 1) });

export * from '../../node_modules/fast-check/lib/fast-check.js';
export default fc;
