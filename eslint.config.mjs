import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import jest from 'eslint-plugin-jest';
import prettier from 'eslint-config-prettier';

/** The rooms of syncer-runtime, in order: a room imports only from those before it. */
const rooms = [
  'base',
  'object',
  'tmc',
  'observe',
  'kube',
  'informer',
  'queue',
  'select',
  'transforms',
  'sync',
  'controller',
  'synctarget',
  'workspace-apis',
  'access',
  'engine',
  'cli',
];
const roomZones = rooms.slice(0, -1).map((room, i) => ({
  target: `./syncer-runtime/src/${room}`,
  from: rooms.slice(i + 1).map((later) => `./syncer-runtime/src/${later}`),
  message: `${room}/ imports only from the rooms before it: ${rooms.slice(0, i).join(', ')}`,
}));
const packageZones = [
  { target: './crds/src', from: ['./syncer-runtime', './operator', './e2e'] },
  { target: './syncer-runtime/src', from: ['./operator', './e2e'] },
  { target: './operator/src', from: './e2e' },
];

export default defineConfig(
  { ignores: ['**/dist/**', '**/coverage/**', 'crds/src/generated/**', 'node_modules/**', '.demo/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, importX.flatConfigs.typescript, prettier],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({
          project: ['crds', 'syncer-runtime', 'operator', 'e2e'].map((p) => `${p}/tsconfig.json`),
        }),
      ],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      'max-lines': ['error', { max: 250, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: false, skipComments: false }],
      'max-params': 'off',
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      complexity: ['error', 10],
      'max-depth': ['error', 3],
      eqeqeq: 'error',
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': [
        'error',
        { basePath: import.meta.dirname, zones: [...roomZones, ...packageZones] },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/return-await': ['error', 'always'],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'no-restricted-globals': ['error', { name: 'setInterval', message: 'Use the clock of base/clock.' }],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@kubernetes/client-node', '@kubernetes/client-node/*'],
              message: 'Only kube/auth reads kubeconfigs; nothing else of client-node is used.',
              allowTypeImports: true,
            },
            { group: ['@dot-i/k8s-operator'], message: 'Only operator/src/framework/base-operator uses it.' },
          ],
        },
      ],
    },
  },
  {
    files: ['{syncer-runtime,operator}/src/**/*.ts'],
    ignores: ['*/src/cli/**', '**/*.test.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only cli/ reads the process.' },
        { object: 'process', property: 'exit', message: 'Only cli/ ends the process.' },
        { object: 'process', property: 'on', message: 'Only cli/ listens to the process.' },
        { object: 'Date', property: 'now', message: 'Take the clock of base/clock.' },
      ],
    },
  },
  {
    files: ['**/*.test.ts', '**/*.fixture.ts'],
    plugins: { jest },
    extends: [jest.configs['flat/recommended']],
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      complexity: 'off',
      'jest/no-disabled-tests': 'error',
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect*', 'assert*', '**.expect*', 'eventually*'] }],
      'jest/no-standalone-expect': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
