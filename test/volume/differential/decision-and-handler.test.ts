/** Random hostile targets: the handler or file that is served must be allowed by the reference decision. @module */
import * as fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Place } from './app.ts'
import { APPS } from './apps.ts'
import { batchOf } from './inputs.ts'
import { scaled } from '../../support/volume.ts'
import { DifferentialService } from './service.ts'

const BATCHES = scaled(35, 15)
const REQUESTS = 30
const PLACES: readonly Place[] = ['app', 'routes']
const CASES = APPS.flatMap((app) => (app.places ?? PLACES).map((place) => [app.name, place, app] as const))

const services: DifferentialService[] = []
afterAll(async () => {
  for (const service of services) await service.close()
})

test.each(CASES)('SEC-01 SEC-06 SEC-12 INV-1 %s serves no denied path (guard on: %s)', async (_, place, app) => {
  const service = await DifferentialService.open(app, place)
  services.push(service)
  let ran = 0
  let rejected = 0
  await fc.assert(
    fc.asyncProperty(batchOf(REQUESTS), async (each) => {
      const findings = await service.tryOut(each)
      expect(findings.wrong).toEqual([])
      ran += findings.ran
      rejected += [400, 401, 403].reduce((sum, status) => sum + (findings.statuses.get(status) ?? 0), 0)
    }),
    { numRuns: BATCHES, seed: 20_260_301, endOnFailure: true },
  )
  // Both outcomes must be frequent for the comparison to be meaningful. File servers redirect many requests.
  expect(ran).toBeGreaterThan((BATCHES * REQUESTS) / (app.servesAnything === true ? 80 : 20))
  expect(rejected).toBeGreaterThan((BATCHES * REQUESTS) / 5)
})
