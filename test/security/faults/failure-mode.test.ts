/**
 * `failureMode: 'allow'`: during an outage of the authorizer, requests pass without a principal. Denials, malformed results,
 * missing credentials and ambiguous targets are still rejected (SEC-87, SEC-17, INV-3).
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flushMicrotasks } from '../../support/deferred.ts'
import { type Fault, FAULTS, SECRET } from '../../support/faults/functions.ts'
import { CONTRACTS, type ContractName, type Harness, openHarness, TIMEOUT_MS } from '../../support/faults/harness.ts'
import { expectNamespace, FORGED } from '../../support/fixture/namespace.ts'
import type { Seen } from '../../support/fixture/parts.ts'
import { APPLICATIONS, bytesOf, sendBytes } from '../../support/fixture/service.ts'
import type { RawResponse } from '../../support/raw-client.ts'
import { expectNothingUncaught } from '../../support/failure-checks.ts'

const NAMES = Object.keys(CONTRACTS) as readonly ContractName[]
const MATRIX = APPLICATIONS.flatMap((application) =>
  NAMES.map((name) => [application.name, name, application] as const),
)
/** Outages: a caller cannot cause them with a token (SEC-87). */
const OUTAGES: ReadonlySet<unknown> = new Set([
  'AUTHORIZER_TIMEOUT',
  'AUTHORIZER_UNREACHABLE',
  'AUTHORIZER_UNAVAILABLE',
])
/** The rows that are outages; the others are results and errors of the function. */
const isOutage = ({ expected, at }: Fault): boolean =>
  expected?.status === 503 || (expected === undefined && at === 'deadline')

describe.each(MATRIX)('failureMode allow on %s under %s', (_application, name, application) => {
  let harness: Harness | undefined
  expectNothingUncaught()
  beforeAll(async () => {
    harness = await openHarness(application, name, { mount: { failureMode: 'allow' } })
  })
  afterAll(() => harness?.close())

  const running = (): Harness => {
    if (harness === undefined) throw new Error('not running')
    return harness
  }

  const send = async (fault: Fault): Promise<RawResponse> => {
    const service = running()
    await service.authorizer.invalidateAll()
    service.set(fault.behave)
    const pending = sendBytes(service.fixture.port, bytesOf('POST /echo', { token: SECRET, headers: FORGED }), 'POST')
    await service.called()
    if (fault.at === 'deadline') {
      await flushMicrotasks()
      service.clock.advanceSync(TIMEOUT_MS)
    }
    const got = await pending
    fault.afterwards?.()
    await flushMicrotasks()
    return got
  }

  const rows = FAULTS.filter(({ only = name }) => only === name)
  test.each(rows.map((fault) => [fault.name, fault] as const))(
    'SEC-87 a function that %s never yields a principal',
    async (_name, fault) => {
      const service = running()
      for (const list of [service.fixture.ran, service.lines, service.decisions]) list.length = 0
      const got = await send(fault)
      const reason = service.decisions.at(-1)?.reason
      const ran = service.fixture.ran.splice(0)
      expect(got.body).not.toMatch(/mallory/)
      expect(OUTAGES.has(reason)).toBe(isOutage(fault))
      if (OUTAGES.has(reason)) {
        expect([got.status, ran]).toEqual([200, ['echo']])
        const seen = JSON.parse(got.body) as Seen
        expectNamespace(seen, [])
        expect([seen.locals, seen.authorizer]).toEqual([null, { thrown: 'ERR_NOT_AUTHORIZED' }])
        expect(service.lines.filter((each) => each.includes('failureMode'))).toHaveLength(1)
      } else {
        expect([got.status, ran]).toEqual([fault.expected?.status ?? 500, []])
        expect(got.body).toBe(fault.expected?.body ?? CONTRACTS[name].failed)
      }
      expect(service.lines.join('\n')).not.toContain(SECRET)
    },
  )

  test('SEC-87 a request with no token, an ambiguous target or two credentials is rejected', async () => {
    const service = running()
    service.set(() => {
      throw new Error(SECRET)
    })
    for (const [line, settings, status] of [
      ['GET /echo', { token: undefined }, 401],
      ['GET //echo', { token: SECRET }, 400],
      ['GET /users/../echo', { token: SECRET }, 400],
      ['GET /echo', { token: SECRET, headers: [['Authorization', 'x']] }, 401],
    ] as const) {
      expect([line, (await service.fixture.exchange(line, settings)).status]).toEqual([line, status])
    }
    expect([service.fixture.ran, service.calls()]).toEqual([[], 0])
  })
})
