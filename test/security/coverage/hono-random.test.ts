import { assertGuarded } from '@custom-authorizer/hono'
import { test } from 'vitest'
import { buildHono, honoPlans } from './random-hono.ts'
import { expectReported } from './runs.ts'

test('SEC-107 every handler that runs unguarded in a random Hono application is in the report, with every router', async () => {
  await expectReported(honoPlans, (plan) => {
    const { app, runs } = buildHono(plan)
    return {
      app,
      runs,
      check: () => assertGuarded(app),
      // Some routers do not support this combination of paths. They throw here and serve nothing.
      send: async ({ method, target }) => {
        try {
          await app.request(`http://service.test${target}`, { method })
        } catch {}
      },
    }
  })
})
