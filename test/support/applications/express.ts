/** Express 4 and 5. @module */
import { customAuthorizer, getAuthorizer, requireContext, requireScopes } from '@custom-authorizer/express'
import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from 'express'
import express4 from 'express4'
import {
  type ApplicationPlan,
  echo,
  HANDLER_ERROR,
  isWildcard,
  type Journal,
  labelOf,
  type Plan,
  type RoutePlan,
  serialise,
  statusOf,
  type Step,
  type TestApplication,
  type HandledRequest,
} from './plan.ts'
import { accessed, type HeaderViews, incomingViews, readBody, trailerViews, valuesByView } from './views.ts'

const asStep = (middleware: unknown): Step => middleware as Step
const middlewareOf = (steps: readonly Step[] = []): RequestHandler[] => steps as unknown as RequestHandler[]

const linesOf = (request: Request, names: readonly string[]): HeaderViews => ({
  ...incomingViews(request),
  'req.get': accessed(names, (name) => request.get(name)),
  'req.header': accessed(names, (name) => request.header(name)),
})

/** Express 4 calls a wildcard `0`, Express 5 returns its segments. */
const paramsOf = ({ params }: Request): HandledRequest['params'] => {
  const rest: unknown = params['0'] ?? params['rest']
  return rest === undefined ? params : { ...params, '*': Array.isArray(rest) ? rest.join('/') : rest }
}

const toHandledRequest = (request: Request, response: Response): HandledRequest => ({
  method: request.method,
  get params() {
    return paramsOf(request)
  },
  get target() {
    return request.url
  },
  get query() {
    return { ...request.query }
  },
  get paths() {
    const { url, originalUrl, baseUrl, path, params, method } = request
    return { url, originalUrl, baseUrl, path, params, method }
  },
  incoming: request,
  webRequest: undefined,
  getAuthorizer: (reference) => getAuthorizer(request, reference),
  get locals() {
    return response.locals['authorizer'] as HandledRequest['locals']
  },
  header: (name) => request.get(name),
  headerLines: (names) => linesOf(request, names),
  trailerLines: () => trailerViews(request),
  headerViews: (name) => valuesByView({ ...linesOf(request, [name]), ...trailerViews(request) }, name),
  body: () => readBody(request),
})

const toHandler =
  ({ handle = echo }: RoutePlan, label: string, { hits }: Journal): RequestHandler =>
  (request, response, next) => {
    hits.push(label)
    const respond = (result: Awaited<ReturnType<typeof handle>>): void => {
      const { bytes, headers } = serialise(result)
      response.status(result.status ?? 200).set(headers)
      response.end(bytes)
    }
    const result = handle(toHandledRequest(request, response))
    // Express 4 ignores the promise that a handler returns.
    if (result instanceof Promise) result.then(respond, next)
    else respond(result)
  }

/** The framework, and how it writes a wildcard. */
interface Version {
  readonly framework: typeof express
  readonly wildcard: string
}

const pathOf = ({ path }: RoutePlan, { wildcard }: Version): string =>
  path.replace('*', wildcard).replaceAll('+', '\\+')

const add = (to: Router, plan: Plan, prefix: string, journal: Journal, version: Version, options: object): void => {
  const { use, routes = [], mounts = [] } = plan
  const { framework } = version
  const handlersOf = (route: RoutePlan): RequestHandler[] => [
    ...middlewareOf(route.use),
    toHandler(route, labelOf(prefix, route), journal),
  ]
  for (const middleware of middlewareOf(use)) to.use(middleware)
  for (const route of routes) {
    if (isWildcard(route)) continue
    const path = pathOf(route, version)
    if (route.method === 'ALL') to.all(path, ...handlersOf(route))
    else to[(route.method ?? 'GET').toLowerCase() as 'get'](path, ...handlersOf(route))
  }
  for (const mount of mounts) {
    const router: Router = mount.application ? framework() : framework.Router(options)
    add(router, mount, prefix + mount.path, journal, version, options)
    to.use(mount.path, router)
  }
  for (const route of routes.filter(isWildcard)) to.use(...handlersOf(route))
}

const parseBody: RequestHandler = (request, _, next) => {
  const proceed = (): void => next()
  readBody(request).then(proceed, next)
}

const setHeader = (header: string, value: string): Step => {
  const middleware: RequestHandler = (_, response, next) => {
    response.set(header, value)
    next()
  }
  return asStep(middleware)
}

const build = (plan: ApplicationPlan, journal: Journal, version: Version): express.Express => {
  const { router = {} } = plan
  const app = version.framework()
  if (plan.router !== undefined) {
    app.set('case sensitive routing', plan.router.caseSensitive)
    app.set('strict routing', plan.router.strict)
  }
  add(app, plan, '', journal, version, router)
  // Express recognises error handlers by their four parameters.
  const onError: ErrorRequestHandler = (error, _request, response, _next) => {
    journal.errors.push(error)
    response.status(statusOf(error)).end(HANDLER_ERROR)
  }
  app.use(onError)
  return app
}

const application = (name: 'Express 4' | 'Express 5', version: Version): TestApplication => ({
  name,
  looseRouter: true,
  assumesLooseRouter: true,
  keepsSpelling: true,
  hasLocals: true,
  customAuthorizer: (given, options) =>
    customAuthorizer(given as never, options) as unknown as ReturnType<TestApplication['customAuthorizer']>,
  requireContext: (requirement) => asStep(requireContext(requirement)),
  requireScopes: (...requirements) => asStep(requireScopes(...requirements)),
  responseHeader: setHeader,
  earlyHeader: setHeader,
  bodyParser: () => asStep(parseBody),
  tap: (look) => {
    const middleware: RequestHandler = (request, response, next) => {
      look(toHandledRequest(request, response))
      next()
    }
    return asStep(middleware)
  },
  around: (begin) => {
    const middleware: RequestHandler = (request, response, next) => {
      response.on('finish', begin(toHandledRequest(request, response)))
      next()
    }
    return asStep(middleware)
  },
  listener: (plan, journal) => build(plan, journal, version),
})

export const express4Application: TestApplication = application('Express 4', { framework: express4, wildcard: '*' })
export const express5Application: TestApplication = application('Express 5', { framework: express, wildcard: '*rest' })
