// For random hostile targets the verdict of the guard is held against the handler that actually ran, on every adapter.
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { Place } from './app.ts'
import { APPS } from './apps.ts'
import { batchOf } from './inputs.ts'
import { DifferentialService } from './service.ts'

const BATCHES = 35
const REQUESTS = 30
const PLACES: readonly Place[] = ['app', 'routes']

const services: DifferentialService[] = []
afterAll(async () => {
  for (const service of services) await service.close()
})

describe.each(APPS.map((app) => [app.name, app] as const))('%s', (_, app) => {
  test.each(PLACES)('SEC-01 INV-1 a denied path never ran, with the guard before the %s', async (place) => {
    const service = await DifferentialService.open(app, place)
    services.push(service)
    let ran = 0
    let refused = 0
    await fc.assert(
      fc.asyncProperty(batchOf(REQUESTS), async (each) => {
        const findings = await service.tryOut(each)
        expect(findings.wrong).toEqual([])
        ran += findings.ran
        refused += [400, 401, 403].reduce((sum, status) => sum + (findings.statuses.get(status) ?? 0), 0)
      }),
      { numRuns: BATCHES, seed: 20_260_301, endOnFailure: true },
    )
    // Neither is a rarity, so that both have been looked at.
    expect(ran).toBeGreaterThan((BATCHES * REQUESTS) / 20)
    expect(refused).toBeGreaterThan((BATCHES * REQUESTS) / 5)
  })
})
