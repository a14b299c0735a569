/**
 * Reference implementation of policy evaluation: statement by statement, without an index or optimisation (AWS-POL-01 to
 * AWS-POL-03, SEC-11, SEC-41 to SEC-48).
 * @module
 */
import type { PolicyDocument, PolicyStatement } from '@custom-authorizer/core/aws'
import { referenceCondition } from './condition.ts'
import { referenceGlob, type Unit, unitsOf, withinSegments } from './glob.ts'
import { type Keys, plain, plainUnits, resolve, resourceParts } from './policy-text.ts'

/** The request: its resource in all spellings that reach the same handler. */
export interface PolicyQuestion {
  /** The ARN without its resource. */
  readonly head: string
  readonly canonical: string
  /** The spelling that the client sent, if the router compares it. */
  readonly sent: string | undefined
  /** Whether the router ignores a trailing slash. */
  readonly ignoresSlash: boolean
  /** Whether the request has a trailing slash that the router ignores. */
  readonly hasIgnoredSlash?: boolean
  /** Index from which the router ignores letter case. */
  readonly foldFrom: number | undefined
  readonly keys: Keys
  /** The request with the method whose handler also serves it: `GET` for `HEAD`. */
  readonly servedAs?: Pick<PolicyQuestion, 'canonical' | 'sent' | 'foldFrom'> | undefined
  /** Whether wildcards of an Allow stop at `/`. */
  readonly segmentWise?: boolean
}

export type ReferenceDecision = 'ALLOWED' | 'EXPLICIT_DENY' | 'IMPLICIT_DENY' | 'REJECTED'

const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T]

const coversAction = (pattern: string, restricts: boolean): boolean => {
  const [service = ''] = pattern.split(':')
  if (!restricts && pattern !== '*' && /[*?]/.test(service)) return false
  return referenceGlob(unitsOf(pattern.toLowerCase()), 'execute-api:invoke')
}

/** An Allow must match the exact spelling. */
const coversExactly = (
  parts: readonly string[],
  text: string,
  variables: boolean,
  { keys, segmentWise = false }: Pick<PolicyQuestion, 'keys' | 'segmentWise'>,
): boolean =>
  parts.some((part) => {
    const units = resolve(part, { wildcards: true, variables }, keys)
    return typeof units !== 'string' && referenceGlob(segmentWise ? withinSegments(units) : units, text)
  })

const coversText = (units: readonly Unit[], text: string, foldFrom: number | undefined): boolean =>
  [plain(text), plain(text).replaceAll('%25', '%')].some((spelled) =>
    [...plainUnits(units), units].some((each) => referenceGlob(each, spelled, foldFrom)),
  ) || referenceGlob(units, text, foldFrom)

type Names = Pick<PolicyQuestion, 'canonical' | 'sent' | 'foldFrom'>

/** The names with the request's own method and with the method that serves it. */
const namesOf = (question: PolicyQuestion): readonly Names[] =>
  question.servedAs === undefined ? [question] : [question, question.servedAs]

/** A Deny matches if any spelling that reaches the same handler matches. */
const coversWidely = (parts: readonly string[], question: PolicyQuestion, variables: boolean): boolean =>
  parts.some((part) => {
    const { ignoresSlash, hasIgnoredSlash = false, keys } = question
    const units = resolve(part, { wildcards: true, variables }, keys, 'any')
    if (typeof units === 'string') return false
    const last = units.at(-1)
    return namesOf(question).some(({ canonical, sent, foldFrom }) => {
      const slashed = ignoresSlash && !canonical.endsWith('/') && typeof last === 'object' && last.literal === '/'
      const added = slashed || hasIgnoredSlash ? [`${canonical}/`] : []
      return [canonical, ...(sent === undefined ? [] : [sent]), ...added].some((text) =>
        coversText(units, text, foldFrom),
      )
    })
  })

const EFFECTS = { allow: 'Allow', deny: 'Deny' } as const

/** Whether a statement matches each spelling and all its conditions are true. */
const applies = (
  statement: PolicyStatement,
  effect: 'Allow' | 'Deny',
  variables: boolean,
  question: PolicyQuestion,
): { readonly canonical: boolean; readonly sent: boolean } | 'malformed' => {
  const { Action, NotAction, Resource, NotResource, Condition = {} } = statement
  const conditions = new Set(
    Object.entries(Condition as Record<string, Record<string, string | string[]>>).flatMap(([operator, block]) =>
      Object.entries(block).map(([key, values]) =>
        referenceCondition(operator, key, listOf(values).map(String), effect, variables, question.keys),
      ),
    ),
  )
  if (conditions.has('malformed')) return 'malformed'
  const denies = effect === 'Deny'
  const action =
    Action === undefined
      ? !listOf(NotAction).some((pattern) => coversAction(pattern, !denies))
      : listOf(Action).some((pattern) => coversAction(pattern, denies))
  if (!action || conditions.has(false)) return { canonical: false, sent: false }

  const negated = Resource === undefined
  const restricts = denies !== negated
  const parts = listOf(Resource ?? NotResource).flatMap((pattern) => resourceParts(pattern, question.head, restricts))
  const { canonical, sent = canonical, keys } = question
  if (restricts) {
    const covered = coversWidely(parts, question, variables) !== negated
    return { canonical: covered, sent: covered }
  }
  if (!negated) {
    const covers = (text: string): boolean => coversExactly(parts, text, variables, question)
    return { canonical: covers(canonical), sent: covers(sent) }
  }
  // A Deny with NotResource matches if one spelling is not excluded.
  const names = namesOf(question).flatMap((each) => [each.canonical, each.sent ?? each.canonical])
  const excluded = names.every((text) => coversExactly(parts, text, variables, { keys }))
  return { canonical: !excluded, sent: !excluded }
}

const decisionOnce = ({ Version, Statement }: PolicyDocument, question: PolicyQuestion): ReferenceDecision => {
  const found = listOf(Statement).map((statement) => {
    const effect = EFFECTS[statement.Effect.toLowerCase() as keyof typeof EFFECTS]
    if (effect === undefined) return 'malformed'
    const applied = applies(statement, effect, Version === '2012-10-17', question)
    return applied === 'malformed' ? applied : { effect, canonical: applied.canonical, sent: applied.sent }
  })
  const valid = found.filter((each) => each !== 'malformed')
  if (valid.length < found.length) return 'REJECTED'
  if (valid.some(({ effect, canonical, sent }) => effect === 'Deny' && (canonical || sent))) return 'EXPLICIT_DENY'
  const allows = valid.filter(({ effect }) => effect === 'Allow')
  return allows.some(({ canonical }) => canonical) && allows.some(({ sent }) => sent) ? 'ALLOWED' : 'IMPLICIT_DENY'
}

const decodedSlashes = (text: string): string => text.replace(/%2f/gi, '/')

/** Whether the path in `api/stage/METHOD/path` ends in a slash that it can be without. */
const hasLastSlash = (resource: string): boolean => /^(?:[^/]*\/){3}.*\/$/.test(resource)

const decodedName = ({ canonical, sent, foldFrom }: Names, ignoresSlash: boolean): Names => {
  const cut = (text: string): string => {
    const slashes = decodedSlashes(text)
    return ignoresSlash && hasLastSlash(slashes) ? slashes.slice(0, -1) : slashes
  }
  return { canonical: cut(canonical), sent: sent === undefined ? undefined : cut(sent), foldFrom }
}

const decodedResources = (given: PolicyStatement['Resource']): PolicyStatement['Resource'] =>
  given === undefined ? undefined : typeof given === 'string' ? decodedSlashes(given) : given.map(decodedSlashes)

/** From the strictest to the least strict. */
const STRICTEST: readonly ReferenceDecision[] = ['REJECTED', 'EXPLICIT_DENY', 'IMPLICIT_DENY', 'ALLOWED']

/** The stricter of two decisions: with `%2F` as text, and as a slash in request and policy (SEC-06). */
export const referenceDecision = (document: PolicyDocument, question: PolicyQuestion): ReferenceDecision => {
  const { servedAs, ignoresSlash } = question
  const { Statement } = JSON.parse(JSON.stringify(document), (key, value: unknown) =>
    key === 'Resource' || key === 'NotResource' ? decodedResources(value as PolicyStatement['Resource']) : value,
  ) as PolicyDocument
  const results = new Set([
    decisionOnce(document, question),
    decisionOnce(
      { ...document, Statement },
      {
        ...question,
        ...decodedName(question, ignoresSlash),
        hasIgnoredSlash:
          question.hasIgnoredSlash === true || (ignoresSlash && hasLastSlash(decodedSlashes(question.canonical))),
        servedAs: servedAs && decodedName(servedAs, ignoresSlash),
      },
    ),
  ])
  return STRICTEST.find((each) => results.has(each)) ?? 'REJECTED'
}
