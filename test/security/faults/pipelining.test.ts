/**
 * Pipelined requests on one connection while the authorizer runs for the first: each is decided separately, and the responses
 * keep their order (SEC-116, SEC-97, INV-5).
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { allowance, SECRET } from '../../support/faults/functions.ts'
import { CONTRACTS, type ContractName, type Harness, openHarness, TIMEOUT_MS } from '../../support/faults/harness.ts'
import { APPLICATIONS, bytesOf } from '../../support/fixture/service.ts'
import { type RawResponse, RawConnection } from '../../support/raw-client.ts'
import { expectNothingUncaught } from '../../support/failure-checks.ts'

const NAMES = Object.keys(CONTRACTS) as readonly ContractName[]
const MATRIX = APPLICATIONS.flatMap((application) =>
  NAMES.map((name) => [application.name, name, application] as const),
)

/** The token of each pipelined request, and the status of its response. */
const ROW = [
  ['slow', 200],
  ['fails', 500],
  ['hangs', 500],
  ['fast', 200],
  ['slow', 200],
  ['denied', 403],
  ['late', 500],
  ['fast', 200],
] as const

describe.each(MATRIX)('pipelined requests to %s under %s', (_application, name, application) => {
  let harness: Harness | undefined
  expectNothingUncaught()
  beforeAll(async () => {
    harness = await openHarness(application, name, { mount: { contextHeaders: undefined } })
  })
  afterAll(() => harness?.close())

  test('SEC-116 each request is decided separately and gets its response in order', async () => {
    if (harness === undefined) throw new Error('not running')
    const service = harness
    const [slow, late] = [new Deferred<unknown>(), new Deferred<unknown>()]
    const behaviours: Readonly<Record<string, () => unknown>> = {
      slow: () => slow.promise,
      late: () => late.promise,
      hangs: () => new Promise(() => undefined),
      fails: async () => {
        throw new Error(SECRET)
      },
      fast: async () => allowance(name),
      denied: async () =>
        name === 'native' ? false : { principalId: 'u', policyDocument: { Version: '2012-10-17', Statement: [] } },
    }
    service.set((event) => {
      const { authorizationToken, header } = event as { authorizationToken?: string; header?: (of: string) => string }
      const line = authorizationToken ?? header?.call(event, 'authorization') ?? ''
      return behaviours[line.replace('Bearer ', '')]?.()
    })
    const connection = await RawConnection.open(service.fixture.port)
    connection.write(
      Buffer.concat(
        ROW.map(([token]) =>
          bytesOf('POST /echo', { token, headers: [['Connection', 'keep-alive']], body: `I am ${token}` }),
        ),
      ),
    )
    await service.called()
    // Node.js emits pipelined requests one by one if the application reads bodies, and otherwise all at once.
    const got: RawResponse[] = []
    const all = (async () => {
      while (got.length < ROW.length) got.push(await connection.read('POST'))
    })()
    slow.resolve(allowance(name))
    for (let round = 0; round < 200 && got.length < ROW.length; round++) {
      await flushMicrotasks()
      service.clock.advanceSync(TIMEOUT_MS)
    }
    late.resolve(allowance(name))
    await all
    expect(got.map(({ status }) => status)).toEqual(ROW.map(([, status]) => status))
    const allowed = got.filter(({ status }) => status === 200)
    for (const response of got.filter(({ status }) => status !== 200)) expect(response.body).not.toContain(SECRET)
    const lengths = allowed.map(({ body }) => (JSON.parse(body) as { body: { length: number } }).body.length)
    expect(lengths).toEqual(ROW.filter(([, status]) => status === 200).map(([token]) => `I am ${token}`.length))
    expect([service.fixture.ran.length, service.clock.pending]).toEqual([4, 0])
    connection.close()
  })
})
