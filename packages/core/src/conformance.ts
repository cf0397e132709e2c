// What engine authors test their drivers with. Imports no test runner: `describe` and `test` are passed in.
export { registryConformance } from './registry/conformance/conformance.js';
export type { RegistryHarness } from './registry/conformance/harness.js';
export { rpcConformance } from './rpc/conformance.js';
export { transportConformance, type Runner, type TransportHarness } from './transport/conformance.js';
