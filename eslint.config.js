/**
 * Lint rules: only what finds faults or guards a border of the architecture. Layout is Prettier's, unused code
 * is knip's and the compiler's, and who may import whom is dependency-cruiser's (.dependency-cruiser.cjs).
 */
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const SQL =
  '/^\\s*(SELECT\\s[^]+\\sFROM\\s|INSERT\\s+(OR\\s+\\w+\\s+)?INTO\\s|REPLACE\\s+INTO\\s|UPDATE\\s+\\w+\\s+SET\\s' +
  '|DELETE\\s+FROM\\s|(CREATE|DROP|ALTER)\\s+(UNIQUE\\s+)?(TABLE|INDEX|VIEW|TRIGGER)\\s|PRAGMA\\s|BEGIN\\s+IMMEDIATE)/';
const sqlMessage = 'SQL belongs in persistence/: add what you need to the Store port.';
const noSql = [
  { selector: `Literal[value=${SQL}]`, message: sqlMessage },
  { selector: `TemplateElement[value.raw=${SQL}]`, message: sqlMessage },
];
const noThrownStrings = { selector: 'ThrowStatement > :matches(Literal, TemplateLiteral)', message: 'Throw an Error.' };

export default defineConfig(
  globalIgnores([
    '.cache/**',
    '**/dist/**',
    '**/coverage/**',
    'examples/**',
    'engines/**',
    '**/fixtures/**',
    '.vishkar-demo/**',
  ]),
  {
    files: ['**/*.{js,mjs,cjs,ts}'],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-constant-condition': ['error', { checkLoops: 'allExceptWhileTrue' }],
      'no-debugger': 'error',
      'no-empty': 'error',
      'no-fallthrough': 'error',
      'no-self-compare': 'error',
      'no-unsafe-finally': 'error',
      'no-unsafe-optional-chaining': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-object-has-own': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    languageOptions: {
      parserOptions: {
        // Named projects, not the project service: every file belongs to exactly one of these.
        project: ['packages/*/tsconfig.json', 'packages/*/tsconfig.test.json', 'tsconfig.tools.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', noThrownStrings, ...noSql],
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-expressions': 'error',
      '@typescript-eslint/no-unsafe-function-type': 'error',
      '@typescript-eslint/no-wrapper-object-types': 'error',
      // These need types: promises nobody awaits, and unions a switch forgets.
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/restrict-plus-operands': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // Here text for people and for programs leaves the process.
    files: ['packages/*/src/cli/**', 'packages/*/src/demo/**', 'packages/*/scripts/**', '**/bin/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['packages/temporal-embedded/src/persistence/**', 'packages/temporal-embedded/migrations/**'],
    rules: { 'no-restricted-syntax': ['error', noThrownStrings] },
  },
  {
    // The generated codecs are untyped at their edges; `proto/` is where that ends.
    files: ['packages/temporal-embedded/src/proto/**'],
    rules: { '@typescript-eslint/no-explicit-any': 'off' },
  },
  {
    // Tests look into databases, speak raw protocol and hold what no type describes.
    files: ['**/*.test.ts', 'packages/*/test/**'],
    rules: {
      'no-console': 'off',
      'no-restricted-syntax': ['error', noThrownStrings],
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
    },
  },
);
