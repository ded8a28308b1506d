import tseslint from 'typescript-eslint';

const pure = ['libs/domain/src/**/*.ts', 'libs/views/src/**/*.ts'];
const specs = ['**/*.spec.ts', 'test/**/*.ts', 'libs/core/src/testing/**/*.ts'];

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'dist/',
      'coverage/',
      'apps/web/',
      'test/architecture/fixtures/',
      'infra/node24/node_modules/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['apps/**/*.ts', 'libs/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'CallExpression[callee.property.name="on"][arguments.0.value="data"] > :function[async=true]',
          message: 'An async data listener loses order: use for await.',
        },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNever: true },
      ],
      // A Nest module is a class with nothing in it but its decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-plus-operands': ['error', { allowNumberAndString: true }],
      // A port's method is async whether or not this adapter has to wait.
      '@typescript-eslint/require-await': 'off',
      // The empty record is how a decider says that it needs no facts.
      '@typescript-eslint/no-generated-empty-object-type': 'off',
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      // A type parameter that appears once still documents what a caller may name.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-invalid-void-type': ['error', { allowInGenericTypeArguments: true }],
    },
  },
  {
    // Where Nest injects nothing. In apps and runtime a type-only import would erase what it reads.
    files: ['libs/**/*.ts'],
    ignores: ['libs/runtime/**'],
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
    },
  },
  {
    files: pure,
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The clock arrives in the command.' },
        { object: 'Math', property: 'random', message: 'Chance has no place in a rule.' },
        { object: 'performance', property: 'now', message: 'The clock arrives in the command.' },
        { object: 'crypto', property: 'randomUUID', message: 'Ids arrive in the command.' },
        { object: 'crypto', property: 'getRandomValues', message: 'Chance has no place in a rule.' },
      ],
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'Rules and views read no environment.' },
        { name: 'setTimeout', message: 'Rules and views wait for nothing.' },
        { name: 'setInterval', message: 'Rules and views wait for nothing.' },
        { name: 'fetch', message: 'Rules and views do no I/O.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
          message: 'The clock arrives in the command.',
        },
        { selector: 'CallExpression[callee.name="Date"]', message: 'The clock arrives in the command.' },
        { selector: 'Decorator', message: 'Rules and views are plain functions.' },
      ],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['@nestjs/*', '@nestjs/*/**'], message: 'Rules and views know no framework.' },
            { group: ['node:*', 'crypto', 'fs', 'fs/*'], message: 'Rules and views are pure.' },
          ],
        },
      ],
    },
  },
  {
    // Tests read what a real client would have to check first.
    files: specs,
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
