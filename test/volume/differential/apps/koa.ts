/** Koa 2 and 3 with @koa/router. @module */
import { customAuthorizer } from '@custom-authorizer/koa'
import Router, { type RouterContext, type RouterMiddleware } from '@koa/router'
import Koa from 'koa'
import Koa2 from 'koa2'
import type { DifferentialApp } from '../app.ts'
import { NESTED, principalsOf, RAN, type RouteSpec, ROUTES, say, valuesOf } from '../routes.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

const handler =
  (template: string): RouterMiddleware =>
  (ctx: RouterContext) => {
    const named = (name: string): string =>
      String((ctx.params as Record<string, unknown>)[name === '*' ? 'rest' : name])
    ctx.set(
      RAN,
      say({ template, method: ctx.method, values: valuesOf(template, named), principals: principalsOf(ctx.req) }),
    )
    ctx.body = ''
  }

const framework = (name: string, Application: typeof Koa, loose = true): DifferentialApp => ({
  name,
  ignoresCase: loose,
  ignoresSlash: loose,
  comparesRaw: true,
  listener: ({ authorize, options, place }) => {
    const routing = { caseSensitive: !loose, strict: !loose }
    const guard = customAuthorizer(authorize as () => boolean, { ...options, routing }) as unknown as Koa.Middleware
    const guards = place === 'routes' ? [guard as unknown as RouterMiddleware] : []
    const add = (router: Router, { template, methods }: RouteSpec, prefix: string): void => {
      const whole = prefix + (template === '/' && prefix !== '' ? '' : template)
      router.register(
        template.replace('*', '{*rest}').replace('+', '\\+'),
        [...(methods ?? METHODS)],
        [...guards, handler(whole)],
      )
    }
    const app = new Application()
    app.silent = true
    if (place === 'app') app.use(guard)
    const router = new Router({ sensitive: !loose, strict: !loose })
    for (const route of ROUTES) add(router, route, '')
    for (const { mounts, routes } of NESTED) {
      let inner = new Router({ sensitive: !loose, strict: !loose })
      for (const route of routes) add(inner, route, mounts.join(''))
      for (const mount of mounts.slice(1).toReversed()) {
        const outer = new Router({ sensitive: !loose, strict: !loose })
        outer.use(mount, inner.routes())
        inner = outer
      }
      router.use(mounts[0] ?? '/', inner.routes())
    }
    app.use(router.routes() as unknown as Koa.Middleware)
    const listener = app.callback()
    return (request, response) => void listener(request, response)
  },
})

export const koa2App: DifferentialApp = framework('Koa 2', Koa2)
export const koa3App: DifferentialApp = framework('Koa 3', Koa)
export const strictKoaApp: DifferentialApp = framework('Koa 3, strict', Koa, false)
