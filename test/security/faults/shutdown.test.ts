/**
 * A server that closes while authorizers run: requests in progress get their response or the usual error, and the server closes
 * without leaks (SEC-98).
 * @module
 */
import { afterAll, describe, expect, test } from 'vitest'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { allowance } from '../../support/faults/functions.ts'
import {
  connectionsOf,
  CONTRACTS,
  type ContractName,
  type Harness,
  openHarness,
  TIMEOUT_MS,
  until,
} from '../../support/faults/harness.ts'
import { APPLICATIONS, bytesOf } from '../../support/fixture/service.ts'
import { RawConnection } from '../../support/raw-client.ts'
import { expectNothingUncaught } from '../../support/failure-checks.ts'

const CALLERS = 30
const NAMES = Object.keys(CONTRACTS) as readonly ContractName[]
const MATRIX = APPLICATIONS.flatMap((application) =>
  NAMES.map((name) => [application.name, name, application] as const),
)

/** How the calls in progress end, and the status of the thirty waiting requests. */
const ENDS: readonly (readonly [
  what: string,
  end: (gate: Deferred<unknown>, name: ContractName, harness: Harness) => void,
  status: number,
])[] = [
  ['are allowed', (gate, name) => gate.resolve(allowance(name)), 200],
  ['are failed', (gate) => gate.reject(new Error('hunter2')), 500],
  ['time out', (_gate, _name, { clock }) => clock.advanceSync(TIMEOUT_MS), 500],
]

describe.each(MATRIX)('shutdown of %s under %s', (_application, name, application) => {
  const opened: Harness[] = []
  expectNothingUncaught()
  afterAll(async () => {
    for (const harness of opened) await harness.close()
  })

  test.each(ENDS)('SEC-98 requests that %s get their response before the server closes', async (_what, end, status) => {
    const harness = await openHarness(application, name, { mount: { contextHeaders: undefined } })
    opened.push(harness)
    const { server, port, ran } = harness.fixture
    const gate = new Deferred<unknown>()
    harness.set(() => gate.promise)
    const idle = await RawConnection.open(port)
    const connections = await Promise.all(Array.from({ length: CALLERS }, () => RawConnection.open(port)))
    for (const [index, connection] of connections.entries()) {
      const headers = [['Connection', index % 2 === 0 ? 'close' : 'keep-alive'] as const]
      // Some requests share a call.
      connection.write(bytesOf(index % 3 === 0 ? 'POST /pets' : 'GET /pets', { token: `t${index % 20}`, headers }))
    }
    await until(() => harness.calls() === 20 && harness.requests.length === CALLERS, 'all are under way')
    const closed = new Promise<void>((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)))
    })
    await flushMicrotasks()
    expect(await connectionsOf(harness)).toBeGreaterThanOrEqual(CALLERS)
    end(gate, name, harness)
    for (const [index, connection] of connections.entries()) {
      const got = await connection.read(index % 3 === 0 ? 'POST' : 'GET')
      // The application has no POST /pets, so an allowed request gets its 404.
      expect(got.status).toBe(status === 200 && index % 3 === 0 ? 404 : status)
      if (status === 500) expect(got.body).not.toContain('hunter2')
      connection.close()
    }
    idle.close()
    await closed
    expect(ran.length).toBe(status === 200 ? (CALLERS * 2) / 3 : 0)
    expect([await connectionsOf(harness), harness.clock.pending, server.listening]).toEqual([0, 0, false])
  })
})
