/**
 * The trust boundary towards the code behind: headers that this library alone may set. Every one of them is set by us
 * for this request or removed, on every path (SEC-17 to SEC-22).
 * @module
 */
import { type Check, isRecord, optionError } from '../util/check.ts'
import { headersFor } from '../util/http-headers.ts'
import type { AuthorizerContext } from '../contract/context.ts'
import { fold, headerText, MAX_TOTAL, MAX_VALUE } from './header-text.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { NO_EDITS, type RequestEdits, type RequestMapping } from './request-mapping.ts'

/**
 * Where the authorizer's answer goes as request headers. A map from header name to `principalId` or `context.KEY`; or a
 * prefix such as `'x-authz-'`, which gives `x-authz-principal-id` and `x-authz-ctx-KEY` for every key.
 */
export type ContextHeaderOptions = string | Readonly<Record<string, string>>

const TOKEN = /^[a-z\d][a-z\d-]*$/i
const PREFIX = /^[a-z\d][a-z\d-]*-$/i
const KEY = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/
const SOURCE = /^(?:principalId|context\.(.+))$/

/** Names that frame, route or authenticate a request; no context value may become one of them (SEC-22). */
const RESERVED = headersFor(
  'negotiation',
  'cors',
  'credential',
  'control',
  'hop-by-hop',
  'content',
  'conditional',
  'browser',
  'forwarded',
)

/** Row for the option `contextHeaders`. */
export const contextHeaders: Check = (value) => {
  if (typeof value === 'string') {
    const covers = [...RESERVED].some((name) => name.startsWith(fold(value)))
    return PREFIX.test(value) && !covers ? undefined : 'a prefix such as "x-authz-" that begins no standard header name'
  }
  if (!isRecord(value))
    return 'a map from header name to "principalId" or "context.KEY", or a prefix such as "x-authz-"'
  const folded = new Set<string>()
  for (const [name, source] of Object.entries(value)) {
    const shown = TOKEN.test(name) && name.length <= 64 ? `"${name}"` : 'each key'
    const wanted = `${shown} a header name of letters, digits and hyphens, not reserved and not given twice, mapped to "principalId" or "context.KEY"`
    if (!TOKEN.test(name) || RESERVED.has(fold(name)) || folded.has(fold(name))) return wanted
    if (typeof source !== 'string' || !SOURCE.test(source)) return wanted
    folded.add(fold(name))
  }
  return folded.size > 0 ? undefined : 'at least one header'
}

/** Compiled form of the option. */
export class ContextHeaders implements RequestMapping {
  readonly authorizerView = 'withoutOwnedHeaders'
  readonly #prefix: string | undefined
  readonly #names: ReadonlySet<string>
  readonly #mapping: readonly (readonly [name: string, key: string | undefined])[]

  constructor(options: ContextHeaderOptions) {
    const wrong = contextHeaders(options)
    if (wrong !== undefined) throw optionError('contextHeaders', options, wrong)
    this.#prefix = typeof options === 'string' ? fold(options) : undefined
    const mapping = typeof options === 'string' ? [] : Object.entries(options)
    this.#names = new Set(mapping.map(([name]) => fold(name)))
    this.#mapping = mapping.map(([name, source]) => [name.toLowerCase(), SOURCE.exec(source)?.[1]])
  }

  /** Whether a header of this name, as a client may spell it, is in our namespace. */
  ownsHeader(name: string): boolean {
    const folded = fold(name)
    return this.#prefix === undefined ? this.#names.has(folded) : folded.startsWith(this.#prefix)
  }

  edit(_request: GatewayRequest, authorizer: AuthorizerContext | undefined): RequestEdits | string {
    if (authorizer === undefined) return NO_EDITS
    const headers = this.lines(authorizer)
    return typeof headers === 'string' ? headers : { headers, target: undefined }
  }

  /** The header lines for an answer, or what makes it impossible to write them. */
  lines(authorizer: AuthorizerContext): readonly (readonly [name: string, value: string])[] | string {
    const { context, principalId } = authorizer
    const wanted: [name: string, value: unknown, from: string][] = []
    if (this.#prefix === undefined) {
      for (const [name, key] of this.#mapping) {
        const value = key === undefined ? principalId : Object.hasOwn(context, key) ? context[key] : undefined
        wanted.push([name, value, key === undefined ? 'principalId' : 'a context value'])
      }
    } else {
      wanted.push([`${this.#prefix}principal-id`, principalId, 'principalId'])
      for (const [key, value] of Object.entries(context)) {
        if (!KEY.test(key))
          return 'a context key cannot be part of a header name: allowed are letters, digits, "_" and "-", a letter first'
        wanted.push([`${this.#prefix}ctx-${fold(key)}`, value, 'a context value'])
      }
    }
    const lines = new Map<string, string>()
    let total = 0
    for (const [name, value, from] of wanted) {
      if (value === undefined || value === null) continue
      if (typeof value === 'object') return `${from} is an object or array and cannot be sent as header ${name}`
      // oxlint-disable-next-line no-base-to-string -- objects were refused above
      const encoded = headerText(String(value))
      if (encoded === undefined)
        return `${from} holds control characters or ill-formed text and cannot be sent as header ${name}`
      total += encoded.length
      if (encoded.length > MAX_VALUE || total > MAX_TOTAL) return `${from} is too long to be sent as header ${name}`
      if (lines.has(name)) return `two context keys would become the same header ${name}`
      lines.set(name, encoded)
    }
    return [...lines]
  }
}
