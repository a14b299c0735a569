/** Koa 2 and 3, both with @koa/router. @module */
import { customAuthorizer, getAuthorizer, requireContext, requireScopes } from '@custom-authorizer/koa'
import Router, { type RouterMiddleware } from '@koa/router'
import Koa, { type Middleware } from 'koa'
import Koa2 from 'koa2'
import { incomingViews, readBody } from './incoming.ts'
import { echo, type Framework, type Journal, labelOf, type Plan, type RoutePlan, serialise, type Step } from './plan.ts'

const asStep = (middleware: unknown): Step => middleware as Step
const middlewareOf = (steps: readonly Step[] = []): Middleware[] => steps as unknown as Middleware[]

const toMiddleware =
  ({ handle = echo }: RoutePlan, label: string, { hits }: Journal): Middleware =>
  async (ctx) => {
    hits.push(label)
    const answer = await handle({
      method: ctx.method,
      getAuthorizer: (reference) => getAuthorizer(ctx, reference),
      locals: ctx.state['authorizer'],
      headerViews: (name) => ({
        ...incomingViews(ctx.req, name),
        'ctx.get': ctx.get(name) === '' ? [] : [ctx.get(name)],
      }),
      body: () => readBody(ctx.req),
    })
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
    const nested = new Router()
    add(nested, mount, prefix + mount.path, journal)
    router.use(mount.path, nested.routes())
  }
}

/** A route for everything that is left belongs after the router, which answers nothing it does not know. */
const isRest = ({ path }: RoutePlan): boolean => path === '*'

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
  listener: (plan, journal) => {
    const app = new Application()
    app.on('error', (error) => journal.errors.push(error))
    for (const middleware of middlewareOf(plan.use)) app.use(middleware)
    const router = new Router()
    add(router, { ...plan, use: [], routes: plan.routes?.filter((route) => !isRest(route)) ?? [] }, '', journal)
    app.use(router.routes() as Middleware)
    for (const route of plan.routes?.filter(isRest) ?? []) {
      for (const middleware of middlewareOf(route.use)) app.use(middleware)
      app.use(toMiddleware(route, labelOf('', route), journal))
    }
    const listener = app.callback()
    return (request, response) => void listener(request, response)
  },
})

export const koa2Framework: Framework = framework('Koa 2', Koa2)
export const koa3Framework: Framework = framework('Koa 3', Koa)
