/** `GatewayRequest`: method, authority, protocol version and headers as received, and immutability. */
import { createAuthorizer } from '@custom-authorizer/core'
import { GatewayRequest } from '@custom-authorizer/core/contract'
import { type GatewayRequestInit } from '@custom-authorizer/core/adapter'
import { describe, expect, test } from 'vitest'
import { EXACT, gatewayRequest } from '../../../support/request.ts'

type Lines = [string, string][]

describe('method', () => {
  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'M-SEARCH', 'VERSION-CONTROL'])(
    'SEC-14 the method %s is read from the request line, not from override headers or parameters',
    (method) => {
      const headers = { 'X-HTTP-Method-Override': 'DELETE', 'X-Method': 'DELETE' }
      const request = gatewayRequest(`${method} /pets?_method=DELETE`, { headers })
      expect(request.problem).toBeUndefined()
      expect(request.method).toBe(method)
    },
  )

  test.each(['get', 'Get', 'GET\u0000', 'G ET', 'GET,POST', 'GÉT', '-GET', 'GET-', '', '1GET'])(
    'SEC-14 the method %j is rejected',
    (method) => {
      const init: GatewayRequestInit = {
        method,
        target: '/',
        rawHeaders: ['Host', 'h'],
        httpVersion: '1.1',
        peer: () => undefined,
        routing: EXACT,
      }
      expect(new GatewayRequest(init).problem).toBe('METHOD')
    },
  )
})

const authorities: readonly [string, Lines, string | undefined][] = [
  ['a name', [['Host', 'h']], 'h'],
  ['a name in capitals', [['HOST', 'API.Example.COM']], 'api.example.com'],
  ['a name with a port', [['host', 'h:8080']], 'h:8080'],
  ['a name with an empty port', [['host', 'h:']], 'h'],
  ['an IPv4 address', [['host', '10.0.0.1:80']], '10.0.0.1:80'],
  ['an IPv6 address', [['host', '[::1]:80']], '[::1]:80'],
  [
    'two values in two lines',
    [
      ['Host', 'a'],
      ['Host', 'b'],
    ],
    undefined,
  ],
  [
    'two equal values in two lines',
    [
      ['Host', 'a'],
      ['host', 'a'],
    ],
    undefined,
  ],
  ['a list', [['Host', 'a, b']], undefined],
  ['a list without a space', [['Host', 'a,b']], undefined],
  ['user information', [['Host', 'evil.com:x@h']], undefined],
  ['a user', [['Host', 'user@h']], undefined],
  ['a path', [['Host', 'h/admin']], undefined],
  ['an invalid port', [['Host', 'h:80x']], undefined],
  ['two ports', [['Host', 'h:80:81']], undefined],
  ['a space', [['Host', 'h x']], undefined],
  ['nothing', [['Host', '']], undefined],
  ['a port alone', [['Host', ':80']], undefined],
  ['an IPv6 address without brackets', [['Host', '::1']], undefined],
  ['a backslash', [['Host', 'h\\x']], undefined],
  ['a letter with a Unicode case mapping to ASCII', [['Host', '\u212a']], undefined],
]
test.each(authorities.filter(([, , authority]) => authority !== undefined))(
  'SEC-15 a Host header with %s is accepted',
  (_, headers, authority) => {
    const request = gatewayRequest('GET /', { headers })
    expect(request.problem).toBeUndefined()
    expect(request.authority).toBe(authority)
  },
)

test.each(authorities.filter(([, , authority]) => authority === undefined))(
  'SEC-15 a Host header with %s is rejected',
  (_, headers) => {
    expect(gatewayRequest('GET /', { headers }).problem).toBe('AUTHORITY')
  },
)

const versions: readonly [string, Lines, string | undefined, string | undefined][] = [
  ['1.1', [['Host', 'h']], undefined, 'HTTP/1.1'],
  ['1.0', [['Host', 'h']], undefined, 'HTTP/1.0'],
  ['2.0', [[':authority', 'h']], undefined, 'HTTP/2'],
  ['2.0', [['host', 'h']], undefined, 'HTTP/2'],
  ['0.9', [['Host', 'h']], 'HTTP_VERSION', undefined],
  ['1.2', [['Host', 'h']], 'HTTP_VERSION', undefined],
  ['3.0', [['Host', 'h']], 'HTTP_VERSION', undefined],
  ['', [['Host', 'h']], 'HTTP_VERSION', undefined],
]
test.each(versions)(
  'SEC-15 HTTP version %j with the headers %j has the problem %s',
  (httpVersion, headers, problem, protocol) => {
    const request = gatewayRequest('GET /', { httpVersion, headers })
    expect(request.problem).toBe(problem)
    if (protocol !== undefined) expect(request.protocol).toBe(protocol)
  },
)

test('SEC-15 only an HTTP/1.0 request may lack Host, and its authority is then undefined', () => {
  const init: GatewayRequestInit = {
    method: 'GET',
    target: '/',
    rawHeaders: [],
    httpVersion: '1.0',
    peer: () => undefined,
    routing: EXACT,
  }
  const request = new GatewayRequest(init)
  expect([request.problem, request.authority]).toEqual([undefined, undefined])
  expect(new GatewayRequest({ ...init, httpVersion: '1.1' }).problem).toBe('AUTHORITY')
  expect(new GatewayRequest({ ...init, httpVersion: '2.0' }).problem).toBe('AUTHORITY')
})

test.each<[string, Lines, string | undefined]>([
  [
    'equal :authority and host are accepted',
    [
      [':authority', 'h'],
      ['host', 'h'],
    ],
    undefined,
  ],
  [
    'different :authority and host are rejected',
    [
      [':authority', 'h'],
      ['host', 'evil'],
    ],
    'AUTHORITY',
  ],
  [
    'different host and :authority, in this order, are rejected',
    [
      ['host', 'evil'],
      [':authority', 'h'],
    ],
    'AUTHORITY',
  ],
])('SEC-114 %s', (_, headers, problem) => {
  const request = gatewayRequest('GET /', { httpVersion: '2.0', headers })
  expect(request.problem).toBe(problem)
  expect(request.headers.map(([name]) => name)).toEqual(['host'])
})

describe('headers', () => {
  const headers: Lines = [
    ['X-A', '1'],
    ['x-a', '2'],
    ['__proto__', 'x'],
    ['constructor', 'y'],
    ['toString', 'z'],
    ['hasOwnProperty', ''],
    ['X_A', '3'],
  ]
  const request = gatewayRequest('GET /', { headers })

  test('SEC-24 SEC-29 header names are case-insensitive, and repeated headers can be read joined or separately', () => {
    expect(request.header('X-a')).toBe('1, 2')
    expect(request.headerValues('x-A')).toEqual(['1', '2'])
    expect(request.header('x_a')).toBe('3')
    expect(request.header('x-b')).toBeUndefined()
    expect(request.headerValues('x-b')).toEqual([])
  })

  test('SEC-24 SEC-29 headers keep their order, spelling and repetition', () => {
    expect(request.headers).toEqual([['Host', 'api.example.com'], ...headers])
  })

  test('SEC-24 SEC-29 headers may be named like members of Object.prototype', () => {
    expect(
      ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'].map((name) => request.header(name)),
    ).toEqual(['x', 'y', 'z', '', undefined])
  })

  test('SEC-16 SEC-24 SEC-29 only ASCII letters of header names are case-folded', () => {
    const unicode = gatewayRequest('GET /', {
      headers: [
        ['\u212aey', '1'],
        ['x-\u0130', '2'],
      ],
    })
    expect(unicode.header('key')).toBeUndefined()
    expect(unicode.header('x-i')).toBeUndefined()
    expect(unicode.header('x-i\u0307')).toBeUndefined()
  })
})

test.each<[string, Lines, boolean]>([
  ['one header', [['Authorization', 'a']], false],
  [
    'two headers',
    [
      ['Authorization', 'a'],
      ['AUTHORIZATION', 'a'],
    ],
    true,
  ],
  ['no header', [], false],
  [
    'two headers with names of the same length',
    [
      ['Authorizations'.slice(1), 'a'],
      ['Authorization', 'b'],
    ],
    false,
  ],
])('SEC-24 with Authorization in %s, repeatedCredential is %s', (_, headers, repeated) => {
  expect(gatewayRequest('GET /', { headers }).repeatedCredential).toBe(repeated)
})

describe('immutability', () => {
  const members = [
    'method',
    'path',
    'resourcePath',
    'queryString',
    'headers',
    'routing',
    'sourceIp',
    'problem',
    'route',
    'query',
  ]

  test.each(members)('SEC-01 assigning to %s fails', (member) => {
    const request = gatewayRequest('GET /pets?a=1')
    const before = Reflect.get(request, member) as unknown
    expect(Reflect.set(request, member, 'changed')).toBe(false)
    expect(Reflect.get(request, member)).toEqual(before)
  })

  test('SEC-01 redefining a member fails', () => {
    const request = gatewayRequest('GET /pets?a=1')
    // The request is frozen when it is evaluated, before a function receives it.
    void createAuthorizer({ authorize: () => true }).evaluate(request)
    const changed = members.filter((member) => Reflect.defineProperty(request, member, { value: 'changed' }))
    expect(changed).toEqual([])
    expect(request.path).toBe('/pets')
  })

  test('SEC-01 changing a returned list or object has no effect on the request', () => {
    const request = gatewayRequest('GET /pets/7?a=1', { route: '/pets/{id}', headers: { Cookie: 'a=b' } })
    const lists = (): unknown[] => [
      request.headers,
      request.headerValues('cookie'),
      request.queryParameters,
      request.route?.parameters,
    ]
    const before = structuredClone(lists())
    for (const list of lists()) {
      for (const [key, value] of Object.entries({ 0: 'changed', id: 'changed', length: 0 }))
        Reflect.set(list as object, key, value)
    }
    for (const parameter of request.queryParameters) Reflect.set(parameter, 'value', 'changed')
    expect(lists()).toEqual(before)
  })

  test('SEC-01 redefining a member of the class fails', () => {
    expect(Reflect.defineProperty(GatewayRequest.prototype, 'method', { get: () => 'GET' })).toBe(false)
  })
})
