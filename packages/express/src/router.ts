/** Finds the routers of an Express application, and functions in its stack that respond by themselves. @module */
import type { Layer, RouterLike } from './layer.ts'

/** A function in a stack: a middleware, a router or an application. */
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

/** Returns the function that the application has registered, without wrappers of instrumentation. */
export const unwrap = (part: Part): Part => {
  const { __original: original } = part as { __original?: unknown }
  return typeof original === 'function' ? unwrap(original as Part) : part
}

const ignore = (): void => {}

/**
 * Returns the application that Express has wrapped as `mounted_app`. The wrapper has it in a closure and sets the prototype of
 * each request to an object with the application in `app`. The wrapper is called with a request whose `url` is undefined after
 * that, so that routing stops before any code of the application runs.
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

/** Returns the router of an application, or the router itself; `undefined` for other functions. */
export const routerOf = (part: Part): RouterLike | undefined => {
  if (Array.isArray(part.stack)) {
    // A Connect application has a stack, too, with other entries.
    const isExpress = (part.stack as readonly Partial<Layer>[]).every(({ match }) => typeof match === 'function')
    return isExpress ? (part as unknown as RouterLike) : undefined
  }
  if (part.name === 'mounted_app') {
    const application = mountedApplication(part)
    return application === undefined ? undefined : routerOf(application)
  }
  if (typeof part.handle !== 'function' || typeof part.set !== 'function') return undefined
  // Express 4 creates its router with the first route; its `router` throws when read.
  // oxlint-disable-next-line no-underscore-dangle -- Express's own name
  return typeof part.lazyrouter === 'function' ? (part._router ?? { stack: [] }) : part.router
}

/** Returns the layers of a router without those that Express 4 adds to every application. */
export const layersOf = ({ stack }: RouterLike): RouterLike['stack'] =>
  stack[0]?.name === 'query' && stack[1]?.name === 'expressInit' ? stack.slice(2) : stack

/**
 * Returns the kind of a function that responds by itself and is not an Express router; `''` if the kind is unknown.
 * `undefined` for functions that may be middleware.
 */
export const endpointOf = (part: Part): string | undefined => {
  if (part.name === 'serveStatic') return 'static files'
  if (part.name === 'mounted_app' || Array.isArray(part.stack)) return 'application'
  // `http-proxy-middleware` has no function name, but a listener for upgrades.
  if (part.name === 'handleProxy' || typeof part.upgrade === 'function') return 'proxy'
  // A function that does not take `next` ends the request.
  return part.length === 1 || part.length === 2 ? '' : undefined
}
