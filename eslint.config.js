import { parser, plugin } from 'typescript-eslint'

// Biome lints and formats; this is for the one rule that needs types.
export default [
  { ignores: ['dist/**', 'test/bench/**', 'test/types/fixtures/**'] },
  {
    files: ['src/**/*.ts', 'handlers/**/*.ts', 'test/**/*.ts', 'examples/**/*.ts'],
    languageOptions: { parser, parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { '@typescript-eslint': plugin },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: { '@typescript-eslint/no-floating-promises': 'error' },
  },
]
