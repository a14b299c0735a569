/** Hono on @hono/node-server. @module */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { customAuthorizer, getAuthorizer, requireContext, requireScopes } from '@custom-authorizer/hono'
import { getRequestListener } from '@hono/node-server'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import {
  echo,
  HANDLER_ERROR,
  isWildcard,
  type Journal,
  labelOf,
  type Plan,
  type RoutePlan,
  serialise,
  type Step,
  type TestApplication,
  type HandledRequest,
} from './plan.ts'
import { accessed, entriesOf, type HeaderViews, incomingViews, trailerViews, valuesByView } from './views.ts'

interface Bindings {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

const asStep = (middleware: unknown): Step => middleware as Step
const middlewareOf = (steps: readonly Step[] = []): MiddlewareHandler[] => steps as unknown as MiddlewareHandler[]
const bindingsOf = (c: Context): Bindings => c.env as Bindings

const linesOf = (c: Context, names: readonly string[]): HeaderViews => {
  const { incoming, outgoing } = bindingsOf(c)
  const views: Record<string, HeaderViews[string]> = {
    ...incomingViews(incoming),
    'c.req.header': accessed(names, (name) => c.req.header(name)),
    'c.req.header()': entriesOf(c.req.header()),
    'c.req.raw.headers': [...c.req.raw.headers],
    'c.req.raw.headers.get': accessed(names, (name) => c.req.raw.headers.get(name)),
    'c.env.outgoing.req': entriesOf(outgoing.req.headers),
    'new Headers(c.req.raw.headers)': [...new Headers(c.req.raw.headers)],
  }
  // A request can be copied until its body has been read, as a proxy does.
  if (!c.req.raw.bodyUsed) {
    views['new Request(c.req.raw)'] = [...new Request(c.req.raw.url, c.req.raw.clone()).headers]
    views['c.req.raw.clone()'] = [...c.req.raw.clone().headers]
  }
  return views
}

const toHandledRequest = (c: Context, template: string = ''): HandledRequest => ({
  method: c.req.method,
  get params() {
    const params: Record<string, unknown> = c.req.param()
    return template.endsWith('*') ? { ...params, '*': c.req.path.slice(template.length - 1) } : params
  },
  get target() {
    return c.req.url.replace(/^[a-z]+:\/\/[^/]*/, '')
  },
  get query() {
    return c.req.query()
  },
  get paths() {
    const { url, path, method } = c.req
    return { url, path, method, params: c.req.param(), incoming: bindingsOf(c).incoming.url }
  },
  get incoming() {
    return bindingsOf(c).incoming
  },
  get webRequest() {
    return c.req.raw
  },
  getAuthorizer: (reference) => getAuthorizer(c, reference),
  get locals() {
    return c.get('authorizer') as HandledRequest['locals']
  },
  header: (name) => c.req.header(name),
  headerLines: (names) => linesOf(c, names),
  trailerLines: () => trailerViews(bindingsOf(c).incoming),
  headerViews: (name) => valuesByView({ ...linesOf(c, [name]), ...trailerViews(bindingsOf(c).incoming) }, name),
  body: async () => Buffer.from(await c.req.arrayBuffer()),
})

const toHandler =
  ({ handle = echo, path }: RoutePlan, prefix: string, label: string, { hits }: Journal) =>
  async (c: Context): Promise<Response> => {
    hits.push(label)
    const result = await handle(toHandledRequest(c, prefix + path))
    const { bytes, headers } = serialise(result)
    return c.body(new Uint8Array(bytes), (result.status ?? 200) as 200, headers)
  }

const build = (plan: Plan, prefix: string, journal: Journal, strict: boolean): Hono => {
  const { use, routes = [], mounts = [] } = plan
  const app = new Hono({ strict })
  const addRoute = (route: RoutePlan): void => {
    // Hono compares decoded paths.
    const path = decodeURI(route.path)
    const handler = toHandler(route, prefix, labelOf(prefix, route), journal)
    for (const each of [...middlewareOf(route.use), handler]) {
      if (route.method === 'ALL' || isWildcard(route)) app.all(path, each)
      else app.on(route.method ?? 'GET', path, each)
    }
  }
  for (const middleware of middlewareOf(use)) app.use(middleware)
  for (const route of routes) if (!isWildcard(route)) addRoute(route)
  for (const mount of mounts) {
    const inner = build(mount, prefix + mount.path, journal, strict)
    if (mount.application) app.mount(mount.path, inner.fetch)
    else app.route(mount.path, inner)
  }
  for (const route of routes.filter(isWildcard)) addRoute(route)
  return app
}

const parseBody: MiddlewareHandler = async (c, next) => {
  await c.req.arrayBuffer()
  await next()
}

export const honoApplication: TestApplication = {
  name: 'Hono',
  looseRouter: false,
  assumesLooseRouter: false,
  keepsSpelling: false,
  hasLocals: true,
  customAuthorizer: (given, options) =>
    customAuthorizer(given as never, options) as unknown as ReturnType<TestApplication['customAuthorizer']>,
  requireContext: (requirement) => asStep(requireContext(requirement)),
  requireScopes: (...requirements) => asStep(requireScopes(...requirements)),
  responseHeader: (header, value) => {
    const middleware: MiddlewareHandler = async (c, next) => {
      await next()
      c.header(header, value)
    }
    return asStep(middleware)
  },
  earlyHeader: (header, value) => {
    const middleware: MiddlewareHandler = (c, next) => {
      c.res.headers.set(header, value)
      return next()
    }
    return asStep(middleware)
  },
  bodyParser: () => asStep(parseBody),
  tap: (look) => {
    const middleware: MiddlewareHandler = (c, next) => {
      look(toHandledRequest(c))
      return next()
    }
    return asStep(middleware)
  },
  around: (begin) => {
    const middleware: MiddlewareHandler = async (c, next) => {
      const end = begin(toHandledRequest(c))
      await next()
      end()
    }
    return asStep(middleware)
  },
  listener: (plan, journal) => {
    const { router, overrideGlobalObjects = false } = plan
    const app = build(plan, '', journal, router?.strict ?? true)
    app.onError((error, c) => {
      journal.errors.push(error)
      return c.text(HANDLER_ERROR, 500)
    })
    const listener = getRequestListener(app.fetch, { overrideGlobalObjects })
    return (request, response) => void listener(request, response)
  },
}
