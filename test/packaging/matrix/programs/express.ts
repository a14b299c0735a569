/** Express guards wherever an application passes a `RequestHandler`. */
import { allow, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import {
  assertGuarded,
  customAuthorizer,
  getAuthorizer,
  requireContext,
  requireScopes,
} from '@custom-authorizer/express'
import type { APIGatewayTokenAuthorizerHandler } from 'aws-lambda'
import express, {
  type Application,
  type ErrorRequestHandler,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express'

declare const text: string
declare const handler: APIGatewayTokenAuthorizerHandler

export const guard = customAuthorizer(() => allow({ principalId: 'alice', context: { role: text, level: 1 } }))
export const lambdaGuard = customAuthorizer(handler, { contract: aws.token(), skip: ['/health'] })
export const mounted = customAuthorizer(createAuthorizer({ authorize: handler, contract: aws.token() }))

// Declared types.
export const declared: RequestHandler = customAuthorizer(handler, { contract: aws.token() })
export const nativeDeclared: RequestHandler = customAuthorizer((request) => request.header('x-key') === 'k')
const byGuard: RequestHandler = guard
const asParameters: RequestHandler<{ id: string }> = guard
export const assigned = { byGuard, asParameters }
export const requirement: RequestHandler = requireContext({ role: 'admin' })
export const scopes: RequestHandler<{ id: string }, { ok: boolean }> = requireScopes('read')

// Arrays and tables.
export const chain: RequestHandler[] = [guard, lambdaGuard, requirement, requireContext({ role: ['a', 'b'] })]
export const fixed: readonly [RequestHandler, ...RequestHandler[]] = [guard, requireScopes('read')]
export const byRoute: Record<string, RequestHandler> = { '/pets': guard, '/admin': requireScopes('admin') }

// Wrappers.
export const onlyFor =
  (method: string, inner: RequestHandler): RequestHandler =>
  (req, res, next) =>
    req.method === method ? void inner(req, res, next) : next()
export const generic = <P, ResBody, ReqBody, ReqQuery>(
  inner: RequestHandler<P, ResBody, ReqBody, ReqQuery>,
): RequestHandler<P, ResBody, ReqBody, ReqQuery> => inner
export const compose =
  (...inner: RequestHandler[]): RequestHandler =>
  (_req, _res, next) =>
    void (inner.length > 0 && next())
export const wrapped: RequestHandler[] = [
  onlyFor('POST', guard),
  onlyFor('POST', requireContext({ role: 'admin' })),
  generic(guard),
  compose(guard, lambdaGuard, requireScopes('read')),
]
export const called = (req: Request, res: Response, next: NextFunction): void => {
  guard(req, res, next)
  requireScopes('read')(req, res, next)
}

interface Pet {
  readonly name: string
}
const onError: ErrorRequestHandler = (_error, _req, res, _next) => void res.status(500).end()

export const start = (): Application => {
  const app = express()
  app.use(guard)
  app.use('/api', guard, requireContext({ role: 'admin' }), (req, res) => void res.json(getAuthorizer(req, guard)))
  app.use(['/a', '/b'], [guard, requireScopes('read')])
  app.use(chain)
  app.use('/pets', ...chain)
  app.all(/^\/files/, lambdaGuard)
  app.get('/owners/:owner/pets/:id', guard, requireContext({ role: 'admin' }), (req, res) => {
    const { principalId, context } = getAuthorizer(req, guard)
    const { owner, id } = req.params
    const { role, level } = context
    res.json([principalId.length, role.length, level.toFixed(), owner.length, id.length])
    // @ts-expect-error -- the path has no such parameter
    void req.params.name
    // @ts-expect-error -- the context has no such member
    void context.tenant
  })
  app.get('/locals', guard, (_req, res) => void res.send(res.locals.authorizer.context.role.length))
  // Parameters, body and query that the handler declares.
  app.post('/pets/:id', guard, (req: Request<{ id: string }, Pet, Pet, { dry?: string }>, res: Response<Pet>) => {
    res.json({ name: req.body.name + req.params.id + (req.query.dry ?? '') + getAuthorizer(req, guard).context.role })
  })
  app
    .route('/toys/:toy')
    .all(guard)
    .get((req, res) => void res.json(req.params.toy.length))
    .put(requireScopes('write'), (req, res) => void res.json(req.params.toy.length))
  app.use(onError)
  return app
}

export const startRouter = (): Router => {
  const router = Router({ mergeParams: true })
  router.use(guard, requireContext({ role: 'admin' }))
  router.get('/:id', lambdaGuard, (req, res) => {
    const { context } = getAuthorizer(req, lambdaGuard)
    const role: string | null | undefined = context['role']
    res.json([req.params.id.length, role])
  })
  router.delete('/:id', [guard, requireScopes({ anyOf: ['write', 'admin'] })], (req: Request, res: Response) => {
    res.json(getAuthorizer(req).principalId)
  })
  return router
}

export const check = (): void => assertGuarded(start(), { except: ['GET /health'] })

// A guard on an application with its own members of Express's request.
export interface SessionRequest extends Request {
  session: { id: string }
}
export const withSession = (req: SessionRequest): string => req.session.id + getAuthorizer(req, guard).context.role
