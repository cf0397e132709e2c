// What engine authors test their drivers with. Imports no test runner: `describe` and `test` are passed in.
export { clientHarness, type ClientHarnessOptions } from './app/conformance/client-harness.js';
export { protocolConformance } from './app/conformance/conformance.js';
export type {
  ProtocolAbility,
  ProtocolCaller,
  ProtocolCallOptions,
  ProtocolHarness,
  ProtocolPeers,
  ProtocolRunner,
} from './app/conformance/harness.js';
export { brokerConformance } from './broker/conformance/conformance.js';
export type { BrokerHarness } from './broker/conformance/harness.js';
export { codecConformance } from './codec/conformance/conformance.js';
export { envelopeConformance, type EnvelopeHarness } from './codec/conformance/envelopes.js';
export type { CodecHarness, CodecLack, CodecRunner } from './codec/conformance/harness.js';
export { registryConformance } from './registry/conformance/conformance.js';
export type { RegistryHarness } from './registry/conformance/harness.js';
export { rpcConformance } from './rpc/conformance.js';
export { storeConformance } from './store/conformance/conformance.js';
export type { StoreHarness, StoreRunner } from './store/conformance/harness.js';
export { transportConformance, type Runner, type TransportHarness } from './transport/conformance.js';
