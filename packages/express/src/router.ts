/** The routers of an Express application, and what else takes requests in its row of middleware. @module */
import type { Layer, RouterLike } from './layer.ts'

/** A function in the row: a middleware, a router, an application. */
export interface Part {
  (...args: never[]): unknown
  readonly stack?: unknown
  readonly handle?: unknown
  readonly set?: unknown
  readonly lazyrouter?: unknown
  readonly _router?: RouterLike
  readonly router?: RouterLike
  readonly upgrade?: unknown
}

/** Instrumentation puts functions of its own around what an application has registered. */
export const unwrap = (part: Part): Part => {
  const { __original: original } = part as { __original?: unknown }
  return typeof original === 'function' ? unwrap(original as Part) : part
}

const ignore = (): void => {}

/**
 * The router of an application that is mounted. Express keeps it in a closure, which gives each request a prototype that
 * knows the application; a request that loses its URL at that moment goes no further, so that nothing of the user's runs.
 */
const mountedApplication = (part: Part): Part | undefined => {
  let application: Part | undefined
  const outside = { app: { request: {}, response: {} } }
  const request = Object.create(outside, {
    method: { value: 'GET' },
    query: { value: {} },
    url: {
      get: () => {
        const prototype = Object.getPrototypeOf(request) as object
        if (prototype === outside) return '/'
        application ??= (prototype as { app?: Part }).app
        return undefined
      },
      set: ignore,
    },
  }) as object
  try {
    part(...([request, { setHeader: ignore, locals: {} }, ignore] as never[]))
  } catch {
    return undefined
  }
  return application
}

/** The router of an application, or the router itself; `undefined` when this is neither. */
export const routerOf = (part: Part): RouterLike | undefined => {
  if (Array.isArray(part.stack)) {
    // Connect has a stack of another kind.
    const isExpress = (part.stack as readonly Partial<Layer>[]).every(({ match }) => typeof match === 'function')
    return isExpress ? (part as unknown as RouterLike) : undefined
  }
  if (part.name === 'mounted_app') {
    const application = mountedApplication(part)
    return application === undefined ? undefined : routerOf(application)
  }
  if (typeof part.handle !== 'function' || typeof part.set !== 'function') return undefined
  // Express 4 makes its router with the first route; to ask it for `router` is an error.
  // oxlint-disable-next-line no-underscore-dangle -- the name that Express gave it
  return typeof part.lazyrouter === 'function' ? (part._router ?? { stack: [] }) : part.router
}

/** The router's layers without those that Express 4 puts into every application. */
export const layersOf = ({ stack }: RouterLike): RouterLike['stack'] =>
  stack[0]?.name === 'query' && stack[1]?.name === 'expressInit' ? stack.slice(2) : stack

/**
 * What takes the requests below a path and is no router of Express: its name, `''` when it has none. `undefined` for what
 * may just be passed through.
 */
export const endpointOf = (part: Part): string | undefined => {
  if (part.name === 'serveStatic') return 'static files'
  if (part.name === 'mounted_app' || Array.isArray(part.stack)) return 'application'
  // `http-proxy-middleware` has no name, but a listener for upgrades.
  if (part.name === 'handleProxy' || typeof part.upgrade === 'function') return 'proxy'
  // What does not take `next` ends the request.
  return part.length === 1 || part.length === 2 ? '' : undefined
}
