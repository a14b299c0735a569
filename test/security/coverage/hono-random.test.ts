import { assertGuarded } from '@custom-authorizer/hono'
import { test } from 'vitest'
import { buildHono, honoPlans } from './random-hono.ts'
import { expectReported } from './runs.ts'

test('SEC-107 whatever runs unguarded in Hono is in the report, whichever router is in use', async () => {
  await expectReported(honoPlans, (plan) => {
    const { app, runs } = buildHono(plan)
    return {
      app,
      runs,
      check: () => assertGuarded(app),
      // Routers that cannot serve all these paths together fail here, and serve nothing.
      ask: async ({ method, target }) => {
        try {
          await app.request(`http://service.test${target}`, { method })
        } catch {}
      },
    }
  })
})
