/** Express 4 and 5. @module */
import { customAuthorizer } from '@custom-authorizer/express'
import express, { type Request, type RequestHandler, type Router } from 'express'
import express4 from 'express4'
import type { DifferentialApp } from '../app.ts'
import { NESTED, principalsOf, RAN, type RouteSpec, ROUTES, say, valuesOf } from '../routes.ts'

const handler =
  (template: string): RequestHandler =>
  (request: Request, response) => {
    const named = (name: string): string => {
      const value: unknown = name === '*' ? (request.params['0'] ?? request.params['rest']) : request.params[name]
      return Array.isArray(value) ? value.join('/') : String(value)
    }
    response
      .set(
        RAN,
        say({ template, method: request.method, values: valuesOf(template, named), principals: principalsOf(request) }),
      )
      .end()
  }

const framework = (name: string, library: typeof express, splat: string, loose = true): DifferentialApp => ({
  name,
  ignoresCase: loose,
  ignoresSlash: loose,
  comparesRaw: true,
  listener: ({ authorize, options, place }) => {
    const routing = { caseSensitive: !loose, strict: !loose }
    const guard = customAuthorizer(authorize as () => boolean, { ...options, routing }) as unknown as RequestHandler
    const guards = place === 'routes' ? [guard] : []
    const add = (router: Router, { template, methods }: RouteSpec, prefix: string): void => {
      const whole = prefix + (template === '/' && prefix !== '' ? '' : template)
      const path = template.replace('*', splat).replace('+', '\\+')
      for (const method of methods ?? ['all']) router[method.toLowerCase() as 'get'](path, [...guards, handler(whole)])
    }
    const app = library()
    // Express prints what it refuses itself unless it is under test.
    app.set('env', 'test')
    app.set('case sensitive routing', !loose)
    app.set('strict routing', !loose)
    const routerOptions = { mergeParams: true, caseSensitive: !loose, strict: !loose }
    if (place === 'app') app.use(guard)
    for (const route of ROUTES) add(app, route, '')
    for (const { mounts, routes } of NESTED) {
      let inner: Router = library.Router(routerOptions)
      for (const route of routes) add(inner, route, mounts.join(''))
      for (const mount of mounts.slice(1).toReversed()) inner = library.Router(routerOptions).use(mount, inner)
      app.use(mounts[0] ?? '/', inner)
    }
    return app
  },
})

export const express4App: DifferentialApp = framework('Express 4', express4, '*')
export const express5App: DifferentialApp = framework('Express 5', express, '*rest')
export const strictExpressApp: DifferentialApp = framework('Express 5, strict', express, '*rest', false)
