/**
 * Applies parameter mappings: sets and removes headers and query parameters and replaces the path, with values from the
 * authorizer's context and the request. Each gateway has its own syntax for rules; all of them compile to {@link MappingRules}.
 * @module
 */
import { asciiLower } from '../util/ascii.ts'
import { optionError } from '../util/check.ts'
import { FIELD_VALUE } from '../util/http-headers.ts'
import type { AuthorizerContext } from '../contract/context.ts'
import { FoldedNames, headerText, MAX_TOTAL, MAX_VALUE } from './header-text.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { readsAs, withoutParameters } from './query-names.ts'
import { joinTarget, NO_EDITS, type QueryEdit, type RequestEdits, type RequestMapping } from './request-mapping.ts'
import { parseTarget } from '../request/target.ts'

/** The sources of mapped values. */
export interface MappingScope {
  readonly request: GatewayRequest
  readonly authorizer: AuthorizerContext
  /** `requestContext.authorizer`, built once. */
  readonly requestContext: Readonly<Record<string, unknown>>
}

/** A part of a mapped value. `context` reads the authorizer's context, `path` a path that is already encoded. */
export type MappedPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'context' | 'request' | 'path'; readonly read: (scope: MappingScope) => unknown }

/** One rule. If the only part of a value is absent, the parameter is not set. Among several parts, an absent one is `''`. */
export interface MappedParameter {
  readonly action: 'append' | 'overwrite' | 'remove'
  readonly location: 'header' | 'querystring'
  readonly name: string
  /** Whether letter case counts when query parameters of the client are replaced. Header names never depend on it. */
  readonly names: 'exact' | 'anyCase'
  readonly value: readonly MappedPart[]
}

/** The rules of a {@link ParameterMapping}. */
export interface MappingRules {
  /** Name of the option, for errors. */
  readonly where: string
  readonly parameters: readonly MappedParameter[]
  /** The new path. Default: the path stays. */
  readonly path?: readonly MappedPart[] | undefined
}

type Place = 'header' | 'querystring' | 'path'

// Encoded in values, so that a value cannot add a `name=value` pair, a path segment, a query or a fragment.
const QUERY_UNSAFE = /[^\w\-.~!$'()*,:@/]/gu
const SEGMENT_UNSAFE = /[^\w\-.~!$&'()*+,=:@]/gu

const encodeAll = (text: string, unsafe: RegExp): string | undefined =>
  text.isWellFormed() ? text.replace(unsafe, encodeURIComponent) : undefined

/** Encodes a part for its place; `undefined` if it cannot be encoded. */
const encodedFor = (part: MappedPart, text: string, place: Place): string | undefined => {
  if (place === 'querystring') return encodeAll(text, QUERY_UNSAFE)
  if (place === 'path') return part.kind === 'text' || part.kind === 'path' ? text : encodeAll(text, SEGMENT_UNSAFE)
  if (part.kind === 'context') return headerText(text)
  return FIELD_VALUE.test(text) ? text : undefined
}

const PROBLEM = Symbol('problem')

const render = (
  parts: readonly MappedPart[],
  scope: MappingScope,
  place: Place,
): string | undefined | typeof PROBLEM => {
  let rendered = ''
  for (const part of parts) {
    const value = part.kind === 'text' ? part.text : part.read(scope)
    if (value === undefined || value === null) {
      if (parts.length === 1) return undefined
      // Without one of its segments, the path would name another resource.
      if (place === 'path') return PROBLEM
      continue
    }
    if (typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol') return PROBLEM
    // oxlint-disable-next-line no-base-to-string -- objects are rejected above
    const text = encodedFor(part, String(value), place)
    if (text === undefined) return PROBLEM
    rendered += text
  }
  return rendered
}

/** Compiled rules of a parameter mapping. */
export class ParameterMapping implements RequestMapping {
  readonly authorizerView = 'complete'
  readonly #names: FoldedNames
  readonly #headers: readonly MappedParameter[]
  readonly #query: readonly MappedParameter[]
  readonly #path: readonly MappedPart[] | undefined

  /** @throws {AuthorizerError} `ERR_OPTION` if the path is ambiguous */
  constructor({ where, parameters, path }: MappingRules) {
    const sample = path?.map((part) => (part.kind === 'text' ? part.text : part.kind === 'path' ? '/x' : 'x')).join('')
    if (sample !== undefined && parseTarget('GET', sample.replaceAll('//x', '/x')).ambiguous) {
      throw optionError(where, sample, 'a path that begins with "/" and is not ambiguous')
    }
    const at = (location: Place): readonly MappedParameter[] => parameters.filter((each) => each.location === location)
    this.#headers = at('header')
    this.#query = at('querystring')
    this.#path = path
    this.#names = new FoldedNames(this.#headers.filter(({ action }) => action !== 'append').map(({ name }) => name))
  }

  ownsHeader(name: string): boolean {
    return this.#names.has(name)
  }

  edit(request: GatewayRequest, authorizer: AuthorizerContext | undefined): RequestEdits | string {
    const { rawPath, queryString } = request
    if (authorizer === undefined) {
      const query = this.#queryEdit([])
      return query === undefined
        ? NO_EDITS
        : { headers: [], target: joinTarget(rawPath, query.apply(queryString)), query }
    }
    const scope: MappingScope = { request, authorizer, requestContext: authorizer.requestContext.authorizer }
    const headers = this.#headerLines(scope)
    if (typeof headers === 'string') return headers
    if (this.#query.length === 0 && this.#path === undefined) return { headers, target: undefined }
    const set = this.#setPairs(scope)
    if (set instanceof Impossible) return set.problem
    const query = this.#queryEdit(set)
    const path = this.#path === undefined ? undefined : pathOf(this.#path, scope)
    if (path instanceof Impossible) return path.problem
    const edited = query === undefined ? queryString : query.apply(queryString)
    if (edited.length > MAX_TARGET) return 'the mapped query is too long'
    return { headers, target: joinTarget(path ?? rawPath, edited), path, query }
  }

  #headerLines(scope: MappingScope): readonly (readonly [string, string])[] | string {
    const lines: [string, string][] = []
    let total = 0
    for (const { action, name, value } of this.#headers) {
      if (action === 'remove') continue
      const text = render(value, scope, 'header')
      if (text === undefined) continue
      if (text === PROBLEM) return `the value mapped to header ${name} cannot be sent in a header`
      total += text.length
      if (text.length > MAX_VALUE || total > MAX_TOTAL) return `the value mapped to header ${name} is too long`
      lines.push([asciiLower(name), text])
    }
    return lines
  }

  /** The query parameters to set, encoded. */
  #setPairs(scope: MappingScope): readonly string[] | Impossible {
    const pairs: string[] = []
    for (const { action, name, value } of this.#query) {
      if (action === 'remove') continue
      const text = render(value, scope, 'querystring')
      if (text === PROBLEM)
        return new Impossible(`the value mapped to query parameter ${name} cannot be sent in a query`)
      if (text !== undefined) pairs.push(`${encodeAll(name, QUERY_UNSAFE)}=${text}`)
    }
    return pairs
  }

  #queryEdit(set: readonly string[]): QueryEdit | undefined {
    if (this.#query.length === 0) return undefined
    const replaced = this.#query.filter(({ action }) => action !== 'append')
    const clean = (queryString: string): string => {
      const fragment = queryString.indexOf('#')
      return withoutParameters(fragment < 0 ? queryString : queryString.slice(0, fragment), replaced)
    }
    return {
      clean,
      apply: (queryString) => {
        const remaining = clean(queryString).split('&')
        // Parsers read a limited number of parameters; those of the client must not displace mapped ones.
        const pairs = remaining.length + set.length > MAX_PARSED ? [...set, ...remaining] : [...remaining, ...set]
        return pairs.filter((pair) => pair !== '').join('&')
      },
      touches: (name) => this.#query.some((each) => readsAs(name, each)),
    }
  }
}

class Impossible {
  readonly problem: string
  constructor(problem: string) {
    this.problem = problem
  }
}

/** Maximum length of a mapped path or query in characters. */
const MAX_TARGET = 32_768
/** Maximum number of parameters that `querystring` and `qs` read. */
const MAX_PARSED = 1000

// A path that two layers may read differently is rejected, also if the mapping built it.
const pathOf = (parts: readonly MappedPart[], scope: MappingScope): string | Impossible => {
  const path = render(parts, scope, 'path')
  if (path === undefined || path === PROBLEM || path.length > MAX_TARGET) {
    return new Impossible('a value of the mapped path is missing or cannot be part of a path, or the path is too long')
  }
  const target = parseTarget(scope.request.method, path)
  return target.problem !== undefined || target.ambiguous || path.includes('?')
    ? new Impossible('the mapped path is ambiguous')
    : path
}
