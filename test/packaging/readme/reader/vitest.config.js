// Runs the blocks of the documentation on the sources, in processes of their own.
import { defineConfig } from 'vitest/config'

const conditions = ['@custom-authorizer/source', 'module', 'node', 'development|production']

export default defineConfig({
  resolve: {
    conditions,
    // The tests for Jest and node:test call the same functions.
    alias: { '@jest/globals': 'vitest', 'node:test': `${import.meta.dirname}/node_modules/node-test/index.js` },
  },
  ssr: { resolve: { conditions } },
  test: { include: ['run.test.js', '*/*.test.{js,ts}'], pool: 'forks', reporters: ['dot'], testTimeout: 60_000 },
})
