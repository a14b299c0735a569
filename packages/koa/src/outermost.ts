/** Whether a guard is in the application that received the request, or in one that is mounted in it. @module */
import type { ParameterizedContext } from 'koa'

interface Holder {
  readonly middleware?: unknown
  readonly router?: unknown
  readonly stack?: unknown
}

const contains = (part: unknown, guard: unknown, depth: number): boolean => {
  if (part === guard) return true
  if ((typeof part !== 'object' && typeof part !== 'function') || part === null || depth === 0) return false
  const { middleware, router, stack } = part as Holder
  const inner = [middleware, stack].filter((each) => Array.isArray(each)).flat()
  return [...inner, router].some((each) => each !== undefined && contains(each, guard, depth - 1))
}

/** For each application and guard: the number of middlewares at the last search, and whether the guard was found. */
const searches = new WeakMap<object, Map<unknown, { readonly size: number; readonly isInside: boolean }>>()

/** Searches the application's middlewares and routers for the guard. Repeats the search if a middleware was added. */
export const isOutermost = ({ app }: Pick<ParameterizedContext, 'app'>, guard: unknown): boolean => {
  const size = app.middleware.length
  const guards = searches.get(app)
  const earlier = guards?.get(guard)
  if (earlier?.size === size) return earlier.isInside
  const isInside = contains(app, guard, 8)
  if (guards === undefined) searches.set(app, new Map([[guard, { size, isInside }]]))
  else guards.set(guard, { size, isInside })
  return isInside
}
