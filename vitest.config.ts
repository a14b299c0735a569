import { defineConfig } from 'vitest/config'

// Tests run on the sources, under the names users import. The rest are Vite's own conditions for a server.
const conditions = ['@custom-authorizer/source', 'module', 'node', 'development|production']

/** Tests that change the state of their process, such as its time zone. */
const ownProcess = ['test/unit/aws/policy/date-operators.test.ts']
const exclude = ['**/node_modules/**', '**/dist/**']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    testTimeout: 60_000,
    // Test files share their worker, which saves loading the sources for each. The nightly workflow runs them isolated.
    pool: 'threads',
    isolate: false,
    maxWorkers: '100%',
    passWithNoTests: false,
    dangerouslyIgnoreUnhandledErrors: false,
    restoreMocks: true,
    expect: { requireAssertions: true },
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    typecheck: {
      enabled: true,
      checker: 'tsc',
      include: ['test/types/**/*.test-d.ts'],
      tsconfig: 'test/types/tsconfig.json',
      // Errors in the sources are the business of `npm run check`.
      ignoreSourceErrors: true,
    },
    projects: [
      // `extends` appends to lists, so that each project states its own files.
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts', 'packages/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: [...exclude, ...ownProcess],
        },
      },
      {
        extends: true,
        test: {
          name: 'own process',
          include: ownProcess,
          exclude,
          pool: 'forks',
          isolate: true,
          typecheck: { enabled: false },
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      reporter: ['text', 'html', 'json-summary'],
    },
  },
})
