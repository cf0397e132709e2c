export { TestApp, TestAppBuilder, type Override, type TestAppOptions } from './test-app.js';
export { TestNetwork } from './test-network.js';
export { ManualClock } from '@skerry/core';
