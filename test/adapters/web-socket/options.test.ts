/** Invalid options of `aws.webSocket()` and `guardUpgrade` throw when they are called (SEC-105). */
import { createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { guardUpgrade } from '@custom-authorizer/core/node'
import { expect, test } from 'vitest'
import { gatewayRequest } from '../../support/request.ts'

const optionError = (named: RegExp): unknown =>
  expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringMatching(named) as string })

const BAD_NAMES = ['', 'a b', 'a:b', 'ä', 'a/b', 'a*', 'a,b']
const LOCATIONS = ['route.request.header', 'route.request.querystring', 'stageVariables', 'context']
const WRONG_SOURCES: readonly (readonly [rule: string, source: unknown])[] = [
  ...LOCATIONS.flatMap((location) => BAD_NAMES.map((name) => ['AWS-KIND-25', [`${location}.${name}`]] as const)),
  ['AWS-WSX-03', '$request.header.Authorization'],
  ['AWS-WSX-03', 'method.request.header.Authorization'],
  ['AWS-WSX-03', 'request.header.Authorization'],
  ['AWS-WSX-03', '$stageVariables.a'],
  ['AWS-WSX-03', '$context.routeKey'],
  ['AWS-WSX-03', 'Route.Request.Header.Authorization'],
  ['AWS-WSX-03', 'Authorization'],
  ['AWS-WSX-03', ''],
  ['AWS-WSX-03', 7],
  ['AWS-WSX-03', [7]],
  ['AWS-KIND-26', 'route.request.path.id'],
  ['AWS-KIND-28', 'route.request.body'],
  ['AWS-ID-15', 'context.http.method'],
  ['AWS-ID-15', 'context.connectionId'],
  ['AWS-ID-15', 'context.toString'],
  ['AWS-KIND-25', Array.from({ length: 9 }, (_, n) => `route.request.header.X-${n}`)],
]

test.each(WRONG_SOURCES)('%s the identity source %j is rejected', (_, identitySource) => {
  expect(() => aws.webSocket({ identitySource } as never)).toThrow(
    optionError(/aws\.webSocket\.identitySource: found /),
  )
})

const VALUES: readonly [source: string, value: string][] = [
  ['context.apiId', 'abcdef1234'],
  ['context.domainName', 'api.example.com'],
  ['context.eventType', 'CONNECT'],
  ['context.routeKey', '$connect'],
  ['context.stage', 'prod'],
]

test.each(VALUES)('AWS-WSX-03 the identity source %s reads %j', (identitySource, value) => {
  expect(aws.webSocket({ identitySource }).identitySources[0]?.read(gatewayRequest())).toBe(value)
})

const WRONG: readonly [options: unknown, named: RegExp][] = [
  [{ authorizerPayloadFormatVersion: '2.0' }, /authorizerPayloadFormatVersion/],
  [{ enableSimpleResponses: true }, /enableSimpleResponses/],
  [
    { compatibility: { explicitDenyText: 'x' } },
    /compatibility\.explicitDenyText: found a string; allowed: "identity-based-policy" or "legacy"/,
  ],
  [{ compatibility: { missingPrincipalId: true } }, /compatibility\.missingPrincipalId: found a boolean/],
  [{ compatibility: { strictPolicyParser: false } }, /compatibility\.strictPolicyParser is not an option/],
  [{ missingPrincipalId: 'accept' }, /missingPrincipalId is not an option; use aws\.webSocket\.compatibility\.missing/],
  [{ limits: { policyBytes: 1 } }, /limits\.policyBytes is not an option; allowed: credentialCharacters$/],
  [{ nullContextValue: 'omit' }, /nullContextValue is not an option/],
  [{ stageVariables: { 'a b': 'x' } }, /stageVariables/],
  [{ api: { apiId: 'ABC' } }, /api\.apiId/],
  [null, /aws\.webSocket/],
]

test.each(WRONG)('SEC-105 aws.webSocket(%j) throws', (options, named) => {
  expect(() => aws.webSocket(options as never)).toThrow(optionError(named))
})

test('AWS-KIND-29 results are never cached, and authorizerResultTtlInSeconds is rejected', () => {
  expect(aws.webSocket({ identitySource: 'route.request.header.A' }).resultTtlSeconds).toBe(0)
  expect(() => aws.webSocket({ authorizerResultTtlInSeconds: 300 } as never)).toThrow(
    optionError(/authorizerResultTtlInSeconds/),
  )
})

const GUARD: readonly [options: unknown, named: RegExp][] = [
  [{ protocols: 'websocket' }, /guardUpgrade\.protocols/],
  [{ protocols: ['web socket'] }, /guardUpgrade\.protocols/],
  [{ protocols: ['websocket/'] }, /guardUpgrade\.protocols/],
  [{ protocols: [1] }, /guardUpgrade\.protocols/],
  [{ origins: 'https://app.example.com' }, /guardUpgrade\.origins/],
  [{ origins: ['app.example.com'] }, /guardUpgrade\.origins/],
  [{ origins: ['https://app.example.com/'] }, /guardUpgrade\.origins/],
  [{ origins: ['*'] }, /guardUpgrade\.origins/],
  [{ skip: ['/open'] }, /guardUpgrade\.skip.*the authorizer always has to allow/],
  [{ preflight: 'skip' }, /guardUpgrade\.preflight/],
  [{ failureMode: 'allow' }, /guardUpgrade\.failureMode/],
  [{ bind: 'strict' }, /guardUpgrade\.bind/],
  [{ mountedPaths: ['/api'] }, /guardUpgrade\.mountedPaths/],
  [{ encodedSlash: 'no' }, /encodedSlash/],
  [{ skip: undefined }, /guardUpgrade\.skip/],
  [{ origin: [] }, /origin/],
  [{ trustedProxies: ['x'] }, /trustedProxies/],
  [{ contextHeaders: { Authorization: 'x' } }, /contextHeaders/],
  [{ timeoutMs: 0 }, /timeoutMs/],
]

test.each(GUARD)('SEC-105 guardUpgrade(fn, %j) throws', (options, named) => {
  expect(() => guardUpgrade(() => true, options as never)).toThrow(optionError(named))
})

test.each([null, 7, {}, 'x', undefined])('SEC-105 guardUpgrade(%j) throws', (given) => {
  expect(() => guardUpgrade(given as never)).toThrow(
    optionError(/an authorizer function, or what createAuthorizer returns/),
  )
})

test('SEC-105 guardUpgrade with an authorizer rejects options of createAuthorizer', () => {
  const authorizer = createAuthorizer({ authorize: () => true })
  expect(guardUpgrade(authorizer).authorizer).toBe(authorizer)
  expect(() => guardUpgrade(authorizer, { timeoutMs: 1 } as never)).toThrow(optionError(/timeoutMs.*createAuthorizer/))
})
