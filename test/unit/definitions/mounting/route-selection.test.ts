import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RouteSelection } from '../../../../packages/definitions/src/mounting/route-selection.ts'
import type { Routing } from '@custom-authorizer/core'
import type { Protocol } from '@custom-authorizer/definitions'
import { EXACT, gatewayRequest, LOOSE } from '../../../support/request.ts'

const routesOf = (keys: readonly string[]) =>
  keys.map((key) => {
    const [, method, path = key] = /^(\S+) (.*)$/.exec(key) ?? []
    return {
      key,
      method: method === 'ANY' ? undefined : method,
      path: path.replace('~', ''),
      isPrefix: path.includes('~'),
    }
  })

const select = (protocol: Protocol, keys: readonly string[], line: string, { routing = EXACT, basePath = '' } = {}) => {
  const { route, all } = new RouteSelection(protocol, basePath, routesOf(keys)).select(
    gatewayRequest(line, { routing }),
  )
  return { route: route?.key, all: all.map(({ key }) => key).toSorted() }
}

const KEYS = ['GET /pets', 'GET /pets/{id}', 'POST /pets/mine', 'ANY /{proxy+}', 'GET /files/{proxy+}']

describe('the route that the gateway selects', () => {
  test.each<[protocol: Protocol, line: string, expected: string | undefined]>([
    ['REST', 'GET /pets', 'GET /pets'],
    ['REST', 'GET /pets/', 'GET /pets'],
    ['REST', 'GET /pets/7', 'GET /pets/{id}'],
    ['REST', 'POST /pets/mine', 'POST /pets/mine'],
    ['REST', 'DELETE /pets', 'ANY /{proxy+}'],
    ['REST', 'GET /pets/mine', 'ANY /{proxy+}'],
    ['REST', 'POST /files/a/b', 'ANY /{proxy+}'],
    ['REST', 'GET /files/a/b', 'GET /files/{proxy+}'],
    ['REST', 'GET /', undefined],
    ['HTTP', 'GET /', 'ANY /{proxy+}'],
    ['HTTP', 'GET /pets/', 'ANY /{proxy+}'],
    ['HTTP', 'GET /pets/mine', 'GET /pets/{id}'],
    ['HUAWEI', 'GET /pets/mine', 'GET /pets/{id}'],
  ])('AWS-FLOW-02 DEF-GEN-04 %s: %s is served by %s', (protocol, line, expected) => {
    expect(select(protocol, KEYS, line).route).toBe(expected)
  })

  test('DEF-GEN-14 a parameter is one segment that is not empty', () => {
    expect(select('REST', ['GET /a/{id}/b'], 'GET /a/1/b').route).toBe('GET /a/{id}/b')
    expect(select('REST', ['GET /a/{id}/b'], 'GET /a/1/2/b').route).toBeUndefined()
    expect(select('HTTP', ['GET /a/{id}'], 'GET /a/').route).toBeUndefined()
  })

  test('a literal is preferred, and another branch is tried if it leads nowhere', () => {
    const keys = ['GET /a/{x}/c', 'GET /a/b/d']
    expect(select('HTTP', keys, 'GET /a/b/c').route).toBe('GET /a/{x}/c')
    expect(select('REST', keys, 'GET /a/b/d').route).toBe('GET /a/b/d')
  })

  test('DEF-HWO-03 a prefix route serves its path and everything below, in whole segments', () => {
    const keys = ['GET ~/prefix', 'GET /prefix/own']
    expect(select('HUAWEI', keys, 'GET /prefix').route).toBe('GET ~/prefix')
    expect(select('HUAWEI', keys, 'GET /prefix/a/b').route).toBe('GET ~/prefix')
    expect(select('HUAWEI', keys, 'GET /prefix/own').route).toBe('GET /prefix/own')
    expect(select('HUAWEI', keys, 'GET /prefixpart').route).toBeUndefined()
  })

  test('a path outside of the base path has no route', () => {
    const options = { basePath: '/v1' }
    expect(select('HTTP', ['GET /pets', '$default'], 'GET /v1/pets', options).route).toBe('GET /pets')
    expect(select('HTTP', ['GET /', '$default'], 'GET /v1', options).route).toBe('GET /')
    expect(select('HTTP', ['GET /pets', '$default'], 'GET /pets', options).route).toBeUndefined()
    expect(select('HTTP', ['GET /pets', '$default'], 'GET /v10/pets', options).route).toBeUndefined()
  })
})

describe('routes under which a looser router may serve a request', () => {
  test.each<[reason: string, line: string, all: readonly string[]]>([
    ['SEC-11 another letter case', 'GET /ADMIN', ['ANY /{proxy+}', 'GET /admin']],
    ['SEC-11 a slash at the end', 'GET /admin/', ['ANY /{proxy+}', 'GET /admin']],
    ['SEC-14 HEAD, which routers serve as GET', 'HEAD /admin', ['ANY /{proxy+}', 'GET /admin']],
    ['SEC-07 a needlessly escaped letter', 'GET /%61dmin', ['ANY /{proxy+}', 'GET /admin']],
    ['SEC-06 an escaped slash', 'GET /a%2Fb', ['ANY /{proxy+}', 'GET /a/b']],
  ])('%s selects both routes', (_, line, all) => {
    const keys = ['GET /admin', 'GET /a/b', 'ANY /{proxy+}']
    expect(select('HTTP', keys, line, { routing: LOOSE }).all).toEqual(all)
  })

  test('a route that takes any path does not count because of a slash that the client did not send', () => {
    expect(select('HTTP', ['GET /health', 'ANY /{proxy+}'], 'GET /health', { routing: LOOSE }).all).toEqual([
      'GET /health',
    ])
    expect(select('HTTP', ['GET /health', '$default'], 'GET /health', { routing: LOOSE }).all).toEqual(['GET /health'])
  })

  test.each<[protocol: Protocol, line: string, keys: readonly string[]]>([
    ['REST', 'GET /a/', ['GET /a', 'GET /{x}/{rest+}']],
    ['REST', 'GET /a', ['GET /a/', 'GET /{x}']],
    ['REST', 'GET /', ['GET /{rest+}']],
    ['REST', 'GET /a', ['GET /{x}', 'GET /a/{rest+}']],
    ['HTTP', 'GET /a/a/', ['GET /{x}/a/{rest+}', 'GET /{x}/{rest+}']],
    ['HTTP', 'GET /a/', ['$default', 'GET /a/{rest+}']],
    ['HTTP', 'GET /', ['$default', 'GET /{rest+}']],
    ['HUAWEI', 'GET /a/', ['GET /a', 'GET ~/']],
    ['HUAWEI', 'GET /a/x', ['GET ~/a/']],
    ['REST', 'GET /files', ['ANY /files/{proxy+}', 'ANY /{proxy+}', 'GET /{tenant}/{proxy+}']],
    ['HTTP', 'GET /x/', ['GET /{a}/{b}', 'GET /{rest+}']],
    ['REST', 'GET /users', ['GET /users/{id}', 'GET /users/{id}/{rest+}', 'GET /{proxy+}']],
    ['REST', 'GET /', ['GET /{id}']],
  ])('SEC-11 %s: %s selects every route that strict and loose routers may serve: %j', (protocol, line, keys) => {
    for (const routing of [EXACT, LOOSE]) expect(select(protocol, keys, line, { routing }).all).toEqual(keys.toSorted())
  })

  test.each<[protocol: Protocol, line: string, keys: readonly string[]]>([
    ['REST', 'GET /health/', ['GET /health', 'GET /{id}']],
    ['HTTP', 'GET /health/', ['ANY /{proxy+}', 'GET /health', 'GET /{id}']],
    ['REST', 'GET /admin/USERS', ['GET /admin/users', 'GET /{section}/users', 'GET /{section}/{id}']],
  ])('SEC-11 %s: %s selects what a strict router in a loose one leaves to other routes: %j', (protocol, line, keys) => {
    expect(select(protocol, keys, line, { routing: LOOSE }).all).toEqual(keys.toSorted())
  })

  test('SEC-07 a template with escapes in lower case is that of the canonical path', () => {
    const keys = ['GET /caf%c3%a9', 'GET /%7Euser', 'GET /{id}']
    expect(select('REST', keys, 'GET /caf%C3%A9').all).toContain('GET /caf%c3%a9')
    expect(select('REST', keys, 'GET /caf%c3%a9').route).toBe('GET /caf%c3%a9')
    expect(select('REST', keys, 'GET /~user').route).toBe('GET /%7Euser')
  })

  test.each<Protocol>(['REST', 'HTTP', 'HUAWEI'])(
    'SEC-15 %s: OPTIONS * has no route, and every route counts',
    (protocol) => {
      const keys = ['ANY /', 'OPTIONS /', 'ANY /{proxy+}', '$default']
      expect(select(protocol, keys, 'OPTIONS *')).toEqual({ route: undefined, all: keys.toSorted() })
    },
  )

  test('SEC-11 a template with a slash at the end may not match if the router removes the slash', () => {
    const keys = ['GET /pets/', 'GET /{proxy+}']
    const all = (routing: Routing) => select('HTTP', keys, 'GET /pets/', { routing }).all
    expect(all({ ...EXACT, decodes: true })).toEqual(['GET /pets/'])
    expect(all({ ...LOOSE, decodes: false })).toEqual(['GET /pets/'])
    expect(all({ ...EXACT, decodes: true, strict: false })).toEqual(keys)
    // A router that is not known may be one of Hono.
    expect(all(LOOSE)).toEqual(keys)
  })

  test.each<[line: string, key: string]>([
    ['GET //', 'GET /'],
    ['GET /a//b', 'GET /a/b'],
    ['GET /caf%C3%A9/%FF', 'GET /caf\u00E9/{id}'],
  ])('SEC-03 SEC-07 %s, if it is allowed, counts for %s', (line, key) => {
    const routes = routesOf([key, 'GET /{proxy+}'])
    const request = gatewayRequest(line, { routing: LOOSE, ambiguousTargets: 'allow' })
    expect(new RouteSelection('HTTP', '', routes).select(request).all.map((each) => each.key)).toContain(key)
  })

  test('DEF-GEN-04 a message route of a WebSocket API is no path', () => {
    expect(select('WEBSOCKET', ['$connect', '/chat'], 'GET /chat')).toEqual({ route: '$connect', all: ['$connect'] })
  })

  test('two routes that differ in letter case both count', () => {
    const keys = ['GET /Admin', 'GET /admin']
    expect(select('REST', keys, 'GET /admin', { routing: LOOSE }).all).toEqual(keys)
    expect(select('REST', keys, 'GET /admin').all).toEqual(['GET /admin'])
  })

  test('the fallback does not count if every reading has a route', () => {
    expect(select('HTTP', ['GET /{id}', '$default'], 'GET /%61', { routing: LOOSE }).all).toEqual(['GET /{id}'])
  })

  test('the fallback counts for another reading that no route serves', () => {
    expect(select('HTTP', ['GET /admin', '$default'], 'GET /%61dmin', { routing: LOOSE }).all).toEqual([
      '$default',
      'GET /admin',
    ])
  })
})

const rank = (template: string): string =>
  template
    .slice(1)
    .split('/')
    .map((each) => (each.endsWith('+}') ? '2' : each.startsWith('{') ? '1' : '0'))
    .join('')

/** Selection by trying every template, most specific first. */
const slowly = (protocol: Protocol, keys: readonly string[], method: string, path: string): string | undefined => {
  const trailing = protocol !== 'HTTP' && path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  const segments = trailing.slice(1).split('/')
  const matches = (template: string): boolean => {
    const parts = template.slice(1).split('/')
    for (const [index, part] of parts.entries()) {
      if (part.endsWith('+}'))
        return segments.length > index && (segments.slice(index).join('/') !== '' || protocol === 'HTTP')
      const segment = segments[index]
      if (segment === undefined || (part.startsWith('{') ? segment === '' : segment !== part)) return false
    }
    return parts.length === segments.length
  }
  const declared = routesOf(keys)
  const templates = [...new Set(declared.map(({ path: template }) => template))]
    .filter(matches)
    .toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))
  for (const [index, template] of templates.entries()) {
    if (protocol === 'REST' && index > 0 && !template.endsWith('+}')) continue
    const own = declared.filter((each) => each.path === template)
    const found = own.find((each) => each.method === method) ?? own.find((each) => each.method === undefined)
    if (found !== undefined) return found.key
  }
  return undefined
}

test('AWS-FLOW-02 the tree selects what trying every template selects', () => {
  const word = fc.constantFrom('a', 'b')
  const template = fc
    .tuple(fc.array(fc.oneof(word, fc.constant('{x}')), { maxLength: 3 }), fc.boolean())
    .map(([parts, greedy]) => `/${[...parts, ...(greedy ? ['{rest+}'] : [])].join('/')}`)
  const key = fc.tuple(fc.constantFrom('GET', 'POST', 'ANY'), template).map((parts) => parts.join(' '))
  const path = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 }).map((parts) => `/${parts.join('/')}`)
  const slash = fc.constantFrom('', '/')
  fc.assert(
    fc.property(
      fc.constantFrom<Protocol>('REST', 'HTTP', 'HUAWEI'),
      fc.uniqueArray(key, { maxLength: 8 }),
      fc.constantFrom('GET', 'POST', 'PUT'),
      path,
      slash,
      (protocol, keys, method, base, end) => {
        const target = base === '/' ? base : base + end
        expect(select(protocol, keys, `${method} ${target}`).route).toBe(slowly(protocol, keys, method, target))
      },
    ),
    { numRuns: 2000 },
  )
})

test('DEF-GEN-04 the handshake of a WebSocket API takes $connect, in any order of routes', () => {
  for (const keys of [
    ['$connect', '$default'],
    ['$default', '$connect'],
  ])
    expect(select('WEBSOCKET', keys, 'GET /')).toEqual({ route: '$connect', all: ['$connect'] })
})

describe('selections that are kept', () => {
  const routes = routesOf(['GET /Admin', 'GET /admin', 'POST /admin', 'GET /a', 'GET /a/', 'ANY /{proxy+}'])
  const selection = new RouteSelection('HTTP', '', routes)
  const keysOf = (line: string, routing: Routing): readonly string[] =>
    selection.select(gatewayRequest(line, { routing })).all.map(({ key }) => key)

  test('a selection depends on the method, the path and how the router compares paths', () => {
    const all: Routing[] = [
      EXACT,
      { caseSensitive: false, strict: true },
      { caseSensitive: true, strict: false },
      { caseSensitive: true, strict: true, looseMounts: true },
      { caseSensitive: true, strict: false, decodes: true },
    ]
    for (const order of [all, all.toReversed(), all])
      for (const line of ['GET /admin', 'POST /admin', 'GET /a', 'GET /a/', 'HEAD /admin'])
        for (const routing of order) {
          const fresh = new RouteSelection('HTTP', '', routes).select(gatewayRequest(line, { routing }))
          expect([line, routing, keysOf(line, routing)]).toEqual([line, routing, fresh.all.map(({ key }) => key)])
        }
  })

  test('a path with escapes is selected anew, because the text that the client sent counts', () => {
    expect(keysOf('GET /admin', LOOSE)).not.toContain('ANY /{proxy+}')
    expect(keysOf('GET /%61dmin', LOOSE)).toContain('ANY /{proxy+}')
    expect(keysOf('GET /admin', LOOSE)).not.toContain('ANY /{proxy+}')
  })

  test('clients cannot fill the memory with paths', () => {
    for (let count = 0; count < 3000; count++) keysOf(`GET /${count}`, EXACT)
    expect(keysOf('GET /a', EXACT)).toEqual(['GET /a'])
  })
})
