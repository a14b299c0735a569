/** Route templates such as `/pets/{id}` and `/files/{proxy+}`, matched against the canonical path. @module */
import { asciiLower } from '../util/ascii.ts'
import { optionError } from '../util/check.ts'

/** The route that a request belongs to. */
export interface Route {
  /** The template as declared, for example `/pets/{id}`. */
  readonly template: string
  /** The declared method; `undefined` if the route serves every method. */
  readonly method: string | undefined
  /** Values of the template's parameters, undecoded (AWS-EVT-25). */
  readonly parameters: Readonly<Record<string, string>>
}

interface Template {
  readonly text: string
  readonly method: string | undefined
  readonly segments: readonly Segment[]
}
type Segment = { readonly kind: 'literal' | 'parameter' | 'greedy'; readonly text: string }

const SPECIFICITY = { literal: 0, parameter: 1, greedy: 2 } as const

const parseSegment = (text: string, last: boolean): Segment | undefined => {
  const parameter = /^\{([A-Za-z0-9._$-]+)(\+)?\}$/.exec(text)
  if (parameter === null) return /[{}]/.test(text) ? undefined : { kind: 'literal', text }
  const greedy = parameter[2] !== undefined
  if (greedy && !last) return undefined
  return { kind: greedy ? 'greedy' : 'parameter', text: parameter[1] ?? '' }
}

const parseTemplate = (where: string, declared: string): Template => {
  const match = /^(?:([A-Z]+(?:-[A-Z]+)*) )?(\/.*)$/.exec(declared)
  const parts = (match?.[2] ?? '').split('/').slice(1)
  const segments = parts.map((part, index) => parseSegment(part, index === parts.length - 1))
  if (match === null || segments.includes(undefined)) {
    throw optionError(
      where,
      declared,
      'a path template such as "/pets/{id}", "GET /pets/{id}" or "/files/{proxy+}", with each parameter a whole segment and a greedy one last',
    )
  }
  return { text: match[2] ?? '', method: match[1] === 'ANY' ? undefined : match[1], segments: segments as Segment[] }
}

const sameText = (a: string, b: string, caseSensitive: boolean): boolean =>
  a === b || (!caseSensitive && asciiLower(a) === asciiLower(b))

const matchTemplate = (
  template: Template,
  path: string,
  caseSensitive: boolean,
  greedyRoot: boolean,
): Route | undefined => {
  const trailing = path.length > 1 && path.endsWith('/')
  const segments = (trailing ? path.slice(1, -1) : path.slice(1)).split('/')
  const parameters = Object.create(null) as Record<string, string>
  for (const [index, segment] of template.segments.entries()) {
    const value = segments[index]
    // Only a template that ends in a slash matches here: the request's trailing slash is cut off above.
    if (value === undefined) {
      if (segment.kind === 'literal' && segment.text === '' && trailing && index === segments.length) continue
      return undefined
    }
    if (segment.kind === 'greedy') {
      const rest = segments.slice(index).join('/')
      if (rest === '' && !greedyRoot) return undefined
      parameters[segment.text] = rest
      return Object.freeze({ template: template.text, method: template.method, parameters: Object.freeze(parameters) })
    }
    if (segment.kind === 'literal' ? !sameText(segment.text, value, caseSensitive) : value === '') return undefined
    if (segment.kind === 'parameter') parameters[segment.text] = value
  }
  const declared = template.segments.length
  return segments.length <= declared
    ? Object.freeze({ template: template.text, method: template.method, parameters: Object.freeze(parameters) })
    : undefined
}

// Literal before parameter before greedy, from the left, as the gateway selects its routes.
const bySpecificity = (a: Template, b: Template): number => {
  for (let index = 0; index < Math.max(a.segments.length, b.segments.length); index++) {
    const left = a.segments[index]
    const right = b.segments[index]
    if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? -1 : 1
    if (left.kind !== right.kind) return SPECIFICITY[left.kind] - SPECIFICITY[right.kind]
  }
  return (a.method === undefined ? 1 : 0) - (b.method === undefined ? 1 : 0)
}

/** Finds the most specific route of a request in a list of templates. */
export class RouteTable {
  readonly #templates: readonly Template[]
  readonly #greedyRoot: boolean

  /**
   * @param options `greedyRoot`: whether `/{proxy+}` also serves the root, as on HTTP APIs (AWS-EVT-46)
   * @throws {AuthorizerError} `ERR_OPTION` if an element is not a template
   */
  constructor(
    where: string,
    declared: readonly string[],
    { greedyRoot = false }: { readonly greedyRoot?: boolean } = {},
  ) {
    this.#greedyRoot = greedyRoot
    this.#templates = declared.map((each, index) => parseTemplate(`${where}[${index}]`, each)).sort(bySpecificity)
  }

  /**
   * Returns the route, or `undefined` if no template matches.
   *
   * @param caseSensitive whether the router behind the guard distinguishes letter case
   */
  match(method: string, path: string, caseSensitive: boolean = true): Route | undefined {
    for (const template of this.#templates) {
      if (template.method !== undefined && template.method !== method) continue
      const route = matchTemplate(template, path, caseSensitive, this.#greedyRoot)
      if (route !== undefined) return route
    }
    return undefined
  }
}

/**
 * Converts a route pattern of Express, Koa or Hono to a gateway template: `/pets/:id` becomes `/pets/{id}`, and a splat at
 * the end becomes greedy. Returns `undefined` for patterns that no template can express.
 */
export const toTemplate = (pattern: unknown): string | undefined => {
  if (typeof pattern !== 'string' || !pattern.startsWith('/')) return undefined
  // An application has few patterns, and every request needs one of them.
  if (!templates.has(pattern)) {
    if (templates.size >= 1000) templates.clear()
    templates.set(pattern, convert(pattern))
  }
  return templates.get(pattern)
}

const templates = new Map<string, string | undefined>()

const convert = (pattern: string): string | undefined => {
  const segments = pattern.split('/').slice(1)
  const converted: string[] = []
  for (const [index, segment] of segments.entries()) {
    const named = /^([:*])([\w$-]+)(?:\{[^}]*\}|\([^)]*\))?$/.exec(segment)
    if (named === null) {
      if (/[:*?+(){}[\]|\\!]/.test(segment)) return undefined
      converted.push(segment)
    } else if (named[1] === ':') converted.push(`{${named[2]}}`)
    else if (index === segments.length - 1) converted.push(`{${named[2]}+}`)
    else return undefined
  }
  return `/${converted.join('/')}`
}
