/** Koa 2 and 3, both with @koa/router. @module */
import { METHODS } from 'node:http'
import { customAuthorizer, getAuthorizer, requireContext, requireScopes } from '@custom-authorizer/koa'
import Router, { type RouterMiddleware } from '@koa/router'
import Koa, { type Middleware, type Next, type ParameterizedContext } from 'koa'
import Koa2 from 'koa2'
import {
  echo,
  isWildcard,
  type Journal,
  labelOf,
  type Plan,
  type RoutePlan,
  type RouterOptions,
  serialise,
  type Step,
  type TestApplication,
  type HandledRequest,
} from './plan.ts'
import { accessed, entriesOf, type HeaderViews, incomingViews, readBody, trailerViews, valuesByView } from './views.ts'

const asStep = (middleware: unknown): Step => middleware as Step
const middlewareOf = (steps: readonly Step[] = []): Middleware[] => steps as unknown as Middleware[]

/** Koa returns '' both for an empty header and for an absent one. */
const headerOf = (ctx: ParameterizedContext, name: string): string | undefined =>
  ctx.get(name) || (name.toLowerCase() in ctx.headers ? '' : undefined)

const linesOf = (ctx: ParameterizedContext, names: readonly string[]): HeaderViews => ({
  ...incomingViews(ctx.req),
  'ctx.headers': entriesOf(ctx.headers),
  'ctx.request.header': entriesOf(ctx.request.header),
  'ctx.get': accessed(names, (name) => headerOf(ctx, name)),
})

const paramsOf = (ctx: ParameterizedContext): HandledRequest['params'] => {
  const { params = {} } = ctx as { readonly params?: Record<string, unknown> }
  return 'rest' in params ? { ...params, '*': params['rest'] } : params
}

const toHandledRequest = (ctx: ParameterizedContext): HandledRequest => ({
  method: ctx.method,
  get params() {
    return paramsOf(ctx)
  },
  get target() {
    return ctx.url
  },
  get query() {
    return { ...ctx.query }
  },
  get paths() {
    const { url, originalUrl, path, method } = ctx
    return { url, originalUrl, path, method, params: (ctx as { params?: unknown }).params }
  },
  incoming: ctx.req,
  webRequest: undefined,
  getAuthorizer: (reference) => getAuthorizer(ctx, reference),
  get locals() {
    return ctx.state['authorizer'] as HandledRequest['locals']
  },
  header: (name) => headerOf(ctx, name),
  headerLines: (names) => linesOf(ctx, names),
  trailerLines: () => trailerViews(ctx.req),
  headerViews: (name) => valuesByView({ ...linesOf(ctx, [name]), ...trailerViews(ctx.req) }, name),
  body: () => readBody(ctx.req),
})

const toMiddleware =
  ({ handle = echo }: RoutePlan, label: string, { hits }: Journal): Middleware =>
  async (ctx) => {
    hits.push(label)
    const result = await handle(toHandledRequest(ctx))
    const { bytes, headers } = serialise(result)
    ctx.status = result.status ?? 200
    ctx.set(headers)
    ctx.body = bytes
  }

type NewRouter = () => Router

const newRouterFor = (options: RouterOptions | undefined): NewRouter => {
  const given = options === undefined ? {} : { sensitive: options.caseSensitive, strict: options.strict }
  return () => new Router(given)
}

const pathOf = ({ path }: RoutePlan): string =>
  path === '*' ? '/{*rest}' : path.replace('*', '{*rest}').replaceAll('+', '\\+')

const add = (router: Router, plan: Plan, prefix: string, journal: Journal, newRouter: NewRouter): void => {
  const { use, routes = [], mounts = [] } = plan
  const register = (route: RoutePlan): void => {
    const handlers = [...middlewareOf(route.use), toMiddleware(route, labelOf(prefix, route), journal)]
    const methods = route.method === 'ALL' || isWildcard(route) ? METHODS : [route.method ?? 'GET']
    router.register(pathOf(route), [...methods], handlers as RouterMiddleware[])
  }
  for (const middleware of middlewareOf(use)) router.use(middleware as RouterMiddleware)
  for (const route of routes) if (!isWildcard(route)) register(route)
  for (const mount of mounts) {
    if (mount.application) continue
    const nested = newRouter()
    add(nested, mount, prefix + mount.path, journal, newRouter)
    router.use(mount.path, nested.routes())
  }
  for (const route of routes.filter(isWildcard)) register(route)
}

/** Runs one middleware after the other, as Koa composes them. */
const chain = (
  row: readonly Middleware[],
  ctx: ParameterizedContext,
  next: Next,
  index: number = 0,
): Promise<unknown> =>
  Promise.resolve(row[index] === undefined ? next() : row[index](ctx, () => chain(row, ctx, next, index + 1)))

/** Mounts an application as koa-mount does: `ctx.path` has no prefix while the inner application runs. */
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

/** The middleware of an application. The router does not run wildcard routes: it sets no status for unknown paths. */
const rowOf = (plan: Plan, prefix: string, journal: Journal, newRouter: NewRouter): readonly Middleware[] => {
  const { use, routes = [], mounts = [] } = plan
  const router = newRouter()
  add(router, { mounts, routes: routes.filter((route) => !isWildcard(route)) }, prefix, journal, newRouter)
  const row = [...middlewareOf(use), router.routes() as Middleware]
  for (const mount of mounts)
    if (mount.application) row.push(mounted(mount.path, rowOf(mount, prefix + mount.path, journal, newRouter)))
  for (const route of routes.filter(isWildcard))
    row.push(...middlewareOf(route.use), toMiddleware(route, labelOf(prefix, route), journal))
  return row
}

const parseBody: Middleware = async (ctx, next) => {
  await readBody(ctx.req)
  await next()
}

const application = (name: 'Koa 2' | 'Koa 3', Application: typeof Koa): TestApplication => ({
  name,
  looseRouter: true,
  assumesLooseRouter: true,
  keepsSpelling: true,
  hasLocals: true,
  customAuthorizer: (given, options) =>
    customAuthorizer(given as never, options) as unknown as ReturnType<TestApplication['customAuthorizer']>,
  requireContext: (requirement) => asStep(requireContext(requirement)),
  requireScopes: (...requirements) => asStep(requireScopes(...requirements)),
  responseHeader: (header, value) => {
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
      look(toHandledRequest(ctx))
      return next()
    }
    return asStep(middleware)
  },
  around: (begin) => {
    const middleware: Middleware = async (ctx, next) => {
      const end = begin(toHandledRequest(ctx))
      await next()
      end()
    }
    return asStep(middleware)
  },
  listener: (plan, journal) => {
    const app = new Application()
    app.on('error', (error) => journal.errors.push(error))
    for (const middleware of rowOf(plan, '', journal, newRouterFor(plan.router))) app.use(middleware)
    const listener = app.callback()
    return (request, response) => void listener(request, response)
  },
})

export const koa2Application: TestApplication = application('Koa 2', Koa2)
export const koa3Application: TestApplication = application('Koa 3', Koa)
