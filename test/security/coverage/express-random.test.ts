import { assertGuarded } from '@custom-authorizer/express'
import express from 'express'
import express4 from 'express4'
import { test } from 'vitest'
import { inject, type Listener } from './inject.ts'
import { buildExpress, expressItems } from './random-express.ts'
import { expectReported } from './runs.ts'

test.each([
  [4, express4],
  [5, express],
] as const)(
  'SEC-107 every handler that runs unguarded in a random Express %i application is in the report',
  async (major, library) => {
    await expectReported(
      expressItems(major),
      (items) => {
        const { app, runs } = buildExpress(library, items)
        const listener = app as unknown as Listener
        return { app, runs, check: () => assertGuarded(app), send: (sent) => inject(listener, sent) }
      },
      // Requests that make the middleware of these applications leave its router.
      ['x-throw', 'x-route', 'x-router'],
    )
  },
)
