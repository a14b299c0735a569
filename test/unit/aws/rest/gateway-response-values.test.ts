/** Variables in templates and header parameters of gateway responses (AWS-GWR-17 to 24, 28, 32; AWS-CTX-06, 11). */
import type { Denied } from '@custom-authorizer/core'
import type * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import type { RequestParts } from '../../../support/request.ts'
import { API, deny, headerOf, requestBench, raise } from '../harness.ts'

const LINE = 'GET /pets/7?a=1&a=2&b=x%20y&empty='
const HEADERS: [string, string][] = [
  ['Origin', 'https://app.example.com'],
  ['User-Agent', 'curl/8.5.0'],
  ['X-Multi', 'a'],
  ['x-multi', 'b'],
  ['X-Empty', ''],
]
const CONTEXT = { reason: 'no "quotes" & $stage', level: 3, status: 'x', toString: 'own', latency: '' }

const denialFor = async (definition: aws.GatewayResponseDefinition, parts: RequestParts = {}): Promise<Denied> => {
  const options: aws.RequestOptions = {
    api: { ...API, domainName: 'shop.example.com' },
    routes: ['/pets/{id}'],
    stageVariables: { backend: 'b1' },
    gatewayResponses: { ACCESS_DENIED: definition },
  }
  const bench = requestBench(async () => deny('*', { context: CONTEXT }), options)
  const outcome = await bench.evaluate(LINE, { headers: HEADERS, ...parts })
  return outcome.allowed ? raise(new Error('the request was allowed')) : outcome
}

const render = async (template: string): Promise<string> =>
  (await denialFor({ responseTemplates: { 'application/json': template } })).response.body

const header = async (from: string, parts?: RequestParts, name = 'X-A'): Promise<string | undefined> =>
  headerOf(await denialFor({ responseParameters: { [`gatewayresponse.header.${name}`]: from } }, parts), name)

const MESSAGE = 'User is not authorized to access this resource with an explicit deny in an identity-based policy'

/** Variables available both in templates (`$context.X`) and in parameters (`context.X`). */
const variables: [rule: string, variable: string, value: string | RegExp][] = [
  ['AWS-GWR-17', 'context.accountId', '123456789012'],
  ['AWS-GWR-17', 'context.apiId', 'abcdef123'],
  ['AWS-GWR-17', 'context.stage', 'prod'],
  ['AWS-GWR-17', 'context.httpMethod', 'GET'],
  ['AWS-GWR-17', 'context.resourcePath', '/pets/{id}'],
  ['AWS-GWR-17', 'context.path', /\/pets\/7$/],
  ['AWS-GWR-17', 'context.protocol', 'HTTP/1.1'],
  ['AWS-GWR-17', 'context.domainName', 'shop.example.com'],
  ['AWS-GWR-17', 'context.domainPrefix', 'shop'],
  ['AWS-GWR-17', 'context.identity.sourceIp', '203.0.113.9'],
  ['AWS-GWR-17', 'context.identity.userAgent', 'curl/8.5.0'],
  ['AWS-GWR-17', 'context.requestTime', '01/Jan/2030:12:00:00 +0000'],
  ['AWS-GWR-17', 'context.requestTimeEpoch', String(Date.UTC(2030, 0, 1, 12))],
  ['AWS-GWR-17', 'context.requestId', /^[\da-f-]{36}$/],
  ['AWS-GWR-17', 'context.extendedRequestId', /^[\w+/-]+={1,2}$/],
  ['AWS-GWR-17', 'stageVariables.backend', 'b1'],
  ['AWS-GWR-20', 'context.error.message', MESSAGE],
  ['AWS-GWR-20', 'context.error.messageString', `"${MESSAGE}"`],
  ['AWS-GWR-21', 'context.error.responseType', 'ACCESS_DENIED'],
  ['AWS-GWR-22', 'context.authorizer.reason', CONTEXT.reason],
  ['AWS-GWR-22', 'context.authorizer.level', '3'],
  ['AWS-GWR-22', 'context.authorizer.toString', 'own'],
  ['AWS-GWR-22', 'context.authorizer.principalId', 'u'],
]

test.each(variables)('%s %s has the same value in a template and in a header', async (_, variable, value) => {
  const [text, line] = [await render(`[$${variable}]`), await header(variable)]
  if (typeof value === 'string') expect([text, line]).toEqual([`[${value}]`, value])
  else for (const each of [text.slice(1, -1), line]) expect(each).toMatch(value)
})

test.each<[variable: string, value: string]>([
  ['method.request.header.Origin', 'https://app.example.com'],
  ['method.request.header.origin', 'https://app.example.com'],
  ['method.request.header.X-Multi', 'b'],
  ['method.request.multivalueheader.X-Multi', 'a,b'],
  ['method.request.querystring.a', '2'],
  ['method.request.querystring.b', 'x y'],
  ['method.request.multivaluequerystring.a', '1,2'],
  ['method.request.path.id', '7'],
])('AWS-GWR-17 %s has the value %s in a header and in a template', async (variable, value) => {
  expect(await header(variable)).toBe(value)
  expect(await render(`[${variable}]`)).toBe(`[${value}]`)
  expect(await render(`[$${variable}]`)).toBe(`[${value}]`)
})

test.each(["'b'", "''", "'a b, c'", "'it''s'", '\'"quoted"\''])(
  'AWS-GWR-17 the static text %s is sent without its quotes',
  async (text) => {
    expect(await header(text)).toBe(text.slice(1, -1))
  },
)

const missing = [
  'method.request.header.X-None',
  'method.request.multivalueheader.X-None',
  'method.request.querystring.A',
  'method.request.multivaluequerystring.none',
  'method.request.path.petId',
  'method.request.path.toString',
  'context.none',
  'context.constructor',
  'context.error.validationErrorString',
  'context.authorizer.none',
  'context.authorizer.constructor',
  'stageVariables.none',
  'stageVariables.toString',
]
test.each(missing)('AWS-GWR-18 a header mapped from the missing value %s is not sent', async (variable) => {
  expect(await header(variable)).toBeUndefined()
})
test.each(missing.filter((each) => !each.startsWith('method')).map((each) => `$${each}`))(
  'AWS-GWR-24 the missing variable %s renders as an empty string',
  async (variable) => {
    expect(await render(`[${variable}]`)).toBe('[]')
  },
)

test.each([
  '#set($x = 1)$x',
  '#if(true)yes#end',
  '$util.escapeJavaScript("x")',
  "$input.path('$.a')",
  "$input.params('a')",
  '$x $$ $& $1 ${x} $',
  '{"price":"5$"}',
])('AWS-GWR-19 the template %s is rendered unchanged', async (template) => {
  expect(await render(template)).toBe(template)
})

test('AWS-GWR-19 a template may contain several references with adjacent text', async () => {
  const template = '{"s":"$context.stage","p":"/$context.stage/$context.httpMethod.","m":$context.error.messageString}'
  expect(await render(template)).toBe(`{"s":"prod","p":"/prod/GET.","m":"${MESSAGE}"}`)
})

test('AWS-GWR-19 a substituted value is not rendered again', async () => {
  const template = 'method.request.header.X-T'
  const definition = { responseTemplates: { 'application/json': `[${template}]` } }
  const denied = await denialFor(definition, { headers: { 'X-T': '$context.authorizer.reason $& $1' } })
  expect(denied.response.body).toBe('[$context.authorizer.reason $& $1]')
})

test('AWS-GWR-32 values are substituted into a template without escaping', async () => {
  expect(await render('{"m":"$context.authorizer.reason"}')).toBe(`{"m":"${CONTEXT.reason}"}`)
})

test.each(['a\r\nX-Admin: 1', 'a\nb', 'a\0b', 'a\u007fb', 'Zoë', '\u{1f600}'])(
  'AWS-GWR-18 a header with the value %j is not sent',
  async (value) => {
    const bench = requestBench(async () => deny('*', { context: { value } }), {
      gatewayResponses: {
        ACCESS_DENIED: { responseParameters: { 'gatewayresponse.header.X-A': 'context.authorizer.value' } },
      },
    })
    const denied = await bench.evaluate('GET /')
    expect(headerOf(denied, 'x-a')).toBeUndefined()
    expect(JSON.stringify(denied)).not.toMatch(/admin/i)
  },
)

test.each<[title: string, from: string, parts: RequestParts]>([
  ['a query parameter', 'method.request.querystring.b', {}],
  ['a header', 'method.request.header.X-T', { headers: { 'X-T': 'a\u0080b' } }],
])('AWS-GWR-18 %s cannot inject a header line', async (_, from, parts) => {
  const definition = { responseParameters: { 'gatewayresponse.header.X-A': from } }
  const bench = requestBench(async () => deny(), { gatewayResponses: { ACCESS_DENIED: definition } })
  expect(headerOf(await bench.evaluate('GET /?b=a%0d%0aX-Admin:%201', parts), 'x-a')).toBeUndefined()
})

test.each([
  ['Content-Type', 'text/plain'],
  ['content-type', 'text/plain'],
  ['Cache-Control', 'max-age=5'],
  ['x-amz-apigw-id', 'mine'],
])('AWS-GWR-28 the header %s is replaced and sent once', async (name, value) => {
  expect(await header(`'${value}'`, {}, name)).toBe(value)
})

test.each(['x-amzn-ErrorType', 'X-Amzn-RequestId', 'X-AMZN-ERRORTYPE'])(
  'AWS-GWR-28 the header %s cannot be replaced',
  async (name) => {
    expect(await header("'mine'", {}, name)).toMatch(/^(?:AccessDeniedException|[\da-f-]{36})$/)
  },
)

test.each(['$context.authorizer', '$context.authorizer.claims', '$context.authorizer.claims.sub'])(
  'AWS-CTX-06 %s renders as an empty string because the whole object is not available',
  async (variable) => {
    expect(await render(`[${variable}]`)).toBe('[]')
  },
)

test.each([
  'authorizer.error',
  'authorizer.integrationLatency',
  'authorizer.requestId',
  'authorize.status',
  'authenticate.error',
])('AWS-CTX-11 $context.%s renders as an empty string because it is for access logs only', async (variable) => {
  expect(await render(`[$context.${variable}]`)).toBe('[]')
})
