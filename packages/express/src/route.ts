/** What runs in a route of Express, in which order, and whether a guard comes first. @module */
import { coverage } from '@custom-authorizer/core/adapter'
import type { Layer, Route } from './layer.ts'
import { unwrap } from './router.ts'

/** Express tells error handlers by their four parameters. */
export const isErrorHandler = ({ handle }: Layer): boolean => handle.length === 4

/** Whether a route has something of its own for `HEAD`, which otherwise gets what is there for `GET`. */
export const hasOwnHead = ({ methods }: Route): boolean => methods['head'] === true

/** What runs for a method, `ALL` standing for one that the route does not name. */
const rowOf = (route: Route, method: string): readonly Layer[] => {
  const name = method === 'HEAD' && !hasOwnHead(route) ? 'get' : method.toLowerCase()
  return route.stack.filter((each) => each.method === undefined || each.method === name)
}

/** The methods that a route serves, in capitals; `ALL` stands for what it has for those that it does not name. */
const methodsOf = (route: Route): readonly string[] => {
  const names = Object.keys(route.methods).map((each) => (each === '_all' ? 'ALL' : each.toUpperCase()))
  return route.methods['get'] === true && !hasOwnHead(route) ? [...names, 'HEAD'] : names
}

/** Whether a route serves every method: `app.all` registers each one that Node knows, of which there are more than 30. */
const servesAll = ({ methods }: Route): boolean => methods['_all'] === true || Object.keys(methods).length > 30

/** Whether a handler may run before a guard has, or after an error handler that forgets the guard's error. */
const isOpen = (row: readonly Layer[]): boolean => {
  let passed = false
  for (const layer of row) {
    if (coverage.isGuard(layer.handle)) passed = true
    else if (isErrorHandler(layer)) passed = false
    else if (!passed) return true
  }
  return false
}

/** The methods for which a route is open. */
export const openMethods = (route: Route): readonly string[] => {
  const open = methodsOf(route).filter((method) => isOpen(rowOf(route, method)))
  return open.length > 30 ? ['ALL'] : open
}

/**
 * Whether everything in a row is behind a guard that nothing can pass by. What stands before it could leave the row with
 * `next('route')` or `next('router')`, and an error handler could forget that the guard has failed.
 */
export const isLed = (row: readonly Layer[]): boolean =>
  row[0] !== undefined && coverage.isGuard(unwrap(row[0].handle)) && !row.some(isErrorHandler)

/** Whether requests with this method have passed a guard when they leave the route. */
export const isGuarding = (route: Route, method: string): boolean => {
  const served = methodsOf(route)
  if (method === 'ALL' ? !servesAll(route) : !served.includes(method) && !served.includes('ALL')) return false
  return (method === 'ALL' ? served : [method]).every((each) => isLed(rowOf(route, each)))
}
