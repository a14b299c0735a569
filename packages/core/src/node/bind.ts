/** Binds a decision to the method and the path that it was made for (SEC-14). @module */
import type { IncomingMessage } from 'node:http'
import { AuthorizerError } from '../index.ts'
import { type FrameworkTarget, isBoundTo } from '../adapter.ts'

/** The method and path of a decision. */
type Decided = Parameters<typeof isBoundTo>[0]

const BOUND: unique symbol = Symbol('bound')
interface Bound {
  readonly decided: Decided
  readonly tell: () => FrameworkTarget
  url: string
}
type Carrier = IncomingMessage & { [BOUND]: Bound }

const changed = (what: string): never => {
  throw new AuthorizerError(
    'ERR_NOT_AUTHORIZED',
    `the ${what} of a request was changed after the authorizer had decided on it; change it before the guard`,
  )
}

const isServed = (decided: Decided, { bases }: FrameworkTarget, url: string): boolean =>
  isBoundTo(decided, { method: decided.method, url, bases })

/**
 * Whether a router that tells its mounts in `baseUrl` may be cutting off its mount: it changes `url` first and `baseUrl`
 * right after, so that here only the end of the path can be compared. Accessors and route checks compare both.
 */
const isCut = ({ path }: Decided, { bases }: FrameworkTarget, url: string): boolean => {
  const end = url.search(/[?#]/)
  const seen = end < 0 ? url : url.slice(0, end)
  const cut = seen === '/' ? '' : seen
  return path.startsWith(bases[0] ?? '') && path.endsWith(cut) && (cut === '' || cut.startsWith('/'))
}

const ACCESSORS: PropertyDescriptorMap & ThisType<Carrier> = {
  method: {
    configurable: true,
    enumerable: true,
    get() {
      return this[BOUND].decided.method
    },
    set(value: unknown) {
      if (value !== this[BOUND].decided.method) changed('method')
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
      const { decided, tell } = bound
      const now = tell()
      if (
        typeof value === 'string' &&
        (isServed(decided, now, value) || ('baseUrl' in this && isCut(decided, now, value)))
      )
        bound.url = value
      else changed('path')
    },
  },
}

/** From now on a change of method or path throws. It costs several microseconds, as the request becomes a slow object. */
export const bindStrictly = (incoming: IncomingMessage, decided: Decided, tell: () => FrameworkTarget): void => {
  const url = incoming.url ?? '/'
  ;(incoming as Carrier)[BOUND] = { decided, tell, url }
  Object.defineProperties(incoming, ACCESSORS)
}

/** Sets the path whatever it was bound to: the guard's own mapping. */
export const setUrl = (incoming: IncomingMessage, url: string): void => {
  if (BOUND in incoming) {
    Object.defineProperty(incoming, 'url', { value: url, configurable: true, enumerable: true, writable: true })
  } else incoming.url = url
}
