import type { Config } from 'jest';

/** Tests run as what ships: native ES modules, decorators compiled by swc, packages resolved to their sources. */
const config: Config = {
  roots: ['<rootDir>/packages', '<rootDir>/libs', '<rootDir>/apps', '<rootDir>/tools'],
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  // Many specs wait for servers rather than for the processor. And what Node keeps of ES modules that a worker has run slows it
  // down: one that has grown is replaced.
  maxWorkers: 3,
  workerIdleMemoryLimit: '1GB',
  testTimeout: 20_000,
  reporters: ['default', '<rootDir>/tools/jest/tally-reporter.mjs'],
  testEnvironmentOptions: { customExportConditions: ['@skerry/source', 'node', 'node-addons'] },
  resolver: '<rootDir>/tools/jest/source-resolver.mjs',
  moduleNameMapper: {
    '^fast-check$': '<rootDir>/tools/jest/seeded-fast-check.mjs',
    '^@my-workspace/([^/]+)$': [
      '<rootDir>/packages/cli/template/libs/$1/src/index.ts',
      '<rootDir>/packages/cli/template/apps/$1/src/index.ts',
    ],
  },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
export default config;
