/** `shadow`: only `enforce` decides, and nothing that the candidate does changes that. */
import {
  allow,
  type Authorizer,
  createAuthorizer,
  deny,
  type EvaluateOptions,
  type GatewayRequest,
  native,
  type Outcome,
  shadow,
} from '@custom-authorizer/core'
import { fakeClock } from '@custom-authorizer/core/testing'
import { array, assert, asyncProperty, constantFrom, integer, tuple } from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { flushMicrotasks } from '../../../support/deferred.ts'
import { expectNothingUncaught, throwError } from '../../../support/failure-checks.ts'
import { syncOutcome } from '../../../support/outcome.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { withToken } from '../../../support/with-token.ts'
import { ann, returning, setUp } from './trial.ts'

expectNothingUncaught()

const request = withToken('Bearer t')

/** An authorizer of another author: `evaluate` may do anything. */
const foreign = (evaluate: (request: GatewayRequest, options?: EvaluateOptions) => unknown): Authorizer => ({
  ...returning(ann(), 'foreign'),
  name: 'foreign',
  evaluate: evaluate as Authorizer['evaluate'],
  hasCredential: () => true,
  invalidate: throwError,
  invalidateAll: async () => throwError(),
  deny: throwError,
  report: throwError,
})

const overwrite = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return
  for (const name of [...Object.getOwnPropertyNames(value), 'allowed', 'method', 'path', 'context'])
    try {
      Object.defineProperty(value, name, { value: 'mallory', configurable: true, enumerable: true, writable: true })
    } catch {
      // It cannot be changed.
    }
}

/** Changes the request, its parts and the options as far as JavaScript allows it. */
const tamper = (given: GatewayRequest, options: EvaluateOptions | undefined): never => {
  for (const part of [
    given,
    options,
    given.headers,
    given.headers[0],
    given.routing,
    given.queryParameters,
    options?.apiKey,
  ])
    overwrite(part)
  throw new Error('tampered')
}

const trap = (): object =>
  new Proxy(
    {},
    {
      get: throwError,
      has: throwError,
      ownKeys: throwError,
      getPrototypeOf: throwError,
      getOwnPropertyDescriptor: throwError,
    },
  )

const CANDIDATES: Readonly<Record<string, () => Authorizer>> = {
  'throws synchronously': () => foreign(throwError),
  rejects: () => foreign(async () => throwError()),
  'rejects with undefined': () =>
    foreign(async () => {
      // oxlint-disable-next-line only-throw-error, no-throw-literal -- a rejection without an error
      throw undefined
    }),
  'never settles': () => foreign(() => new Promise(() => undefined)),
  'allows everything': () => foreign(() => ({ allowed: true, authorizer: { principalId: 'root', context: {} } })),
  'returns undefined': () => foreign(() => undefined),
  'returns a number': () => foreign(() => 7),
  'returns an object that throws when it is read': () => foreign(trap),
  'resolves to an object that throws when it is read': () => foreign(async () => trap()),
  'returns a thenable whose getter throws': () =>
    foreign(() => Object.defineProperty({}, ['th', 'en'].join(''), { get: throwError })),
  'returns an unknown reason': () =>
    foreign(() => ({ allowed: false, reason: 'constructor', type: 'toString', response: { status: 1 } })),
  'changes everything it receives': () => foreign(tamper),
  'has no name': () => ({ ...foreign(() => ({ allowed: false })), name: undefined as never }),
  'is an authorizer whose function throws': () => returning(throwError, 'candidate'),
  'is an authorizer whose function never settles': () => returning(() => new Promise(() => undefined), 'candidate'),
  'is an authorizer that allows everything': () => returning(true, 'candidate'),
  'is an authorizer that denies everything': () => returning(false, 'candidate'),
}

const ENFORCED: Readonly<Record<string, () => Authorizer>> = {
  allows: () => returning(ann({ tenant: 'a' })),
  denies: () => returning(deny({ status: 402, body: { message: 'Please pay' } })),
  throws: () => returning(throwError),
  'allows later': () => returning(async () => ann({ tenant: 'a' })),
  'denies later': () => returning(async () => false),
}

/** What can be compared of an outcome. */
const plain = (outcome: Outcome): unknown =>
  outcome.allowed
    ? { allowed: true, principalId: outcome.authorizer.principalId, context: outcome.authorizer.context }
    : outcome

test.each(
  Object.keys(ENFORCED).flatMap((enforced) => Object.keys(CANDIDATES).map((each) => [enforced, each] as const)),
)(
  'SEC-129 enforce %s and the candidate %s: the outcome is that of enforce alone',
  async (enforcedName, candidateName) => {
    const enforce = ENFORCED[enforcedName]?.() as Authorizer
    const candidate = CANDIDATES[candidateName]?.() as Authorizer
    const { authorizer, clock, settle } = setUp({ enforce, candidate, timeoutMs: 50 })
    const alone = enforce.evaluate(request)
    const beside = authorizer.evaluate(request)
    expect(beside instanceof Promise).toBe(alone instanceof Promise)
    expect(plain(await beside)).toEqual(plain(await alone))
    await settle()
    clock.advanceSync(50)
    await flushMicrotasks()
    expect(plain(await authorizer.evaluate(request))).toEqual(plain(await alone))
    await settle()
    expect(authorizer.comparison()).toMatchObject({ requests: 2 })
  },
)

test('SEC-129 the outcome or promise of enforce is returned itself', async () => {
  const outcomes: unknown[] = []
  const inner = returning(async () => ann())
  const enforce: Authorizer = {
    ...inner,
    name: 'current',
    hasCredential: (each) => inner.hasCredential(each),
    invalidate: () => undefined,
    invalidateAll: () => undefined,
    deny: (...denial) => inner.deny(...denial),
    report: () => undefined,
    evaluate: (each, options) => {
      const outcome = inner.evaluate(each, options)
      outcomes.push(outcome)
      return outcome
    },
  }
  const { authorizer } = setUp({ enforce, candidate: returning(false) })
  const evaluated = authorizer.evaluate(request)
  expect(evaluated).toBe(outcomes[0])
  await evaluated
})

const act = (each: unknown): unknown => {
  if (each === 'later') return Promise.resolve(allow({ principalId: 'late' }))
  if (each === 'hang') return new Promise(() => undefined)
  return typeof each === 'function' ? (each as () => unknown)() : each
}

test('SEC-129 random histories of both authorizers have the outcomes of enforce', async () => {
  const answer = constantFrom<unknown>(true, false, 'nonsense', undefined, throwError, 'later', 'hang')
  await assert(
    asyncProperty(
      array(
        tuple(
          answer.filter((each) => each !== 'hang'),
          answer,
        ),
        { maxLength: 12 },
      ),
      integer({ min: 1, max: 4 }),
      async (steps, maxInFlight) => {
        let turn: readonly [unknown, unknown] = [true, true]
        const enforce = returning(() => act(turn[0]))
        const candidate = foreign(() => act(turn[1]))
        const { authorizer, settle } = setUp({ enforce, candidate, maxInFlight, sampleRate: 1 })
        for (const step of steps) {
          turn = step
          const beside = authorizer.evaluate(request)
          const alone = enforce.evaluate(request)
          expect(plain(await beside)).toEqual(plain(await alone))
          await settle()
          expect(authorizer.comparison().inFlight).toBeLessThanOrEqual(maxInFlight)
        }
        const { requests, compared, skipped, inFlight } = authorizer.comparison()
        const counted = Object.values(skipped).reduce((sum, each) => sum + each, compared + inFlight)
        expect([requests, counted]).toEqual([steps.length, steps.length])
      },
    ),
    { numRuns: 100 },
  )
})

describe('timing', () => {
  test('SEC-129 SEC-130 the candidate is not called before the outcome has been returned', async () => {
    const authorize = vi.fn(() => false)
    const { authorizer, clock, settle } = setUp({ candidate: returning(authorize) })
    expect(syncOutcome(authorizer.evaluate(request)).allowed).toBe(true)
    await flushMicrotasks()
    expect(authorize).not.toHaveBeenCalled()
    expect(clock.pending).toBe(1)
    await settle()
    expect(authorize).toHaveBeenCalledTimes(1)
  })

  test.each([
    [0, 'all in one turn', [6]],
    [0.4, 'three per turn', [3, 6]],
    [1, 'one per turn', [1, 2, 3, 4, 5, 6]],
  ])('SEC-130 candidates that take %d ms start %s', async (cost, _, expected) => {
    const started: number[] = []
    const timers: (() => void)[] = []
    let now = 0
    const clock = {
      now: () => 0,
      monotonic: () => now,
      setTimeout: (callback: () => void, ms: number) => {
        if (ms === 0) timers.push(callback)
        return () => undefined
      },
    }
    const candidate = returning(() => {
      now += cost
      return started.push(1) > 0
    })
    const authorizer = shadow({ enforce: returning(true), candidate, clock })
    for (let index = 0; index < 6; index++) void authorizer.evaluate(request)
    for (const count of expected) {
      expect(timers).toHaveLength(1)
      timers.shift()?.()
      await flushMicrotasks()
      expect(started).toHaveLength(count)
    }
    expect(timers).toEqual([])
  })

  test('SEC-129 with a clock that fails, requests are decided and not compared', async () => {
    const clock = Object.assign(fakeClock(), { setTimeout: throwError })
    const { authorizer } = setUp({ candidate: returning(false), clock })
    expect(syncOutcome(authorizer.evaluate(request)).allowed).toBe(true)
    expect(authorizer.comparison()).toMatchObject({
      requests: 1,
      compared: 0,
      inFlight: 0,
      skipped: { NO_DECISION: 1 },
    })
  })

  test('SEC-129 an enforcing authorizer that throws or rejects does so with a candidate, too', async () => {
    const throwing = setUp({ enforce: foreign(throwError), candidate: returning(true) })
    expect(() => throwing.authorizer.evaluate(request)).toThrow('boom')
    const rejecting = setUp({ enforce: foreign(async () => throwError()), candidate: returning(true) })
    await expect(rejecting.authorizer.evaluate(request)).rejects.toThrow('boom')
    for (const { authorizer } of [throwing, rejecting])
      expect(authorizer.comparison().skipped).toMatchObject({ NO_DECISION: 1 })
  })
})

const tokenOf = (name: string, source: string) =>
  createAuthorizer({
    name,
    logger: null,
    contract: native({ identitySources: [source], resultTtlSeconds: 300 }),
    authorize: () => allow({ principalId: 'ann' }),
  })

describe('members of the authorizer', () => {
  test('SEC-129 credentials and denials are those of enforce', () => {
    const enforce = tokenOf('current', '$request.subprotocol.bearer')
    const authorizer = shadow({ enforce, candidate: tokenOf('next', '$request.header.X-Next') })
    expect(authorizer.name).toBe('shadow(current)')
    expect(authorizer.credentialSubprotocols).toEqual(['bearer'])
    expect(authorizer.hasCredential(withToken('t'))).toBe(false)
    expect(authorizer.deny(request, 'DENIED')).toEqual(enforce.deny(request, 'DENIED'))
  })

  test('SEC-129 invalidate removes the results of both, and an error of the candidate is only logged', async () => {
    const calls: string[] = []
    const logger = new RecordingLogger()
    const counted = (name: string) =>
      createAuthorizer({
        name,
        logger,
        contract: native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 }),
        authorize: () => {
          calls.push(name)
          return ann()
        },
      })
    const setup = setUp({ enforce: counted('current'), candidate: counted('next') })
    for (let round = 0; round < 2; round++) {
      await setup.compareOnce()
      await setup.compareOnce()
      if (round === 0) void setup.authorizer.invalidate({ principalId: 'ann' })
    }
    await setup.authorizer.invalidateAll()
    await setup.compareOnce()
    expect(calls).toEqual(['current', 'next', 'current', 'next', 'current', 'next'])

    const failing = setUp({ enforce: counted('current'), candidate: foreign(() => undefined) })
    await failing.authorizer.invalidate({ principalId: 'ann' })
    await failing.authorizer.invalidateAll()
    await flushMicrotasks()
    expect(logger.lines).toEqual([
      'custom-authorizer: "current": the candidate of shadow could not remove its cached results',
    ])
  })
})

test.each([
  ['throws', throwError],
  ['rejects', async () => throwError()],
])('SEC-104 SEC-129 an onDifference that %s is reported once a minute and changes nothing', async (_, onDifference) => {
  const logger = new RecordingLogger()
  const enforce = createAuthorizer({ name: 'current', logger, authorize: () => true })
  const setup = setUp({ enforce, candidate: returning(false), onDifference })
  await setup.compareOnce()
  await setup.compareOnce()
  expect(setup.authorizer.comparison().compared).toBe(2)
  expect(logger.lines).toEqual(['custom-authorizer: "current": onDifference failed; the difference was counted'])
})
