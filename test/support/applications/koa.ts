/** Koa 2 and 3, both with @koa/router. @module */
import { customAuthorizer, getAuthorizer, requireContext, requireScopes } from '@custom-authorizer/koa'
import Router, { type RouterMiddleware } from '@koa/router'
import Koa, { type Middleware, type Next, type ParameterizedContext } from 'koa'
import Koa2 from 'koa2'
import { incomingViews, readBody } from './incoming.ts'
import {
  echo,
  type Framework,
  type Journal,
  labelOf,
  type Plan,
  type RoutePlan,
  serialise,
  type Step,
  type Visit,
} from './plan.ts'

const asStep = (middleware: unknown): Step => middleware as Step
const middlewareOf = (steps: readonly Step[] = []): Middleware[] => steps as unknown as Middleware[]

const visitOf = (ctx: ParameterizedContext): Visit => ({
  method: ctx.method,
  getAuthorizer: (reference) => getAuthorizer(ctx, reference),
  locals: ctx.state['authorizer'],
  headerViews: (name) => ({
    ...incomingViews(ctx.req, name),
    'ctx.get': ctx.get(name) === '' ? [] : [ctx.get(name)],
  }),
  body: () => readBody(ctx.req),
  target: ctx.url,
  query: { ...ctx.query },
})

const toMiddleware =
  ({ handle = echo }: RoutePlan, label: string, { hits }: Journal): Middleware =>
  async (ctx) => {
    hits.push(label)
    const answer = await handle(visitOf(ctx))
    const { bytes, headers } = serialise(answer)
    ctx.status = answer.status ?? 200
    ctx.set(headers)
    ctx.body = bytes
  }

const add = (router: Router, plan: Plan, prefix: string, journal: Journal): void => {
  for (const middleware of middlewareOf(plan.use)) router.use(middleware as RouterMiddleware)
  for (const route of plan.routes ?? []) {
    const handlers = [...middlewareOf(route.use), toMiddleware(route, labelOf(prefix, route), journal)]
    const methods =
      route.method === 'ALL' ? ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] : [route.method ?? 'GET']
    router.register(route.path === '*' ? '/{*rest}' : route.path, methods, handlers as RouterMiddleware[])
  }
  for (const mount of plan.mounts ?? []) {
    if (mount.application) continue
    const nested = new Router()
    add(nested, mount, prefix + mount.path, journal)
    router.use(mount.path, nested.routes())
  }
}

/** One middleware after the other, as Koa composes them. */
const chain = (
  row: readonly Middleware[],
  ctx: ParameterizedContext,
  next: Next,
  index: number = 0,
): Promise<unknown> =>
  Promise.resolve(row[index] === undefined ? next() : row[index](ctx, () => chain(row, ctx, next, index + 1)))

/** What koa-mount does: while the inner application runs, `ctx.path` has lost the prefix. */
const mounted =
  (path: string, row: readonly Middleware[]): Middleware =>
  async (ctx, next) => {
    const whole = ctx.path
    if (!whole.startsWith(`${path}/`)) {
      await next()
      return
    }
    ctx.path = whole.slice(path.length)
    await chain(row, ctx, async () => {
      ctx.path = whole
      await next()
      ctx.path = whole.slice(path.length)
    })
    ctx.path = whole
  }

/** A route for everything that is left belongs after the router, which answers nothing it does not know. */
const isRest = ({ path }: RoutePlan): boolean => path === '*'

const rowOf = (plan: Plan, prefix: string, journal: Journal): readonly Middleware[] => {
  const { use, routes = [], mounts = [] } = plan
  const router = new Router()
  add(router, { mounts, routes: routes.filter((route) => !isRest(route)) }, prefix, journal)
  const row = [...middlewareOf(use), router.routes() as Middleware]
  for (const mount of mounts)
    if (mount.application) row.push(mounted(mount.path, rowOf(mount, prefix + mount.path, journal)))
  for (const route of routes.filter(isRest))
    row.push(...middlewareOf(route.use), toMiddleware(route, labelOf(prefix, route), journal))
  return row
}

const parseBody: Middleware = async (ctx, next) => {
  await readBody(ctx.req)
  await next()
}

const framework = (name: string, Application: typeof Koa): Framework => ({
  name,
  loose: true,
  keepsSpelling: true,
  hasLocals: true,
  customAuthorizer: (given, options) =>
    customAuthorizer(given as never, options) as unknown as ReturnType<Framework['customAuthorizer']>,
  requireContext: (requirement) => asStep(requireContext(requirement)),
  requireScopes: (...requirements) => asStep(requireScopes(...requirements)),
  answerHeader: (header, value) => {
    const middleware: Middleware = async (ctx, next) => {
      await next()
      ctx.set(header, value)
    }
    return asStep(middleware)
  },
  earlyHeader: (header, value) => {
    const middleware: Middleware = (ctx, next) => {
      ctx.set(header, value)
      return next()
    }
    return asStep(middleware)
  },
  bodyParser: () => asStep(parseBody),
  tap: (look) => {
    const middleware: Middleware = (ctx, next) => {
      look(visitOf(ctx))
      return next()
    }
    return asStep(middleware)
  },
  listener: (plan, journal) => {
    const app = new Application()
    app.on('error', (error) => journal.errors.push(error))
    for (const middleware of rowOf(plan, '', journal)) app.use(middleware)
    const listener = app.callback()
    return (request, response) => void listener(request, response)
  },
})

export const koa2Framework: Framework = framework('Koa 2', Koa2)
export const koa3Framework: Framework = framework('Koa 3', Koa)
