/** Cookie credentials need the same origin, on every adapter (SEC-122). */
import { createServer } from 'node:http'
import { createAuthorizer, native, type NativeOptions } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { guardUpgrade, type UpgradeListener } from '@custom-authorizer/core/node'
import * as hono from '@custom-authorizer/hono'
import { Hono } from 'hono'
import { methodOverride } from 'hono/method-override'
import { describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { type Adapter, ADAPTERS, describeAdapters, type Service } from '../../support/adapters.ts'
import { connect, listen, readResponse } from '../web-socket/harness.ts'

type Lines = readonly (readonly [name: string, value: string])[]
const COOKIE = ['Cookie', 'theme=dark; __Host-session=ann'] as const
const OWN = ['Origin', 'https://service.test'] as const
const FOREIGN = ['Origin', 'https://evil.example'] as const
const CROSS_SITE = ['Sec-Fetch-Site', 'cross-site'] as const

const serve = async (
  adapter: Adapter,
  options: NativeOptions = {},
): Promise<Service & { readonly calls: string[] }> => {
  const calls: string[] = []
  const authorizer = createAuthorizer({
    authorize: (request) => {
      calls.push(request.method)
      return { isAuthorized: request.cookie('__Host-session') === 'ann', principalId: 'ann' }
    },
    contract: native({
      identitySources: ['$request.cookie.__Host-session'],
      resultTtlSeconds: 60,
      cachePer: 'identity',
      ...options,
    }),
    logger: null,
  })
  const service = await adapter.serve({
    use: [adapter.customAuthorizer(authorizer as never)],
    routes: [{ method: 'ALL', path: '/pets' }],
  })
  return { ...service, calls }
}

const statusOf = async (service: Service, headers: Lines, method: string = 'POST', body?: string): Promise<number> =>
  (await service.send({ method, target: '/pets', headers, ...(body === undefined ? {} : { body }) })).status

const FORBIDDEN: readonly (readonly [title: string, headers: Lines])[] = [
  ['a form of another site', [FOREIGN, CROSS_SITE, ['Content-Type', 'application/x-www-form-urlencoded']]],
  ['fetch() of another site without a preflight', [FOREIGN, CROSS_SITE, ['Content-Type', 'text/plain']]],
  ['multipart data of another site', [FOREIGN, ['Content-Type', 'multipart/form-data; boundary=x']]],
  [
    'a page of a sibling domain',
    [
      ['Origin', 'https://app.service.test'],
      ['Sec-Fetch-Site', 'same-site'],
    ],
  ],
  ['Origin: null', [['Origin', 'null']]],
  ['a repeated Origin', [OWN, FOREIGN]],
  ['a repeated own Origin', [OWN, OWN]],
  ['a repeated Sec-Fetch-Site', [['Sec-Fetch-Site', 'same-origin'], CROSS_SITE]],
  ['another port', [['Origin', 'https://service.test:8443']]],
  ['user information', [['Origin', 'https://service.test@evil.example']]],
  ['neither header', []],
  ['X-Forwarded-Host', [FOREIGN, ['X-Forwarded-Host', 'evil.example']]],
]

const ACCEPTED: readonly (readonly [title: string, headers: Lines])[] = [
  ['an equal Origin', [OWN]],
  ['an equal Origin of http', [['Origin', 'http://service.test']]],
  [
    'Sec-Fetch-Site: same-origin',
    [
      ['Sec-Fetch-Site', 'same-origin'],
      ['Origin', 'https://service.test'],
    ],
  ],
  ['Sec-Fetch-Site: none', [['Sec-Fetch-Site', 'none']]],
  [
    'Sec-Fetch-Site behind a proxy that rewrites Host',
    [['Host', 'internal:3000'], ['Sec-Fetch-Site', 'same-origin'], OWN],
  ],
  ['a host in upper case with its port', [['Host', 'SERVICE.test:443'], OWN]],
  [
    'an IPv6 address',
    [
      ['Host', '[::1]:8080'],
      ['Origin', 'http://[::1]:8080'],
    ],
  ],
]

describeAdapters('cookie credentials', (adapter) => {
  test.each(FORBIDDEN)('SEC-122 a POST with %s gets 403', async (_, headers) => {
    const service = await serve(adapter)
    // A cached result makes no difference.
    expect(await statusOf(service, [COOKIE, OWN])).toBe(200)
    const response = await service.send({ method: 'POST', target: '/pets', headers: [COOKIE, ...headers], body: 'a=b' })
    expect([response.status, response.body]).toEqual([403, '{"message":"Forbidden"}'])
    expect([service.hits, service.calls]).toEqual([['ALL /pets'], ['POST']])
  })

  test.each(ACCEPTED)('SEC-122 a POST with %s passes', async (_, headers) => {
    const service = await serve(adapter)
    expect(await statusOf(service, [COOKIE, ...headers], 'POST', 'a=b')).toBe(200)
  })

  test.each(['PUT', 'PATCH', 'DELETE'])('SEC-122 a %s from another origin gets 403', async (method) => {
    const service = await serve(adapter)
    expect(await statusOf(service, [COOKIE, FOREIGN], method)).toBe(403)
    expect(await statusOf(service, [COOKIE, OWN], method)).toBe(200)
  })

  test.each(['GET', 'HEAD', 'OPTIONS'])('SEC-122 a %s from another origin passes', async (method) => {
    const service = await serve(adapter)
    expect(await statusOf(service, [COOKIE, FOREIGN, CROSS_SITE], method)).toBe(200)
  })

  test('SEC-122 trusted origins pass', async () => {
    const service = await serve(adapter, { trustedOrigins: ['https://evil.example'] })
    expect(await statusOf(service, [COOKIE, FOREIGN, CROSS_SITE])).toBe(200)
  })

  test('SEC-24 SEC-122 two cookies of one name get 401', async () => {
    const service = await serve(adapter)
    expect(await statusOf(service, [['Cookie', '__Host-session=ann; __Host-session=ann'], OWN])).toBe(401)
    expect(await statusOf(service, [COOKIE, COOKIE, OWN])).toBe(401)
    expect(await statusOf(service, [['Cookie', '\xa0__Host-session=ann'], OWN])).toBe(401)
    expect(service.calls).toEqual([])
  })

  test('SEC-122 readsCookies checks the requests of a function that reads cookies itself', async () => {
    const service = await serve(adapter, { identitySources: [], resultTtlSeconds: 0, readsCookies: true })
    expect(await statusOf(service, [COOKIE, FOREIGN])).toBe(403)
    expect(service.calls).toEqual([])
    expect(await statusOf(service, [COOKIE, OWN])).toBe(200)
  })

  test('SEC-122 a contract of a gateway does not check the origin', async () => {
    const service = await adapter.serve({
      use: [
        adapter.customAuthorizer(
          async () => ({
            principalId: 'ann',
            policyDocument: { Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }] },
          }),
          { contract: aws.request({ identitySource: 'method.request.header.Cookie' }), logger: null },
        ),
      ],
      routes: [{ method: 'ALL', path: '/pets' }],
    })
    expect(await statusOf(service, [COOKIE, FOREIGN])).toBe(200)
  })
})

const methodChange = async (adapter: Adapter): Promise<Service> => {
  const contract = native({ identitySources: ['$request.cookie.__Host-session'] })
  return adapter.serve({
    use: [
      adapter.customAuthorizer(createAuthorizer({ authorize: () => true, contract, logger: null }) as never),
      adapter.tap(({ incoming }) => void (incoming.method = 'DELETE')),
      adapter.requireContext(() => true),
    ],
    routes: [{ method: 'ALL', path: '/pets' }],
  })
}

describe.each(ADAPTERS.filter(({ name }) => name !== 'Hono').map((each) => [each.name, each] as const))(
  'a method that changes after the decision on %s',
  (_, adapter) => {
    test('SEC-14 SEC-122 a foreign GET that middleware turns into a DELETE reaches no handler', async () => {
      const service = await methodChange(adapter)
      const response = await service.send({ target: '/pets?_method=DELETE', headers: [COOKIE, FOREIGN] })
      expect([403, 500]).toContain(response.status)
      expect(service.hits).toEqual([])
    })
  },
)

test('SEC-14 SEC-122 with hono/method-override, the origin is checked for the overriding method', async () => {
  const handled: string[] = []
  const app = new Hono()
  app.use(methodOverride({ app, header: 'X-Method' }))
  app.use(
    hono.customAuthorizer(() => true, {
      contract: native({ identitySources: ['$request.cookie.s'], crossOrigin: 'deny' }),
      logger: null,
    }),
  )
  app.delete('/pets', (c) => {
    handled.push(c.req.method)
    return c.text('deleted')
  })
  const send = async (origin: string): Promise<number> => {
    const headers = { Cookie: 's=1', Origin: origin, 'X-Method': 'DELETE' }
    return (await app.request('https://service.test/pets', { method: 'POST', headers })).status
  }
  expect([await send('https://evil.example'), handled]).toEqual([403, []])
  expect([await send('https://service.test'), handled]).toEqual([200, ['DELETE']])
})

const handshake = async (origin: string | undefined, options: NativeOptions = {}): Promise<number> => {
  const contract = native({ identitySources: ['$request.cookie.s'], ...options })
  const guard = guardUpgrade(() => true, { contract, logger: null })
  const wss = new WebSocketServer({ noServer: true })
  const listener: UpgradeListener = (request, socket, head) => wss.handleUpgrade(request, socket, head, () => undefined)
  const { port } = await listen(createServer().on('upgrade', guard(listener)))
  const headers: Lines = [['Cookie', 's=1'], ...(origin === undefined ? [] : [['Origin', origin] as const])]
  return (await readResponse(await connect(port, { headers }))).status
}

test('SEC-110 SEC-122 a WebSocket with a cookie needs the same origin', async () => {
  // The host of the handshakes is chat.example.com.
  expect(await handshake('https://chat.example.com')).toBe(101)
  expect(await handshake('https://evil.example')).toBe(403)
  expect(await handshake('null')).toBe(403)
  expect(await handshake(undefined)).toBe(403)
  expect(await handshake('https://app.example.com', { trustedOrigins: ['https://app.example.com'] })).toBe(101)
  expect(await handshake('https://evil.example', { identitySources: [], readsCookies: true })).toBe(403)
})
