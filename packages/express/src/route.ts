/** Which methods of an Express route run a guard before their handlers. @module */
import { coverage } from '@custom-authorizer/core/adapter'
import type { Layer, Route } from './layer.ts'
import { unwrap } from './router.ts'

/** Express recognizes error handlers by their four parameters. */
export const isErrorHandler = ({ handle }: Layer): boolean => handle.length === 4

/** Whether a route has its own handlers for `HEAD`. Otherwise `HEAD` runs the handlers for `GET`. */
export const hasOwnHead = ({ methods }: Route): boolean => methods['head'] === true

/** Returns the layers that run for a method; `ALL` means a method that the route does not name. */
const layersFor = (route: Route, method: string): readonly Layer[] => {
  const name = method === 'HEAD' && !hasOwnHead(route) ? 'get' : method.toLowerCase()
  return route.stack.filter((each) => each.method === undefined || each.method === name)
}

/** Returns the methods that a route serves, in upper case; `ALL` means every method that it does not name. */
const methodsOf = (route: Route): readonly string[] => {
  const names = Object.keys(route.methods).map((each) => (each === '_all' ? 'ALL' : each.toUpperCase()))
  return route.methods['get'] === true && !hasOwnHead(route) ? [...names, 'HEAD'] : names
}

/** Whether a route serves every method. `app.all` registers each method that Node knows; there are more than 30. */
const servesAll = ({ methods }: Route): boolean => methods['_all'] === true || Object.keys(methods).length > 30

/** Whether a handler may run before a guard, or after an error handler that ignores the guard's error. */
const isOpen = (layers: readonly Layer[]): boolean => {
  let isGuarded = false
  for (const layer of layers) {
    if (coverage.isGuard(layer.handle)) isGuarded = true
    else if (isErrorHandler(layer)) isGuarded = false
    else if (!isGuarded) return true
  }
  return false
}

/** Returns the methods for which a route has no guard. */
export const openMethods = (route: Route): readonly string[] => {
  const open = methodsOf(route).filter((method) => isOpen(layersFor(route, method)))
  return open.length > 30 ? ['ALL'] : open
}

/**
 * Whether a list of layers begins with a guard that no request can bypass. A layer before the guard could leave the list with
 * `next('route')` or `next('router')`, and an error handler could ignore the guard's error.
 */
export const isLed = (layers: readonly Layer[]): boolean =>
  layers[0] !== undefined && coverage.isGuard(unwrap(layers[0].handle)) && !layers.some(isErrorHandler)

/** Whether requests with this method have passed a guard when they leave the route. */
export const isGuarding = (route: Route, method: string): boolean => {
  const served = methodsOf(route)
  if (method === 'ALL' ? !servesAll(route) : !served.includes(method) && !served.includes('ALL')) return false
  return (method === 'ALL' ? served : [method]).every((each) => isLed(layersFor(route, each)))
}
