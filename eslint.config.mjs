import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import jest from 'eslint-plugin-jest';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { borders } from './tools/lint/borders.mjs';
import {
  bannedImports,
  core,
  insides,
  inversify,
  packages,
  privatePackages,
  timerModules,
} from './tools/lint/imports.mjs';
import { layers } from './tools/lint/layers.mjs';
import { noSleep, onlyTheClock } from './tools/lint/time-and-chance.mjs';

const specs = ['**/*.{spec,spec-d}.ts', '**/fixtures/**'];
const conformance = '**/conformance{/**,*}';

export default defineConfig(
  // The template has a configuration of its own, which needs what is built: a test lints a workspace that was made of it.
  { ignores: ['**/dist/', '.nx/', 'coverage/', 'packages/cli/template/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  // Every source file: what is almost certainly a mistake.
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX, skerry: { rules: { borders, layers } } },
    settings: {
      'import-x/resolver-next': [createTypeScriptImportResolver({ conditionNames: ['@skerry/source', 'import'] })],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': ['error', { ignoreReadBeforeAssign: true }],
      // The type check knows better what exists.
      'no-undef': 'off',
      // With decorator metadata a cycle is a crash, not a smell. Types are erased and may be circular.
      'import-x/no-cycle': 'error',
      'import-x/no-self-import': 'error',
      'skerry/borders': 'error',
      // `import type` of a class that a constructor asks for would lose it from the metadata: never rewritten by a tool.
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowArray: true }],
      // An async function without await is how an interface that promises is implemented.
      '@typescript-eslint/require-await': 'off',
      // What was caught is passed on as it is.
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      // Does not see that a typeof has sorted the objects out.
      '@typescript-eslint/no-base-to-string': 'off',
    },
  },

  // A spec may look down from above: nobody imports it.
  { files: ['packages/core/src/**'], ignores: specs, rules: { 'skerry/layers': 'error' } },

  // What is published: it uses what its package.json declares, and asks the Clock.
  { files: ['packages/*/src/**'], ignores: specs, rules: { 'import-x/no-extraneous-dependencies': 'error' } },
  {
    files: ['packages/*/src/**'],
    ignores: [...specs, conformance],
    rules: {
      ...onlyTheClock,
      'no-restricted-imports': bannedImports(insides, inversify, privatePackages, timerModules),
    },
  },
  {
    files: ['packages/core/src/**'],
    ignores: [...specs, conformance],
    rules: { 'no-restricted-imports': bannedImports(insides, core, inversify, privatePackages, timerModules) },
  },
  {
    files: ['packages/core/src/container/**'],
    ignores: specs,
    rules: { 'no-restricted-imports': bannedImports(insides, core, privatePackages, timerModules) },
  },
  {
    files: ['packages/core/src/clock/system-clock.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off', 'no-restricted-syntax': 'off' },
  },
  // A page has no container to take a Clock from; the rest of the client takes this.
  {
    files: ['packages/websocket/src/browser/page-clock.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off', 'no-restricted-syntax': 'off' },
  },
  {
    files: [`packages/*/src/${conformance}`],
    rules: { 'no-restricted-imports': bannedImports(insides, inversify, privatePackages) },
  },
  { files: ['apps/**'], rules: { 'no-restricted-imports': bannedImports(insides) } },

  // Specs reach into what they test, and may compare with the real time.
  {
    files: specs,
    plugins: { jest },
    languageOptions: { globals: jest.environments.globals.globals },
    rules: {
      'no-restricted-imports': bannedImports(insides, inversify),
      'jest/no-focused-tests': 'error',
      'jest/no-disabled-tests': 'error',
      'jest/no-identical-title': 'error',
      'jest/valid-expect-in-promise': 'error',
      // A test that cannot fail is a defect.
      'jest/expect-expect': [
        'error',
        { assertFunctionNames: ['expect*', 'assert*', 'fc.assert', 'eventually', '**.nothingMore', '**.waitForLine'] },
      ],
      // Asymmetric matchers, parsed output and what was caught are any, and a wrong guess fails the test.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // Tests do on purpose what users do by mistake.
      '@typescript-eslint/no-implied-eval': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { inheritedMethods: false } }],
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
    },
  },
  {
    files: specs.map((each) => `packages/core/src/container/${each}`),
    rules: { 'no-restricted-imports': bannedImports(insides) },
  },
  { files: ['libs/**'], rules: { 'no-restricted-imports': bannedImports(packages) } },
  // Tests of real processes may have to wait for real time; these never.
  { files: specs.map((each) => `packages/${each}`), rules: noSleep },
  // A runner's `test` and `expect` are taken out of it.
  { files: [...specs, conformance], rules: { '@typescript-eslint/unbound-method': 'off' } },

  // The mistake that is tested with it.
  { files: ['apps/e2e/src/programs/circular/**'], rules: { 'import-x/no-cycle': 'off' } },
  // The rule does not see the types that JSDoc gives.
  { files: ['**/*.mjs'], rules: { '@typescript-eslint/no-unsafe-assignment': 'off' } },
  // Not in the type check.
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
);
