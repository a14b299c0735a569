/**
 * `contextHeaders`: request headers that pass the authorizer's result to downstream handlers. Each of them is either set by
 * the mount for this request or removed, on every path (SEC-17 to SEC-22).
 * @module
 */
import { type Check, isRecord, optionError } from '../util/check.ts'
import { headersFor } from '../util/http-headers.ts'
import type { AuthorizerContext } from '../contract/context.ts'
import { fold, FoldedNames, headerText, MAX_TOTAL, MAX_VALUE } from './header-text.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { NO_EDITS, type RequestEdits, type RequestMapping } from './request-mapping.ts'

/**
 * Request headers that carry the authorizer's result: a map from header name to `principalId` or `context.KEY`, or a prefix
 * such as `'x-authz-'`, which sets `x-authz-principal-id` and `x-authz-ctx-KEY` for every context key.
 */
export type ContextHeaderOptions = string | Readonly<Record<string, string>>

const TOKEN = /^[a-z\d][a-z\d-]*$/i
const PREFIX = /^[a-z\d][a-z\d-]*-$/i
const KEY = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/
const SOURCE = /^(?:principalId|context\.(.+))$/

/** Headers that frame, route or authenticate a request. Context values cannot be mapped to them (SEC-22). */
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

/** Check for the option `contextHeaders`. */
export const contextHeaders: Check = (value) => {
  if (typeof value === 'string') {
    const beginsReserved = [...RESERVED].some((name) => name.startsWith(fold(value)))
    return PREFIX.test(value) && !beginsReserved
      ? undefined
      : 'a prefix such as "x-authz-" that begins no standard header name'
  }
  if (!isRecord(value))
    return 'a map from header name to "principalId" or "context.KEY", or a prefix such as "x-authz-"'
  const folded = new Set<string>()
  for (const [name, source] of Object.entries(value)) {
    const shown = TOKEN.test(name) && name.length <= 64 ? `"${name}"` : 'each key'
    const allowed = `${shown} a header name of letters, digits and hyphens, not reserved and not given twice, mapped to "principalId" or "context.KEY"`
    if (!TOKEN.test(name) || RESERVED.has(fold(name)) || folded.has(fold(name))) return allowed
    if (typeof source !== 'string' || !SOURCE.test(source)) return allowed
    folded.add(fold(name))
  }
  return folded.size > 0 ? undefined : 'at least one header'
}

type HeaderLines = readonly (readonly [name: string, value: string])[]

const PRINCIPAL = 'principalId'
const VALUE = 'a context value'

/** Header lines within the limits. */
class Lines {
  readonly lines: (readonly [name: string, value: string])[] = []
  #total = 0

  /**
   * Adds a line for a value; none for `undefined` and `null`.
   *
   * @param from what the value is, for messages
   * @returns why the line cannot be written
   */
  add(name: string, value: unknown, from: string): string | undefined {
    if (value === undefined || value === null) return undefined
    if (typeof value === 'object') return `${from} is an object or array and cannot be sent as header ${name}`
    // oxlint-disable-next-line no-base-to-string -- objects are rejected above
    const encoded = headerText(String(value))
    if (encoded === undefined)
      return `${from} has control characters or ill-formed text and cannot be sent as header ${name}`
    this.#total += encoded.length
    if (encoded.length > MAX_VALUE || this.#total > MAX_TOTAL) return `${from} is too long to be sent as header ${name}`
    this.lines.push([name, encoded])
    return undefined
  }
}

/** The compiled option `contextHeaders`. */
export class ContextHeaders implements RequestMapping {
  readonly authorizerView = 'withoutOwnedHeaders'
  readonly #prefix: string | undefined
  readonly #names: FoldedNames
  readonly #mapping: readonly (readonly [name: string, key: string | undefined])[]

  constructor(options: ContextHeaderOptions) {
    const wrong = contextHeaders(options)
    if (wrong !== undefined) throw optionError('contextHeaders', options, wrong)
    this.#prefix = typeof options === 'string' ? fold(options) : undefined
    const mapping = typeof options === 'string' ? [] : Object.entries(options)
    this.#names = new FoldedNames(mapping.map(([name]) => name))
    this.#mapping = mapping.map(([name, source]) => [name.toLowerCase(), SOURCE.exec(source)?.[1]])
  }

  /** Whether the mount owns headers of this name, in every spelling that a client may use. */
  ownsHeader(name: string): boolean {
    const prefix = this.#prefix
    if (prefix === undefined) return this.#names.has(name)
    return name.length >= prefix.length && fold(name.slice(0, prefix.length)) === prefix
  }

  edit(_request: GatewayRequest, authorizer: AuthorizerContext | undefined): RequestEdits | string {
    if (authorizer === undefined) return NO_EDITS
    const headers = this.lines(authorizer)
    return typeof headers === 'string' ? headers : { headers, target: undefined }
  }

  /** The header lines for a context, or the reason why they cannot be written. */
  lines(authorizer: AuthorizerContext): HeaderLines | string {
    return this.#prefix === undefined ? this.#mappedLines(authorizer) : this.#prefixedLines(this.#prefix, authorizer)
  }

  #mappedLines({ context, principalId }: AuthorizerContext): HeaderLines | string {
    const written = new Lines()
    for (const [name, key] of this.#mapping) {
      const problem =
        key === undefined
          ? written.add(name, principalId, PRINCIPAL)
          : written.add(name, Object.hasOwn(context, key) ? context[key] : undefined, VALUE)
      if (problem !== undefined) return problem
    }
    return written.lines
  }

  #prefixedLines(prefix: string, { context, principalId }: AuthorizerContext): HeaderLines | string {
    const written = new Lines()
    const principal = written.add(`${prefix}principal-id`, principalId, PRINCIPAL)
    if (principal !== undefined) return principal
    const names = new Set<string>()
    for (const [key, value] of Object.entries(context)) {
      if (!KEY.test(key))
        return 'a context key cannot be part of a header name: allowed are letters, digits, "_" and "-", a letter first'
      const name = `${prefix}ctx-${fold(key)}`
      const problem = written.add(name, value, VALUE)
      if (problem !== undefined) return problem
      if (value === undefined || value === null) continue
      if (names.has(name)) return `two context keys would become the same header ${name}`
      names.add(name)
    }
    return written.lines
  }
}
