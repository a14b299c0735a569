/** Random applications of Koa with @koa/router: guards, routes and routers in any order, on paths that overlap. @module */
import { deny } from '@custom-authorizer/core'
import { customAuthorizer } from '@custom-authorizer/koa'
import Router, { type RouterMiddleware } from '@koa/router'
import * as fc from 'fast-check'
import type Koa from 'koa'
import type { Middleware, ParameterizedContext } from 'koa'
import type { Run } from './runs.ts'

type Path = string | RegExp
type Step = 'guard' | 'answer' | 'pass' | 'note'
type RouterItem =
  | { readonly kind: 'use'; readonly at: string | undefined; readonly step: Step }
  | {
      readonly kind: 'route'
      readonly at: Path
      readonly method: 'get' | 'post' | 'all'
      readonly row: readonly Step[]
    }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'router'; readonly at: string | undefined; readonly router: RouterPlan }
interface RouterPlan {
  readonly prefix: string | undefined
  readonly sensitive: boolean
  readonly strict: boolean
  readonly exclusive: boolean
  readonly items: readonly RouterItem[]
}
export type Item =
  | { readonly kind: 'use'; readonly step: Step }
  | { readonly kind: 'routes'; readonly router: RouterPlan }

const PATHS = [
  '/',
  '/a',
  '/b',
  '/a/b',
  '/A/b',
  '/:x',
  '/a/:x',
  '/a/:y',
  '/:x/b',
  '/a/',
  '/a.b',
  '/b/:x/b',
  '/a/b/c',
  '/*w',
]
const RARE: readonly Path[] = ['/a{/:y}', '/{*w}', '/a/*w', '/a{b}', '/a-:x', '/*w/b', /^\/a/, /b$/i, /./g, /^\/a\/b$/]
const step = fc.constantFrom<Step>('guard', 'guard', 'guard', 'answer', 'pass', 'note')
const rarely = fc.nat(5).map((each) => each === 0)
const path = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Path[]>(...PATHS) },
  { weight: 1, arbitrary: fc.constantFrom(...RARE) },
)
const below = fc.option(fc.constantFrom('/a', '/b', '/a/b', '/:x', '/A', '/', '/a/', '/a{/:y}', '/a/*w', '/a.b'), {
  nil: undefined,
  freq: 2,
})

const { router } = fc.letrec<{ router: RouterPlan; item: RouterItem }>((tie) => ({
  router: fc.record({
    prefix: fc.option(fc.constantFrom('/a', '/b', '/A', '/:x', '/a/b', '/a.b', '/1'), { nil: undefined, freq: 1 }),
    sensitive: rarely,
    strict: rarely,
    exclusive: rarely,
    items: fc.array(tie('item'), { minLength: 1, maxLength: 5, depthIdentifier: 'koa' }),
  }),
  item: fc.oneof(
    { depthSize: 'small', depthIdentifier: 'koa' },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('use' as const), at: below, step }) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('route' as const),
        at: path,
        method: fc.constantFrom('get' as const, 'get' as const, 'post' as const, 'all' as const),
        row: fc.array(step, { minLength: 1, maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('param' as const), name: fc.constantFrom('x', 'y', 'w') }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('router' as const), at: below, router: tie('router') }) },
  ),
}))

/** An element of an application's middleware. */
export const koaItems: fc.Arbitrary<readonly Item[]> = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('use' as const), step }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('routes' as const), router }) },
  ),
  { minLength: 1, maxLength: 3 },
)

const toMiddleware = (what: Step, note: (ctx: ParameterizedContext) => void): Middleware => {
  if (what === 'guard') return customAuthorizer(() => deny())
  if (what === 'pass') return (_, next) => next()
  if (what === 'note')
    return (ctx, next) => {
      note(ctx)
      return next()
    }
  return (ctx) => {
    note(ctx)
    ctx.body = 'open'
  }
}

type Ran = (method: string, name: string) => void

const build = (plan: RouterPlan, ran: Ran): Router => {
  const { prefix, items, ...options } = plan
  const made = new Router({ ...options, ...(prefix === undefined ? {} : { prefix }) })
  // The router reports the whole path of a layer below prefixes and other routers.
  const toStep = (what: Step, name: string): RouterMiddleware =>
    toMiddleware(what, (ctx) => {
      const at = String(ctx['routerPath']).replace(/\(\?:\\\/\|\$\)$/, '')
      ran(ctx.method, `${name} ${at === '' ? '/' : at}`)
    }) as RouterMiddleware
  for (const item of items) {
    if (item.kind === 'param') {
      made.param(item.name, (_, _ctx, next) => next())
    } else if (item.kind === 'route') {
      made[item.method](item.at, ...item.row.map((each) => toStep(each, item.method.toUpperCase())))
    } else {
      // Middleware with a `next` parameter is not reported.
      const used =
        item.kind === 'router'
          ? build(item.router, ran).routes()
          : toStep(item.step === 'note' ? 'pass' : item.step, 'USE')
      if (item.at === undefined) made.use(used)
      else made.use(item.at, used)
    }
  }
  return made
}

/** An application, and a record of the functions that ran. */
export const buildKoa = (
  Application: typeof Koa,
  items: readonly Item[],
): { readonly app: Koa; readonly runs: Run[] } => {
  const runs: Run[] = []
  const ran: Ran = (method, name) => void runs.push({ method, names: [name] })
  const app = new Application()
  app.silent = true
  for (const item of items) {
    if (item.kind === 'routes') app.use(build(item.router, ran).routes() as Middleware)
    else app.use(toMiddleware(item.step === 'note' ? 'pass' : item.step, (ctx) => ran(ctx.method, 'USE /')))
  }
  return { app, runs }
}
