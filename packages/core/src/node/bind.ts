/** The option `bind: 'strict'`: a change of method or path after the decision throws (SEC-14). @module */
import type { IncomingMessage } from 'node:http'
import { AuthorizerError } from '../index.ts'
import { type FrameworkTarget, isBoundTo } from '../adapter.ts'

/** The method and path of a decision. */
type Decided = Parameters<typeof isBoundTo>[0]

const BOUND: unique symbol = Symbol('bound')
interface Bound {
  readonly decided: Decided
  readonly readTarget: () => FrameworkTarget
  url: string
}
type Carrier = IncomingMessage & { [BOUND]: Bound }

const throwChanged = (member: string): never => {
  throw new AuthorizerError(
    'ERR_NOT_AUTHORIZED',
    `the ${member} of the request was changed after the authorizer's decision; change it before the guard runs`,
  )
}

const isDecidedPath = (decided: Decided, { bases }: FrameworkTarget, url: string): boolean =>
  isBoundTo(decided, { method: decided.method, url, bases })

/**
 * Whether a router that sets `baseUrl` may be removing its mount path. It assigns `url` first and `baseUrl` right after, so
 * only the end of the path can be compared here. Accessors and route checks compare both.
 */
const mayRemoveMount = ({ path }: Decided, { bases }: FrameworkTarget, url: string): boolean => {
  const queryStart = url.search(/[?#]/)
  const urlPath = queryStart < 0 ? url : url.slice(0, queryStart)
  const end = urlPath === '/' ? '' : urlPath
  return path.startsWith(bases[0] ?? '') && path.endsWith(end) && (end === '' || end.startsWith('/'))
}

const ACCESSORS: PropertyDescriptorMap & ThisType<Carrier> = {
  method: {
    configurable: true,
    enumerable: true,
    get() {
      return this[BOUND].decided.method
    },
    set(value: unknown) {
      if (value !== this[BOUND].decided.method) throwChanged('method')
    },
  },
  url: {
    configurable: true,
    enumerable: true,
    get() {
      return this[BOUND].url
    },
    set(value: unknown) {
      const bound = this[BOUND]
      const { decided, readTarget } = bound
      const target = readTarget()
      if (
        typeof value === 'string' &&
        (isDecidedPath(decided, target, value) || ('baseUrl' in this && mayRemoveMount(decided, target, value)))
      )
        bound.url = value
      else throwChanged('path')
    },
  },
}

/**
 * Makes later changes of method and path throw. Costs several microseconds per request, because engines store an object with
 * redefined accessors less efficiently.
 */
export const bindStrictly = (incoming: IncomingMessage, decided: Decided, readTarget: () => FrameworkTarget): void => {
  const url = incoming.url ?? '/'
  ;(incoming as Carrier)[BOUND] = { decided, readTarget, url }
  Object.defineProperties(incoming, ACCESSORS)
}

/** Sets `url` without the check of `bindStrictly`, for the guard's own mapping. */
export const setUrl = (incoming: IncomingMessage, url: string): void => {
  if (BOUND in incoming) {
    Object.defineProperty(incoming, 'url', { value: url, configurable: true, enumerable: true, writable: true })
  } else incoming.url = url
}
