// For random hostile targets, the decision is compared with the handler or file that was served, in every application.
import * as fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Place } from './app.ts'
import { APPS } from './apps.ts'
import { batchOf } from './inputs.ts'
import { DifferentialService } from './service.ts'
import { scaled } from '../../support/volume.ts'

const BATCHES = scaled(35, 15)
const REQUESTS = 30
const PLACES: readonly Place[] = ['app', 'routes']
const CASES = APPS.flatMap((app) => (app.places ?? PLACES).map((place) => [app.name, place, app] as const))

const services: DifferentialService[] = []
afterAll(async () => {
  for (const service of services) await service.close()
})

test.each(CASES)(
  'SEC-01 SEC-06 SEC-12 INV-1 %s serves no denied path, with the guard before the %s',
  async (_, place, app) => {
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
    // Neither is rare, so that both have been compared. File servers redirect many requests.
    expect(ran).toBeGreaterThan((BATCHES * REQUESTS) / (app.servesAnything === true ? 80 : 20))
    expect(refused).toBeGreaterThan((BATCHES * REQUESTS) / 5)
  },
)
