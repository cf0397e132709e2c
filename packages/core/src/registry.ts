// Finding services, without what serving and calling them takes: for tools that must start at once. The whole framework takes ten times
// as long to load.
export { Clock, type Timer } from './clock/clock.js';
export { SystemClock } from './clock/system-clock.js';
export { nearest } from './errors/nearest.js';
export { SkerryError } from './errors/skerry-error.js';
export { LocalRegistryDriver } from './registry/local.js';
export type { EndpointRecord, NodeRecord } from './registry/node-record.js';
export { Registry } from './registry/registry.js';
