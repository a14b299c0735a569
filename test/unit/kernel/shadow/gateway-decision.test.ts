/** `gatewayDecision`: the decision of the gateway in front of the service (SEC-132). */
import { allow, createAuthorizer, gatewayDecision, type GatewayDecisionOptions } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { describe, expect, test } from 'vitest'
import { expectNothingUncaught, throwError } from '../../../support/failure-checks.ts'
import { expectOptionError, type Row, titled, UNKNOWN } from '../../../support/option-error.ts'
import { allowed, reasonOf, toPromise } from '../../../support/outcome.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { gatewayRequest } from '../../../support/request.ts'
import { withToken } from '../../../support/with-token.ts'
import { setUp } from './trial.ts'

expectNothingUncaught()

const request = withToken('Bearer t')
const returning = (context: unknown, options: Partial<GatewayDecisionOptions> = {}) =>
  gatewayDecision({ contextOf: () => context, logger: null, ...options })

test.each<[title: string, context: unknown, principalId: string, values: unknown]>([
  [
    'a REST API',
    { principalId: 'ann', integrationLatency: 7, tenant: 'a', count: '1' },
    'ann',
    { tenant: 'a', count: '1' },
  ],
  ['a REST API without a context', { principalId: 'ann', integrationLatency: 7 }, 'ann', {}],
  ['a REST API with a user pool', { claims: { sub: 'ann' } }, '', { claims: { sub: 'ann' } }],
  ['a REST API with a key named lambda', { principalId: 'ann', lambda: 'a' }, 'ann', { lambda: 'a' }],
  ['an HTTP API', { lambda: { tenant: 'a', list: [1] } }, '', { tenant: 'a', list: [1] }],
  ['an HTTP API without a context', { lambda: null }, '', {}],
  ['a JWT authorizer', { jwt: { claims: { sub: 'ann', iss: 'x' }, scopes: ['a'] } }, 'ann', { sub: 'ann', iss: 'x' }],
  ['a JWT authorizer without scopes and subject', { jwt: { claims: { iss: 'x' }, scopes: null } }, '', { iss: 'x' }],
])('the context of %s is read', async (_, context, principalId, values) => {
  for (const given of [context, Promise.resolve(context)]) {
    const authorizer = allowed(await returning(given).evaluate(request))
    expect([authorizer.principalId, authorizer.context]).toEqual([principalId, values])
    expect(authorizer.requestContext.authorizer).toEqual(context)
  }
})

test.each<[title: string, context: unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
  ['text', 'ann'],
  ['a number', 1],
  ['a list', [{ principalId: 'ann' }]],
  ['a principal that is not text', { principalId: 7 }],
  ['a lambda context that is not an object', { lambda: 'a' }],
  ['a list as lambda context', { lambda: [] }],
  ['a JWT that is not an object', { jwt: 'a' }],
  ['a JWT without claims', { jwt: { scopes: ['a'] } }],
  ['a value that is not JSON', { principalId: 'ann', when: new Date(0), call: () => 1 }],
  ['a forbidden key', JSON.parse('{"principalId":"ann","__proto__":{"admin":true}}')],
])('SEC-132 %s as context is denied with 500', async (_, context) => {
  for (const given of [context, Promise.resolve(context)])
    expect(await returning(given).evaluate(request)).toMatchObject({
      allowed: false,
      reason: 'BAD_RESULT',
      type: 'AUTHORIZER_CONFIGURATION_ERROR',
      response: { status: 500, body: '{"message":"Internal Server Error"}' },
    })
})

test.each([
  ['throws', throwError],
  ['rejects', async () => throwError()],
])('SEC-132 a contextOf that %s is denied with 500', async (_, contextOf) => {
  const outcome = await gatewayDecision({ contextOf, logger: null }).evaluate(request)
  expect(outcome).toMatchObject({ reason: 'AUTHORIZER_ERROR', response: { status: 500 } })
})

test('SEC-132 a malformed request is rejected, although the gateway has let it pass', async () => {
  expect(reasonOf(await returning({ principalId: 'ann' }).evaluate(gatewayRequest('GET /a//b')))).toBe(
    'MALFORMED_REQUEST',
  )
})

test('SEC-109 SEC-132 that it protects nothing by itself is logged once', async () => {
  const logger = new RecordingLogger()
  const authorizer = gatewayDecision({ contextOf: () => ({ principalId: 'ann' }), logger, name: 'apigw' })
  await authorizer.evaluate(request)
  await authorizer.evaluate(request)
  expect(logger.lines).toEqual([
    'custom-authorizer: "apigw": gatewayDecision.contextOf is set: every request with a context is allowed, so clients that can reach the service beside the gateway pass',
  ])
})

test('hooks and the name are those of an authorizer, and no request carries a credential for it', async () => {
  const seen: unknown[] = []
  const authorizer = gatewayDecision({
    contextOf: throwError,
    logger: null,
    onDecision: ({ reason, authorizer: name }) => seen.push([name, reason]),
    onAuthorizerError: (error) => seen.push((error as Error).message),
  })
  await authorizer.evaluate(request)
  expect(seen).toEqual(['boom', ['gatewayDecision', 'AUTHORIZER_ERROR']])
  expect(authorizer.hasCredential(request)).toBe(false)
})

describe('compared with the authorizer that runs in the service', () => {
  const policyDocument = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
  }

  test.each<[title: string, gateway: object, kinds: readonly string[]]>([
    ['alike', { principalId: 'ann', integrationLatency: 3, tenant: 'a', count: '1', admin: 'true' }, []],
    ['with another value', { principalId: 'ann', tenant: 'b', count: '1', admin: 'true' }, ['OTHER_CONTEXT']],
    ['for another principal', { principalId: 'bob', tenant: 'a', count: '1', admin: 'true' }, ['OTHER_PRINCIPAL']],
  ])('a REST API that allowed the request %s', async (_, gateway, kinds) => {
    const candidate = createAuthorizer({
      name: 'moved',
      logger: null,
      contract: aws.token(),
      authorize: async () => ({ principalId: 'ann', policyDocument, context: { tenant: 'a', count: 1, admin: true } }),
    })
    const setup = setUp({ enforce: returning(gateway), candidate })
    await setup.compareOnce()
    expect(setup.kinds()).toEqual(kinds)
  })

  test('an HTTP API, which passes no principal on', async () => {
    const candidate = createAuthorizer({
      name: 'moved',
      logger: null,
      authorize: () => allow({ principalId: 'ann', context: { a: 1 } }),
    })
    const setup = setUp({ enforce: returning({ lambda: { a: 1 } }), candidate, ignore: ['principalId'] })
    await setup.compareOnce()
    expect(setup.authorizer.comparison().agreed).toEqual({ allowed: 1, denied: 0 })
  })

  test('requests that the candidate denies are still allowed, as the gateway decided', async () => {
    const candidate = createAuthorizer({ name: 'moved', logger: null, authorize: () => false })
    const setup = setUp({ enforce: returning({ principalId: 'ann' }), candidate })
    expect(reasonOf(await toPromise(setup.authorizer.evaluate(request)))).toBe('ALLOWED')
    await setup.settle()
    expect(setup.kinds()).toEqual(['DENIED_INSTEAD_OF_ALLOWED'])
  })
})

const contextOf = (): unknown => ({})
const ROWS: readonly Row[] = [
  ['gatewayDecision.contextOf', {}, 'undefined', 'a function'],
  ['gatewayDecision.contextOf', { contextOf: {} }, 'an object', 'a function'],
  ['gatewayDecision.name', { contextOf, name: ' ' }, 'a string', 'printable ASCII'],
  ['gatewayDecision.logger', { contextOf, logger: {} }, 'an object', 'a Logger'],
  ['gatewayDecision.store', { contextOf, store: {} }, UNKNOWN, 'contextOf, name'],
]
test.each(titled(ROWS))('SEC-105 SEC-132 %s: %s is rejected, %s is allowed', (path, found, allow_, options) => {
  expectOptionError(() => gatewayDecision(options as never), path, found, allow_)
})
