/** The routes of this test in the shared applications: every framework, and its strict or loose router. @module */
import { express4Application, express5Application } from '../../../support/applications/express.ts'
import { honoApplication } from '../../../support/applications/hono.ts'
import { koa2Application, koa3Application } from '../../../support/applications/koa.ts'
import { nodeHttpApplication } from '../../../support/applications/node-http.ts'
import type { Handle, MountPlan, Plan, RoutePlan, Step, TestApplication } from '../../../support/applications/plan.ts'
import type { DifferentialApp } from '../app.ts'
import { NESTED, PRINCIPAL, principalsOf, RAN, type RouteSpec, ROUTES, formatRan, valuesOf } from '../routes.ts'

/** Reports the handler in a response header. */
const handlerFor =
  (template: string): Handle =>
  (request) => {
    const { method, params, incoming } = request
    const values = valuesOf(template, (name) => String(params[name]))
    const principals = [...principalsOf(incoming), ...[request.header(PRINCIPAL) ?? []].flat()]
    return { headers: { [RAN]: formatRan({ template, method, values, principals }) }, body: '' }
  }

const routesOf = ({ template, methods = ['ALL'] }: RouteSpec, prefix: string, use: readonly Step[]): RoutePlan[] => {
  const handle = handlerFor(prefix + (template === '/' && prefix !== '' ? '' : template))
  return methods.map((method) => ({ method, path: template, use, handle }))
}

const nestedPlan = ({ mounts, routes }: (typeof NESTED)[number], use: readonly Step[]): MountPlan => {
  const prefix = mounts.join('')
  const below = ([path = '/', ...rest]: readonly string[]): MountPlan =>
    rest.length === 0
      ? { path, routes: routes.flatMap((route) => routesOf(route, prefix, use)) }
      : { path, mounts: [below(rest)] }
  return below(mounts)
}

/** The same routes without mounts, for node:http: a guard on a route cannot see what a mount has cut off. */
const FLAT: readonly RouteSpec[] = NESTED.flatMap(({ mounts, routes }) =>
  routes.map((route) => ({ ...route, template: mounts.join('') + (route.template === '/' ? '' : route.template) })),
)

interface Router {
  readonly name: string
  readonly application: TestApplication
  readonly ignoresCase: boolean
  readonly ignoresSlash: boolean
  readonly comparesRaw: boolean
  /** The option `routing` of the guard. */
  readonly routing?: object
}

const routerApp = ({ application, routing, ...app }: Router): DifferentialApp => ({
  ...app,
  listener: ({ authorize, options, place }) => {
    const guard = application.customAuthorizer(authorize, { ...options, ...(routing && { routing }) })
    const use = place === 'routes' ? [guard] : []
    const isFlat = application.name === 'node:http'
    const plan: Plan = {
      use: place === 'app' ? [guard] : [],
      routes: [...ROUTES, ...(isFlat ? FLAT : [])].flatMap((route) => routesOf(route, '', use)),
      mounts: isFlat ? [] : NESTED.map((nested) => nestedPlan(nested, use)),
    }
    const router = { caseSensitive: !app.ignoresCase, strict: !app.ignoresSlash, mergeParams: true }
    return application.listener({ ...plan, router }, { hits: [], errors: [] })
  },
})

const LOOSE = { ignoresCase: true, ignoresSlash: true, comparesRaw: true }
const STRICT = { ignoresCase: false, ignoresSlash: false, comparesRaw: true }
const EXPLICIT = { loose: { caseSensitive: false, strict: false }, strict: { caseSensitive: true, strict: true } }
// Hono compares decoded paths and letter case.
const HONO = { application: honoApplication, ignoresCase: false, comparesRaw: false }

export const ROUTERS: readonly DifferentialApp[] = [
  routerApp({ name: 'Express 4', application: express4Application, ...LOOSE, routing: EXPLICIT.loose }),
  routerApp({ name: 'Express 5', application: express5Application, ...LOOSE, routing: EXPLICIT.loose }),
  routerApp({ name: 'Express 5, strict', application: express5Application, ...STRICT, routing: EXPLICIT.strict }),
  routerApp({ name: 'Koa 2', application: koa2Application, ...LOOSE, routing: EXPLICIT.loose }),
  routerApp({ name: 'Koa 3', application: koa3Application, ...LOOSE, routing: EXPLICIT.loose }),
  routerApp({ name: 'Koa 3, strict', application: koa3Application, ...STRICT, routing: EXPLICIT.strict }),
  routerApp({ name: 'Hono', ...HONO, ignoresSlash: false, routing: {} }),
  // The guard sees a slash that Hono has cut off only in the request, and not one that it would have cut off.
  routerApp({ name: 'Hono, not strict', ...HONO, ignoresSlash: true, routing: { strict: false } }),
  routerApp({ name: 'node:http', application: nodeHttpApplication, ...LOOSE }),
]
