/** Resource patterns: six fields of an ARN, wildcards within them (AWS-POL-20 to AWS-POL-31, SEC-46). @module */
import { Glob, type Token } from './glob.ts'
import { compileResource, type Reach, type ResourcePattern } from './resource.ts'
import { parseText } from './pattern-text.ts'

/**
 * An ARN cut at its first five colons: `arn:partition:service:region:account`, and the resource, which may hold colons
 * itself (AWS-ARN-15).
 */
export interface ResourceName {
  readonly head: string
  readonly resource: string
}

/** Cuts an ARN; `undefined` when it has fewer than six fields. */
export const parseArn = (arn: string): ResourceName | undefined => {
  let at = -1
  for (let colon = 0; colon < 5; colon++) {
    at = arn.indexOf(':', at + 1)
    if (at < 0) return undefined
  }
  return { head: arn.slice(0, at), resource: arn.slice(at + 1) }
}

/** Segments of a pattern laid on the five fields of a head, and what is left for the resource; `'*'` is filled in. */
interface Alignment {
  readonly head: readonly string[]
  readonly resource: string
}

const HEAD_FIELDS = 5
const SERVICE = 2
const EVERYTHING = '*'

// A pattern that is too short is completed with wildcards (AWS-POL-22b).
const complete = (segments: readonly string[]): Alignment => ({
  head: Array.from({ length: HEAD_FIELDS }, (_, field) => segments[field] ?? EVERYTHING),
  resource: segments.length > HEAD_FIELDS ? segments.slice(HEAD_FIELDS).join(':') : EVERYTHING,
})

// A star at the end of a segment also reaches over the following fields, as IAM documents. Only what is taken away from
// the caller is read this way; an Allow never profits from it (SEC-46).
const extended = (segments: readonly string[]): readonly Alignment[] => {
  const found: Alignment[] = []
  const extend = (segment: number, head: readonly string[]): void => {
    const text = segments[segment]
    if (text === undefined) {
      const missing = Array.from({ length: HEAD_FIELDS - head.length }, () => EVERYTHING)
      found.push({ head: [...head, ...missing], resource: EVERYTHING })
      return
    }
    if (head.length === HEAD_FIELDS) {
      found.push({ head, resource: segments.slice(segment).join(':') })
      return
    }
    extend(segment + 1, [...head, text])
    if (!text.endsWith('*')) return
    for (let more = 1; head.length + 1 + more <= HEAD_FIELDS; more++) {
      extend(segment + 1, [...head, text, ...Array.from({ length: more }, () => EVERYTHING)])
    }
  }
  extend(0, [])
  return found
}

const LITERAL = { wildcards: true, variables: false }

const covers = (pattern: string, field: string): boolean =>
  pattern === field ||
  pattern === EVERYTHING ||
  new Glob(parseText(pattern, LITERAL) as readonly Token[]).matches(field)

/**
 * The resource parts of a `Resource` or `NotResource` element that apply to requests with this head. `wide`: matches of it
 * take something away from the caller. `reach` is for what is granted.
 */
export const patternsFor = (
  head: string,
  text: string,
  variables: boolean,
  wide: boolean,
  reach: Reach,
): readonly ResourcePattern[] => {
  if (text === EVERYTHING) return [compileResource(parseText(EVERYTHING, LITERAL), 'iam')]
  const given = head.split(':')
  const segments = text.split(':')
  const completed = complete(segments)
  // A wildcard that was written in the service field is valid nowhere, so that it grants nothing (AWS-POL-22c).
  if (!wide && segments.length > SERVICE && /[*?]/.test(segments[SERVICE] as string)) return []
  const alignments = wide ? [completed, ...extended(segments)] : [completed]
  const resources = alignments
    .filter((each) => each.head.every((field, index) => covers(field, given[index] ?? '')))
    .map(({ resource }) => resource)
  return [...new Set(resources)].map((resource) =>
    compileResource(parseText(resource, { wildcards: true, variables }), reach),
  )
}
