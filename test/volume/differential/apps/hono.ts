/** Hono on @hono/node-server, which routes what paths decode to. @module */
import { customAuthorizer } from '@custom-authorizer/hono'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { DifferentialApp } from '../app.ts'
import { NESTED, PRINCIPAL, principalsOf, RAN, type RouteSpec, ROUTES, say, valuesOf } from '../routes.ts'

const handler =
  (template: string) =>
  (c: Context): Response => {
    const rest = (): string => c.req.path.slice(template.length - 1)
    const named = (name: string): string => (name === '*' ? rest() : String(c.req.param(name)))
    const { incoming } = c.env as HttpBindings
    const principals = [...principalsOf(incoming), ...[c.req.header(PRINCIPAL) ?? []].flat()]
    c.header(RAN, say({ template, method: c.req.method, values: valuesOf(template, named), principals }))
    return c.body('')
  }

const framework = (name: string, strict: boolean): DifferentialApp => ({
  name,
  ignoresCase: false,
  ignoresSlash: !strict,
  comparesRaw: false,
  listener: ({ authorize, options, place }) => {
    // The slash that Hono cuts off shows in a request, the one that it would have cut off does not.
    const routing = strict ? {} : { strict }
    const guard = customAuthorizer(authorize as () => boolean, { ...options, routing }) as unknown as MiddlewareHandler
    const guards = place === 'routes' ? [guard] : []
    const add = (app: Hono, { template, methods }: RouteSpec, prefix: string): void => {
      const whole = prefix + (template === '/' && prefix !== '' ? '' : template)
      const path = decodeURI(template)
      for (const each of [...guards, handler(whole)]) {
        if (methods === undefined) app.all(path, each)
        else app.on([...methods], path, each)
      }
    }
    const app = new Hono({ strict })
    if (place === 'app') app.use(guard)
    for (const route of ROUTES) add(app, route, '')
    for (const { mounts, routes } of NESTED) {
      const inner = new Hono({ strict })
      for (const route of routes) add(inner, route, mounts.join(''))
      app.route(mounts.join(''), inner)
    }
    const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
    return (request, response) => void listener(request, response)
  },
})

export const honoApp: DifferentialApp = framework('Hono', true)
export const looseHonoApp: DifferentialApp = framework('Hono, not strict', false)
