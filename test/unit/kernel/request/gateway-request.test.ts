import { createAuthorizer } from '@custom-authorizer/core'
import { GatewayRequest } from '@custom-authorizer/core/contract'
import { type GatewayRequestInit } from '@custom-authorizer/core/adapter'
import { describe, expect, test, vi } from 'vitest'
import { EXACT, gatewayRequest } from '../../../support/request.ts'

type Lines = [string, string][]

describe('SEC-14 the method', () => {
  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'M-SEARCH', 'VERSION-CONTROL'])(
    '%s is taken from the wire',
    (method) => {
      const headers = { 'X-HTTP-Method-Override': 'DELETE', 'X-Method': 'DELETE' }
      const request = gatewayRequest(`${method} /pets?_method=DELETE`, { headers })
      expect(request.problem).toBeUndefined()
      expect(request.method).toBe(method)
    },
  )

  test.each(['get', 'Get', 'GET\u0000', 'G ET', 'GET,POST', 'GÉT', '-GET', 'GET-', '', '1GET'])(
    '%j is refused',
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
    'two lines',
    [
      ['Host', 'a'],
      ['Host', 'b'],
    ],
    undefined,
  ],
  [
    'two equal lines',
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
  ['a port that is none', [['Host', 'h:80x']], undefined],
  ['two ports', [['Host', 'h:80:81']], undefined],
  ['a space', [['Host', 'h x']], undefined],
  ['nothing', [['Host', '']], undefined],
  ['a port alone', [['Host', ':80']], undefined],
  ['an IPv6 address without brackets', [['Host', '::1']], undefined],
  ['a backslash', [['Host', 'h\\x']], undefined],
  ['a letter that only Unicode folds', [['Host', '\u212a']], undefined],
]
test.each(authorities)('SEC-15 a Host of %s', (_, headers, authority) => {
  const request = gatewayRequest('GET /', { headers })
  expect(request.problem).toBe(authority === undefined ? 'AUTHORITY' : undefined)
  if (authority !== undefined) expect(request.authority).toBe(authority)
})

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
test.each(versions)('SEC-15 version %s with %j', (httpVersion, headers, problem, protocol) => {
  const request = gatewayRequest('GET /', { httpVersion, headers })
  expect(request.problem).toBe(problem)
  if (protocol !== undefined) expect(request.protocol).toBe(protocol)
})

test('SEC-15 a request of HTTP/1.0 may lack Host, and its authority is then never guessed; one of 1.1 may not', () => {
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
    'agree',
    [
      [':authority', 'h'],
      ['host', 'h'],
    ],
    undefined,
  ],
  [
    'differ',
    [
      [':authority', 'h'],
      ['host', 'evil'],
    ],
    'AUTHORITY',
  ],
  [
    'differ the other way round',
    [
      ['host', 'evil'],
      [':authority', 'h'],
    ],
    'AUTHORITY',
  ],
])('SEC-114 :authority and host that %s', (_, headers, problem) => {
  const request = gatewayRequest('GET /', { httpVersion: '2.0', headers })
  expect(request.problem).toBe(problem)
  expect(request.headers.map(([name]) => name)).toEqual(['host'])
})

describe('SEC-24 SEC-29 headers', () => {
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

  test('are read without regard to letter case, each line by itself or all joined', () => {
    expect(request.header('X-a')).toBe('1, 2')
    expect(request.headerValues('x-A')).toEqual(['1', '2'])
    expect(request.header('x_a')).toBe('3')
    expect(request.header('x-b')).toBeUndefined()
    expect(request.headerValues('x-b')).toEqual([])
  })

  test('keep their order, spelling and repetition', () => {
    expect(request.headers).toEqual([['Host', 'api.example.com'], ...headers])
  })

  test('whose names are members of every object are headers like any other', () => {
    expect(
      ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'].map((name) => request.header(name)),
    ).toEqual(['x', 'y', 'z', '', undefined])
  })

  test('SEC-16 fold ASCII letters only', () => {
    const odd = gatewayRequest('GET /', {
      headers: [
        ['\u212aey', '1'],
        ['x-\u0130', '2'],
      ],
    })
    expect(odd.header('key')).toBeUndefined()
    expect(odd.header('x-i')).toBeUndefined()
    expect(odd.header('x-i\u0307')).toBeUndefined()
  })
})

test.each<[string, Lines, boolean]>([
  ['one line', [['Authorization', 'a']], false],
  [
    'two lines',
    [
      ['Authorization', 'a'],
      ['AUTHORIZATION', 'a'],
    ],
    true,
  ],
  ['none', [], false],
  [
    'a name of the same length',
    [
      ['Authorizations'.slice(1), 'a'],
      ['Authorization', 'b'],
    ],
    false,
  ],
])('SEC-24 a credential in %s', (_, headers, repeated) => {
  expect(gatewayRequest('GET /', { headers }).repeatedCredential).toBe(repeated)
})

describe('SEC-01 a request cannot be changed', () => {
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

  test.each(members)('by assigning to %s', (member) => {
    const request = gatewayRequest('GET /pets?a=1')
    const before = Reflect.get(request, member) as unknown
    expect(Reflect.set(request, member, 'changed')).toBe(false)
    expect(Reflect.get(request, member)).toEqual(before)
  })

  test('by defining a member anew', () => {
    const request = gatewayRequest('GET /pets?a=1')
    // Frozen when it is handed out: nobody but an authorizer function ever holds it.
    void createAuthorizer({ authorize: () => true }).evaluate(request)
    const changed = members.filter((member) => Reflect.defineProperty(request, member, { value: 'changed' }))
    expect(changed).toEqual([])
    expect(request.path).toBe('/pets')
  })

  test('by changing what it hands out', () => {
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

  test('by changing its class', () => {
    expect(Reflect.defineProperty(GatewayRequest.prototype, 'method', { get: () => 'GET' })).toBe(false)
  })
})

test('the address of the peer is asked for once, and only if something depends on it', () => {
  const peer = vi.fn(() => '203.0.113.9')
  const request = new GatewayRequest({
    method: 'GET',
    target: '/',
    rawHeaders: ['Host', 'h'],
    httpVersion: '1.1',
    peer,
    routing: EXACT,
  })
  expect(peer).not.toHaveBeenCalled()
  expect([request.sourceIp, request.sourceIp]).toEqual(['203.0.113.9', '203.0.113.9'])
  expect(peer).toHaveBeenCalledTimes(1)
})
