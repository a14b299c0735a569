/** Random applications of Express: guards, routes and routers in any order, on paths that overlap. @module */
import { deny } from '@custom-authorizer/core'
import { customAuthorizer } from '@custom-authorizer/express'
import type express from 'express'
import type { ErrorRequestHandler, IRouter, RequestHandler, Router } from 'express'
import * as fc from 'fast-check'
import type { Run } from './runs.ts'

type Path = string | RegExp | readonly string[]
type Step = 'guard' | 'answer' | 'pass' | 'forget' | 'note'
interface Call {
  readonly method: 'get' | 'post' | 'head' | 'all'
  readonly row: readonly Step[]
}
type Item =
  | { readonly kind: 'use'; readonly at: Path | undefined; readonly step: Step }
  | { readonly kind: 'route'; readonly at: Path; readonly calls: readonly Call[]; readonly direct: boolean }
  | { readonly kind: 'param'; readonly name: string }
  | {
      readonly kind: 'router'
      readonly at: Path | undefined
      readonly items: readonly Item[]
      readonly application: boolean
      readonly caseSensitive: boolean
      readonly strict: boolean
    }

const SHARED = ['/', '/a', '/b', '/a/b', '/A/b', '/:x', '/a/:x', '/a/:y', '/:x/b', '/a/', '/a.b', '/b/:x/b', '/a/b/c']
const PATHS: Readonly<Record<4 | 5, readonly Path[]>> = {
  4: [
    ...SHARED,
    '*',
    '/*',
    '/a/*',
    '/a/:y?',
    '/a/:y(\\d+)',
    '/a?b',
    '/a/?b',
    '/a/:x?b',
    '/a|/b',
    '/ab*',
    '/a/(b)?',
    '/a-:x',
  ],
  5: [...SHARED, '/*w', '/{*w}', '/a/*w', '/a{/:y}', '/a{/b}', '/a{b}', '/a-:x', '/*w/b', '/a/{b}', '{/a}/b', ''],
}
const LIKE_A_TEXT = /^\/a\/?(?=\/|$)/i
const COMMON: readonly Path[] = [/^\/a/, /b$/i, LIKE_A_TEXT, /./g, ['/a', '/b'], ['/b', '/a/:x']]

/** Applications for one major of Express. */
export const expressItems = (major: 4 | 5): fc.Arbitrary<readonly Item[]> => {
  const path = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('/', '/a', '/b', '/a/b', '/:x', '/a/:x') },
    { weight: 2, arbitrary: fc.constantFrom(...PATHS[major], ...COMMON) },
  )
  const at = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(undefined, '/a', '/a/b', '/:x', '/b', '/A') },
    { weight: 2, arbitrary: path },
  )
  const step = fc.constantFrom<Step>('guard', 'guard', 'guard', 'answer', 'pass', 'forget', 'note')
  const used = fc.constantFrom<Step>('guard', 'guard', 'guard', 'guard', 'answer', 'pass', 'forget')
  const call = fc.record({
    method: fc.constantFrom('get' as const, 'get' as const, 'post' as const, 'head' as const, 'all' as const),
    row: fc.array(step, { minLength: 1, maxLength: 3 }),
  })
  const { items } = fc.letrec<{ items: readonly Item[]; item: Item }>((tie) => ({
    items: fc.array(tie('item'), { minLength: 2, maxLength: 6, depthIdentifier: 'express' }),
    item: fc.oneof(
      { depthSize: 'small', depthIdentifier: 'express' },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('use' as const), at, step: used }) },
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constant('route' as const),
          at: path,
          calls: fc.array(call, { minLength: 1, maxLength: 2 }),
          direct: fc.boolean(),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('param' as const), name: fc.constantFrom('x', 'y', 'w', '0') }),
      },
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('router' as const),
          at,
          items: tie('items'),
          application: fc.boolean(),
          caseSensitive: fc.nat(5).map((each) => each === 0),
          strict: fc.nat(5).map((each) => each === 0),
        }),
      },
    ),
  }))
  return items
}

const join = (before: string, path: string): string => {
  if (path === '' || path === '/') return before === '' ? '/' : before
  return path.startsWith('/') || before === '' ? before + path : `${before} ${path}`
}

/** The names that a mount path may have in the report: Express 4 stores only a regular expression for `use`. */
const textsOf = (at: Path | undefined, { stack }: { readonly stack: readonly unknown[] }): readonly string[] => {
  const { regexp } = (stack.at(-1) ?? {}) as { regexp?: RegExp }
  const texts = at === undefined ? ['/'] : typeof at === 'string' || at instanceof RegExp ? [String(at)] : [...at]
  // Express 4 creates the same expression from a string.
  if (regexp !== undefined && String(at) === String(LIKE_A_TEXT)) texts.push('/a')
  return [...new Set([...texts, ...texts.map((each) => each.replace(/\/$/, '')), ...(regexp ? [String(regexp)] : [])])]
}

/** Middleware that leaves its router early if the client sends a header. */
const detour = (request: { headers: object }, next: (error?: unknown) => void): void => {
  if ('x-throw' in request.headers) throw new Error('requested by the test')
  if ('x-route' in request.headers) next('route')
  else if ('x-router' in request.headers) next('router')
  else next()
}

const forget: ErrorRequestHandler = (_error, _request, _response, next) => next()

type Ran = (method: string, names: readonly string[]) => void

const toHandler = (step: Step, note: (method: string) => void): RequestHandler => {
  if (step === 'guard') return customAuthorizer(() => deny())
  if (step === 'pass') return (request, _, next) => detour(request, next)
  if (step === 'forget') return forget as unknown as RequestHandler
  if (step === 'note')
    return function noted({ method }, _response, next) {
      note(method)
      next()
    }
  return ({ method }, response) => {
    note(method)
    response.end()
  }
}

const stackOf = (to: IRouter): { readonly stack: readonly unknown[] } => {
  const { _router: router, stack } = to as { _router?: { stack: readonly unknown[] }; stack?: readonly unknown[] }
  return stack === undefined
    ? (router ?? (to as { router?: { stack: readonly unknown[] } }).router ?? { stack: [] })
    : { stack }
}

const fill = (
  to: IRouter,
  items: readonly Item[],
  before: readonly string[],
  library: typeof express,
  ran: Ran,
): void => {
  for (const item of items) {
    if (item.kind === 'param') {
      to.param(item.name, (request, _, next) => detour(request, next))
      continue
    }
    const names: string[] = []
    const note = (method: string): void => ran(method, names)
    const use = (handler: RequestHandler): void => {
      if (item.at === undefined) to.use(handler)
      else to.use(item.at as string, handler)
    }
    const paths = (): readonly string[] =>
      before.flatMap((each) => textsOf(item.at, stackOf(to)).map((text) => join(each, text)))
    if (item.kind === 'use') {
      // Middleware with a `next` parameter is not reported.
      use(toHandler(item.step === 'note' ? 'pass' : item.step, note))
      names.push(...paths().map((each) => `USE ${each}`))
    } else if (item.kind === 'route') {
      const route = item.direct ? undefined : to.route(item.at as string)
      for (const { method, row } of item.calls) {
        const own: string[] = []
        const handlers = row.map((step) => toHandler(step, (name) => ran(name, own)))
        // `app.all` differs from `route.all`.
        if (route === undefined) to[method](item.at as string, ...handlers)
        else route[method](...handlers)
        own.push(...paths().map((each) => `${method.toUpperCase()} ${each}`))
      }
    } else {
      const { caseSensitive, strict } = item
      const router: Router = item.application ? library() : library.Router({ caseSensitive, strict })
      if (item.application) (router as unknown as express.Express).set('case sensitive routing', caseSensitive)
      if (item.application) (router as unknown as express.Express).set('strict routing', strict)
      use(router)
      fill(
        router,
        item.items,
        paths().map((each) => (each === '/' ? '' : each)),
        library,
        ran,
      )
    }
  }
}

/** An application, and a record of the functions that ran. */
export const buildExpress = (
  library: typeof express,
  items: readonly Item[],
): { readonly app: express.Express; readonly runs: Run[] } => {
  const runs: Run[] = []
  const app = library()
  fill(app, items, [''], library, (method, names) => void runs.push({ method, names }))
  return { app, runs }
}
