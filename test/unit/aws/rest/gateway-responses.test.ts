/** Customized gateway responses: which one serves a refusal, and what is left of the default (AWS-GWR-10 to 15, 22 to 30). */
import type { Denied } from '@custom-authorizer/core'
import type * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { allow, API, bearer, deny, headerOf, requestBench, said, thrown, tokenBench } from '../harness.ts'

/** Ways to be refused, by the gateway response that serves them. */
const TRIGGERS = {
  UNAUTHORIZED: async () => thrown(new Error('Unauthorized')),
  ACCESS_DENIED: async () => deny('*', { context: { reason: 'nope' } }),
  AUTHORIZER_CONFIGURATION_ERROR: async () => thrown(new Error('x')),
} as const

const refuse = async (
  trigger: keyof typeof TRIGGERS,
  gatewayResponses: aws.GatewayResponseDefinitions,
  headers: Readonly<Record<string, string>> = {},
): Promise<Denied> => {
  const outcome = await requestBench(TRIGGERS[trigger], { gatewayResponses }).evaluate('GET /pets/7', { headers })
  return outcome.allowed ? thrown(new Error('the request was allowed')) : outcome
}

type Definitions = aws.GatewayResponseDefinitions
const body = (text: string) => ({ responseTemplates: { 'application/json': text } })

test.each<[rule: string, title: string, trigger: keyof typeof TRIGGERS, definitions: Definitions, answer: string]>([
  [
    'AWS-GWR-11',
    'an empty definition uses the default template',
    'ACCESS_DENIED',
    { ACCESS_DENIED: {} },
    '403 {"message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}',
  ],
  [
    'AWS-GWR-11',
    'the default template quotes null as null',
    'AUTHORIZER_CONFIGURATION_ERROR',
    { DEFAULT_5XX: {} },
    '500 {"message":null}',
  ],
  [
    'AWS-GWR-12',
    'statusCode alone keeps the template',
    'UNAUTHORIZED',
    { UNAUTHORIZED: { statusCode: 418 } },
    '418 {"message":"Unauthorized"}',
  ],
  [
    'AWS-GWR-12',
    'statusCode may be text',
    'UNAUTHORIZED',
    { UNAUTHORIZED: { statusCode: '418' } },
    '418 {"message":"Unauthorized"}',
  ],
  ['AWS-GWR-12', 'a template alone keeps the status', 'UNAUTHORIZED', { UNAUTHORIZED: body('no') }, '401 no'],
  [
    'AWS-GWR-13',
    'G01 DEFAULT_4XX serves 401',
    'UNAUTHORIZED',
    { DEFAULT_4XX: { statusCode: 418 } },
    '418 {"message":"Unauthorized"}',
  ],
  [
    'AWS-GWR-13',
    'DEFAULT_4XX serves 403',
    'ACCESS_DENIED',
    { DEFAULT_4XX: { statusCode: 418, ...body('d') } },
    '418 d',
  ],
  [
    'AWS-GWR-13',
    'G05 DEFAULT_5XX serves 500',
    'AUTHORIZER_CONFIGURATION_ERROR',
    { DEFAULT_5XX: { statusCode: 599 } },
    '599 {"message":null}',
  ],
  [
    'AWS-GWR-13',
    'DEFAULT_5XX does not serve 401',
    'UNAUTHORIZED',
    { DEFAULT_5XX: { statusCode: 599 } },
    '401 {"message":"Unauthorized"}',
  ],
  [
    'AWS-GWR-13',
    'DEFAULT_4XX does not serve 500',
    'AUTHORIZER_CONFIGURATION_ERROR',
    { DEFAULT_4XX: { statusCode: 418 } },
    '500 {"message":null}',
  ],
  [
    'AWS-GWR-14',
    'G06 a definition of its own inherits nothing',
    'UNAUTHORIZED',
    { UNAUTHORIZED: {}, DEFAULT_4XX: { statusCode: 418, ...body('d') } },
    '401 {"message":"Unauthorized"}',
  ],
  [
    'AWS-GWR-14',
    'neither does a part of one',
    'UNAUTHORIZED',
    { UNAUTHORIZED: { statusCode: 400 }, DEFAULT_4XX: body('d') },
    '400 {"message":"Unauthorized"}',
  ],
  [
    'AWS-GWR-15',
    'DEFAULT_4XX without a status keeps that of the type',
    'ACCESS_DENIED',
    { DEFAULT_4XX: body('d') },
    '403 d',
  ],
  [
    'AWS-GWR-22',
    'G03 the context of a Deny is there',
    'ACCESS_DENIED',
    { ACCESS_DENIED: body('{"m":"$context.authorizer.reason"}') },
    '403 {"m":"nope"}',
  ],
  [
    'AWS-GWR-22',
    'in DEFAULT_4XX too',
    'ACCESS_DENIED',
    { DEFAULT_4XX: body('$context.authorizer.reason by $context.authorizer.principalId') },
    '403 nope by u',
  ],
  [
    'AWS-GWR-23',
    'after Unauthorized there is no context',
    'UNAUTHORIZED',
    { UNAUTHORIZED: body('[$context.authorizer.reason][$context.authorizer.principalId]') },
    '401 [][]',
  ],
])('%s %s', async (_rule, _title, trigger, definitions, answer) => {
  expect(said(await refuse(trigger, definitions))).toBe(answer)
})

test('AWS-GWR-12 parameters alone keep status and body', async () => {
  const denied = await refuse('UNAUTHORIZED', {
    UNAUTHORIZED: { responseParameters: { 'gatewayresponse.header.X-A': "'b'" } },
  })
  expect(said(denied)).toBe('401 {"message":"Unauthorized"}')
  expect(headerOf(denied, 'x-a')).toBe('b')
})

test('AWS-GWR-13 headers are inherited as well', async () => {
  const DEFAULT_4XX = { responseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': "'*'" } }
  expect(headerOf(await refuse('ACCESS_DENIED', { DEFAULT_4XX }), 'access-control-allow-origin')).toBe('*')
  const own = await refuse('ACCESS_DENIED', { DEFAULT_4XX, ACCESS_DENIED: {} })
  expect(headerOf(own, 'access-control-allow-origin')).toBeUndefined()
})

test("AWS-GWR-22 the context of a Deny is there on a kept result, not on somebody else's refusal", async () => {
  const gatewayResponses = { DEFAULT_4XX: body('[$context.authorizer.reason]') }
  const bench = tokenBench(TRIGGERS.ACCESS_DENIED, { gatewayResponses, authorizerResultTtlInSeconds: 300 })
  expect([await bench.ask('GET /', bearer()), await bench.ask('GET /', bearer()), await bench.ask('GET /')]).toEqual([
    '403 [nope]',
    '403 [nope]',
    '401 []',
  ])
  expect(bench.handler).toHaveBeenCalledTimes(1)
})

const XML = { 'application/xml': '<no/>', 'application/json': '{"no":1}', 'text/plain': 'no' }
test.each<[accept: string | undefined, type: string]>([
  [undefined, 'application/json'],
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['application/xml', 'application/xml'],
  ['APPLICATION/XML', 'application/xml'],
  ['application/xml;q=0.1', 'application/xml'],
  ['application/xml;q=0.1, application/json', 'application/xml'],
  ['text/html, application/xml', 'application/json'],
  ['text/plain,application/xml', 'text/plain'],
  ['text/*', 'application/json'],
  ['nonsense', 'application/json'],
  ['constructor/prototype', 'application/json'],
])('AWS-GWR-25 Accept: %s selects %s', async (accept, type) => {
  const headers = accept === undefined ? {} : { Accept: accept }
  const denied = await refuse('UNAUTHORIZED', { UNAUTHORIZED: { responseTemplates: XML } }, headers)
  expect(headerOf(denied, 'content-type')).toBe(type)
  expect(denied.response.body).toBe(XML[type as keyof typeof XML])
})

test('AWS-GWR-25 without a template for JSON the default one answers what selects no other', async () => {
  const denied = await refuse('UNAUTHORIZED', { UNAUTHORIZED: { responseTemplates: { 'text/plain': 'no' } } })
  expect([headerOf(denied, 'content-type'), denied.response.body]).toEqual([
    'application/json',
    '{"message":"Unauthorized"}',
  ])
})

test('AWS-GWR-26 the error type stays that of the refusal', async () => {
  const denied = await refuse('UNAUTHORIZED', { UNAUTHORIZED: { statusCode: 404, ...body('{}') } })
  expect(headerOf(denied, 'x-amzn-ErrorType')).toBe('UnauthorizedException')
})

test.each([
  ['BAD_REQUEST', 'GET /a//b', '400 {"message":"Bad Request"}'],
  ['URI_TOO_LONG', `GET /${'a'.repeat(1600)}`, '414 {"message":"Request URI too long"}'],
])('AWS-GWR-30 the answer of the front end %s is not customized', async (_, line, answer) => {
  const gatewayResponses = { DEFAULT_4XX: { statusCode: 418, ...body('d') } }
  expect(await tokenBench(async () => allow(), { gatewayResponses }).ask(line, bearer())).toBe(answer)
})

test('AWS-GWR-10 a definition that is changed later changes nothing', async () => {
  const UNAUTHORIZED = { statusCode: 418, responseTemplates: { 'application/json': 'before' } }
  const { ask } = tokenBench(async () => allow(), { api: API, gatewayResponses: { UNAUTHORIZED } })
  UNAUTHORIZED.statusCode = 200
  UNAUTHORIZED.responseTemplates['application/json'] = 'after'
  expect(await ask('GET /')).toBe('418 before')
})
