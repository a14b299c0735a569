/** Tests every error of the function under one contract, on every adapter and with every method. @module */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flushMicrotasks } from '../deferred.ts'
import { type Fault, FAULTS, SECRET } from './functions.ts'
import {
  Client,
  connectionsOf,
  CONTRACTS,
  type ContractName,
  type Harness,
  listenersOf,
  listenersWithoutGuard,
  type Method,
  METHODS,
  openHarness,
  requestOf,
  TIMEOUT_MS,
  until,
} from './harness.ts'
import type { FixtureApplication } from '../fixture/parts.ts'
import { resources } from '../fixture/resources.ts'
import { APPLICATIONS } from '../fixture/service.ts'
import type { RawResponse } from '../raw-client.ts'
import { expectNothingUncaught } from '../failure-checks.ts'

const expectResponse = (got: RawResponse, method: Method, fault: Fault, name: ContractName): void => {
  const { failed, errorType } = CONTRACTS[name]
  const { status, body } = fault.expected ?? { status: 500, body: failed }
  expect([method, got.status, got.body]).toEqual([method, status, method === 'HEAD' ? '' : body])
  expect(got.header('content-length')).toBe(String(body.length))
  expect(got.header('content-type')).toBe('application/json')
  expect(got.header('cache-control')).toBe('no-store')
  if (status === 500) expect(got.header('x-amzn-errortype')).toBe(errorType)
  expect(JSON.stringify(got.lines)).not.toContain(SECRET)
}

const allowed = async (): Promise<unknown> => ({
  principalId: 'u',
  policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
})

const describeFaults = (name: ContractName, application: FixtureApplication): void => {
  let harness: Harness | undefined
  let client: Client | undefined
  let before = 0
  const running = (): { harness: Harness; client: Client } => {
    if (harness === undefined || client === undefined) throw new Error('not running')
    return { harness, client }
  }
  expectNothingUncaught()
  beforeAll(async () => {
    harness = await openHarness(application, name)
    client = new Client(harness.fixture.port)
    before = resources()
  })
  afterAll(async () => {
    client?.close()
    await harness?.close()
  })

  const sendTo = async (fault: Fault, method: Method, round: number): Promise<void> => {
    const { harness: service, client: caller } = running()
    service.set(fault.behave)
    await caller.send(requestOf(method, `${SECRET}-${round}`))
    await service.called()
    if (fault.at === 'deadline') {
      await flushMicrotasks()
      service.clock.advanceSync(TIMEOUT_MS - 1)
      await flushMicrotasks()
      expect(service.clock.pending).toBe(1)
      service.clock.advanceSync(1)
    }
    expectResponse(await caller.read(method), method, fault, name)
    fault.afterwards?.()
    await flushMicrotasks()
    expect([service.fixture.ran, service.fixture.errors, service.calls(), service.clock.pending]).toEqual([
      [],
      [],
      1,
      0,
    ])
    expect(service.lines.join('\n')).not.toContain(SECRET)
  }

  const rows = FAULTS.filter(({ only = name }) => only === name)
  test.each(rows.map((fault) => [fault.name, fault] as const))(
    'SEC-36 SEC-37 a function that %s runs no handler',
    async (_name, fault) => {
      const { harness: service, client: caller } = running()
      await service.authorizer.invalidateAll()
      for (const [round, method] of METHODS.entries()) await sendTo(fault, method, round)
      // Errors were not cached, and the connection still works. A denial is a result and is cached.
      if (fault.expected?.status === 403) await service.authorizer.invalidateAll()
      service.set(() => (name === 'native' ? true : allowed()))
      await caller.send(requestOf('GET', `${SECRET}-0`, '/pets'))
      expect((await caller.read('GET')).status).toBe(200)
      expect([service.calls(), service.fixture.ran.splice(0)]).toEqual([1, ['pets']])
    },
  )

  test('SEC-98 no listener, connection or handle is left afterwards', async () => {
    const { harness: service, client: caller } = running()
    const usual = await listenersWithoutGuard(application)
    for (const request of service.requests) expect(listenersOf(request)).toEqual(usual.request)
    // All requests used one socket, so leaked listeners would add up there.
    expect(service.sockets).toHaveLength(1)
    for (const socket of service.sockets) expect(listenersOf(socket)).toEqual(usual.socket)
    caller.close()
    await until(async () => (await connectionsOf(service)) === 0, 'no connections')
    await until(() => Promise.resolve(resources() <= before), 'no handles')
  })
}

/** Registers the tests under a contract: no handler runs, nothing is disclosed and nothing leaks. */
export const describeFaultsUnder = (name: ContractName): void => {
  describe.each(APPLICATIONS.map((each) => [each.name, each] as const))(
    `failing authorizer under ${name} on %s`,
    (_, application) => describeFaults(name, application),
  )
}
