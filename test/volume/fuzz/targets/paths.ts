/** Compares the decision with the handler or file that was served, in every application of test/volume/differential. @module */
import * as fc from 'fast-check'
import { APPS } from '../../differential/apps.ts'
import { batchOf } from '../../differential/inputs.ts'
import { DifferentialService } from '../../differential/service.ts'
import type { FuzzTarget } from '../target.ts'

const REQUESTS = 20
const PLACES = ['app', 'routes'] as const
const HOMES = APPS.flatMap((app) => (app.places ?? PLACES).map((place) => [app, place] as const))

/** The running applications. */
const running = new Map<number, Promise<DifferentialService>>()
const serviceOf = (home: number): Promise<DifferentialService> => {
  const [app, place] = HOMES[home] as (typeof HOMES)[number]
  const service = running.get(home) ?? DifferentialService.open(app, place)
  running.set(home, service)
  return service
}

const inputs = fc.record({ home: fc.nat({ max: HOMES.length - 1 }), batch: batchOf(REQUESTS) })

export const paths: FuzzTarget = {
  name: 'paths',
  rules: 'SEC-01, SEC-04, SEC-07, SEC-11 to SEC-14, SEC-19, INV-1',
  inputsPerRun: REQUESTS,
  endOnFailure: true,
  property: fc.asyncProperty(inputs, async ({ home, batch }) => {
    const service = await serviceOf(home)
    const { wrong } = await service.tryOut(batch)
    if (wrong.length > 0)
      throw new Error(`${HOMES[home]?.[0].name}, guard before the ${HOMES[home]?.[1]}: ${wrong.join('; ')}`)
  }),
  close: async () => {
    for (const service of running.values()) await (await service).close()
    running.clear()
  },
}
