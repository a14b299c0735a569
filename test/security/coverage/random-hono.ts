/** Random applications of Hono: guards, routes and sub-applications in any order, on paths that overlap. @module */
import { deny } from '@custom-authorizer/core'
import { customAuthorizer } from '@custom-authorizer/hono'
import * as fc from 'fast-check'
import { Hono, type Handler, type MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { LinearRouter } from 'hono/router/linear-router'
import { PatternRouter } from 'hono/router/pattern-router'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { TrieRouter } from 'hono/router/trie-router'
import type { Run } from './runs.ts'

type Step = 'guard' | 'answer' | 'pass' | 'note'
type Item =
  | { readonly kind: 'use'; readonly at: string | undefined; readonly step: Step }
  | {
      readonly kind: 'route'
      readonly at: string
      readonly method: 'GET' | 'POST' | 'ALL'
      readonly row: readonly Step[]
    }
  | { readonly kind: 'application'; readonly at: string; readonly plan: Plan; readonly mounted: boolean }
interface Plan {
  readonly base: string | undefined
  readonly catches: boolean
  readonly items: readonly Item[]
}
const ROUTERS = {
  smart: undefined,
  linear: LinearRouter,
  pattern: PatternRouter,
  regexp: RegExpRouter,
  trie: TrieRouter,
}

export interface HonoPlan {
  readonly router: keyof typeof ROUTERS
  readonly strict: boolean
  readonly plan: Plan
}

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
  '/a/*',
  '/:x/*',
]
const RARE = [
  '*',
  '/*',
  '/a*',
  '/a/*/b',
  '/*/b',
  '/a/:y?',
  '/:x?',
  '/a/:y{[0-9]+}',
  '/:y{.+}',
  '/a/:y{[a-z]+/b}',
  '/a|/b',
  '/a-:x',
  '/:x{a|b}/b',
]
const path = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...PATHS) },
  { weight: 1, arbitrary: fc.constantFrom(...RARE) },
)
const step = fc.constantFrom<Step>('guard', 'guard', 'guard', 'answer', 'pass', 'note')
const rarely = fc.nat(4).map((each) => each === 0)
const { plan } = fc.letrec<{ plan: Plan; item: Item }>((tie) => ({
  plan: fc.record({
    base: fc.option(fc.constantFrom('/a', '/b', '/:x'), { nil: undefined, freq: 1 }),
    catches: fc.boolean(),
    items: fc.array(tie('item'), { minLength: 2, maxLength: 6, depthIdentifier: 'hono' }),
  }),
  item: fc.oneof(
    { depthSize: 'small', depthIdentifier: 'hono' },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('use' as const),
        at: fc.option(path, { nil: undefined, freq: 4 }),
        step,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('route' as const),
        at: path,
        method: fc.constantFrom('GET' as const, 'GET' as const, 'POST' as const, 'ALL' as const),
        row: fc.array(step, { minLength: 1, maxLength: 3 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('application' as const),
        at: fc.constantFrom('/', '/a', '/b', '/:x', '/a/b'),
        plan: tie('plan'),
        mounted: rarely,
      }),
    },
  ),
}))

export const honoPlans: fc.Arbitrary<HonoPlan> = fc.record({
  router: fc.constantFrom(...(Object.keys(ROUTERS) as (keyof typeof ROUTERS)[])),
  strict: fc.boolean(),
  plan,
})

type Ran = (method: string, path: string) => void

const toHandler = (what: Step, method: string, ran: Ran): MiddlewareHandler => {
  if (what === 'guard') return customAuthorizer(() => deny())
  // A handler for all methods that has a `next` parameter counts as middleware.
  if (what === 'pass' || (what === 'note' && method === 'ALL')) return (_, next) => next()
  if (what === 'note')
    return (c, next) => {
      ran(c.req.method, `${method} ${routePath(c)}`)
      return next()
    }
  const respond: Handler = (c) => {
    ran(c.req.method, `${method} ${routePath(c)}`)
    return c.text('open')
  }
  return respond as MiddlewareHandler
}

const fill = (outer: Hono, { base, catches, items }: Plan, ran: Ran): Hono => {
  if (catches) outer.onError((_, c) => c.text('caught', 500))
  const app = base === undefined ? outer : (outer.basePath(base) as Hono)
  for (const item of items) {
    if (item.kind === 'use') {
      const used = toHandler(item.step, 'ALL', ran)
      if (item.at === undefined) app.use(used)
      else app.use(item.at, used)
    } else if (item.kind === 'route') {
      for (const each of item.row) {
        const handler = toHandler(each, item.method, ran)
        if (item.method === 'ALL') app.all(item.at, handler)
        else app.on(item.method, item.at, handler)
      }
    } else if (item.mounted) {
      const mounted = ({ method }: Request, at: string): Response => {
        ran(method, `ALL ${at}`)
        return new Response('mounted')
      }
      app.mount(item.at, mounted, { optionHandler: (c) => routePath(c) })
    } else app.route(item.at, fill(new Hono(), item.plan, ran))
  }
  return outer
}

/** An application, and a record of the functions that ran. */
export const buildHono = ({ router, strict, plan: whole }: HonoPlan): { readonly app: Hono; readonly runs: Run[] } => {
  const runs: Run[] = []
  const Router = ROUTERS[router]
  const app = new Hono({ strict, ...(Router === undefined ? {} : { router: new Router() }) })
  fill(app, whole, (method, name) => void runs.push({ method, names: [name] }))
  return { app, runs }
}
