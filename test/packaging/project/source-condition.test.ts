import { expect, test } from 'vitest'

test.each([
  'core',
  'core/aws',
  'core/fetch',
  'core/node',
  'core/redis',
  'core/remote',
  'core/testing',
  'core/usage-plan',
  'express',
  'koa',
  'hono',
  'definitions',
  'cli',
])('@custom-authorizer/%s resolves to its source in tests', async (name) => {
  const published: string = `@custom-authorizer/${name}`
  await expect(import(published)).resolves.toBeDefined()
})
