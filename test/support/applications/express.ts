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
const middlewareOf = (steps: readonly Step[] = []): RequestHandler[] => steps as unknown as RequestHandler[]

const visitOf = (request: Request, response: Response): Visit => ({
  method: request.method,
  getAuthorizer: (reference) => getAuthorizer(request, reference),
  locals: response.locals['authorizer'],
  headerViews: (name) => ({
    ...incomingViews(request, name),
    'req.get': request.get(name) === undefined ? [] : [request.get(name) ?? ''],
  }),
  body: () => readBody(request),
  target: request.url,
  query: { ...request.query },
})

const toHandler =
  ({ handle = echo }: RoutePlan, label: string, { hits }: Journal): RequestHandler =>
  (request, response, next) => {
    hits.push(label)
    const answered = (answer: Awaited<ReturnType<typeof handle>>): void => {
      const { bytes, headers } = serialise(answer)
      response.status(answer.status ?? 200).set(headers)
      response.end(bytes)
    }
    const answer = handle(visitOf(request, response))
    // Express 4 does not look at what a handler returns.
    if (answer instanceof Promise) answer.then(answered, next)
    else answered(answer)
  }

const add = (to: Router, plan: Plan, prefix: string, journal: Journal, library: typeof express): void => {
  for (const middleware of middlewareOf(plan.use)) to.use(middleware)
  for (const route of plan.routes ?? []) {
    const handlers = [...middlewareOf(route.use), toHandler(route, labelOf(prefix, route), journal)]
    if (route.path === '*') to.use(...handlers)
    else if (route.method === 'ALL') to.all(route.path, ...handlers)
    else to[(route.method ?? 'GET').toLowerCase() as 'get'](route.path, ...handlers)
  }
  for (const mount of plan.mounts ?? []) {
    const router: Router = mount.application ? library() : library.Router()
    add(router, mount, prefix + mount.path, journal, library)
    to.use(mount.path, router)
  }
}

const parseBody: RequestHandler = (request, _, next) => {
  const proceed = (): void => next()
  readBody(request).then(proceed, next)
}

const headerFirst = (header: string, value: string): Step => {
  const middleware: RequestHandler = (_, response, next) => {
    response.set(header, value)
    next()
  }
  return asStep(middleware)
}

const framework = (name: string, library: typeof express): Framework => ({
  name,
  loose: true,
  keepsSpelling: true,
  hasLocals: true,
  customAuthorizer: (given, options) =>
    customAuthorizer(given as never, options) as unknown as ReturnType<Framework['customAuthorizer']>,
  requireContext: (requirement) => asStep(requireContext(requirement)),
  requireScopes: (...requirements) => asStep(requireScopes(...requirements)),
  answerHeader: headerFirst,
  earlyHeader: headerFirst,
  bodyParser: () => asStep(parseBody),
  tap: (look) => {
    const middleware: RequestHandler = (request, response, next) => {
      look(visitOf(request, response))
      next()
    }
    return asStep(middleware)
  },
  listener: (plan, journal) => {
    const app = library()
    add(app, plan, '', journal, library)
    // Express tells error handlers by their four parameters.
    const onError: ErrorRequestHandler = (error, _request, response, _next) => {
      journal.errors.push(error)
      response.status(500).end('the framework handled it')
    }
    app.use(onError)
    return app
  },
})

export const express4Framework: Framework = framework('Express 4', express4)
export const express5Framework: Framework = framework('Express 5', express)
