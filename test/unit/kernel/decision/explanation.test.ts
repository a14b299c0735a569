/** `Decision.explain()`: why a request was allowed or denied. */
import {
  createAuthorizer,
  type Decision,
  type Explanation,
  MemoryStore,
  native,
  type NativeAnswer,
  unauthorized,
} from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { gatewayRequest } from '../../../support/request.ts'
import { withToken } from '../../../support/with-token.ts'

const CANARY = 'CANARY7f3a'

let explanations: Explanation[]
let clock: FakeClock
const onDecision = (decision: Decision): unknown => explanations.push(decision.explain())
beforeEach(() => {
  explanations = []
  clock = fakeClock()
})

test('AWS-CACHE-13 a hint explains that the cached policy was issued for another route', async () => {
  const authorizer = createAuthorizer({
    authorize: async ({ methodArn }: aws.TokenEvent): Promise<aws.AuthorizerResponse> => ({
      principalId: 'alice',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Sid: 'own', Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }],
      },
    }),
    contract: aws.token(),
    clock,
    onDecision,
  })
  await authorizer.evaluate(withToken('t', 'GET /pets'))
  clock.advanceSync(2_000)
  for (const line of ['GET /toys', 'DELETE /pets', 'GET /pets']) await authorizer.evaluate(withToken('t', line))
  const [first, otherPath, otherMethod, again] = explanations
  expect(first).not.toHaveProperty('hint')
  expect(otherPath?.hint).toMatch(
    /^the cached policy was issued for GET \/pets and does not cover GET \/toys: return a policy/,
  )
  expect(otherMethod?.hint).toMatch(/issued for GET \/pets and does not cover DELETE \/pets/)
  expect(again).not.toHaveProperty('hint')
  expect(otherPath?.cache).toEqual({ state: 'hit', ageMs: 2_000, issuedFor: { method: 'GET', path: '/pets' } })
  expect(otherPath?.summary).toBe('no Allow statement of the policy matches this request; from the cache, 2.0 s old')
  expect(again?.summary).toMatch(/^the authorizer allows this request; statement 0 decides; from the cache/)
  expect(otherPath?.policy?.statements).toMatchObject([
    { index: 0, sid: 'own', effect: 'Allow', matched: false, failed: 'resource', resource: { differs: 'path' } },
  ])
})

test('AWS-CACHE-13 there is no hint if the cached policy does not cover its own route either', async () => {
  const policyDocument = {
    Version: '2012-10-17' as const,
    Statement: [
      { Action: 'execute-api:Invoke', Effect: 'Allow' as const, Resource: 'arn:aws:execute-api:*:*:*/*/GET/toys' },
    ],
  }
  const authorize = async (): Promise<aws.AuthorizerResponse> => ({ principalId: 'alice', policyDocument })
  const authorizer = createAuthorizer({ authorize, contract: aws.token(), clock, onDecision })
  for (let round = 0; round < 2; round++) await authorizer.evaluate(withToken('t', 'GET /pets'))
  expect(explanations.map(({ hint }) => hint)).toEqual([undefined, undefined])
})

/** Allows the one route that it is called for. */
const own = async ({ methodArn }: aws.TokenEvent): Promise<aws.AuthorizerResponse> => ({
  principalId: CANARY,
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Sid: CANARY, Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }],
  },
  context: { canary: CANARY },
})

/** The log of an authorizer that has evaluated these requests of one caller. */
const logged = async (...lines: readonly string[]): Promise<readonly string[]> => {
  const logger = new RecordingLogger()
  const authorizer = createAuthorizer({ name: 'pets', authorize: own, contract: aws.token(), clock, logger })
  for (const line of lines) await authorizer.evaluate(withToken(CANARY, line))
  return logger.lines
}

describe('the log', () => {
  test('AWS-CACHE-13 SEC-101 has the hint once per authorizer, without values', async () => {
    const lines = await logged('GET /pets', `GET /toys%20x?key=${CANARY}`, 'GET /shops', 'DELETE /pets')
    expect(lines).toEqual([
      'custom-authorizer: "pets": the cached policy was issued for GET /pets and does not cover GET /toys%20x: ' +
        'return a policy that covers every route the caller may use, or turn the cache off, or add the path to the ' +
        'identity sources (if the caller may not use this route, change nothing)',
    ])
  })

  test('AWS-CACHE-13 has no hint if requests are allowed, or if the policy was not cached for another route', async () => {
    expect(await logged('GET /pets', 'GET /pets')).toEqual([])
  })

  test('AWS-CACHE-13 has the hint also if the contract has given one before, and only one of each', async () => {
    const otherApi = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/pets'
    const results: Record<string, string> = { first: otherApi }
    const logger = new RecordingLogger()
    const authorizer = createAuthorizer({
      name: 'pets',
      authorize: async ({ authorizationToken, methodArn }: aws.TokenEvent): Promise<aws.AuthorizerResponse> => ({
        principalId: 'alice',
        policyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: results[authorizationToken] ?? methodArn },
          ],
        },
      }),
      contract: aws.token(),
      clock,
      logger,
    })
    for (const token of ['first', 'second'])
      for (const line of ['GET /pets', 'GET /toys', 'GET /shops']) await authorizer.evaluate(withToken(token, line))
    expect(logger.lines).toHaveLength(2)
    expect(logger.lines[1]).toMatch(/the cached policy was issued for GET \/pets and does not cover GET \/toys/)
  })
})

describe('identity sources', () => {
  const identitySources = ['$request.header.Authorization', '$request.header.X-Tenant', '$request.querystring.key']
  const header = { location: 'header', name: 'Authorization' }
  const tenant = { location: 'header', name: 'X-Tenant' }
  const key = { location: 'querystring', name: 'key' }
  const present = { Authorization: 'secret', 'X-Tenant': 'secret' }

  const rows: readonly [string, string, Record<string, string> | [string, string][], string[]][] = [
    ['missing', 'GET /?key=secret', { Authorization: 'secret' }, ['present', 'missing', 'present']],
    ['blank, which counts as missing', 'GET /?key=', present, ['present', 'present', 'missing']],
    ['repeated', 'GET /?key=secret&key=secret', present, ['present', 'present', 'repeated']],
    [
      'repeated as a header',
      'GET /?key=secret',
      [...Object.entries(present), ['x-tenant', 'secret']],
      ['present', 'repeated', 'present'],
    ],
    [
      'too long',
      'GET /?key=secret',
      { ...present, 'X-Tenant': 'secret'.repeat(2000) },
      ['present', 'tooLong', 'present'],
    ],
    ['not text', 'GET /?key=secret%00', present, ['present', 'present', 'notText']],
  ]
  test.each(rows)('SEC-57 the source that is %s is reported without its value', (_, line, headers, states) => {
    const contract = native({ identitySources, resultTtlSeconds: 300 })
    const authorizer = createAuthorizer({ authorize: () => true, contract, onDecision })
    expect(authorizer.evaluate(gatewayRequest(line, { headers }))).toMatchObject({ allowed: false })
    expect(explanations[0]?.identitySources).toMatchObject([header, tenant, key])
    expect(explanations[0]?.identitySources.map(({ state }) => state)).toEqual(states)
    expect(JSON.stringify(explanations)).not.toContain('secret')
  })
})

const summaries: readonly [string, () => NativeAnswer, string, RegExp][] = [
  ['an allowance', () => true, 'GET /', /^the authorizer allows this request$/],
  ['a denial', () => false, 'GET /', /^the authorizer denied the request$/],
  ['an unauthorized() result', () => unauthorized(), 'GET /', /^the authorizer rejected the credential$/],
  ['a malformed result', () => 1 as unknown as boolean, 'GET /', /does not have the form that the contract requires$/],
  [
    'an exception',
    () => {
      throw new Error('secret')
    },
    'GET /',
    /^the authorizer function failed$/,
  ],
  ['an ambiguous target', () => true, 'GET //secret', /^the request is ambiguous or malformed/],
]
test.each(summaries)('the summary of %s is one sentence', (_, authorize, line, summary) => {
  const authorizer = createAuthorizer({ authorize, logger: null, onDecision })
  void authorizer.evaluate(gatewayRequest(line))
  expect(explanations[0]?.summary).toMatch(summary)
})

test('problem names what is wrong with the result or with the request target', () => {
  const authorizer = createAuthorizer({ authorize: () => ({}) as boolean, logger: null, onDecision })
  void authorizer.evaluate(gatewayRequest('GET /'))
  void authorizer.evaluate(gatewayRequest('GET /a//b'))
  expect(explanations[0]?.problem).toMatch(/isAuthorized is undefined; allowed: true or false/)
  expect(explanations[1]?.problem).toBe('EMPTY_SEGMENT')
})

test('explain() returns the same explanation after the cached results were removed', () => {
  const decisions: Decision[] = []
  const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
  const options = { authorize: () => true, contract, clock, store: new MemoryStore({ clock }) }
  const authorizer = createAuthorizer({ ...options, onDecision: (decision) => decisions.push(decision) })
  void authorizer.evaluate(withToken('t'))
  void authorizer.evaluate(withToken('t'))
  const before = decisions.map((each) => each.explain())
  clock.advanceSync(10_000)
  void authorizer.invalidateAll()
  expect(decisions.map((each) => each.explain())).toEqual(before)
})
