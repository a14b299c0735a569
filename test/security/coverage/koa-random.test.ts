import { assertGuarded } from '@custom-authorizer/koa'
import Koa from 'koa'
import Koa2 from 'koa2'
import { test } from 'vitest'
import { inject } from './inject.ts'
import { buildKoa, koaItems } from './random-koa.ts'
import { expectReported } from './runs.ts'

test.each([
  [2, Koa2],
  [3, Koa],
] as const)(
  'SEC-107 every handler that runs unguarded in a random Koa %i application is in the report',
  async (_, Application) => {
    await expectReported(koaItems, (items) => {
      const { app, runs } = buildKoa(Application, items)
      const listener = app.callback()
      return { app, runs, check: () => assertGuarded(app), send: (sent) => inject(listener, sent) }
    })
  },
)
