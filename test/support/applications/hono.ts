/** Hono on @hono/node-server. @module */
import type { IncomingMessage } from 'node:http'
import { customAuthorizer, getAuthorizer, requireContext, requireScopes } from '@custom-authorizer/hono'
import { getRequestListener } from '@hono/node-server'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { incomingViews } from './incoming.ts'
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
const middlewareOf = (steps: readonly Step[] = []): MiddlewareHandler[] => steps as unknown as MiddlewareHandler[]

const listed = (value: string | null | undefined): readonly string[] =>
  value === null || value === undefined ? [] : [value]

const viewsOf = (c: Context, name: string): Record<string, readonly string[]> => ({
  ...incomingViews((c.env as { incoming: IncomingMessage }).incoming, name),
  'c.req.header': listed(c.req.header(name)),
  'c.req.header()': listed(c.req.header()[name]),
  'c.req.raw.headers': listed(c.req.raw.headers.get(name)),
})

const visitOf = (c: Context): Visit => ({
  method: c.req.method,
  getAuthorizer: (reference) => getAuthorizer(c, reference),
  locals: c.get('authorizer'),
  headerViews: (name) => viewsOf(c, name),
  body: async () => Buffer.from(await c.req.arrayBuffer()),
  target: c.req.url.replace(/^[a-z]+:\/\/[^/]*/, ''),
  query: c.req.query(),
})

const toHandler =
  ({ handle = echo }: RoutePlan, label: string, { hits }: Journal) =>
  async (c: Context): Promise<Response> => {
    hits.push(label)
    const answer = await handle(visitOf(c))
    const { bytes, headers } = serialise(answer)
    return c.body(new Uint8Array(bytes), (answer.status ?? 200) as 200, headers)
  }

const build = (plan: Plan, prefix: string, journal: Journal): Hono => {
  const app = new Hono()
  for (const middleware of middlewareOf(plan.use)) app.use(middleware)
  for (const route of plan.routes ?? []) {
    const path = route.path
    for (const middleware of middlewareOf(route.use)) {
      if (route.method === 'ALL' || path === '*') app.all(path, middleware)
      else app.on(route.method ?? 'GET', path, middleware)
    }
    const handler = toHandler(route, labelOf(prefix, route), journal)
    if (route.method === 'ALL' || path === '*') app.all(path, handler)
    else app.on(route.method ?? 'GET', path, handler)
  }
  for (const mount of plan.mounts ?? []) {
    const inner = build(mount, prefix + mount.path, journal)
    if (mount.application) app.mount(mount.path, inner.fetch)
    else app.route(mount.path, inner)
  }
  return app
}

const parseBody: MiddlewareHandler = async (c, next) => {
  await c.req.arrayBuffer()
  await next()
}

export const honoFramework: Framework = {
  name: 'Hono',
  loose: false,
  keepsSpelling: false,
  hasLocals: true,
  customAuthorizer: (given, options) =>
    customAuthorizer(given as never, options) as unknown as ReturnType<Framework['customAuthorizer']>,
  requireContext: (requirement) => asStep(requireContext(requirement)),
  requireScopes: (...requirements) => asStep(requireScopes(...requirements)),
  answerHeader: (header, value) => {
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
      look(visitOf(c))
      return next()
    }
    return asStep(middleware)
  },
  listener: (plan, journal) => {
    const app = build(plan, '', journal)
    app.onError((error, c) => {
      journal.errors.push(error)
      return c.text('the framework handled it', 500)
    })
    const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
    return (request, response) => void listener(request, response)
  },
}
