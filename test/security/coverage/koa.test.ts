import { deny } from '@custom-authorizer/core'
import { assertGuarded, customAuthorizer, requireContext } from '@custom-authorizer/koa'
import Router, { type RouterMiddleware } from '@koa/router'
import Koa, { type Middleware } from 'koa'
import Koa2 from 'koa2'
import { describe, expect, test } from 'vitest'
import { linesOf, titled } from './runs.ts'

const guard = customAuthorizer(() => deny()) as unknown as Middleware & RouterMiddleware
const respond: Middleware & RouterMiddleware = (ctx) => void (ctx.body = 'open')
const pass: Middleware & RouterMiddleware = (_, next) => next()
const requirement = requireContext({ role: 'admin' }) as Middleware & RouterMiddleware

const router = (register: (to: Router) => unknown, options?: ConstructorParameters<typeof Router>[0]): Middleware => {
  const made = new Router(options)
  register(made)
  return made.routes() as Middleware
}
const nested = (...args: Parameters<typeof router>): RouterMiddleware => router(...args) as RouterMiddleware

/** The middleware of an application, and the expected lines of the report. */
type Row = readonly [title: string, row: readonly Middleware[], ...lines: string[]]

const order: readonly Row[] = [
  ['a guard before the router', [pass, guard, router((to) => to.get('/x', respond))]],
  ['a router before the guard', [router((to) => to.get('/x', respond).all('/y', respond)), guard], 'GET /x', 'ALL /y'],
  [
    'no guard',
    [router((to) => to.get('/x', respond).post('/x', respond).head('/x', respond))],
    'GET /x',
    'POST /x',
    'HEAD /x',
  ],
  ['a requirement without a guard', [requirement, router((to) => to.get('/x', respond))], 'GET /x'],
  ['a router without routes', [router(() => undefined)]],
  ['no middleware', [], 'USE /'],
  ['neither guard nor router', [pass], 'USE /'],
  ['only a guard', [guard, respond]],
  ['a router of another kind', [Object.assign(pass.bind(undefined), { router: {} })], 'USE /'],
  ['middleware without a `next` parameter', [respond, guard], 'USE /'],
  ['middleware after the routers', [router((to) => to.get('/x', guard, respond)), respond], 'USE /'],
  [
    'static files',
    [
      async function serve(_, next) {
        await next()
      },
      guard,
    ],
    'static files at /',
  ],
]

const inRouters: readonly Row[] = [
  ['a guard in the route', [router((to) => to.get('/x', guard, respond))]],
  ['a guard after the handler', [router((to) => to.get('/x', respond, guard))], 'GET /x'],
  ['a guard after a function that may be a handler', [router((to) => to.get('/x', pass, guard, respond))], 'GET /x'],
  [
    'a callback for a parameter',
    [router((to) => to.param('id', (_, _ctx, next) => next()).get('/:id', guard, respond))],
  ],
  ['a guard in the router', [router((to) => to.get('/open', respond).use(guard).get('/x', respond))], 'GET /open'],
  [
    'a guard in another router',
    [router((to) => to.use(guard).get('/x', respond)), router((to) => to.get('/y', respond))],
    'GET /y',
  ],
  ['a guard for a path', [router((to) => to.use('/a', guard).get('/a/b', respond).get('/b', respond))], 'GET /b'],
  [
    'a guard for several paths',
    [router((to) => to.use(['/a', '/b'], guard).get('/b/:x', respond).get('/:x', respond))],
    'GET /:x',
  ],
  [
    'a guard for the same route',
    [router((to) => to.all('/:x', guard).get('/:x', respond).get('/:x/y', respond))],
    'GET /:x/y',
  ],
  ['a guard for another method', [router((to) => to.post('/x', guard).get('/x', respond))], 'GET /x'],
  ['a guard for `/` alone', [router((to) => to.use('/', guard).get('/', respond).get('/x', respond))], 'GET /x'],
  [
    'a guard with a parameter',
    [router((to) => to.use('/t/:id', guard).get('/t/:x/y', respond).get('/t', respond))],
    'GET /t',
  ],
  ['a wildcard', [router((to) => to.all('/a/*all', guard).get('/a/b', respond).get('/a', respond))], 'GET /a'],
  [
    'an optional part',
    [router((to) => to.use('/a', guard).get('/a{/:b}', respond).get('/a{b}', respond))],
    'GET /a{b}',
  ],
  ['a regular expression', [router((to) => to.use('/a', guard).get(/^\/a/, respond))], 'GET /^\\/a/'],
  ['the same regular expression', [router((to) => to.all(/^\/a/, guard).get(/^\/a/, respond))]],
  [
    'a regular expression with the g flag',
    [router((to) => to.all(/^\/a/g, guard).get(/^\/a/g, respond))],
    'GET /^\\/a/g',
  ],
  ['router middleware that responds', [router((to) => to.use('/a', respond).get('/a', guard))], 'USE /a'],
  [
    'router middleware that responds on every path',
    [router((to) => to.use(respond).use(guard).get('/a', respond))],
    'USE /',
  ],
  [
    'an exclusive router',
    [router((to) => to.use(guard).get('/x', respond).get('/y', guard, respond), { exclusive: true })],
    'GET /x',
  ],
  ['an empty path', [router((to) => to.get('', respond))], 'GET '],
]

const prefixes: readonly Row[] = [
  [
    'a prefix that the guard has in one letter case',
    [router((to) => to.use(guard).get('/x', respond), { prefix: '/api' })],
    'GET /api/x',
  ],
  [
    'a prefix in a case-sensitive router',
    [router((to) => to.use(guard).get('/x', respond), { prefix: '/api', sensitive: true })],
  ],
  ['a prefix without letters', [router((to) => to.use(guard).get('/x', respond), { prefix: '/1' })]],
  [
    'a prefix and a guard for the prefix alone',
    [router((to) => to.use('/', guard).get('/', respond).get('/x', respond), { prefix: '/1' })],
    'GET /1/x',
  ],
  [
    'a trailing slash that only the guard compares',
    [router((to) => to.use(nested((inner) => inner.all('/x', guard), { strict: true })).get('/x', respond))],
    'GET /x',
  ],
  [
    'a string that path-to-regexp reads as an expression',
    [
      router((to) => {
        to.use('/a', guard)
        to.register('/a', ['GET'], respond, { pathAsRegExp: true })
      }),
    ],
    'GET /a',
  ],
  ['a prefix with a parameter', [router((to) => to.use(guard).get('/x', respond), { prefix: '/:tenant' })]],
  [
    'a router in a router',
    [
      router((to) =>
        to.use(
          '/1',
          nested((in1) => in1.use(guard).get('/x', respond)),
        ),
      ),
    ],
  ],
  [
    'a router in a case-sensitive router',
    [
      router((to) =>
        to.use(
          '/a',
          nested((inA) => inA.use(guard).get('/x', respond)),
        ),
      ),
    ],
    'GET /a/x',
  ],
  [
    'a guard before a nested router',
    [
      router((to) =>
        to.use(guard).use(
          '/a',
          nested((inA) => inA.get('/x', respond)),
        ),
      ),
    ],
  ],
  [
    'a guard after a nested router',
    [
      router((to) =>
        to
          .use(
            '/a',
            nested((inA) => inA.get('/x', respond)),
          )
          .use(guard),
      ),
    ],
    'GET /a/x',
  ],
]

describe.each([
  [2, Koa2],
  [3, Koa],
] as const)('Koa %i', (_, Application) => {
  test.each(titled<Row[1]>([...order, ...inRouters, ...prefixes]))(
    'SEC-107 the report lists exactly the unguarded routes: %s',
    (_title, row, lines) => {
      const app = new Application()
      for (const each of row) app.use(each)
      expect(linesOf(() => assertGuarded(app))).toEqual(lines)
    },
  )
})

test('SEC-107 the report says why a guard does not count', () => {
  const app = new Koa().use(router((to) => to.use(guard).get('/x', respond), { prefix: '/api' }))
  expect(() => assertGuarded(app)).toThrow('GET /api/x (the guard matches one letter case only, the route any)')
  expect(() => assertGuarded(new Koa())).toThrow('USE / (the application has no guard)')
})

test.each([undefined, null, {}, respond, 'app'])('SEC-107 %o is rejected: not an application', (wrong) => {
  expect(() => assertGuarded(wrong as never)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
})
