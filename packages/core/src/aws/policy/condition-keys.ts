/** The condition keys of one request (AWS-POL-70 to AWS-POL-73). @module */
import type { Clock, GatewayRequest } from '../../index.ts'
import { asciiLower } from '../../contract.ts'

/** A value that exists but is unknown: an Allow that tests it does not match, a Deny that tests it matches (SEC-27). */
export const INDETERMINATE: unique symbol = Symbol('indeterminate')

/** The values of a key; `undefined` if it is absent. */
export type KeyValues = readonly string[] | undefined | typeof INDETERMINATE

/** Condition keys by lower-case name. */
export interface ConditionKeys {
  get(key: string): KeyValues
}

/** The value of a single-valued key. */
export const single = (values: KeyValues): string | undefined =>
  values !== undefined && values !== INDETERMINATE && values.length === 1 ? values[0] : undefined

type Read = (request: GatewayRequest, now: number) => KeyValues

const header =
  (name: string): Read =>
  (request) => {
    const value = request.header(name)
    return value === undefined ? undefined : [value]
  }

/** Keys present for a Lambda authorizer's policy on a public API; every other key is absent (AWS-POL-70, AWS-POL-71). */
const KEYS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['aws:currenttime', (_, now) => [new Date(now).toISOString()]],
  ['aws:epochtime', (_, now) => [String(Math.floor(now / 1000))]],
  // The gateway only accepts TLS connections.
  ['aws:securetransport', () => ['true']],
  ['aws:sourceip', ({ sourceIp }) => (sourceIp === undefined ? INDETERMINATE : [sourceIp])],
  ['aws:useragent', header('user-agent')],
  ['aws:referer', header('referer')],
])

/** The keys of a request; the clock is read at most once. */
export class RequestKeys implements ConditionKeys {
  readonly #request: GatewayRequest
  readonly #clock: Clock
  #now: number | undefined

  constructor(request: GatewayRequest, clock: Clock) {
    this.#request = request
    this.#clock = clock
  }

  get(key: string): KeyValues {
    const read = KEYS.get(key)
    return read?.(this.#request, (this.#now ??= this.#clock.now()))
  }
}

/** Keys given by name, for `evaluatePolicy`. Names are case-insensitive (AWS-POL-42). */
export const givenKeys = (context: Readonly<Record<string, string | readonly string[]>>): ConditionKeys => {
  const keys = new Map<string, readonly string[]>()
  for (const [key, value] of Object.entries(context))
    keys.set(asciiLower(key), typeof value === 'string' ? [value] : value)
  return { get: (key) => keys.get(key) }
}
