// #region config
/** @type {import('jest').Config} */
export default {
  extensionsToTreatAsEsm: ['.ts'],
  // Imports end in .js, as Node wants them; the file that is there ends in .ts.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
};
// #endregion config
