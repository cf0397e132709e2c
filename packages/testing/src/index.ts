export { TestApp, TestAppBuilder, type Override, type TestAppOptions } from './test-app.js';
export { TestNetwork } from './test-network.js';
export { ManualClock } from '@skerry/core';
export { TestMesh, type MeshFaults, type StartOptions, type TestMeshOptions } from './mesh/test-mesh.js';
export type { MeshNode, MeshNodeOptions, MeshNodeState } from './mesh/mesh-node.js';
export type { MeshEvent, MeshHistory } from './mesh/mesh-history.js';
export type { ChaosOptions, ChaosWeights } from './mesh/chaos.js';
export { simulate, type SimulationOptions, type SimulationResult } from './mesh/simulate.js';
