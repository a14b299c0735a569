/** The matrix of faults under one contract: every adapter, every fault of the function, every method. @module */
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
import type { RawAnswer } from '../raw-client.ts'
import { expectNothingUncaught } from '../refusal.ts'

const expectAnswer = (got: RawAnswer, method: Method, fault: Fault, name: ContractName): void => {
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

  const strike = async (fault: Fault, method: Method, round: number): Promise<void> => {
    const { harness: service, client: caller } = running()
    service.set(fault.behave)
    await caller.send(requestOf(method, `${SECRET}-${round}`))
    await service.called()
    if (fault.at === 'deadline') {
      await flushMicrotasks()
      service.clock.advance(TIMEOUT_MS - 1)
      await flushMicrotasks()
      expect(service.clock.pending).toBe(1)
      service.clock.advance(1)
    }
    expectAnswer(await caller.read(method), method, fault, name)
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
    'SEC-36 SEC-37 a function that %s lets nobody in',
    async (_name, fault) => {
      const { harness: service, client: caller } = running()
      await service.authorizer.invalidateAll()
      for (const [round, method] of METHODS.entries()) await strike(fault, method, round)
      // What failed was not kept, and the connection is as good as a new one. A denial is an answer, and kept.
      if (fault.expected?.status === 403) await service.authorizer.invalidateAll()
      service.set(() => (name === 'native' ? true : allowed()))
      await caller.send(requestOf('GET', `${SECRET}-0`, '/pets'))
      expect((await caller.read('GET')).status).toBe(200)
      expect([service.calls(), service.fixture.ran.splice(0)]).toEqual([1, ['pets']])
    },
  )

  test('SEC-98 afterwards no listener, no connection and no handle is left', async () => {
    const { harness: service, client: caller } = running()
    const usual = await listenersWithoutGuard(application)
    for (const request of service.requests) expect(listenersOf(request)).toEqual(usual.request)
    // One socket has served them all: what each had left there would have added up.
    expect(service.sockets).toHaveLength(1)
    for (const socket of service.sockets) expect(listenersOf(socket)).toEqual(usual.socket)
    caller.close()
    await until(async () => (await connectionsOf(service)) === 0, 'no connections')
    await until(() => Promise.resolve(resources() <= before), 'no handles')
  })
}

/** Describes the matrix under a contract: whatever the function does, no handler runs and nothing is told or left behind. */
export const describeFaultsUnder = (name: ContractName): void => {
  describe.each(APPLICATIONS.map((each) => [each.name, each] as const))(
    `a fault of the authorizer under ${name} on %s`,
    (_, application) => describeFaults(name, application),
  )
}
