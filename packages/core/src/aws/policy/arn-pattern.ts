/** Resource patterns: an ARN of six fields with wildcards (AWS-POL-20 to AWS-POL-31, SEC-46). @module */
import { Glob, type Token } from './matching/glob.ts'
import { compileResource, type Reach, type ResourcePattern } from './resource.ts'
import { parseText, type TextSyntax } from './pattern-text.ts'

/**
 * An ARN split at its fifth colon: `arn:partition:service:region:account`, and the resource, which may contain colons
 * (AWS-ARN-15).
 */
export interface ArnParts {
  readonly arnPrefix: string
  readonly resource: string
}

/** Splits an ARN; `undefined` if it has fewer than six fields. */
export const parseArn = (arn: string): ArnParts | undefined => {
  let at = -1
  for (let colon = 0; colon < 5; colon++) {
    at = arn.indexOf(':', at + 1)
    if (at < 0) return undefined
  }
  return { arnPrefix: arn.slice(0, at), resource: arn.slice(at + 1) }
}

/** A pattern split into the five fields of an ARN prefix and the resource; missing fields are `'*'`. */
interface Alignment {
  readonly prefixFields: readonly string[]
  readonly resource: string
}

const PREFIX_FIELDS = 5
const SERVICE = 2
const EVERYTHING = '*'

// A pattern with too few fields is completed with wildcards (AWS-POL-22b).
const complete = (segments: readonly string[]): Alignment => ({
  prefixFields: Array.from({ length: PREFIX_FIELDS }, (_, field) => segments[field] ?? EVERYTHING),
  resource: segments.length > PREFIX_FIELDS ? segments.slice(PREFIX_FIELDS).join(':') : EVERYTHING,
})

// As IAM documents it, a star at the end of a segment also matches the following fields. This applies only where a match
// removes permissions; an Allow never matches more because of it (SEC-46).
const extended = (segments: readonly string[]): readonly Alignment[] => {
  const found: Alignment[] = []
  const extend = (segment: number, fields: readonly string[]): void => {
    const text = segments[segment]
    if (text === undefined) {
      const missing = Array.from({ length: PREFIX_FIELDS - fields.length }, () => EVERYTHING)
      found.push({ prefixFields: [...fields, ...missing], resource: EVERYTHING })
      return
    }
    if (fields.length === PREFIX_FIELDS) {
      found.push({ prefixFields: fields, resource: segments.slice(segment).join(':') })
      return
    }
    extend(segment + 1, [...fields, text])
    if (!text.endsWith('*')) return
    for (let more = 1; fields.length + 1 + more <= PREFIX_FIELDS; more++) {
      extend(segment + 1, [...fields, text, ...Array.from({ length: more }, () => EVERYTHING)])
    }
  }
  extend(0, [])
  return found
}

const LITERAL: TextSyntax = { wildcards: true, variables: false }
const WITH_VARIABLES: TextSyntax = { wildcards: true, variables: true }

const fieldMatches = (pattern: string, field: string): boolean =>
  pattern === field ||
  pattern === EVERYTHING ||
  new Glob(parseText(pattern, LITERAL) as readonly Token[]).matches(field)

/** How a statement uses the patterns of an element. */
export interface ElementUse {
  /** Whether `${…}` is a variable. */
  readonly variables: boolean
  /** Whether a match removes permissions. */
  readonly restricting: boolean
  /** How far wildcards match where a match grants permissions. */
  readonly reach: Reach
}

const compile = (resource: string, { variables, reach }: ElementUse): ResourcePattern =>
  compileResource(parseText(resource, variables ? WITH_VARIABLES : LITERAL), reach)

/** The resource parts of a `Resource` or `NotResource` element that can match requests with this ARN prefix. */
export const patternsFor = (arnPrefix: string, text: string, use: ElementUse): readonly ResourcePattern[] => {
  if (text === EVERYTHING) return [compileResource(parseText(EVERYTHING, LITERAL), 'iam')]
  // Nearly every pattern names the API's own region and account: its fields are equal and its rest is the resource.
  if (text.startsWith(arnPrefix) && text[arnPrefix.length] === ':' && !/[*?$]/.test(arnPrefix))
    return [compile(text.slice(arnPrefix.length + 1), use)]
  const { restricting } = use
  const given = arnPrefix.split(':')
  const segments = text.split(':')
  const completed = complete(segments)
  // A wildcard in the service field is invalid, so an Allow with one matches nothing (AWS-POL-22c).
  if (!restricting && segments.length > SERVICE && /[*?]/.test(segments[SERVICE] as string)) return []
  const alignments = restricting ? [completed, ...extended(segments)] : [completed]
  const resources = alignments
    .filter((each) => each.prefixFields.every((field, index) => fieldMatches(field, given[index] ?? '')))
    .map(({ resource }) => resource)
  return [...new Set(resources)].map((resource) => compile(resource, use))
}
