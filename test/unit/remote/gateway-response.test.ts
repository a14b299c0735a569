/** `gatewayResponse`: the decision of a gateway that still runs (SEC-133). */
import { createAuthorizer, type ObservedDecision, shadow } from '@custom-authorizer/core'
import { gatewayResponse, type GatewayResponseOptions } from '@custom-authorizer/core/remote'
import { GatewayRequest } from '@custom-authorizer/core/contract'
import { fakeClock } from '@custom-authorizer/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { flushMicrotasks } from '../../support/deferred.ts'
import { throwError } from '../../support/failure-checks.ts'
import { expectOptionError, type Row, titled, UNKNOWN } from '../../support/option-error.ts'
import { gatewayRequest, type RequestParts } from '../../support/request.ts'
import { hang, json, RemoteServer, reset } from './remote-server.ts'

let server: RemoteServer
beforeEach(async () => {
  server = await RemoteServer.start()
})
afterEach(() => server.close())

const AUTHORIZED = [['Authorization', 'Bearer t-ann']] as const
const { signal } = new AbortController()

/** Asks the gateway about a request. */
const ask = async (
  line: string,
  parts: RequestParts = {},
  options: Partial<GatewayResponseOptions> = {},
): Promise<ObservedDecision | undefined> =>
  gatewayResponse({ url: `${server.url}prod`, ...options }).observe(gatewayRequest(line, parts), { signal })

const replyWith = (status: number, headers: Readonly<Record<string, string>> = {}): void => {
  server.reply = (_, response) => void response.writeHead(status, headers).end('body')
}

const isDenial: GatewayResponseOptions['isDenial'] = ({ status, headers }) =>
  status === 401 && !headers.has('x-handler')

const denial: RemoteServer['reply'] = (_, response) =>
  void response.writeHead(401, { 'x-amzn-ErrorType': 'UnauthorizedException' }).end('canary-body')

describe('the request', () => {
  test('SEC-133 method, path and query are those of the request, and there is no body', async () => {
    expect(await ask('GET /pets/%C3%A9/a%2Fb?a=1&a=%20x', { headers: AUTHORIZED })).toEqual({ verdict: 'allow' })
    expect(server.received).toMatchObject([
      {
        method: 'GET',
        url: '/prod/pets/%C3%A9/a%2Fb?a=1&a=%20x',
        body: '',
        headers: { authorization: 'Bearer t-ann', host: `127.0.0.1:${server.port}` },
      },
    ])
  })

  test('the target is the one that the client sent, and the URL may end in a slash', async () => {
    await ask('HEAD /pets', { receivedTarget: '/v1/pets?a' }, { url: `${server.url}prod/` })
    await ask('GET /', {}, { url: server.url })
    expect(server.received.map(({ method, url }) => [method, url])).toEqual([
      ['HEAD', '/prod/v1/pets?a'],
      ['GET', '/'],
    ])
  })

  const HEADERS = [
    ...AUTHORIZED,
    ['Cookie', 's=1'],
    ['X-Tenant', 'a'],
    ['X-Tenant', 'b'],
    ['X_Tenant', 'c'],
    ['X-Forwarded-For', '10.0.0.1'],
    ['Content-Type', 'text/plain'],
    ['Content-Length', '4'],
    ['Accept-Encoding', 'gzip'],
    ['Connection', 'keep-alive'],
    ['TE', 'trailers'],
    ['Expect', '100-continue'],
  ] as const

  test.each<[title: string, options: Partial<GatewayResponseOptions>, sent: Record<string, string>]>([
    ['by default', {}, { authorization: 'Bearer t-ann', 'x-tenant': 'a, b' }],
    [
      'with a list',
      { forwardHeaders: ['Cookie', 'X-Forwarded-For', 'TE', 'Host'] },
      { cookie: 's=1', 'x-forwarded-for': '10.0.0.1' },
    ],
    [
      'with "*" and a fixed header',
      { forwardHeaders: ['*', 'x_tenant'], headers: { 'X-Api-Key': 'k', Authorization: 'Basic eDp5' } },
      { authorization: 'Basic eDp5', 'x-tenant': 'a, b', x_tenant: 'c', 'x-api-key': 'k' },
    ],
  ])('SEC-84 SEC-133 %s, only these headers are sent', async (_, options, sent) => {
    await ask('GET /', { headers: HEADERS }, options)
    const { headers } = server.received[0] ?? {}
    const names = [...new Set(HEADERS.map(([name]) => name.toLowerCase())), 'x-api-key']
    const own = new Set(['accept-encoding', 'connection', 'host'])
    expect(
      Object.fromEntries(
        names.filter((name) => !own.has(name) && headers?.[name] !== undefined).map((name) => [name, headers?.[name]]),
      ),
    ).toEqual(sent)
    expect([headers?.['accept-encoding'], headers?.host]).toEqual(['identity', `127.0.0.1:${server.port}`])
  })

  test.each<[title: string, line: string, parts?: RequestParts, options?: Partial<GatewayResponseOptions>]>([
    ['with another method', 'POST /pets'],
    ['with a method that is not listed', 'GET /pets', {}, { methods: ['POST'] }],
    ['that is malformed', 'GET /a//b'],
    ['that is ambiguous', 'GET /a//b', { ambiguousTargets: 'allow' }],
    ['with dot segments that fetch would resolve', 'GET /a/%2e%2e/b', { ambiguousTargets: 'allow' }],
    ['with characters in the path that fetch would escape', 'GET /a"b'],
    ['with characters in the query that fetch would escape', 'GET /a?b="c"'],
    ['without a path', 'OPTIONS *', {}, { methods: ['OPTIONS'] }],
    ['with a repeated credential', 'GET /', { headers: [...AUTHORIZED, ...AUTHORIZED] }],
    ['that opens a WebSocket', 'GET /', { headers: { Connection: 'Upgrade', Upgrade: 'websocket' } }],
    ['that a comparison has sent', 'GET /', { headers: { 'X-Custom-Authorizer-Comparison': '1' } }],
  ])('SEC-133 a request %s is not sent', async (_, line, parts, options) => {
    expect(await ask(line, parts, options)).toBeUndefined()
    expect(server.received).toEqual([])
  })

  test('SEC-133 a request that opens a connection is not sent', async () => {
    const request = new GatewayRequest({
      method: 'GET',
      target: '/socket.io/',
      rawHeaders: ['Host', 'h'],
      httpVersion: '1.1',
      peer: () => undefined,
      routing: { caseSensitive: true, strict: true },
      opensConnection: true,
    })
    expect(await gatewayResponse({ url: server.url }).observe(request, { signal })).toBeUndefined()
    expect(server.received).toEqual([])
  })

  test('SEC-133 requests carry the mark that keeps them from being compared again', async () => {
    await ask('GET /')
    const headers = Object.entries(server.received[0]?.headers ?? {}) as [string, string][]
    expect(await ask('GET /', { headers })).toBeUndefined()
  })

  test('a method that is listed is sent without its body', async () => {
    await ask('POST /search', { headers: { 'Content-Length': '3' } }, { methods: ['POST'] })
    expect(server.received).toMatchObject([{ method: 'POST', body: '' }])
  })
})

describe('the decision', () => {
  test.each<[status: number, errorType: string | undefined, decision: ObservedDecision]>([
    [200, undefined, { verdict: 'allow' }],
    [404, undefined, { verdict: 'allow' }],
    [304, undefined, { verdict: 'allow' }],
    [401, undefined, { verdict: 'allow' }],
    [403, undefined, { verdict: 'allow' }],
    [500, undefined, { verdict: 'allow' }],
    [504, 'InternalServerErrorException', { verdict: 'allow' }],
    [401, 'UnauthorizedException', { verdict: 'deny', status: 401, responseType: 'UNAUTHORIZED' }],
    [403, 'AccessDeniedException', { verdict: 'deny', status: 403, responseType: 'ACCESS_DENIED' }],
    [403, 'AccessDeniedException:http://internal', { verdict: 'deny', status: 403, responseType: 'ACCESS_DENIED' }],
    [403, 'ForbiddenException', { verdict: 'deny', status: 403, responseType: 'INVALID_API_KEY' }],
    [429, 'TooManyRequestsException', { verdict: 'deny', status: 429, responseType: 'THROTTLED' }],
    [429, 'LimitExceededException', { verdict: 'deny', status: 429, responseType: 'QUOTA_EXCEEDED' }],
    [
      500,
      'AuthorizerConfigurationException',
      { verdict: 'deny', status: 500, responseType: 'AUTHORIZER_CONFIGURATION_ERROR' },
    ],
    [500, 'AuthorizerFailureException', { verdict: 'deny', status: 500, responseType: 'AUTHORIZER_FAILURE' }],
    [403, 'OtherException', { verdict: 'deny', status: 403, responseType: undefined }],
    [403, 'constructor', { verdict: 'deny', status: 403, responseType: undefined }],
  ])('of status %d with x-amzn-ErrorType %s is %j', async (status, errorType, decision) => {
    replyWith(status, errorType === undefined ? {} : { 'x-amzn-ErrorType': errorType })
    expect(await ask('GET /')).toEqual(decision)
  })

  test('an unknown route of the gateway is an error of the configuration', async () => {
    replyWith(403, { 'x-amzn-ErrorType': 'MissingAuthenticationTokenException' })
    await expect(ask('GET /')).rejects.toThrow('no such route')
  })

  test('isDenial replaces the default', async () => {
    replyWith(401, { 'apigw-requestid': 'x' })
    expect(await ask('GET /', {}, { isDenial })).toEqual({ verdict: 'deny', status: 401, responseType: undefined })
    replyWith(401, { 'x-handler': '1' })
    expect(await ask('GET /', {}, { isDenial })).toEqual({ verdict: 'allow' })
    await expect(ask('GET /', {}, { isDenial: throwError })).rejects.toThrow('boom')
  })
})

describe('the exchange', () => {
  test('SEC-82 SEC-133 redirects are not followed, and are no denial', async () => {
    const other = await RemoteServer.start()
    replyWith(302, { location: other.url })
    expect(await ask('GET /', { headers: AUTHORIZED })).toEqual({ verdict: 'allow' })
    expect([server.received.length, other.opened]).toEqual([1, 0])
    await other.close()
    await expect(
      ask('GET /', {}, { fetch: async () => Object.defineProperty(new Response(), 'redirected', { value: true }) }),
    ).rejects.toThrow('redirect')
  })

  test('SEC-133 the body of the response is not read: the decision does not wait for its end', async () => {
    server.reply = (_, response) => {
      response.writeHead(200)
      response.write('x'.repeat(100_000))
    }
    expect(await ask('GET /')).toEqual({ verdict: 'allow' })
    await server.untilClosed()
  })

  test('SEC-80 SEC-133 a gateway that does not respond in time is a timeout, and the connection is closed', async () => {
    server.reply = hang
    const clock = fakeClock()
    const decision = ask('GET /', {}, { clock, timeoutMs: 700 })
    await server.reached(1)
    clock.advanceSync(700)
    await expect(decision).rejects.toMatchObject({ name: 'TimeoutError' })
    await server.untilClosed()
    expect(clock.pending).toBe(0)
  })

  test('the signal of the comparison ends the exchange', async () => {
    server.reply = hang
    const controller = new AbortController()
    const observer = gatewayResponse({ url: server.url })
    const decision = Promise.resolve(observer.observe(gatewayRequest('GET /'), { signal: controller.signal }))
    const rejected = expect(decision).rejects.toMatchObject({ name: 'TimeoutError' })
    await server.reached(1)
    controller.abort()
    await rejected
    await server.untilClosed()
  })

  test('a lost connection is a failure', async () => {
    server.reply = reset
    await expect(ask('GET /')).rejects.toThrow()
  })

  test('SEC-101 SEC-131 a comparison with shadow shows neither the URL nor a credential', async () => {
    const clock = fakeClock()
    const authorizer = shadow({
      enforce: createAuthorizer({ name: 'next', logger: null, authorize: () => true }),
      candidate: gatewayResponse({
        url: `${server.url}canary-url`,
        headers: { 'x-api-key': 'canary-key' },
        name: 'gateway',
      }),
      clock,
    })
    const compared = async (reply: RemoteServer['reply'], count: number): Promise<void> => {
      server.reply = reply
      await authorizer.evaluate(
        gatewayRequest('GET /pets?token=canary-query', { headers: { Authorization: 'canary-token' } }),
      )
      clock.advanceSync(0)
      await server.reached(count)
      while (authorizer.comparison().inFlight > 0) await flushMicrotasks()
    }
    await compared(json({}), 1)
    await compared(denial, 2)
    await compared(reset, 3)
    const report = authorizer.comparison()
    expect(report).toMatchObject({
      agreed: { allowed: 1, denied: 0 },
      differences: [{ kind: 'DENIED_INSTEAD_OF_ALLOWED' }, { kind: 'CANDIDATE_FAILED' }],
    })
    expect(JSON.stringify(report)).not.toContain('canary')
    expect(report.why).toContain('1 request was denied instead of allowed: next allowed, gateway denied')
  })
})

const url = 'https://api.example/prod'
const ROWS: readonly Row[] = [
  ['gatewayResponse.url', {}, 'undefined', 'a URL'],
  [
    'gatewayResponse.url',
    { url: 'http://api.example/' },
    'an http: URL of another machine',
    'https:, or http: to this machine',
  ],
  ['gatewayResponse.url', { url: `${url}?a=1` }, 'a URL with a query', 'a URL without a query'],
  ['gatewayResponse.url', { url: `${url}?` }, 'a URL with a query', 'a URL without a query'],
  ['gatewayResponse.url', { url: 'https://a:b@api.example/' }, 'a URL with credentials', 'without credentials'],
  ['gatewayResponse.methods', { url, methods: ['get'] }, 'an array of 1', 'a method in capital letters'],
  ['gatewayResponse.timeoutMs', { url, timeoutMs: 0 }, 'a number', 'from 1 to 60000'],
  ['gatewayResponse.forwardHeaders', { url, forwardHeaders: 'a' }, 'a string', 'an array'],
  ['gatewayResponse.headers', { url, headers: { Host: 'a' } }, 'an object', 'the transport does not set'],
  ['gatewayResponse.isDenial', { url, isDenial: 1 }, 'a number', 'a function'],
  ['gatewayResponse.name', { url, name: '' }, 'an empty string', 'printable ASCII'],
  ['gatewayResponse.fetch', { url, fetch: 1 }, 'a number', 'a function'],
  ['gatewayResponse.clock', { url, clock: 1 }, 'a number', 'an object with now'],
  ['gatewayResponse.allowInsecure', { url, allowInsecure: true }, UNKNOWN, 'url, methods'],
]
test.each(titled(ROWS))('SEC-105 SEC-133 %s: %s is rejected, %s is allowed', (path, found, allowed, options) => {
  expectOptionError(() => gatewayResponse(options as never), path, found, allowed)
})

test('SEC-133 an address that must be secure does not name an option that relaxes it', () => {
  expect(() => gatewayResponse({ url: 'http://api.example/' })).not.toThrow('allowInsecure')
  expect(() => gatewayResponse({ url: 'http://api.example/' })).toThrow('this machine')
})
