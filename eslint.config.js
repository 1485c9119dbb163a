import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** An op type compared with a word: by `===`, by `switch`, by a list, by a part of its name. */
const opType = ":matches(MemberExpression[property.name='opType'], Identifier[name='opType'])";
const comparison = 'BinaryExpression:matches([operator="==="], [operator="!=="])';
const comparedOpTypes = [
  `${comparison}:has(> Literal[value=/./]) > ${opType}`,
  `${comparison}:has(> Literal[value=/./]) > ChainExpression > ${opType}`,
  `SwitchStatement > ${opType}.discriminant`,
  `CallExpression[callee.object.type="ArrayExpression"] > ${opType}.arguments`,
  `CallExpression:matches([arguments.0.type="Literal"], [arguments.0.regex]) > MemberExpression.callee > ${opType}.object`,
].map((selector) => ({
  selector,
  message: 'Ask electron/engine/graph/ops what an operator is; do not compare op types.',
}));

/**
 * What a layer is stored in is its precision: not whether it is "quantized", nor a number of bits, which say so of one scheme alone. Documents
 * of older versions have those; `precisionOf` reads them.
 */
const bits = '[name=/^(weightBits|activationBits|originalWeightBits|originalActivationBits)$/]';
const oldPrecision = [
  "MemberExpression[property.name='quantized']",
  "ObjectPattern > Property[key.name='quantized']",
  `${comparison} > Identifier${bits}`,
  `${comparison} > MemberExpression > Identifier${bits}.property`,
  `${comparison}:has(> Literal[value=/^(8|32|int8|float32)$/]) > MemberExpression > Identifier[name=/^(bits|mode|precision|scheme)$/].property`,
].map((selector) => ({
  selector,
  message: 'Ask the precision of a layer (shared/precision.ts), not whether it is quantized or how many bits it has.',
}));

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'node_modules/', 'electron/engine/onnx/proto/', '.dependency-cruiser.cjs'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js', 'bin/*.js'] } } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['test', 'it', 'describe', 'suite'], package: 'node:test' },
          ],
        },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    // What an operator is, graph/ops knows, and schemes know what they make of it; everything else asks them.
    files: ['electron/**/*.ts', 'renderer/**/*.{ts,tsx}', 'shared/**/*.ts'],
    ignores: [
      'electron/engine/graph/ops/**',
      'electron/engine/schemes/**',
      // Below graph/: what nodes of a file that was not checked yet would make, and Constant nodes.
      'electron/engine/onnx/check-demands.ts',
      'electron/engine/onnx/initializers.ts',
      // Reads the run document alone, for windows and reports.
      'shared/slow-causes.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', ...comparedOpTypes] },
  },
  {
    // The engine calls a model that it made quantized, which is something else.
    files: ['electron/**/*.ts', 'renderer/**/*.{ts,tsx}', 'shared/**/*.ts'],
    ignores: ['electron/engine/**', 'shared/precision.ts', 'shared/slow-causes.ts'],
    rules: { 'no-restricted-syntax': ['error', ...comparedOpTypes, ...oldPrecision] },
  },
  {
    // A file is about one subject, a function does one thing. Markup takes more lines than what it shows.
    files: ['electron/**/*.ts', 'renderer/**/*.{ts,tsx}', 'shared/**/*.ts'],
    rules: { 'max-lines': ['error', 300], 'max-lines-per-function': ['error', 90] },
  },
  { files: ['renderer/**/*.tsx'], rules: { 'max-lines-per-function': ['error', 120] } },
  { files: ['renderer/**/*.{ts,tsx}'], ...reactHooks.configs.flat.recommended },
  { files: ['scripts/**', 'bench/**', 'test/**', 'electron/cli/**'], rules: { 'no-console': 'off' } },
  {
    files: ['*.js', 'bin/*.js'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { globals: { process: 'readonly', URL: 'readonly' } },
  },
);
