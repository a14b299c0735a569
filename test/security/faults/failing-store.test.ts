/**
 * A store that fails, hangs or returns invalid records costs one call of the function: the function decides, on every adapter,
 * under either contract, with every method (SEC-65, SEC-66).
 * @module
 */
import type { Store } from '@custom-authorizer/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flushMicrotasks } from '../../support/deferred.ts'
import { allowance, SECRET } from '../../support/faults/functions.ts'
import {
  Client,
  CONTRACTS,
  type ContractName,
  type Harness,
  METHODS,
  openHarness,
  requestOf,
  until,
} from '../../support/faults/harness.ts'
import { recordOfAnotherCaller, STORE_FAULTS, type StoreFault } from '../../support/faults/stores.ts'
import { resultOf, forbid } from '../../support/fixture/authorizer.ts'
import { APPLICATIONS } from '../../support/fixture/service.ts'
import { expectNothingUncaught } from '../../support/failure-checks.ts'

const STORE_TIMEOUT_MS = 20
const NAMES = Object.keys(CONTRACTS) as readonly ContractName[]
const MATRIX = APPLICATIONS.flatMap((application) =>
  NAMES.map((name) => [application.name, name, application] as const),
)

/** The results of the function for two callers. */
const denyResult = (name: ContractName): unknown => (name === 'native' ? false : resultOf('u', forbid('*')))

describe.each(MATRIX)('failing store on %s under %s', (_application, name, application) => {
  let current: Store = { get: () => undefined, set: () => undefined, delete: () => undefined }
  // One service for all rows: its store delegates to the store of the row.
  const store: Store = {
    get: (scope, key) => current.get(scope, key),
    set: (...given) => current.set(...given),
    delete: (scope, selector) => current.delete(scope, selector),
  }
  let harness: Harness | undefined
  let client: Client | undefined
  expectNothingUncaught()
  beforeAll(async () => {
    const kernel = { storeTimeoutMs: STORE_TIMEOUT_MS }
    harness = await openHarness(application, name, { store, kernel, mount: { contextHeaders: undefined } })
    client = new Client(harness.fixture.port)
  })
  afterAll(async () => {
    client?.close()
    await harness?.close()
  })
  const running = (): { service: Harness; caller: Client } => {
    if (harness === undefined || client === undefined) throw new Error('not running')
    return { service: harness, caller: client }
  }

  const send = async (fault: StoreFault, method: (typeof METHODS)[number], allowed: boolean): Promise<void> => {
    const { service, caller } = running()
    service.set(async () => (allowed ? allowance(name) : denyResult(name)))
    // A store that keeps failing is tried once per second.
    service.clock.advanceSync(1000)
    await caller.send(requestOf(method, SECRET))
    if (fault.hangs) {
      await until(() => service.clock.pending === 1, 'the store was called')
      service.clock.advanceSync(STORE_TIMEOUT_MS - 1)
      await flushMicrotasks()
      expect(service.calls()).toBe(0)
      service.clock.advanceSync(1)
    }
    const got = await caller.read(method)
    const ran = service.fixture.ran.splice(0)
    expect([method, got.status, ran]).toEqual([method, allowed ? 200 : 403, allowed ? ['echo'] : []])
    expect([service.calls(), service.clock.pending, service.fixture.errors]).toEqual([1, 0, []])
    if (!allowed) expect(got.body).not.toContain(SECRET)
    expect(got.body).not.toContain('mallory')
  }

  test.each(STORE_FAULTS.map((fault) => [fault.name, fault] as const))(
    'SEC-65 SEC-66 a store that %s never affects the decision',
    async (_name, fault) => {
      current = fault.store
      const some = ['GET', 'POST'] as const
      for (const method of fault.brief ? some : METHODS) await send(fault, method, false)
      for (const method of some) await send(fault, method, true)
      const { service } = running()
      expect(service.lines.join('\n')).not.toMatch(/hunter2|mallory|redis:/)
      expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined()
      service.lines.length = 0
    },
  )

  test('SEC-65 a valid record of another caller is used: the store is trusted not to swap records', async () => {
    current = {
      get: async () => recordOfAnotherCaller[name] as never,
      set: async () => undefined,
      delete: async () => undefined,
    }
    const { service, caller } = running()
    service.set(async () => denyResult(name))
    service.clock.advanceSync(1000)
    await caller.send(requestOf('GET', SECRET))
    const got = await caller.read('GET')
    expect([got.status, service.calls(), service.fixture.ran.splice(0)]).toEqual([200, 0, ['echo']])
  })
})
