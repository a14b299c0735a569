import { assertGuarded } from '@custom-authorizer/express'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import express4 from 'express4'
import { describe, expect, test } from 'vitest'
import { respond, forget, guard, LIBRARIES, pass } from './express-table.ts'
import { linesOf } from './runs.ts'

describe.each(LIBRARIES)('Express %i', (_, library) => {
  test('SEC-107 a router without an application is checked', () => {
    const router = library.Router()
    router.get('/open', respond).use(guard).get('/x', respond)
    expect(linesOf(() => assertGuarded(router))).toEqual(['GET /open'])
  })

  test('SEC-107 handlers and routers that instrumentation wraps are checked', () => {
    const app = library()
    app.use(pass, guard).get('/x', respond)
    const { stack } = (app as unknown as { _router?: Stacked; router: Stacked })[
      library === express4 ? '_router' : 'router'
    ] as Stacked
    for (const layer of stack) {
      const original = layer.handle
      const patched = (...args: Parameters<typeof original>): unknown => original(...args)
      layer.handle = Object.defineProperty(patched, '__original', { value: original })
    }
    expect(linesOf(() => assertGuarded(app))).toEqual([])
  })

  test('SEC-107 the check runs no code of the application', () => {
    const ran: string[] = []
    const note =
      (name: string): RequestHandler =>
      (_request, _response, next) => {
        ran.push(name)
        next()
      }
    const sub = library()
    sub.use(note('middleware')).get('/', note('route'))
    const onError: ErrorRequestHandler = (_error, _request, _response, next) => {
      ran.push('error')
      next()
    }
    sub.use(onError)
    const app = library()
    app.use('/s', note('before'), sub, note('after'))
    expect(linesOf(() => assertGuarded(app))).toEqual(['GET /s'])
    expect(ran).toEqual([])
  })
})

interface Stacked {
  readonly stack: { handle: (...args: never[]) => unknown }[]
}

test('SEC-107 the report says why a guard does not count', () => {
  const app = express()
  app.use(guard).use(forget).get('/x', respond)
  expect(() => assertGuarded(app)).toThrow('GET /x (an error handler after the guard may let requests continue)')
})

test.each([undefined, null, {}, respond, 'app'])('SEC-107 %o is rejected: not an application', (wrong) => {
  expect(() => assertGuarded(wrong as never)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
})

test('SEC-107 the path lists of older Express 4 versions are read', () => {
  const app = express4().use(['/a', '/b'], guard).get('/a', respond).get('/b/c', respond).get('/c', respond)
  const { _router: router } = app as unknown as { _router: { stack: { regexp: RegExp }[] } }
  Object.assign(router.stack[2] ?? {}, { regexp: /(?:^\/a\/?(?=\/|$)|^\/b\/?(?=\/|$))/i })
  expect(linesOf(() => assertGuarded(app))).toEqual(['GET /c'])
})

test('SEC-107 the parameters of older Express 4 versions are read', () => {
  const app = express4().use('/t/:id', guard).get('/t/:any/x', respond).use('/s/:sort', respond)
  const { _router: router } = app as unknown as { _router: { stack: { route?: object; regexp: RegExp }[] } }
  const older = [String.raw`^\/t\/(?:([^\/]+?))\/?(?=\/|$)`, String.raw`^\/s\/(?:([^\/]+?))\/?(?=\/|$)`]
  const used = router.stack.slice(2).filter(({ route }) => route === undefined)
  for (const [index, layer] of used.entries()) layer.regexp = new RegExp(older[index] as string, 'i')
  expect(linesOf(() => assertGuarded(app))).toEqual(['USE /s/:sort'])
})

/** The report on an application without the members that older versions do not set. */
const older = (register: (app: Express) => void): readonly string[] => {
  const app = express()
  register(app)
  const forgetPaths = ({ stack }: { stack: { rawPath?: unknown; handle: { stack?: never } }[] }): void => {
    for (const layer of stack) {
      delete layer.rawPath
      if (layer.handle.stack !== undefined) forgetPaths(layer.handle as never)
    }
  }
  forgetPaths(app.router as never)
  return linesOf(() => assertGuarded(app))
}

describe('Express 5 before 5.3, which does not store the paths of `use`', () => {
  test('SEC-107 guards without a path, and with a path that is a prefix of the route’s, count', () => {
    expect(older((app) => app.get('/open', respond).use(guard).get('/x', respond))).toEqual(['GET /open'])
    expect(older((app) => app.use('/api', guard).get('/api/x', respond).get('/apis', respond))).toEqual(['GET /apis'])
    expect(older((app) => app.use('/Api', guard).get('/api/:x', respond))).toEqual([])
  })

  test.each([
    ['a parameter', (app: Express) => app.use('/:x', guard).get('/a', respond)],
    ['a regular expression', (app: Express) => app.use(/^\/a/i, guard).get('/a', respond)],
    [
      'letter case',
      (app: Express) =>
        app.set('case sensitive routing', true).use('/a', guard).use(express.Router().get('/a', respond)),
    ],
  ])('SEC-107 a guard with an unknown path does not count: %s', (_, register) => {
    expect(older((app) => void register(app))).toEqual(['GET /a'])
  })

  test('SEC-107 a router with an unknown path needs a guard without a path', () => {
    const router = express.Router().get('/x', respond)
    expect(older((app) => app.use('/r', guard, router))).toEqual(['GET (unknown path)/x'])
    expect(older((app) => app.use(guard).use('/r', router))).toEqual([])
  })
})
