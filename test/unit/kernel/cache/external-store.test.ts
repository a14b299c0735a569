/** External stores: keys without credentials, lifetimes, and results shared between processes (SEC-53, SEC-56, SEC-59). */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import {
  allow,
  type AuthorizerError,
  createAuthorizer,
  type Decision,
  DECISION_CHANNEL,
  PROBLEM_CHANNEL,
  native,
  type NativeOptions,
} from '@custom-authorizer/core'
import { expect, test, vi } from 'vitest'
import { flushMicrotasks } from '../../../support/deferred.ts'
import { allowed, reasonOf } from '../../../support/outcome.ts'
import { PromiseStore } from '../../../support/promise-store.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { gatewayRequest } from '../../../support/request.ts'
import { withToken } from '../../../support/with-token.ts'

const cached = (options: NativeOptions = {}): ReturnType<typeof native> =>
  native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300, ...options })

test.each(['request', 'identity'] as const)(
  'SEC-56 with cachePer: %s, 100 requests leave no credential in an external store, log, hook or outcome',
  async (cachePer) => {
    const store = new PromiseStore()
    const logger = new RecordingLogger()
    const seen: unknown[] = []
    const listen = (message: unknown): void => void seen.push(message)
    subscribe(DECISION_CHANNEL, listen)
    subscribe(PROBLEM_CHANNEL, listen)
    const decisions: Decision[] = []
    const authorize = vi.fn(async (request: { header(name: string): string | undefined }) => {
      if (request.header('authorization')?.endsWith('9')) throw new Error('CANARY in an error')
      return request.header('authorization')?.endsWith('8')
        ? ('CANARY' as unknown as boolean)
        : allow({ principalId: 'alice' })
    })
    const authorizer = createAuthorizer({
      authorize,
      contract: cached({ cachePer }),
      store,
      name: 'test',
      logger,
      onDecision: (decision) => decisions.push(decision),
    })
    const outcomes = []
    for (let index = 0; index < 100; index++) {
      const parts = {
        headers: { Authorization: `Bearer CANARY-7f3a-${index % 50}`, Cookie: 'sid=CANARY', 'X-Api-Key': 'CANARY' },
      }
      outcomes.push(await authorizer.evaluate(gatewayRequest('GET /pets?token=CANARY', parts)))
    }
    await authorizer.invalidate({ identity: 'Bearer CANARY-7f3a-1' })
    await flushMicrotasks()
    unsubscribe(DECISION_CHANNEL, listen)
    unsubscribe(PROBLEM_CHANNEL, listen)

    // Guards against checking empty data below.
    expect(outcomes.filter((each) => each.allowed)).toHaveLength(80)
    expect(store.calls.map(([name]) => name)).toEqual(expect.arrayContaining(['get', 'set', 'delete']))
    expect(decisions).toHaveLength(100)
    expect(seen.length).toBeGreaterThan(100)
    // One line for each malformed result, one for all exceptions at one location, one for the unsafe option.
    expect(logger.lines).toHaveLength(cachePer === 'identity' ? 12 : 11)
    const deep = { depth: 20, showHidden: true, getters: true }
    const everything = {
      store: [store.calls, ...store.entries],
      seen,
      decisions: decisions.map((each) => [each, each.explain()]),
      lines: logger.lines,
      outcomes,
      authorizer,
    }
    for (const [name, value] of Object.entries(everything)) {
      expect(inspect(value, deep), name).not.toContain('CANARY')
      expect(JSON.stringify(value), name).not.toContain('CANARY')
    }
  },
)

test('SEC-56 keys are base64url digests of 256 bits in the scope of the authorizer name', async () => {
  const store = new PromiseStore()
  const authorizer = createAuthorizer({ authorize: () => true, contract: cached(), store, name: 'my-api' })
  await authorizer.evaluate(withToken('Bearer t'))
  for (const [, scope, key] of store.calls) {
    expect(scope).toMatch(/^my-api\./)
    expect(key).toMatch(/^[\w-]{43}(?:\.[\w-]{43})?$/)
  }
})

test('SEC-53 an external store requires an authorizer name', () => {
  const options = { authorize: () => true, contract: cached(), store: new PromiseStore() }
  const make = (): unknown => createAuthorizer(options)
  expect(make).toThrow(expect.objectContaining({ code: 'ERR_OPTION' } satisfies Partial<AuthorizerError>))
  expect(make).toThrow(/createAuthorizer\.name: found undefined; allowed: a name/)
})

test('SEC-53 another process reads the stored result', async () => {
  const store = new PromiseStore()
  const authorize = vi.fn(async () => allow({ principalId: 'alice', context: { role: 'reader', tags: ['a'] } }))
  const make = (): ReturnType<typeof createAuthorizer> =>
    createAuthorizer({ authorize, contract: cached(), store, name: 'test' })
  await make().evaluate(withToken('Bearer t'))
  await flushMicrotasks()
  const found = allowed(await make().evaluate(withToken('Bearer t')))
  expect(found).toMatchObject({ principalId: 'alice', context: { role: 'reader', tags: ['a'] } })
  expect(authorize).toHaveBeenCalledTimes(1)
  expect(reasonOf(await make().evaluate(withToken('Bearer u')))).toBe('ALLOWED')
  expect(authorize).toHaveBeenCalledTimes(2)
})

test.each([
  ['another name', {}, { name: 'other' }],
  ['another identity source', { identitySources: ['$request.header.Authorization', '$request.header.Host'] }, {}],
  ['another cachePer', { cachePer: 'identity' }, {}],
] as const)('SEC-53 an authorizer with %s shares no entry', async (_, options, override) => {
  const store = new PromiseStore()
  const authorize = vi.fn(() => true)
  await createAuthorizer({ authorize, contract: cached(), store, name: 'test' }).evaluate(withToken('t'))
  await flushMicrotasks()
  const other = createAuthorizer({ authorize, contract: cached(options), store, name: 'test', ...override })
  await other.evaluate(withToken('t'))
  expect(authorize).toHaveBeenCalledTimes(2)
})

test('SEC-59 the lifetime passed to the store is the TTL, or the time until expiresAt if that is shorter', async () => {
  const store = new PromiseStore()
  const results = [allow(), allow({ expiresAt: Date.now() + 10_000 })]
  const authorizer = createAuthorizer({
    authorize: () => results.shift() ?? false,
    contract: cached(),
    store,
    name: 'test',
  })
  for (const token of ['a', 'b']) await authorizer.evaluate(withToken(token))
  const lifetimes = store.calls.filter(([name]) => name === 'set').map((call) => call[4] as number)
  expect(lifetimes).toHaveLength(2)
  expect(lifetimes[0]).toBe(300)
  expect(lifetimes[1]).toBeGreaterThan(9)
  expect(lifetimes[1]).toBeLessThanOrEqual(10)
})
