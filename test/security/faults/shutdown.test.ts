/**
 * A server that is told to stop while authorizers are at work: what has begun is ended properly, what fails fails as ever, and
 * the server closes with nothing left behind (SEC-98).
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
import { expectNothingUncaught } from '../../support/refusal.ts'

const CALLERS = 30
const NAMES = Object.keys(CONTRACTS) as readonly ContractName[]
const MATRIX = APPLICATIONS.flatMap((application) =>
  NAMES.map((name) => [application.name, name, application] as const),
)

/** What becomes of the calls that are under way, and the statuses of the thirty who wait. */
const ENDS: readonly (readonly [
  what: string,
  end: (gate: Deferred<unknown>, name: ContractName, harness: Harness) => void,
  status: number,
])[] = [
  ['are allowed', (gate, name) => gate.resolve(allowance(name)), 200],
  ['are failed', (gate) => gate.reject(new Error('hunter2')), 500],
  ['are given up at the deadline', (_gate, _name, { clock }) => clock.advance(TIMEOUT_MS), 500],
]

describe.each(MATRIX)('a shutdown of %s under %s', (_application, name, application) => {
  const opened: Harness[] = []
  expectNothingUncaught()
  afterAll(async () => {
    for (const harness of opened) await harness.close()
  })

  test.each(ENDS)('SEC-98 ends requests that %s, and then the server', async (_what, end, status) => {
    const harness = await openHarness(application, name, { mount: { contextHeaders: undefined } })
    opened.push(harness)
    const { server, port, ran } = harness.fixture
    const gate = new Deferred<unknown>()
    harness.set(() => gate.promise)
    const idle = await RawConnection.open(port)
    const connections = await Promise.all(Array.from({ length: CALLERS }, () => RawConnection.open(port)))
    for (const [index, connection] of connections.entries()) {
      const headers = [['Connection', index % 2 === 0 ? 'close' : 'keep-alive'] as const]
      // A few of them share a call.
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
      // There is no POST /pets: who may ask for it is told so by the application.
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
