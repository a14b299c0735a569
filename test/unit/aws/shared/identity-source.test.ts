/** Identity sources of REST authorizers, which are checked before the function is called (AWS-ID). */
import * as aws from '@custom-authorizer/core/aws'
import { describe, expect, test } from 'vitest'
import { gatewayRequest, type RequestParts } from '../../../support/request.ts'
import { allow, ALLOWED, API, bearer, requestBench, tokenBench, UNAUTHORIZED } from '../harness.ts'

const BOTH = 'method.request.header.Authorization, method.request.querystring.t'

const token = async (parts: RequestParts, options: aws.TokenOptions = {}) => {
  const { send, handler, log } = tokenBench(async () => allow(), options)
  return { response: await send('GET /pets/7', parts), calls: handler.mock.calls, log }
}

describe('TOKEN', () => {
  test.each<[string, RequestParts]>([
    ['absent', {}],
    ['empty', bearer('')],
    ['blank', bearer(' \t')],
    ['in another header', { headers: { 'X-Authorization': 'x' } }],
  ])('AWS-ID-01 a token that is %s gives 401 without a call', async (_, parts) => {
    const { response, calls } = await token(parts)
    expect(response).toBe(UNAUTHORIZED)
    expect(calls).toHaveLength(0)
  })

  test('AWS-ID-01 only the configured identity source is checked', async () => {
    const identitySource = 'method.request.header.X-Token'
    expect((await token(bearer(), { identitySource })).response).toBe(UNAUTHORIZED)
    expect((await token({ headers: { 'X-Token': 'x' } }, { identitySource })).response).toBe(ALLOWED)
  })

  test.each(['Bearer abc', 'bearer abc', 'abc', 'Basic dTpw', 'a  b', 'Bearer', 'a, b'])(
    'AWS-ID-12 the token %j is passed to the function unchanged',
    async (value) => {
      const { response, calls } = await token(bearer(value))
      expect(response).toBe(ALLOWED)
      expect(calls[0]?.[0].authorizationToken).toBe(value)
    },
  )

  test.each(['Authorization', 'authorization', 'AUTHORIZATION', 'aUThorization'])(
    'AWS-ID-09 a header sent as %s satisfies the identity source Authorization',
    async (name) => {
      expect((await token({ headers: { [name]: 'x' } })).response).toBe(ALLOWED)
      const identitySource = `method.request.header.${name}`
      expect((await token(bearer(), { identitySource })).response).toBe(ALLOWED)
    },
  )

  test('AWS-ID-13 SEC-24 a repeated token header gives 401', async () => {
    const headers: [string, string][] = [
      ['Authorization', 'a'],
      ['authorization', 'b'],
    ]
    const { response, calls } = await token({ headers })
    expect(response).toBe(UNAUTHORIZED)
    expect(calls).toHaveLength(0)
  })
})

describe('identityValidationExpression', () => {
  type Mode = NonNullable<aws.TokenCompatibility['tokenRegexMode']>
  const rows: [expression: string, value: string, matches: Mode[]][] = [
    ['^Bearer .+$', 'Bearer x', ['full', 'search', 'prefix']],
    ['^Bearer .+$', 'x', []],
    ['Bearer [-\\w]+', 'Bearer abc', ['full', 'search', 'prefix']],
    ['Bearer [-\\w]+', 'Bearer abc!', ['search', 'prefix']],
    ['Bearer [-\\w]+', 'xBearer abc', ['search']],
    ['Bearer [-\\w]+', 'bearer abc', []],
    ['a|ab', 'ab', ['full', 'search', 'prefix']],
    ['a|b', 'ab', ['search', 'prefix']],
    ['(?i)bearer x', 'BEARER X', ['full', 'search', 'prefix']],
    ['\\p{L}+', 'abc', ['full', 'search', 'prefix']],
    ['a{3}', 'aaaa', ['search', 'prefix']],
  ]
  const cases = rows.flatMap(([expression, value, matches]) =>
    (['full', 'search', 'prefix'] as const).map((mode) => ({
      expression,
      value,
      mode,
      response: matches.includes(mode) ? ALLOWED : UNAUTHORIZED,
    })),
  )

  test.each(cases)(
    'AWS-ID-08 $expression against the token $value in mode $mode gives: $response',
    async ({ expression, value, mode, response }) => {
      const options = { identityValidationExpression: expression, compatibility: { tokenRegexMode: mode } }
      const result = await token(bearer(value), options)
      expect(result.response).toBe(response)
      expect(result.calls).toHaveLength(response === ALLOWED ? 1 : 0)
    },
  )

  test('AWS-ID-08 by default the expression must match the whole token', async () => {
    const options = { identityValidationExpression: 'abc' }
    expect((await token(bearer('abc'), options)).response).toBe(ALLOWED)
    expect((await token(bearer('abcd'), options)).response).toBe(UNAUTHORIZED)
  })

  test.each(['(', '(?=a)a', '(?<!a)b', '(a)\\1'])(
    'AWS-ID-08 the expression %j is rejected when the authorizer is created',
    (identityValidationExpression) => {
      expect(() => aws.token({ identityValidationExpression })).toThrow(/identityValidationExpression/)
    },
  )
})

describe('REQUEST', () => {
  const rows: [rule: string, title: string, line: string, headers: Record<string, string>, response: string][] = [
    ['AWS-ID-02', 'all sources', 'GET /?t=1', { Authorization: 'x' }, ALLOWED],
    ['AWS-ID-02', 'R01 the header only', 'GET /', { Authorization: 'x' }, UNAUTHORIZED],
    ['AWS-ID-02', 'the query only', 'GET /?t=1', {}, UNAUTHORIZED],
    ['AWS-ID-02', 'R02 an empty parameter', 'GET /?t=', { Authorization: 'x' }, UNAUTHORIZED],
    ['AWS-ID-02', 'a parameter without value', 'GET /?t', { Authorization: 'x' }, UNAUTHORIZED],
    ['AWS-ID-02', 'an empty header', 'GET /?t=1', { Authorization: '' }, UNAUTHORIZED],
    ['AWS-ID-11', 'a parameter in another case', 'GET /?T=1', { Authorization: 'x' }, UNAUTHORIZED],
    ['AWS-ID-09', 'a header in another case', 'GET /?t=1', { authorization: 'x' }, ALLOWED],
    ['AWS-ID-13', 'a parameter sent twice (SEC-24)', 'GET /?t=1&t=1', { Authorization: 'x' }, UNAUTHORIZED],
  ]

  for (const authorizerResultTtlInSeconds of [0, 300]) {
    test.each(rows)(
      `%s a REQUEST authorizer with a TTL of ${authorizerResultTtlInSeconds} requires every source: %s`,
      async (_, _title, line, headers, response) => {
        const options = { identitySource: BOTH, authorizerResultTtlInSeconds }
        const { send, handler } = requestBench(async () => allow(), options)
        expect(await send(line, { headers })).toBe(response)
        expect(handler).toHaveBeenCalledTimes(response === ALLOWED ? 1 : 0)
      },
    )
  }

  test('AWS-ID-03 R10 a REQUEST authorizer without identity sources always calls the function', async () => {
    const { send, handler } = requestBench(async () => allow())
    expect([await send('GET /'), await send('GET /')]).toEqual([ALLOWED, ALLOWED])
    expect(handler).toHaveBeenCalledTimes(2)
  })

  test('AWS-ID-04 identity sources are required even without caching', async () => {
    const options = { identitySource: 'method.request.header.X-Key', authorizerResultTtlInSeconds: 0 }
    const { send, handler } = requestBench(async () => allow(), options)
    expect(await send('GET /')).toBe(UNAUTHORIZED)
    expect(await send('GET /', { headers: { 'X-Key': 'k' } })).toBe(ALLOWED)
    expect(handler).toHaveBeenCalledTimes(1)
  })

  test('AWS-ID-13 SEC-24 a repeated header source gives 401', async () => {
    const { send } = requestBench(async () => allow(), { identitySource: 'method.request.header.X-Key' })
    const headers: [string, string][] = [
      ['X-Key', 'a'],
      ['x-key', 'a'],
    ]
    expect(await send('GET /', { headers })).toBe(UNAUTHORIZED)
  })

  test('AWS-ID-16 an undefined or empty stage variable counts as missing', async () => {
    const identitySource = 'stageVariables.tenant'
    for (const [stageVariables, response] of [
      [{ tenant: 'a' }, ALLOWED],
      [{ tenant: '' }, UNAUTHORIZED],
      [{ Tenant: 'a' }, UNAUTHORIZED],
      [{}, UNAUTHORIZED],
    ] as const) {
      expect(await requestBench(async () => allow(), { identitySource, stageVariables }).send('GET /')).toBe(response)
    }
    const inherited = requestBench(async () => allow(), { identitySource: 'stageVariables.toString' })
    expect(await inherited.send('GET /')).toBe(UNAUTHORIZED)
  })

  test.each([
    [`method.request.header.B,stageVariables.c,method.request.querystring.a`],
    [[`method.request.header.B`, `stageVariables.c`, `method.request.querystring.a`]],
  ])('AWS-ID-18 sources stay in the order configured: %j', (identitySource) => {
    const { identitySources } = aws.request({ identitySource })
    expect(identitySources.map(({ name }) => name)).toEqual(['B', 'c', 'a'])
  })

  test('AWS-ID-18 the order of the values is part of the cache key', async () => {
    const options = {
      identitySource: 'method.request.querystring.a,method.request.querystring.b',
      authorizerResultTtlInSeconds: 300,
    }
    const { send, handler } = requestBench(async () => allow(), options)
    for (const line of ['GET /?a=1&b=2', 'GET /?a=2&b=1', 'GET /?b=2&a=1']) expect(await send(line)).toBe(ALLOWED)
    expect(handler).toHaveBeenCalledTimes(2)
  })

  test('AWS-ID-19 the Cookie header is an identity source, a single cookie is not', async () => {
    expect(() => aws.request({ identitySource: 'method.request.cookie.session' })).toThrow(/identitySource/)
    const { send } = requestBench(async () => allow(), { identitySource: 'method.request.header.Cookie' })
    expect(await send('GET /', { headers: { Cookie: 'session=1; theme=dark' } })).toBe(ALLOWED)
  })
})

describe('context.X', () => {
  const request = gatewayRequest('GET /pets/7?a=1', { headers: { 'User-Agent': 'curl/8.5.0' } })
  const options = { api: API, routes: ['/pets/{id}'] }

  test.each([
    ['identity.sourceIp', '203.0.113.9'],
    ['identity.userAgent', 'curl/8.5.0'],
    ['httpMethod', 'GET'],
    ['path', '/prod/pets/7'],
    ['resourcePath', '/pets/{id}'],
    ['stage', 'prod'],
    ['apiId', 'abcdef123'],
    ['accountId', '123456789012'],
    ['domainName', 'api.example.com'],
    ['domainPrefix', 'api'],
    ['protocol', 'HTTP/1.1'],
  ])('AWS-ID-15 context.%s is %s', (name, value) => {
    const [source] = aws.request({ ...options, identitySource: `context.${name}` }).identitySources
    expect(source?.read(request)).toBe(value)
  })

  test.each(['http.method', 'routeKey', 'http.sourceIp', 'sourceIp', 'authorizer.principalId', 'toString', 'Path'])(
    'AWS-ID-15 context.%s is rejected as an identity source of a REST API',
    (name) => {
      expect(() => aws.request({ identitySource: `context.${name}` })).toThrow(/identitySource/)
    },
  )
})

test('AWS-ID-17 requests rejected before the call are not logged', async () => {
  const options = { identityValidationExpression: 'a+' }
  for (const parts of [{}, bearer(''), bearer('b')]) {
    const { response, log } = await token(parts, options)
    expect(response).toBe(UNAUTHORIZED)
    expect(log).toEqual([])
  }
})
