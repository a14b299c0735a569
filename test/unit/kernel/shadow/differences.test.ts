/** `shadow`: what counts as a difference, and what a difference contains. */
import {
  createAuthorizer,
  type DecisionObserver,
  deny,
  type DifferenceKind,
  redirect,
  unauthorized,
  unavailable,
} from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { describe, expect, test } from 'vitest'
import { throwError } from '../../../support/failure-checks.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { withToken } from '../../../support/with-token.ts'
import { gatewayRequest } from '../../../support/request.ts'
import { ann, returning, setUp } from './trial.ts'

const timeout = (): never => {
  throw new DOMException('late', 'TimeoutError')
}

const policy = (Effect: string, Resource: string) => ({
  Version: '2012-10-17',
  Statement: [{ Sid: 'canary-sid', Effect, Action: 'execute-api:Invoke', Resource }],
})

const hanging = () => new Promise(() => undefined)

const observer = (observe: DecisionObserver['observe']): DecisionObserver => ({ name: 'gateway', observe })

const lambda = (name: string, Effect: string, principalId: string, value: string) =>
  createAuthorizer({
    name,
    logger: null,
    contract: aws.token(),
    authorize: async () => ({
      principalId,
      policyDocument: policy(Effect, 'arn:aws:execute-api:*:*:*/*/GET/*'),
      context: { tenant: value },
    }),
  })

const tooMany = deny({ status: 429 })

describe('kinds', () => {
  test.each<
    [title: string, enforced: unknown, candidate: unknown, kind: DifferenceKind | undefined, differs?: string[]]
  >([
    ['both allow alike', ann({ a: 1 }), ann({ a: 1 }), undefined],
    ['the members of a value are in another order', ann({ a: { b: 1, c: 2 } }), ann({ a: { c: 2, b: 1 } }), undefined],
    ['both deny alike', false, false, undefined],
    [
      'both deny alike, with different bodies',
      deny({ status: 402, body: { a: 1 } }),
      deny({ status: 402, body: 'b' }),
      undefined,
    ],
    ['only the candidate allows', false, true, 'ALLOWED_INSTEAD_OF_DENIED'],
    ['the candidate allows what enforce failed on', throwError, true, 'ALLOWED_INSTEAD_OF_DENIED'],
    ['only enforce allows', true, false, 'DENIED_INSTEAD_OF_ALLOWED'],
    ['the principals differ', ann(), ann({}, 'bob'), 'OTHER_PRINCIPAL', ['principalId']],
    ['the candidate names no principal', ann(), ann({}, ''), 'OTHER_PRINCIPAL', ['principalId']],
    [
      'principal and context differ',
      ann({ a: 1 }),
      ann({ b: 1 }, 'bob'),
      'OTHER_PRINCIPAL',
      ['principalId', 'context.a', 'context.b'],
    ],
    ['the scopes differ', ann({ scope: 'a b' }), ann({ scope: 'a' }), 'OTHER_SCOPES', ['scopes', 'context.scope']],
    [
      'the scopes are in another order',
      ann({ scope: 'a b' }),
      ann({ scope: 'b a' }),
      'OTHER_CONTEXT',
      ['context.scope'],
    ],
    ['there are no scopes, or an empty text', ann({ scope: '' }), ann({ scope: '' }), undefined],
    ['a context value differs in its type', ann({ a: 1 }), ann({ a: '1' }), 'OTHER_CONTEXT', ['context.a']],
    ['a nested value differs', ann({ a: { b: [1] } }), ann({ a: { b: [2] } }), 'OTHER_CONTEXT', ['context.a']],
    [
      'a key of the context cannot be in a log line',
      ann({ 'a\n"b"': 1 }),
      ann(),
      'OTHER_CONTEXT',
      [String.raw`context.a\u000a"b"`],
    ],
    ['the statuses differ', false, tooMany, 'OTHER_DENIAL'],
    ['the response types differ', unauthorized(), deny({ status: 401 }), 'OTHER_DENIAL'],
    ['a denial is a redirect', unauthorized(), redirect('/login'), 'OTHER_DENIAL'],
    ['the function of the candidate throws', true, throwError, 'CANDIDATE_FAILED'],
    ['the function of the candidate throws, and enforce denies', false, throwError, 'CANDIDATE_FAILED'],
    ['both functions throw', throwError, throwError, undefined],
    ['the candidate returns nonsense', true, 'nonsense', 'CANDIDATE_FAILED'],
    ['the candidate is unavailable', true, unavailable(), 'CANDIDATE_FAILED'],
    ['the candidate is unavailable, and enforce denies', false, unavailable(), 'CANDIDATE_FAILED'],
  ])('%s', async (_, enforced, candidate, kind, differs = []) => {
    const setup = setUp({ enforce: returning(enforced), candidate: returning(candidate, 'next') })
    await setup.compareOnce()
    expect(setup.kinds()).toEqual(kind === undefined ? [] : [kind])
    expect(setup.differences.map((each) => each.differs)).toEqual(kind === undefined ? [] : [differs])
    expect(setup.authorizer.comparison()).toMatchObject({ requests: 1, compared: 1 })
  })

  test('the candidate does not decide before its own deadline', async () => {
    const { authorizer, clock, settle, kinds } = setUp({ candidate: returning(hanging), timeoutMs: 20_000 })
    const candidate = createAuthorizer({
      name: 'next',
      clock,
      logger: null,
      authorize: hanging as never,
      timeoutMs: 100,
    })
    const own = setUp({ candidate, clock })
    void authorizer.evaluate(withToken('t'))
    void own.authorizer.evaluate(withToken('t'))
    await settle()
    clock.advanceSync(100)
    await settle()
    expect(own.kinds()).toEqual(['CANDIDATE_TIMED_OUT'])
    expect(kinds()).toEqual([])
    clock.advanceSync(20_000)
    await settle()
    expect(kinds()).toEqual(['CANDIDATE_TIMED_OUT'])
  })

  test.each([
    [['principalId'], 'OTHER_SCOPES', ['scopes', 'context.at', 'context.scope']],
    [['principalId', 'scopes'], 'OTHER_CONTEXT', ['context.at', 'context.scope']],
    [['principalId', 'scopes', 'context.at'], 'OTHER_CONTEXT', ['context.scope']],
    [['principalId', 'scopes', 'context'], undefined, []],
  ])('with ignore %j the kind is %s', async (ignore, kind, differs) => {
    const setup = setUp({
      enforce: returning(ann({ at: 1, scope: 'a' })),
      candidate: returning(ann({ at: 2, scope: 'b' }, 'bob')),
      ignore,
    })
    await setup.compareOnce()
    expect(setup.differences.map((each) => [each.kind, each.differs])).toEqual(
      kind === undefined ? [] : [[kind, differs]],
    )
  })

  test('SEC-129 changes that a handler makes to the context have no effect on the comparison', async () => {
    const { authorizer, settle, kinds } = setUp({ candidate: returning(ann()) })
    const outcome = await authorizer.evaluate(withToken('t'))
    if (outcome.allowed) Object.assign(outcome.authorizer, { principalId: 'root', context: { a: 1 } })
    await settle()
    expect(kinds()).toEqual([])
  })
})

/** The methods of an authorizer that always has this outcome. */
const methodsOf = (outcome: object) => ({
  name: 'foreign',
  evaluate: () => outcome as never,
  hasCredential: () => true,
  invalidate: () => undefined,
  invalidateAll: () => undefined,
  deny: throwError,
  report: () => undefined,
})

const RESPONSE = { status: 403, headers: [], body: '' }
test.each<[title: string, outcome: object]>([
  ['an unknown reason', { allowed: false, reason: 'toString', type: 'ACCESS_DENIED', response: RESPONSE }],
  ['an unknown type', { allowed: false, reason: 'DENIED', type: 'toString', response: RESPONSE }],
  ['an invalid response', { allowed: false, reason: 'DENIED', type: 'ACCESS_DENIED', response: { status: '403' } }],
  ['a verdict that is no boolean', { allowed: 1, reason: 'DENIED', type: 'ACCESS_DENIED', response: RESPONSE }],
  ['no context', { allowed: true }],
  ['a context that is not JSON', { allowed: true, authorizer: { principalId: 'ann', context: { at: () => 1 } } }],
])('SEC-131 an outcome of a third-party candidate with %s is a failure', async (_, outcome) => {
  const candidate = { ...returning(true), ...methodsOf(outcome) }
  const setup = setUp({ enforce: returning(false), candidate })
  await setup.compareOnce()
  expect(setup.kinds()).toEqual(['CANDIDATE_FAILED'])
  expect(setup.differences[0]?.candidate).toMatchObject({ verdict: 'none' })
})

test('SEC-131 a valid outcome of a third-party candidate is compared', async () => {
  const outcome = { allowed: false, reason: 'DENIED', type: 'ACCESS_DENIED', response: RESPONSE }
  const setup = setUp({ enforce: returning(false), candidate: { ...returning(true), ...methodsOf(outcome) } })
  await setup.compareOnce()
  expect(setup.authorizer.comparison().agreed).toEqual({ allowed: 0, denied: 1 })
})

describe('requests without a decision of enforce', () => {
  test.each<[title: string, enforced: unknown, request: ReturnType<typeof withToken>]>([
    ['a malformed request', true, gatewayRequest('GET /a//b')],
    ['an outage of enforce', unavailable(), withToken('t')],
  ])('%s is not compared', async (_, enforced, request) => {
    const { authorizer, compareOnce } = setUp({ enforce: returning(enforced), candidate: returning(true) })
    await compareOnce(request)
    expect(authorizer.comparison()).toMatchObject({ requests: 1, compared: 0, skipped: { NO_DECISION: 1 } })
  })
})

describe('observers', () => {
  test.each<[title: string, enforced: unknown, observe: () => unknown, kind: DifferenceKind | undefined]>([
    ['both allow', ann({ a: 1 }), () => ({ verdict: 'allow' }), undefined],
    ['both deny with one status', false, async () => ({ verdict: 'deny', status: 403 }), undefined],
    [
      'both deny with one type',
      false,
      () => ({ verdict: 'deny', status: 403, responseType: 'ACCESS_DENIED' }),
      undefined,
    ],
    [
      'the types differ',
      false,
      () => ({ verdict: 'deny', status: 403, responseType: 'INVALID_API_KEY' }),
      'OTHER_DENIAL',
    ],
    ['the statuses differ', false, () => ({ verdict: 'deny', status: 401 }), 'OTHER_DENIAL'],
    ['only the observed system allows', false, () => ({ verdict: 'allow' }), 'ALLOWED_INSTEAD_OF_DENIED'],
    ['only enforce allows', true, () => ({ verdict: 'deny', status: 401 }), 'DENIED_INSTEAD_OF_ALLOWED'],
    ['the observer throws', true, throwError, 'CANDIDATE_FAILED'],
    ['the observer is late', true, timeout, 'CANDIDATE_TIMED_OUT'],
    ['the observer returns null', true, () => null, 'CANDIDATE_FAILED'],
    ['the observer returns an unknown verdict', true, () => ({ verdict: 'maybe' }), 'CANDIDATE_FAILED'],
    ['the observer returns an invalid status', true, () => ({ verdict: 'deny', status: '403' }), 'CANDIDATE_FAILED'],
    [
      'the observer returns an unknown type',
      true,
      () => ({ verdict: 'deny', status: 403, responseType: 'toString' }),
      'CANDIDATE_FAILED',
    ],
  ])('%s', async (_, enforced, observe, kind) => {
    const { compareOnce, kinds, authorizer } = setUp({
      enforce: returning(enforced),
      candidate: observer(observe as DecisionObserver['observe']),
    })
    await compareOnce()
    expect(kinds()).toEqual(kind === undefined ? [] : [kind])
    expect(authorizer.comparison().compared).toBe(1)
  })

  test('a request for which the observer returns undefined is not compared', async () => {
    const { compareOnce, authorizer } = setUp({ candidate: observer(async () => undefined) })
    await compareOnce()
    expect(authorizer.comparison()).toMatchObject({ compared: 0, skipped: { NOT_OBSERVABLE: 1 } })
    await authorizer.invalidateAll()
  })
})

describe('the content of a difference', () => {
  const request = withToken('Bearer canary-token', 'GET /pets/7?key=canary-query', { route: '/pets/{id}' })

  test('it names the template of the route, both decisions, and the names of what differs', async () => {
    const { compareOnce, differences, authorizer } = setUp({
      enforce: lambda('current', 'Allow', 'ann', 'a'),
      candidate: lambda('next', 'Deny', 'ann', 'a'),
    })
    await compareOnce(request)
    const [difference] = differences
    expect(JSON.parse(JSON.stringify(difference))).toEqual({
      kind: 'DENIED_INSTEAD_OF_ALLOWED',
      method: 'GET',
      path: '/pets/{id}',
      differs: [],
      enforce: { authorizer: 'current', verdict: 'allow', reason: 'ALLOWED' },
      candidate: {
        authorizer: 'next',
        verdict: 'deny',
        reason: 'EXPLICIT_DENY',
        status: 403,
        responseType: 'ACCESS_DENIED',
      },
    })
    expect(difference?.candidate.explain()[0]?.policy).toMatchObject({ decision: 'ExplicitlyDenied' })
    expect(difference?.enforce.explain()[0]?.policy).toMatchObject({ decision: 'Allowed' })
    expect(authorizer.comparison().differences[0]?.samples[0]?.candidate.summaries).toEqual([
      'a Deny statement of the policy matches this request; statement 0 decides',
    ])
  })

  test('without a route it names the path without the query', async () => {
    const { compareOnce, differences } = setUp({ candidate: returning(false) })
    await compareOnce(gatewayRequest('DELETE /pets/7?a=1'))
    expect(differences[0]).toMatchObject({ method: 'DELETE', path: '/pets/7' })
  })

  test('SEC-101 SEC-131 no credential, principal, policy or context value is in a difference, a sample, a report or the log', async () => {
    const logger = new RecordingLogger()
    const throwing = createAuthorizer({
      name: 'next',
      logger,
      contract: aws.token(),
      authorize: async ({ authorizationToken }) => {
        throw new Error(authorizationToken)
      },
    })
    const candidates = [
      lambda('next', 'Allow', 'canary-bob', 'canary-b'),
      lambda('next', 'Allow', 'canary-ann', 'canary-b'),
      lambda('next', 'Deny', 'canary-ann', 'canary-a'),
      throwing,
    ]
    const texts: string[] = []
    for (const candidate of candidates) {
      const { compareOnce, authorizer, differences } = setUp({
        enforce: lambda('current', 'Allow', 'canary-ann', 'canary-a'),
        candidate,
      })
      await compareOnce(request)
      expect(differences).toHaveLength(1)
      texts.push(JSON.stringify(differences), JSON.stringify(authorizer.comparison()))
    }
    expect(texts.join('\n')).toContain('context.tenant')
    expect([...texts, ...logger.lines].join('\n')).not.toContain('canary')
  })

  test('SEC-131 a name of a third-party authorizer cannot forge a log line', async () => {
    const { compareOnce, differences } = setUp({
      candidate: { name: 'a\nb', observe: () => ({ verdict: 'deny', status: 401 }) },
    })
    await compareOnce()
    expect(differences[0]?.candidate.authorizer).toBe(String.raw`a\u000ab`)
  })

  test('a contract that cannot explain itself leaves the rest of the sample', async () => {
    const contract = { ...aws.token(), explain: throwError }
    const candidate = createAuthorizer({
      name: 'next',
      logger: null,
      contract,
      authorize: async () => ({ principalId: 'ann', policyDocument: policy('Deny', '*') }),
    })
    const { compareOnce, authorizer } = setUp({ candidate })
    await compareOnce(request)
    expect(authorizer.comparison().differences[0]?.samples[0]?.candidate).toMatchObject({
      reason: 'EXPLICIT_DENY',
      summaries: ['no explanation: the contract failed'],
    })
  })

  test('an allowed request of an observer has no reason', async () => {
    const { compareOnce, differences } = setUp({
      enforce: returning(false),
      candidate: { name: 'gateway', observe: () => ({ verdict: 'allow' }) },
    })
    await compareOnce()
    expect(differences[0]?.candidate).toEqual({
      authorizer: 'gateway',
      verdict: 'allow',
      explain: expect.any(Function),
    })
    expect(differences[0]?.candidate.explain()).toEqual([])
  })

  test('the API key of a usage plan reaches both', async () => {
    const seen: unknown[] = []
    const noting = (name: string) =>
      createAuthorizer({
        name,
        logger: null,
        contract: aws.request({ identitySource: [], authorizerResultTtlInSeconds: 0 }),
        authorize: async (event) => {
          seen.push(event.requestContext.identity.apiKey)
          return { principalId: 'ann', policyDocument: policy('Allow', '*') }
        },
      })
    const { authorizer, settle } = setUp({ enforce: noting('current'), candidate: noting('next') })
    await authorizer.evaluate(request, { apiKey: { value: 'k', id: 'acme' } })
    await settle()
    expect(seen).toEqual(['k', 'k'])
  })
})
