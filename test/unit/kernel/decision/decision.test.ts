/** Decisions as `onDecision` and the diagnostics channels receive them. */
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import {
  allow,
  createAuthorizer,
  type Decision,
  DECISION_CHANNEL,
  type Problem,
  PROBLEM_CHANNEL,
  native,
  type Store,
} from '@custom-authorizer/core'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { toPromise } from '../../../support/outcome.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { gatewayRequest } from '../../../support/request.ts'
import { withToken } from '../../../support/with-token.ts'

const contract = native({
  identitySources: ['$request.header.Authorization'],
  resultTtlSeconds: 300,
  cachePer: 'identity',
})
let clock: FakeClock
let decisions: Decision[]
const onDecision = (decision: Decision): unknown => decisions.push(decision)
beforeEach(() => {
  clock = fakeClock()
  decisions = []
})

test('onDecision is called once per decision, with exactly the documented members', () => {
  const authorizer = createAuthorizer({
    name: 'pets',
    authorize: () => {
      clock.advanceSync(12)
      return allow({ principalId: 'alice', context: { role: 'reader' } })
    },
    contract,
    clock,
    onDecision,
  })
  void authorizer.evaluate(withToken('t', 'GET /pets?secret=1'))
  clock.advanceSync(2_500)
  void authorizer.evaluate(withToken('t', 'DELETE /pets/%7Ebob'))
  const common = { authorizer: 'pets', contract: 'native', principalId: 'alice', verdict: 'allow', reason: 'ALLOWED' }
  const explain = expect.any(Function) as unknown
  expect(decisions).toEqual([
    { ...common, method: 'GET', path: '/pets', cache: { state: 'miss' }, durationMs: 12, explain },
    {
      ...common,
      method: 'DELETE',
      path: '/pets/~bob',
      cache: { state: 'hit', ageMs: 2_500, issuedFor: { method: 'GET', path: '/pets' } },
      durationMs: 0,
      explain,
    },
  ])
})

test('SEC-102 a denial has a reason, a status and a response type; a principal ID only if the result has one', () => {
  const authorizer = createAuthorizer({
    authorize: ({ path }) => (path === '/none' ? false : { isAuthorized: false, principalId: 'bob' }),
    name: 'pets',
    onDecision,
  })
  void authorizer.evaluate(gatewayRequest('GET /bob'))
  void authorizer.evaluate(gatewayRequest('GET /a//b'))
  expect(decisions).toMatchObject([
    { verdict: 'deny', reason: 'DENIED', status: 403, responseType: 'ACCESS_DENIED', principalId: 'bob' },
    { verdict: 'deny', reason: 'MALFORMED_REQUEST', status: 400, responseType: 'BAD_REQUEST' },
  ])
  expect(decisions[1]).not.toHaveProperty('principalId')
})

test('cache.state is miss, shared, hit, unused or off', async () => {
  const cached = createAuthorizer({ authorize: async () => true, contract, onDecision })
  await Promise.all([toPromise(cached.evaluate(withToken('t'))), toPromise(cached.evaluate(withToken('t')))])
  void cached.evaluate(withToken('t'))
  void cached.evaluate(gatewayRequest())
  void createAuthorizer({ authorize: () => true, onDecision }).evaluate(withToken('t'))
  expect(decisions.map(({ cache }) => cache.state)).toEqual(['miss', 'shared', 'hit', 'unused', 'off'])
})

test('SEC-101 method and path of a decision are printable ASCII of bounded length', () => {
  const authorizer = createAuthorizer({ authorize: () => true, onDecision })
  void authorizer.evaluate(gatewayRequest('GET /a\u001b[31m\nb\u00ff c'))
  void authorizer.evaluate(gatewayRequest('G\rET /'))
  void authorizer.evaluate(gatewayRequest(`GET /${'a'.repeat(100_000)}`))
  for (const { method, path } of decisions) {
    expect(method).toMatch(/^[\x21-\x7e]{0,13000}$/)
    expect(path).toMatch(/^[\x21-\x7e]{0,13000}$/)
  }
  expect(decisions).toHaveLength(3)
})

test.each([
  ['a line feed', 'a\nb', 'a\\u000ab'],
  ['CR LF and ESC', 'a\r\n\u001b[31mb', 'a\\u000d\\u000a\\u001b[31mb'],
  ['NUL and DEL', '\u0000\u007f', '\\u0000\\u007f'],
  ['C1 controls', 'a\u0085b\u009b', 'a\\u0085b\\u009b'],
  ['line and paragraph separators', '\u2028\u2029', '\\u2028\\u2029'],
  ['a bidirectional override', 'a\u202eb', 'a\\u202eb'],
  ['a lone surrogate', 'a\ud800', 'a\\ud800'],
  ['a space, which would start another field', 'ann verdict=allow', 'ann\\u0020verdict=allow'],
  ['a backslash, which would look like an escape', 'a\\u000ab', 'a\\u005cu000ab'],
  ['non-ASCII letters', 'Zo\u00eb', 'Zo\\u00eb'],
  ['text without special characters', 'auth0|a.b@c', 'auth0|a.b@c'],
])('SEC-101 the principal ID of a decision is escaped in hooks and channels: %s', (_, principalId, expected) => {
  const published: Decision[] = []
  const listen = (decision: unknown): void => void published.push(decision as Decision)
  subscribe(DECISION_CHANNEL, listen)
  const authorizer = createAuthorizer({ authorize: () => allow({ principalId }), contract, onDecision, logger: null })
  const outcome = authorizer.evaluate(withToken('t'))
  void authorizer.evaluate(withToken('t'))
  unsubscribe(DECISION_CHANNEL, listen)
  expect(decisions.map((each) => each.principalId)).toEqual([expected, expected])
  expect(published.map((each) => each.principalId)).toEqual([expected, expected])
  // The handler receives the principal ID as the function returned it.
  expect(outcome).toMatchObject({ allowed: true, authorizer: { principalId } })
})

test('SEC-101 the principal ID and the request in a stored result are escaped and truncated', async () => {
  const result = { isAuthorized: false, principalId: `a\n${'b'.repeat(4000)}`, context: {} }
  const stored = { result, issuedFor: { method: 'GET\n', path: '/\u001b[2J' } }
  const store: Store = { get: () => ({ stored, ageMs: 1 }), set: () => undefined, delete: () => undefined }
  const options = { authorize: () => true, name: 'pets', logger: null, contract, store, clock, onDecision }
  await toPromise(createAuthorizer(options).evaluate(withToken('t')))
  expect(decisions[0]).toMatchObject({
    principalId: `a\\u000a${'b'.repeat(2046)}`,
    cache: { state: 'hit', issuedFor: { method: 'GET\\u000a', path: '/\\u001b[2J' } },
  })
  expect(decisions[0]?.explain().cache.issuedFor?.path).toBe('/\\u001b[2J')
})

const byToken = (): boolean => true
test('the authorizer is named by the option, else by its function, else by its contract', () => {
  const unnamed = [(): boolean => true][0] as () => boolean
  const unprintable = Object.defineProperty((): boolean => true, 'name', { value: 'böse\nZeile' })
  const names = [
    { authorize: byToken, name: 'pets' },
    { authorize: byToken },
    { authorize: unnamed },
    { authorize: unprintable },
  ]
  expect(names.map((options) => createAuthorizer(options).name)).toEqual(['pets', 'byToken', 'native', 'native'])
})

describe('diagnostics channels', () => {
  const seen: unknown[] = []
  const listen = (message: unknown): void => void seen.push(message)
  beforeEach(() => {
    seen.length = 0
    subscribe(DECISION_CHANNEL, listen)
    subscribe(PROBLEM_CHANNEL, listen)
  })
  afterEach(() => {
    unsubscribe(DECISION_CHANNEL, listen)
    unsubscribe(PROBLEM_CHANNEL, listen)
  })

  test('decisions and problems are published under stable channel names', () => {
    expect([DECISION_CHANNEL, PROBLEM_CHANNEL]).toEqual(['custom-authorizer.decision', 'custom-authorizer.problem'])
    const logger = new RecordingLogger()
    const authorizer = createAuthorizer({
      name: 'pets',
      authorize: () => 'yes' as unknown as boolean,
      logger,
      onDecision,
    })
    void authorizer.evaluate(gatewayRequest('GET /pets'))
    expect(seen).toEqual([
      {
        authorizer: 'pets',
        kind: 'BAD_RESULT',
        message: expect.stringContaining('string') as unknown,
      },
      expect.objectContaining({ authorizer: 'pets', verdict: 'deny', reason: 'BAD_RESULT', status: 500 }),
    ])
    // Hook, channel and log report the same decision and problem.
    expect(seen[1]).toBe(decisions[0])
    expect(logger.lines).toEqual([expect.stringContaining((seen[0] as Problem).message)])
  })

  test('problems are published even if the logger is null', () => {
    void createAuthorizer({ authorize: () => 1 as unknown as boolean, logger: null }).evaluate(gatewayRequest())
    expect(seen).toContainEqual(expect.objectContaining({ kind: 'BAD_RESULT' }))
  })

  test('without a subscriber or hook the clock is not read', () => {
    unsubscribe(DECISION_CHANNEL, listen)
    unsubscribe(PROBLEM_CHANNEL, listen)
    expect(channel(DECISION_CHANNEL).hasSubscribers).toBe(false)
    const times: number[] = []
    const watched = { now: () => 0, monotonic: () => times.push(0), setTimeout: () => () => undefined }
    void createAuthorizer({ authorize: () => true, clock: watched }).evaluate(gatewayRequest('GET /a//b'))
    expect(times).toEqual([])
  })
})
