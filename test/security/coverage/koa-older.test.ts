import { deny } from '@custom-authorizer/core'
import { assertGuarded, customAuthorizer } from '@custom-authorizer/koa'
import Koa, { type Middleware } from 'koa'
import { expect, test } from 'vitest'
import { linesOf, titled } from './runs.ts'

const guard: Middleware = customAuthorizer(() => deny())
const respond: Middleware = (ctx) => void (ctx.body = 'open')
const pass: Middleware = (_, next) => next()

/** The layers that koa-router 10 and @koa/router 12 and 14 create for `router.use(guard)` and for routes, with and without a prefix. */
const older: readonly (readonly [title: string, layers: readonly object[], ...lines: string[]])[] = [
  [
    'no prefix',
    [
      { path: '([^/]*)', regexp: /^([^/]*)(?:[/#?](?=$))?(?=[/#?]|$)/i },
      { path: '/x', regexp: /^\/x[/#?]?$/i },
    ],
  ],
  [
    'no prefix, version 14',
    [
      { path: '([^/]*)', regexp: /([^/]*)/, raw: true },
      { path: '/x', regexp: /^(?:\/x)(?:\/$)?$/i },
    ],
  ],
  [
    'a prefix',
    [
      { path: '/api([^/]*)', regexp: /^\/api([^/]*)(?:[/#?](?=$))?(?=[/#?]|$)/i },
      { path: '/api/:id', regexp: /^\/api(?:\/([^/#?]+?))[/#?]?$/i },
      { path: '/other', regexp: /^\/other[/#?]?$/i },
    ],
    'GET /other',
  ],
  [
    'a prefix, version 14',
    [
      { path: '/api([^/]*)', regexp: /\/api([^/]*)/, raw: true },
      { path: '/api/x', regexp: /^(?:\/api\/x)(?:\/$)?$/i },
    ],
    'GET /api/x',
  ],
  [
    'a prefix with a parameter, version 14',
    [
      { path: '/:t([^/]*)', regexp: /\/:t([^/]*)/, raw: true },
      { path: '/:t/x', regexp: /^(?:\/([^/]+)\/x)(?:\/$)?$/i },
    ],
    'GET /:t/x',
  ],
  [
    'a regular expression, version 14',
    [
      { path: '/1.2', regexp: /\/1.2/, raw: true },
      { path: '/1.2/x', regexp: /^\/1\.2\/x$/i },
    ],
  ],
  [
    'a path that differs from its regular expression',
    [
      { path: '/1', regexp: /^\/2(?=\/|$)/ },
      { path: '/1/x', regexp: /^\/1\/x$/ },
    ],
    'GET /1/x',
  ],
]

test.each(titled(older))('SEC-107 layers of an older router are checked: %s', (_, layers, lines) => {
  const stack = layers.map((layer, index) => {
    const { path, regexp, raw } = layer as { path: string; regexp: RegExp; raw?: true }
    const opts = { end: index > 0, ...(raw && { pathAsRegExp: true }) }
    return { path, regexp, opts, methods: index === 0 ? [] : ['HEAD', 'GET'], stack: [index === 0 ? guard : respond] }
  })
  const dispatch: Middleware = Object.assign((...args: Parameters<Middleware>) => pass(...args), { router: { stack } })
  expect(linesOf(() => assertGuarded(new Koa().use(dispatch)))).toEqual(lines)
})
