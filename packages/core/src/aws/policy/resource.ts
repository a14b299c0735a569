/** Resource patterns: six fields of an ARN, wildcards within them (AWS-POL-20 to AWS-POL-31, SEC-46). @module */
import { compileGlob, type Glob, matchesFoldedFrom, type Token } from './glob.ts'
import type { ConditionKeys } from './keys.ts'
import { expand, hasVariables, type Part, parseText } from './text.ts'

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

/** The ways in which one request may be spelled for the router that serves it (SEC-11). */
export interface Spellings {
  /** The resource as an Allow has to match it. */
  readonly canonical: string
  /** Further spellings that reach the same handler; a Deny that matches any of them denies. */
  readonly others: readonly string[]
  /** Index from which letter case does not matter to the router; the text's length if it does everywhere. */
  readonly foldFrom: number
}

/** A resource alone, for a router that takes every character as it is. */
export const exactSpelling = (resource: string): Spellings => ({
  canonical: resource,
  others: [],
  foldFrom: resource.length,
})

/** Decodes percent-encoded characters of a set, for comparing what a router would decode. */
export const decodeDelimiters = (text: string, set: RegExp): string =>
  text.includes('%')
    ? text.replace(/%([\dA-Fa-f]{2})/g, (escape, digits: string) => {
        const char = String.fromCharCode(Number.parseInt(digits, 16))
        return set.test(char) ? char : escape
      })
    : text

/** The resource part of one pattern, for requests whose head it covers. */
export interface ResourcePattern {
  /** Literal text that every match begins with. */
  readonly prefix: string
  matchesExactly(resource: string, keys: ConditionKeys): boolean
  matchesWidely(spellings: Spellings, keys: ConditionKeys): boolean
}

const asciiLower = (text: string): string =>
  text.replace(/[A-Z]/g, (char) => String.fromCharCode(char.charCodeAt(0) | 32))
const foldTokens = (tokens: readonly Token[]): readonly Token[] =>
  tokens.map((token) => (typeof token === 'string' ? asciiLower(token) : token))

const matcher = (tokens: readonly Token[]): Omit<ResourcePattern, 'prefix'> => {
  const exact = compileGlob(tokens)
  let folded: Glob | undefined
  const matchesOne = (text: string, foldFrom: number): boolean => {
    if (exact.matches(text)) return true
    if (foldFrom >= text.length) return false
    folded ??= compileGlob(foldTokens(tokens))
    return folded.matches(asciiLower(text)) && matchesFoldedFrom(tokens, text, foldFrom)
  }
  return {
    matchesExactly: (resource) => exact.matches(resource),
    matchesWidely: ({ canonical, others, foldFrom }) =>
      matchesOne(canonical, foldFrom) ||
      others.some((each) => matchesOne(each, foldFrom === canonical.length ? each.length : foldFrom)),
  }
}

const compilePart = (parts: readonly Part[]): ResourcePattern => {
  if (!hasVariables(parts)) {
    const tokens = parts as readonly Token[]
    return { prefix: compileGlob(tokens).prefix, ...matcher(tokens) }
  }
  const first = parts[0]
  const resolved = (keys: ConditionKeys): Omit<ResourcePattern, 'prefix'> | undefined => {
    const tokens = expand(parts, keys)
    return tokens && matcher(tokens)
  }
  return {
    prefix: typeof first === 'string' ? first : '',
    matchesExactly: (resource, keys) => resolved(keys)?.matchesExactly(resource, keys) === true,
    matchesWidely: (spellings, keys) => resolved(keys)?.matchesWidely(spellings, keys) === true,
  }
}

const SERVICE = 2
const RESOURCE = 5

/** How the written segments of a pattern may lie on the six fields: segment number for each field, or a wildcard. */
type Alignment = readonly (number | '*')[]

// A pattern that is too short is completed with wildcards (AWS-POL-22b). Where a Deny or an exclusion is concerned, a
// star at the end of a segment also reaches over the following fields, as IAM documents; an Allow never profits (SEC-46).
const alignments = (segments: readonly string[], wide: boolean): readonly Alignment[] => {
  const completed: (number | '*')[] = [0, 1, 2, 3, 4, 5].map((field) => (field < segments.length ? field : '*'))
  if (!wide || segments.length === 6) return [completed]
  const found: Alignment[] = [completed]
  const extend = (segment: number, fields: readonly (number | '*')[]): void => {
    if (fields.length > 6) return
    if (segment === segments.length) {
      if (fields.length === 6) found.push(fields)
      return
    }
    extend(segment + 1, [...fields, segment])
    if (!segments[segment]?.endsWith('*')) return
    for (let more = 1; fields.length + 1 + more <= 6; more++) {
      extend(segment + 1, [...fields, segment, ...Array.from({ length: more }, () => '*' as const)])
    }
  }
  extend(0, [])
  return found
}

const splitArn = (text: string): readonly string[] => {
  const parts = text.split(':')
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')]
}

/** A resource pattern before it is known which heads it will meet. */
export interface ArnPattern {
  /** The resource parts that apply to requests with this head. */
  forHead(head: string): readonly ResourcePattern[]
}

const EVERYTHING = parseText('*', { wildcards: true, variables: false })

/** Compiles a `Resource` or `NotResource` element. `wide`: matches of it take something away from the caller. */
export const compileArn = (text: string, variables: boolean, wide: boolean): ArnPattern => {
  const literal = { wildcards: true, variables: false }
  if (text === '*') {
    const all = compilePart(EVERYTHING)
    return { forHead: () => [all] }
  }
  const segments = splitArn(text)
  const candidates = alignments(segments, wide).map((alignment) => {
    const fields = alignment.map((segment) => (segment === '*' ? undefined : (segments[segment] as string)))
    const head = fields
      .slice(0, RESOURCE)
      .map((field) => (field === undefined ? undefined : compileGlob(parseText(field, literal) as readonly Token[])))
    const resource = fields[RESOURCE]
    // A wildcard in the service field is valid nowhere (AWS-POL-22c).
    const service = fields[SERVICE]
    const never = service !== undefined && /[*?]/.test(service)
    return {
      head,
      never,
      pattern: compilePart(resource === undefined ? EVERYTHING : parseText(resource, { wildcards: true, variables })),
    }
  })
  return {
    forHead: (head) => {
      const given = head.split(':')
      return candidates
        .filter(
          ({ head: globs, never }) =>
            !never && globs.every((glob, index) => glob === undefined || glob.matches(given[index] ?? '')),
        )
        .map(({ pattern }) => pattern)
    },
  }
}
