export { browserProfile, chromiumFlags, findChromium } from './chromium.js';
export { cachedPackage, nodeProgram } from './cached-package.js';
export { CertificateAuthority, selfSigned, type IssueOptions, type KeyPair } from './certificate-authority.js';
export { ConformanceTable, generatedBlock, type ConformanceRunner } from './conformance-table.js';
export {
  ConsulAgent,
  consulStarter,
  findConsul,
  sharedConsul,
  type ConsulAgentOptions,
  type StartConsul,
} from './consul-agent.js';
export { asyncApiMistakes, openApiMistakes } from './document-mistakes.js';
export { eventually, type EventuallyOptions } from './eventually.js';
export { freePort, freePorts } from './free-port.js';
export { schemaChecker } from './json-schema-checker.js';
export { openHandles, type OpenHandles } from './open-handles.js';
export { PackageRegistry } from './package-registry.js';
export {
  npmRegistry,
  packPackages,
  packageRegistryStarter,
  type PackageRegistryOptions,
  type StartPackageRegistry,
} from './package-registry-starter.js';
export { processStarter, type ProcessOptions, type StartProcess } from './process-starter.js';
export {
  findRabbitMq,
  RabbitMqServer,
  rabbitMqStarter,
  sharedRabbitMq,
  type RabbitMqServerOptions,
  type StartRabbitMq,
} from './rabbitmq-server.js';
export { findPythonGrpc } from './python-grpc.js';
export { residentBytes } from './resident-bytes.js';
export type { Exit, RunningProcess } from './running-process.js';
export { secureFetch, type Fetch } from './secure-fetch.js';
export { seed, withRandom } from './seed.js';
export { systemProgram, type SystemProgram } from './system-program.js';
export { heldBytes } from './held-bytes.js';
export { findProtoc } from './protoc.js';
