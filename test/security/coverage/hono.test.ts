import { deny } from '@custom-authorizer/core'
import { assertGuarded, customAuthorizer, requireScopes } from '@custom-authorizer/hono'
import { type Handler, Hono, type MiddlewareHandler } from 'hono'
import { every } from 'hono/combine'
import { mount } from 'hono/mount'
import { describe, expect, test } from 'vitest'
import { linesOf, titled } from './runs.ts'

const guard = customAuthorizer(() => deny()) as unknown as MiddlewareHandler
const respond: Handler = (c) => c.text('open')
const pass: MiddlewareHandler = (_, next) => next()

/** Registers routes, and the expected lines of the report. */
type Row = readonly [title: string, register: (app: Hono) => unknown, ...lines: string[]]

const order: readonly Row[] = [
  ['a route before the guard', (app) => app.get('/open', respond).use(guard).get('/x', respond), 'GET /open'],
  ['plain middleware before the guard', (app) => app.use(pass).use('/a/*', pass).use(guard).get('/x', respond)],
  [
    'no guard',
    (app) => app.get('/a', respond).on('PURGE', '/a', respond).all('/b', respond),
    'GET /a',
    'PURGE /a',
    'ALL /b',
  ],
  ['nothing registered', () => undefined],
  ['a requirement without a guard', (app) => app.use(requireScopes('a')).get('/x', respond), 'GET /x'],
  ['a guard in the route', (app) => app.get('/x', guard, respond)],
  ['a guard after the handler', (app) => app.get('/x', respond, guard), 'GET /x'],
  ['a guard after a function that may be a handler', (app) => app.get('/x', pass, guard, respond), 'GET /x'],
  ['a guard for another method', (app) => app.post('/x', guard).get('/x', respond), 'GET /x'],
  ['a guard for one of all methods', (app) => app.get('/x', guard).all('/x', respond), 'ALL /x'],
  ['a guard inside another function', (app) => app.use(every(guard)).get('/x', respond), 'GET /x'],
]

const paths: readonly Row[] = [
  [
    'a wildcard guard covers the path itself too',
    (app) => app.use('/a/*', guard).get('/a', respond).get('/a/:b', respond).get('/ab', respond),
    'GET /ab',
  ],
  ['a path alone', (app) => app.use('/a', guard).get('/a', respond).get('/a/b', respond), 'GET /a/b'],
  [
    'a parameter',
    (app) => app.use('/:a', guard).get('/x', respond).get('/:b', respond).get('/x/y', respond),
    'GET /x/y',
  ],
  ['a parameter, and a guard for one value', (app) => app.use('/a', guard).get('/:b', respond), 'GET /:b'],
  [
    'a parameter before a wildcard',
    (app) => app.use('/:t/*', guard).get('/a/b', respond).get('/:u', respond).get('/', respond),
    'GET /',
  ],
  ['a trailing slash', (app) => app.use('/:a', guard).get('/a/', respond), 'GET /a/'],
  ['letter case', (app) => app.use('/a/*', guard).get('/A/b', respond), 'GET /A/b'],
  ['the same pattern for guard and route', (app) => app.use('/a/:b{[0-9]+}', guard).get('/a/:b{[0-9]+}', respond)],
  [
    'a pattern, and a wider guard',
    (app) => app.use('/a/*', guard).get('/a/:b{.+}/c', respond).get('/:b{.+}/c', respond),
    'GET /:b{.+}/c',
  ],
  ['a pattern, and a narrower guard', (app) => app.use('/a/:b{[0-9]+}', guard).get('/a/:b', respond), 'GET /a/:b'],
  ['an optional parameter', (app) => app.use('/a/:b', guard).get('/a/:b?', respond), 'GET /a/:b?'],
  ['an optional parameter below the guard', (app) => app.use('/a/*', guard).get('/a/:b?', respond)],
  ['a wildcard in the middle', (app) => app.use('/a/*/b', guard).get('/a/x/b', respond), 'GET /a/x/b'],
  ['several paths', (app) => app.use('/a', guard).on(['GET', 'PUT'], ['/a', '/b'], respond), 'GET /b', 'PUT /b'],
]

const applications: readonly Row[] = [
  [
    'a sub-application',
    (app) => app.route('/s', new Hono().get('/open', respond).use(guard).get('/x', respond)).get('/y', respond),
    'GET /s/open',
    'GET /y',
  ],
  [
    'a sub-application below the guard',
    (app) => app.use('/s/*', guard).route('/s', new Hono().get('/', respond).get('/x', respond)),
  ],
  [
    'a sub-application with its own error handler',
    (app) =>
      app.route(
        '/s',
        new Hono()
          .onError((_, c) => c.text('', 500))
          .get('/open', respond)
          .use(pass)
          .use(guard)
          .get('/x', respond),
      ),
    'GET /s/open',
  ],
  ['a base path', (app) => app.basePath('/v1').get('/open', respond).use(guard).get('/x', respond), 'GET /v1/open'],
  ['a base path with a guard outside it', (app) => app.use('/v1/*', guard).basePath('/v1').get('/x', respond)],
  ['a mounted application', (app) => app.mount('/m', () => new Response()), 'ALL /m/*'],
  ['a mounted application after the guard', (app) => app.use(guard).mount('/m', () => new Response())],
  [
    'a mounted application before the guard',
    (app) => app.mount('/m', () => new Response()).use('/m/*', guard),
    'ALL /m/*',
  ],
  [
    'an application mounted by a handler',
    (app) =>
      app.all(
        '/m/*',
        mount(() => new Response()),
      ),
    'ALL /m/*',
  ],
  [
    'middleware on a path that no guard covers',
    (app) => app.use('/static/*', pass).use('/a/*', guard),
    'ALL /static/*',
  ],
]

describe.each([true, false])('strict: %o', (strict) => {
  test.each(titled<Row[1]>([...order, ...paths, ...applications]))(
    'SEC-107 the report lists exactly the unguarded routes: %s',
    (_title, register, lines) => {
      const app = new Hono({ strict })
      register(app)
      expect(linesOf(() => assertGuarded(app))).toEqual(lines)
    },
  )
})

/** The handler that `route` creates for an error handler: its key was a symbol in older versions and is now a string. */
const wrap = (handler: MiddlewareHandler): MiddlewareHandler => {
  const composed: MiddlewareHandler = (c, next) => handler(c, next)
  return Object.assign(composed, { [Symbol('composedHandler')]: handler })
}

test('SEC-107 handlers that older versions of Hono wrap are checked', () => {
  const app = new Hono()
    .use(wrap(pass))
    .use(wrap(guard))
    .get('/x', wrap(respond as MiddlewareHandler))
  expect(linesOf(() => assertGuarded(app))).toEqual([])
  expect(linesOf(() => assertGuarded(new Hono().all('/x', wrap(respond as MiddlewareHandler))))).toEqual(['ALL /x'])
})

test.each([undefined, null, {}, respond, 'app'])('SEC-107 %o is rejected: not an application', (wrong) => {
  expect(() => assertGuarded(wrong as never)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
})
