/** Bare `node:http`, with a router that mounts as Connect does: it cuts the prefix off `url` and keeps `originalUrl`. @module */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { customAuthorizer, getAuthorizer, requireContext, requireScopes } from '@custom-authorizer/core/node'
import {
  echo,
  HANDLER_ERROR,
  isWildcard,
  type Journal,
  labelOf,
  type Plan,
  type RoutePlan,
  type RouterOptions,
  serialise,
  statusOf,
  type Step,
  type TestApplication,
  type HandledRequest,
} from './plan.ts'
import { incomingViews, readBody, trailerViews, valuesByView } from './views.ts'

type Next = (error?: unknown) => void
type Middleware = (request: IncomingMessage & { originalUrl?: string }, response: ServerResponse, next: Next) => void

const asStep = (middleware: unknown): Step => middleware as Step
const middlewareOf = (steps: readonly Step[] = []): Middleware[] => steps as unknown as Middleware[]

/** Runs one middleware after the other; an error that one throws or passes to `next` ends the row. */
const compose =
  (row: readonly Middleware[]): Middleware =>
  (request, response, done) => {
    const run = (index: number): void => {
      const middleware = row[index]
      if (middleware === undefined) return done()
      let passed = false
      const next: Next = (error) => {
        if (passed) throw new Error('next() was called twice')
        passed = true
        if (error === undefined) run(index + 1)
        else done(error)
      }
      try {
        middleware(request, response, next)
      } catch (error) {
        done(error)
      }
    }
    run(0)
  }

const AUTHORITY = /^https?:\/\/[^/?#]*/i
const pathOf = (url: string = ''): string => url.replace(AUTHORITY, '').replace(/[?#].*$/s, '')

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const segmentsOf = (path: string, { strict }: RouterOptions): readonly string[] => {
  const segments = path.split('/').slice(1)
  return !strict && segments.length > 1 && segments.at(-1) === '' ? segments.slice(0, -1) : segments
}

/** The parameters of a path under a template; `undefined` if they do not match. */
const match = (
  template: string,
  path: string,
  options: RouterOptions,
): Readonly<Record<string, string>> | undefined => {
  const fold = (text: string): string => (options.caseSensitive ? text : text.toLowerCase())
  const wanted = segmentsOf(template, options)
  const given = segmentsOf(path, options)
  const params: Record<string, string> = {}
  const set = (name: string, text: string): boolean => {
    const value = decoded(text)
    if (value !== undefined) params[name] = value
    return value !== undefined
  }
  for (const [index, segment] of wanted.entries()) {
    const value = given[index]
    if (value === undefined) return undefined
    if (segment === '*') return set('*', given.slice(index).join('/')) ? params : undefined
    if (segment.startsWith(':')) {
      if (value === '' || !set(segment.slice(1), value)) return undefined
    } else if (fold(segment) !== fold(value)) return undefined
  }
  return wanted.length === given.length ? params : undefined
}

const toHandledRequest = (request: IncomingMessage, params: HandledRequest['params'] = {}): HandledRequest => ({
  method: request.method ?? '',
  params,
  get target() {
    return request.url ?? ''
  },
  get query() {
    return Object.fromEntries(new URLSearchParams(request.url?.split('?')[1]))
  },
  get paths() {
    return { url: request.url, method: request.method }
  },
  incoming: request,
  webRequest: undefined,
  getAuthorizer: (reference) => getAuthorizer(request, reference),
  locals: undefined,
  header: (name) => [request.headers[name.toLowerCase()] ?? []].flat()[0],
  headerLines: () => incomingViews(request),
  trailerLines: () => trailerViews(request),
  headerViews: (name) => valuesByView({ ...incomingViews(request), ...trailerViews(request) }, name),
  body: () => readBody(request),
})

const toMiddleware = (route: RoutePlan, label: string, { hits }: Journal, options: RouterOptions): Middleware => {
  const { method = 'GET', path, handle = echo } = route
  const handler =
    (params: HandledRequest['params']): Middleware =>
    (request, response, next) => {
      hits.push(label)
      const respond = (result: Awaited<ReturnType<typeof handle>>): void => {
        const { bytes, headers } = serialise(result)
        response.writeHead(result.status ?? 200, { ...headers, 'content-length': bytes.length }).end(bytes)
      }
      const result = handle(toHandledRequest(request, params))
      if (result instanceof Promise) result.then(respond, next)
      else respond(result)
    }
  const use = middlewareOf(route.use)
  return (request, response, next) => {
    const wanted = request.method === 'HEAD' && method === 'GET' ? 'GET' : request.method
    const served = isWildcard(route) || method === 'ALL' || method === wanted
    const params = isWildcard(route) ? {} : match(path, pathOf(request.url), options)
    if (served && params !== undefined) compose([...use, handler(params)])(request, response, next)
    else next()
  }
}

const mounted =
  (path: string, inner: Middleware): Middleware =>
  (request, response, next) => {
    const url = request.url ?? ''
    if (!pathOf(url).startsWith(`${path}/`)) return next()
    const [authority = ''] = AUTHORITY.exec(url) ?? []
    request.originalUrl ??= url
    request.url = authority + url.slice(authority.length + path.length)
    inner(request, response, (error) => {
      request.url = url
      next(error)
    })
  }

const build = (plan: Plan, prefix: string, journal: Journal, options: RouterOptions): Middleware => {
  const { use, routes = [], mounts = [] } = plan
  const toRoute = (route: RoutePlan): Middleware => toMiddleware(route, labelOf(prefix, route), journal, options)
  return compose([
    ...middlewareOf(use),
    ...routes.filter((route) => !isWildcard(route)).map(toRoute),
    ...mounts.map((mount) => mounted(mount.path, build(mount, prefix + mount.path, journal, options))),
    ...routes.filter(isWildcard).map(toRoute),
  ])
}

const parseBody: Middleware = (request, _, next) => {
  const proceed = (): void => next()
  readBody(request).then(proceed, next)
}

const setHeader = (header: string, value: string): Step => {
  const middleware: Middleware = (_, response, next) => {
    response.setHeader(header, value)
    next()
  }
  return asStep(middleware)
}

const EXACT: RouterOptions = { caseSensitive: true, strict: true }

export const nodeHttpApplication: TestApplication = {
  name: 'node:http',
  looseRouter: false,
  assumesLooseRouter: true,
  keepsSpelling: true,
  hasLocals: false,
  customAuthorizer: (given, options) =>
    customAuthorizer(given as never, options) as unknown as ReturnType<TestApplication['customAuthorizer']>,
  requireContext: (requirement) => asStep(requireContext(requirement)),
  requireScopes: (...requirements) => asStep(requireScopes(...requirements)),
  responseHeader: setHeader,
  earlyHeader: setHeader,
  bodyParser: () => asStep(parseBody),
  tap: (look) => {
    const middleware: Middleware = (request, _, next) => {
      look(toHandledRequest(request))
      next()
    }
    return asStep(middleware)
  },
  around: (begin) => {
    const middleware: Middleware = (request, response, next) => {
      response.on('finish', begin(toHandledRequest(request)))
      next()
    }
    return asStep(middleware)
  },
  listener: (plan, journal) => {
    const app = build(plan, '', journal, plan.router ?? EXACT)
    return (request, response) =>
      app(request, response, (error) => {
        if (error !== undefined) journal.errors.push(error)
        response.statusCode = error === undefined ? 404 : statusOf(error)
        response.end(error === undefined ? 'nothing here' : HANDLER_ERROR)
      })
  },
}
