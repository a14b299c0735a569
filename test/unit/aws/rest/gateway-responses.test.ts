/** Customized gateway responses: which definition applies to a denial, and its defaults (AWS-GWR-10 to 15, 22 to 30). */
import type { Denied } from '@custom-authorizer/core'
import type * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { allow, API, bearer, deny, headerOf, requestBench, describeOutcome, raise, tokenBench } from '../harness.ts'

/** Functions that cause a denial, by gateway response type. */
const TRIGGERS = {
  UNAUTHORIZED: async () => raise(new Error('Unauthorized')),
  ACCESS_DENIED: async () => deny('*', { context: { reason: 'nope' } }),
  AUTHORIZER_CONFIGURATION_ERROR: async () => raise(new Error('x')),
} as const

const denialFor = async (
  trigger: keyof typeof TRIGGERS,
  gatewayResponses: aws.GatewayResponseDefinitions,
  headers: Readonly<Record<string, string>> = {},
): Promise<Denied> => {
  const outcome = await requestBench(TRIGGERS[trigger], { gatewayResponses }).evaluate('GET /pets/7', { headers })
  return outcome.allowed ? raise(new Error('the request was allowed')) : outcome
}

type Definitions = aws.GatewayResponseDefinitions
const body = (text: string) => ({ responseTemplates: { 'application/json': text } })

test.each<[rule: string, title: string, trigger: keyof typeof TRIGGERS, definitions: Definitions, expected: string]>([
  [
    'AWS-GWR-11',
    'an empty definition uses the default template',
    'ACCESS_DENIED',
    { ACCESS_DENIED: {} },
    '403 {"message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}',
  ],
  [
    'AWS-GWR-11',
    'the default template renders a null message as null',
    'AUTHORIZER_CONFIGURATION_ERROR',
    { DEFAULT_5XX: {} },
    '500 {"message":null}',
  ],
  [
    'AWS-GWR-12',
    'statusCode alone keeps the default template',
    'UNAUTHORIZED',
    { UNAUTHORIZED: { statusCode: 418 } },
    '418 {"message":"Unauthorized"}',
  ],
  [
    'AWS-GWR-12',
    'statusCode may be a string',
    'UNAUTHORIZED',
    { UNAUTHORIZED: { statusCode: '418' } },
    '418 {"message":"Unauthorized"}',
  ],
  ['AWS-GWR-12', 'a template alone keeps the status', 'UNAUTHORIZED', { UNAUTHORIZED: body('no') }, '401 no'],
  [
    'AWS-GWR-13',
    'G01 DEFAULT_4XX applies to 401',
    'UNAUTHORIZED',
    { DEFAULT_4XX: { statusCode: 418 } },
    '418 {"message":"Unauthorized"}',
  ],
  [
    'AWS-GWR-13',
    'DEFAULT_4XX applies to 403',
    'ACCESS_DENIED',
    { DEFAULT_4XX: { statusCode: 418, ...body('d') } },
    '418 d',
  ],
  [
    'AWS-GWR-13',
    'G05 DEFAULT_5XX applies to 500',
    'AUTHORIZER_CONFIGURATION_ERROR',
    { DEFAULT_5XX: { statusCode: 599 } },
    '599 {"message":null}',
  ],
  [
    'AWS-GWR-13',
    'DEFAULT_5XX does not apply to 401',
    'UNAUTHORIZED',
    { DEFAULT_5XX: { statusCode: 599 } },
    '401 {"message":"Unauthorized"}',
  ],
  [
    'AWS-GWR-13',
    'DEFAULT_4XX does not apply to 500',
    'AUTHORIZER_CONFIGURATION_ERROR',
    { DEFAULT_4XX: { statusCode: 418 } },
    '500 {"message":null}',
  ],
  [
    'AWS-GWR-14',
    'G06 a specific definition inherits nothing from DEFAULT_4XX',
    'UNAUTHORIZED',
    { UNAUTHORIZED: {}, DEFAULT_4XX: { statusCode: 418, ...body('d') } },
    '401 {"message":"Unauthorized"}',
  ],
  [
    'AWS-GWR-14',
    'a partial definition inherits nothing from DEFAULT_4XX',
    'UNAUTHORIZED',
    { UNAUTHORIZED: { statusCode: 400 }, DEFAULT_4XX: body('d') },
    '400 {"message":"Unauthorized"}',
  ],
  [
    'AWS-GWR-15',
    'DEFAULT_4XX without a status keeps the status of the type',
    'ACCESS_DENIED',
    { DEFAULT_4XX: body('d') },
    '403 d',
  ],
  [
    'AWS-GWR-22',
    'G03 the context of a Deny is available in the template',
    'ACCESS_DENIED',
    { ACCESS_DENIED: body('{"m":"$context.authorizer.reason"}') },
    '403 {"m":"nope"}',
  ],
  [
    'AWS-GWR-22',
    'the context of a Deny is available in a DEFAULT_4XX template',
    'ACCESS_DENIED',
    { DEFAULT_4XX: body('$context.authorizer.reason by $context.authorizer.principalId') },
    '403 nope by u',
  ],
  [
    'AWS-GWR-23',
    'a thrown Unauthorized has no context in the template',
    'UNAUTHORIZED',
    { UNAUTHORIZED: body('[$context.authorizer.reason][$context.authorizer.principalId]') },
    '401 [][]',
  ],
])('%s %s', async (_rule, _title, trigger, definitions, expected) => {
  expect(describeOutcome(await denialFor(trigger, definitions))).toBe(expected)
})

test('AWS-GWR-12 responseParameters alone keep status and body', async () => {
  const denied = await denialFor('UNAUTHORIZED', {
    UNAUTHORIZED: { responseParameters: { 'gatewayresponse.header.X-A': "'b'" } },
  })
  expect(describeOutcome(denied)).toBe('401 {"message":"Unauthorized"}')
  expect(headerOf(denied, 'x-a')).toBe('b')
})

test('AWS-GWR-13 DEFAULT_4XX headers apply only to types without their own definition', async () => {
  const DEFAULT_4XX = { responseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': "'*'" } }
  expect(headerOf(await denialFor('ACCESS_DENIED', { DEFAULT_4XX }), 'access-control-allow-origin')).toBe('*')
  const own = await denialFor('ACCESS_DENIED', { DEFAULT_4XX, ACCESS_DENIED: {} })
  expect(headerOf(own, 'access-control-allow-origin')).toBeUndefined()
})

test('AWS-GWR-22 a cached Deny keeps its context in the template, and a 401 does not get it', async () => {
  const gatewayResponses = { DEFAULT_4XX: body('[$context.authorizer.reason]') }
  const bench = tokenBench(TRIGGERS.ACCESS_DENIED, { gatewayResponses, authorizerResultTtlInSeconds: 300 })
  expect([await bench.send('GET /', bearer()), await bench.send('GET /', bearer()), await bench.send('GET /')]).toEqual(
    ['403 [nope]', '403 [nope]', '401 []'],
  )
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
])('AWS-GWR-25 Accept: %s selects the template for %s', async (accept, type) => {
  const headers = accept === undefined ? {} : { Accept: accept }
  const denied = await denialFor('UNAUTHORIZED', { UNAUTHORIZED: { responseTemplates: XML } }, headers)
  expect(headerOf(denied, 'content-type')).toBe(type)
  expect(denied.response.body).toBe(XML[type as keyof typeof XML])
})

test('AWS-GWR-25 without a JSON template the default template is used if Accept matches no other', async () => {
  const denied = await denialFor('UNAUTHORIZED', { UNAUTHORIZED: { responseTemplates: { 'text/plain': 'no' } } })
  expect([headerOf(denied, 'content-type'), denied.response.body]).toEqual([
    'application/json',
    '{"message":"Unauthorized"}',
  ])
})

test('AWS-GWR-26 a customized response keeps the error type of the denial', async () => {
  const denied = await denialFor('UNAUTHORIZED', { UNAUTHORIZED: { statusCode: 404, ...body('{}') } })
  expect(headerOf(denied, 'x-amzn-ErrorType')).toBe('UnauthorizedException')
})

test.each([
  ['BAD_REQUEST', 'GET /a//b', '400 {"message":"Bad Request"}'],
  ['URI_TOO_LONG', `GET /${'a'.repeat(1600)}`, '414 {"message":"Request URI too long"}'],
])('AWS-GWR-30 DEFAULT_4XX does not customize %s', async (_, line, expected) => {
  const gatewayResponses = { DEFAULT_4XX: { statusCode: 418, ...body('d') } }
  expect(await tokenBench(async () => allow(), { gatewayResponses }).send(line, bearer())).toBe(expected)
})

test('AWS-GWR-10 a definition is copied: later changes have no effect', async () => {
  const UNAUTHORIZED = { statusCode: 418, responseTemplates: { 'application/json': 'before' } }
  const { send } = tokenBench(async () => allow(), { api: API, gatewayResponses: { UNAUTHORIZED } })
  UNAUTHORIZED.statusCode = 200
  UNAUTHORIZED.responseTemplates['application/json'] = 'after'
  expect(await send('GET /')).toBe('418 before')
})
