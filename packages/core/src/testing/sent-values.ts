/** Removes what the client sent from messages of failed tests: headers and query parameters may be credentials. @module */
import { asciiLower, check, type GatewayRequest } from '../contract.ts'

/** Headers that describe a request; they are never credentials. */
const DESCRIPTIVE = /^(?:host|connection|user-agent|accept(?:-.*)?|content-.*)$/
const SCHEME = /^[\w-]+\s+(?=\S)/

/** Shorter values are compared as a whole only. */
const MIN_PART = 4
/** Shorter values are not removed from text, because they may be words of it. */
const MIN_IN_TEXT = 8

const HIDDEN = '[sent by the client]'

/** A header's value, its value without the scheme, and the parts of both. */
const partsOf = (value: string): readonly string[] => {
  const credential = value.replace(SCHEME, '')
  return [value, credential, ...credential.split(/[\s,;="]+/)]
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The values of headers and query parameters of one request, which no message may show. */
export class SentValues {
  readonly #values: readonly string[]

  constructor(request: GatewayRequest) {
    const headers = request.headers.filter(([name]) => !DESCRIPTIVE.test(asciiLower(name)))
    const query = request.queryParameters.flatMap(({ value }) => value ?? [])
    const raw = request.queryString.split('&').map((each) => each.slice(each.indexOf('=') + 1))
    const values = [...headers.flatMap(([, value]) => partsOf(value)), ...query, ...raw]
    const all = values.flatMap((value) => [value, decoded(value)]).filter((value) => value !== '')
    // The longest first, so that no rest of a value remains.
    this.#values = [...new Set(all)].sort((one, other) => other.length - one.length)
  }

  /** A value as JSON. A text in it that the client sent, or that contains such a text, is not shown. */
  show(value: unknown): string {
    if (value === undefined) return 'nothing'
    const text = JSON.stringify(value, (_, each: unknown) => this.#hideIn(each))
    return text === undefined ? `a ${typeof value}` : this.remove(text)
  }

  /** The name of a member. */
  name(name: string): string {
    return this.#hide(name)
  }

  /** A text without the values that the client sent. */
  remove(text: string): string {
    let rest = text
    for (const value of this.#values) if (value.length >= MIN_IN_TEXT) rest = rest.replaceAll(value, HIDDEN)
    return rest
  }

  #hideIn(value: unknown): unknown {
    if (typeof value === 'string') return this.#hide(value)
    if (!check.isRecord(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [this.#hide(name), member]))
  }

  #hide(text: string): string {
    const isSent = this.#values.some((value) => text === value || (value.length >= MIN_PART && text.includes(value)))
    return isSent ? HIDDEN : text
  }
}
