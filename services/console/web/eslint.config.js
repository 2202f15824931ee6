// SPDX-License-Identifier: Apache-2.0
import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import typescript from 'typescript-eslint';

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', 'src/api/*schema.d.ts'] },
  eslint.configs.recommended,
  ...typescript.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', 500],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      'max-params': ['error', 5],
      'no-restricted-properties': ['error',
        { property: 'innerHTML', message: 'Text nodes only: what events and logs say is untrusted.' },
        { property: 'outerHTML', message: 'Text nodes only: what events and logs say is untrusted.' },
        { property: 'insertAdjacentHTML', message: 'Text nodes only.' }],
      'no-restricted-syntax': ['error', {
        selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]',
        message: 'Text nodes only: what events and logs say is untrusted.',
      }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['bundling/**', '*.js'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', Buffer: 'readonly' } },
  },
  { files: ['public/**'], extends: [typescript.configs.disableTypeChecked] },
  {
    files: ['public/**'],
    languageOptions: { globals: { document: 'readonly', localStorage: 'readonly', matchMedia: 'readonly' } },
  },
  { files: ['tests/**'], rules: { 'max-lines-per-function': 'off' } },
);
