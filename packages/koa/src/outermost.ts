/** Whether a guard stands in the application that received the request, and not in one that is mounted in it. @module */
import type { ParameterizedContext } from 'koa'

interface Holder {
  readonly middleware?: unknown
  readonly router?: unknown
  readonly stack?: unknown
}

const holds = (part: unknown, wanted: unknown, depth: number): boolean => {
  if (part === wanted) return true
  if ((typeof part !== 'object' && typeof part !== 'function') || part === null || depth === 0) return false
  const { middleware, router, stack } = part as Holder
  const inner = [middleware, stack].filter((each) => Array.isArray(each)).flat()
  return [...inner, router].some((each) => each !== undefined && holds(each, wanted, depth - 1))
}

/** For each application: the number of its middlewares when it was looked through, and the guards found in it. */
const found = new WeakMap<object, Map<unknown, { readonly size: number; readonly isHeld: boolean }>>()

/** Looks through an application's own middlewares and routers once, and again when one has been added. */
export const isOutermost = ({ app }: Pick<ParameterizedContext, 'app'>, guard: unknown): boolean => {
  const size = app.middleware.length
  const guards = found.get(app) ?? new Map<unknown, { readonly size: number; readonly isHeld: boolean }>()
  found.set(app, guards)
  const known = guards.get(guard)
  if (known?.size === size) return known.isHeld
  const isHeld = holds(app, guard, 8)
  guards.set(guard, { size, isHeld })
  return isHeld
}
