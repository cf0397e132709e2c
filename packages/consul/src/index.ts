export { ConsulModule, CONSUL_OPTIONS } from './consul-module.js';
export type { ConsulConsistency, ConsulOptions, ConsulTlsOptions } from './consul-options.js';
export { ConsulRegistryDriver } from './registry/consul-registry.js';
