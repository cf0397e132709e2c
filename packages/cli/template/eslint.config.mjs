import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig({ ignores: ['**/dist/', '.nx/', 'coverage/'] }, js.configs.recommended, {
  files: ['**/*.ts'],
  extends: [tseslint.configs.recommendedTypeChecked],
  languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
  rules: {
    // Would make `import type` of a class that a constructor asks for, which then cannot be injected.
    '@typescript-eslint/consistent-type-imports': 'off',
    // A handler promises; it need not wait for anything.
    '@typescript-eslint/require-await': 'off',
  },
});
