/** Random requests and policies. Patterns are derived from the resource of the request, so that many match. @module */
import type { Routing } from '@custom-authorizer/core'
import type { PolicyDocument } from '@custom-authorizer/core/aws'
import * as fc from 'fast-check'
import { type Condition, condition, conditionOf, from, rarely, some } from './random-conditions.ts'

export const HEAD = 'arn:aws:execute-api:us-east-1:123456789012'
export const PREFIX = 'abcdef1234/prod/'

/** Pieces of unambiguous paths, as sent. */
const PIECES = [
  'a',
  'B',
  'ab',
  'pets',
  '7',
  '/',
  '/',
  '/',
  '+',
  '%2B',
  '%2b',
  '%2F',
  '%2f',
  '%41',
  '%62',
  '%7e',
  '%25',
  '%C3%A9',
  '%24',
  '%3F',
  '%2A',
  '{',
  ':',
  '~',
  '=',
]

/** Router settings: Express and Koa, Hono, Hono without strict, an exact router, and two other combinations. */
export const ROUTINGS: readonly Routing[] = [
  { caseSensitive: false, strict: false },
  { caseSensitive: true, strict: true, decodes: true },
  { caseSensitive: true, strict: false, decodes: true },
  { caseSensitive: true, strict: true },
  { caseSensitive: false, strict: true },
  { caseSensitive: true, strict: false },
]

const agent = from('red', 'Red', 'blue', 'a', 'a*b', '', '12', 'true', '10.1.2.3')

export const requests = fc.record({
  method: from('GET', 'GET', 'POST', 'HEAD'),
  path: some(from(...PIECES), 0, 7).map(
    (pieces) =>
      `/${pieces
        .join('')
        .replace(/^\/+/, '')
        .replace(/\/{2,}/g, '/')}`,
  ),
  agent: fc.option(agent, { nil: undefined }),
  referer: fc.option(agent, { nil: undefined }),
  peer: from('203.0.113.9', '10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1', 'nonsense', undefined),
})
export type RandomRequest = typeof requests extends fc.Arbitrary<infer T> ? T : never

/** A change of the resource: position from the end, number of characters to remove, text to insert. */
const edit = fc.record({
  at: fc.nat({ max: 40 }),
  away: from(0, 0, 1, 1, 2, 3, 6),
  put: from(
    '*',
    '*',
    '?',
    '',
    'a',
    'B',
    '/',
    '%2B',
    '%2b',
    '+',
    '%',
    '%2',
    'é',
    '${aws:UserAgent}',
    "${aws:Referer,'a'}",
    '${*}',
    '${$}',
    '$',
  ),
})
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never

const tail = fc.record({
  edits: some(edit, 0, 3),
  letters: from('kept', 'kept', 'kept', 'upper', 'lower'),
  end: from('', '', '', '*', '/', '/*', '?'),
  spelled: fc.boolean(),
})

const head = from(
  HEAD,
  HEAD,
  HEAD,
  HEAD,
  'arn:aws:execute-api:*:*',
  'arn:*:execute-api:us-*-1:123456789012',
  'arn:aws:execute-api:us-east-?:*',
  'arn:aws:*:us-east-1:123456789012',
  'arn:aws:execute-api:*',
  'arn:aws:execute-api:eu-west-1:123456789012',
)
const whole = from(
  '*',
  HEAD,
  'arn:aws:execute-api:*',
  'arn:aws:execute-api',
  'arn:aws:exec*',
  `${HEAD}:*`,
  'arn:aws*:123456789012',
  'arn:*:123456789012',
  'arn:aws:*:us-east-1:123456789012',
)
const pattern = fc.oneof({ weight: 1, arbitrary: whole }, { weight: 7, arbitrary: fc.record({ head, tail }) })
type Pattern = typeof pattern extends fc.Arbitrary<infer T> ? T : never

// Small numbers are frequent, and most relevant changes are near the end.
const apply = (text: string, { at, away, put }: Edit): string => {
  const start = text.length - (at % (text.length + 1))
  return text.slice(0, start) + put + text.slice(start + away)
}

/** The text of a pattern for a request. */
const written = (each: Pattern, canonical: string, sent: string): string => {
  if (typeof each === 'string') return each
  const { edits, letters, end, spelled } = each.tail
  const changed = edits.reduce(apply, spelled ? sent : canonical)
  const cased = letters === 'kept' ? changed : letters === 'upper' ? changed.toUpperCase() : changed.toLowerCase()
  return `${each.head}:${cased}${end}`.slice(0, 500)
}

const ACTIONS = [
  'execute-api:Invoke',
  'execute-api:Invoke',
  '*',
  'execute-api:*',
  'EXECUTE-API:inv*',
  'exec*:Invoke',
  's3:*',
  'execute-api:?nvoke',
  '*:*',
]
const statement = fc.record({
  effect: rarely(from('Allow', 'Allow', 'Allow', 'Deny', 'Deny', 'allow', 'DENY'), from('Allow ', 'allowed', '')),
  notAction: from(false, false, false, false, true),
  actions: fc.oneof(
    { weight: 4, arbitrary: fc.constant(['execute-api:Invoke']) },
    { weight: 1, arbitrary: some(from(...ACTIONS), 1, 2) },
  ),
  notResource: from(false, false, false, false, true),
  patterns: some(pattern, 1, 2),
  conditions: fc.oneof(
    { weight: 2, arbitrary: fc.constant<Condition[]>([]) },
    { weight: 1, arbitrary: some(condition, 1, 2) },
  ),
})
type Statement = typeof statement extends fc.Arbitrary<infer T> ? T : never

const statementOf = (each: Statement, canonical: string, sent: string): Record<string, unknown> => ({
  Effect: each.effect,
  [each.notAction ? 'NotAction' : 'Action']: each.actions,
  [each.notResource ? 'NotResource' : 'Resource']: each.patterns.map((one) => written(one, canonical, sent)),
  ...(each.conditions.length > 0 && { Condition: Object.assign({}, ...each.conditions.map(conditionOf)) as unknown }),
})

export const policies = fc.record({
  version: from('2012-10-17', '2012-10-17', '2012-10-17', '2008-10-17', undefined),
  statements: some(statement, 1, 3),
  /** Whether a last statement allows everything. */
  generous: from(false, false, true),
})
export type Policy = typeof policies extends fc.Arbitrary<infer T> ? T : never

/** The policy document, with patterns derived from the canonical resource and from the resource as sent. */
export const documentOf = (
  { version, statements, generous }: Policy,
  canonical: string,
  sent: string,
): PolicyDocument => ({
  ...(version !== undefined && { Version: version }),
  Statement: [
    ...statements.map((each) => statementOf(each, canonical, sent)),
    ...(generous ? [{ Effect: 'Allow', Action: '*', Resource: '*' }] : []),
  ] as unknown as PolicyDocument['Statement'],
})
