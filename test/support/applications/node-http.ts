/** Bare `node:http`, composed by hand the way Connect does: prefixes are cut off `url`, `originalUrl` keeps them. @module */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { customAuthorizer, getAuthorizer, requireContext, requireScopes } from '@custom-authorizer/core/node'
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

type Next = (error?: unknown) => void
type Middleware = (request: IncomingMessage & { originalUrl?: string }, response: ServerResponse, next: Next) => void

const asStep = (middleware: unknown): Step => middleware as Step
const middlewareOf = (steps: readonly Step[] = []): Middleware[] => steps as unknown as Middleware[]

/** Runs one middleware after the other; what one throws or passes to `next` ends the row. */
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

const pathOf = (url: string = ''): string => url.replace(/\?.*$/s, '')

const matches = (template: string, path: string): boolean => {
  const wanted = template.split('/')
  const given = path.split('/')
  return wanted.length === given.length && wanted.every((each, index) => each.startsWith(':') || each === given[index])
}

const visitOf = (request: IncomingMessage): Visit => ({
  method: request.method ?? '',
  getAuthorizer: (reference) => getAuthorizer(request, reference),
  locals: undefined,
  headerViews: (name) => incomingViews(request, name),
  body: () => readBody(request),
  target: request.url ?? '',
  query: Object.fromEntries(new URLSearchParams(request.url?.split('?')[1])),
})

const toMiddleware = (route: RoutePlan, label: string, { hits }: Journal): Middleware => {
  const { method = 'GET', path, handle = echo } = route
  const handler: Middleware = (request, response, next) => {
    hits.push(label)
    const answered = (answer: Awaited<ReturnType<typeof handle>>): void => {
      const { bytes, headers } = serialise(answer)
      response.writeHead(answer.status ?? 200, { ...headers, 'content-length': bytes.length }).end(bytes)
    }
    const answer = handle(visitOf(request))
    if (answer instanceof Promise) answer.then(answered, next)
    else answered(answer)
  }
  const row = compose([...middlewareOf(route.use), handler])
  return (request, response, next) => {
    const asked = request.method === 'HEAD' && method === 'GET' ? 'GET' : request.method
    const served = path === '*' || ((method === 'ALL' || method === asked) && matches(path, pathOf(request.url)))
    if (served) row(request, response, next)
    else next()
  }
}

const mounted =
  (path: string, inner: Middleware): Middleware =>
  (request, response, next) => {
    const url = request.url ?? ''
    if (!pathOf(url).startsWith(`${path}/`)) return next()
    request.originalUrl ??= url
    request.url = url.slice(path.length)
    inner(request, response, (error) => {
      request.url = url
      next(error)
    })
  }

const build = (plan: Plan, prefix: string, journal: Journal): Middleware =>
  compose([
    ...middlewareOf(plan.use),
    ...(plan.routes ?? []).map((route) => toMiddleware(route, labelOf(prefix, route), journal)),
    ...(plan.mounts ?? []).map((mount) => mounted(mount.path, build(mount, prefix + mount.path, journal))),
  ])

const parseBody: Middleware = (request, _, next) => {
  const proceed = (): void => next()
  readBody(request).then(proceed, next)
}

const headerFirst = (header: string, value: string): Step => {
  const middleware: Middleware = (_, response, next) => {
    response.setHeader(header, value)
    next()
  }
  return asStep(middleware)
}

export const nodeFramework: Framework = {
  name: 'node:http',
  loose: true,
  keepsSpelling: true,
  hasLocals: false,
  customAuthorizer: (given, options) =>
    customAuthorizer(given as never, options) as unknown as ReturnType<Framework['customAuthorizer']>,
  requireContext: (requirement) => asStep(requireContext(requirement)),
  requireScopes: (...requirements) => asStep(requireScopes(...requirements)),
  answerHeader: headerFirst,
  earlyHeader: headerFirst,
  bodyParser: () => asStep(parseBody),
  tap: (look) => {
    const middleware: Middleware = (request, _, next) => {
      look(visitOf(request))
      next()
    }
    return asStep(middleware)
  },
  listener: (plan, journal) => {
    const app = build(plan, '', journal)
    return (request, response) =>
      app(request, response, (error) => {
        if (error !== undefined) journal.errors.push(error)
        response.statusCode = error === undefined ? 404 : 500
        response.end(error === undefined ? 'nothing here' : 'the framework handled it')
      })
  },
}
