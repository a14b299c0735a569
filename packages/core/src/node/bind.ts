/** Binds a decision to the method and the path that it was made for (SEC-14). @module */
import type { IncomingMessage } from 'node:http'
import { AuthorizerError, type GatewayRequest, isBoundTo } from '../index.ts'

const BOUND: unique symbol = Symbol('bound')
interface Bound {
  readonly method: string
  readonly path: string
  url: string
}
type Carrier = IncomingMessage & { [BOUND]: Bound }

const changed = (what: string): never => {
  throw new AuthorizerError(
    'ERR_NOT_AUTHORIZED',
    `the ${what} of a request was changed after the authorizer had decided on it; change it before the guard`,
  )
}

const ACCESSORS: PropertyDescriptorMap & ThisType<Carrier> = {
  method: {
    configurable: true,
    enumerable: true,
    get() {
      return this[BOUND].method
    },
    set(value: unknown) {
      if (value !== this[BOUND].method) changed('method')
    },
  },
  url: {
    configurable: true,
    enumerable: true,
    get() {
      return this[BOUND].url
    },
    set(value: unknown) {
      const { method, path } = this[BOUND]
      // Routers cut off what they are mounted at, and put it back.
      if (typeof value === 'string' && isBoundTo(path, method, value)) this[BOUND].url = value
      else changed('path')
    },
  },
}

/** From now on a change of method or path throws. It costs several microseconds, as the request becomes a slow object. */
export const bindStrictly = (incoming: IncomingMessage, { method }: GatewayRequest, path: string): void => {
  const url = incoming.url ?? '/'
  ;(incoming as Carrier)[BOUND] = { method, path, url }
  Object.defineProperties(incoming, ACCESSORS)
}

/** Sets the path whatever it was bound to: the guard's own mapping. */
export const setUrl = (incoming: IncomingMessage, url: string): void => {
  if (BOUND in incoming) {
    Object.defineProperty(incoming, 'url', { value: url, configurable: true, enumerable: true, writable: true })
  } else incoming.url = url
}
