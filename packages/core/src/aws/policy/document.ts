/** Validates policy documents before anything in them is used (AWS-OUT-20 to AWS-OUT-34, SEC-42). @module */
import type { Json } from '../../index.ts'
import { isLongerThan, memberPath } from '../../contract.ts'

/** A statement, with the elements of the IAM policy grammar. */
export interface PolicyStatement {
  Effect: string
  Action?: string | readonly string[] | undefined
  NotAction?: string | readonly string[] | undefined
  Resource?: string | readonly string[] | undefined
  NotResource?: string | readonly string[] | undefined
  Sid?: string | undefined
  /** `{ operator: { key: value | [values] } }`; validated at run time. */
  Condition?: unknown
}

/** A policy document: the part of the IAM policy grammar that authorizers may use. */
export interface PolicyDocument {
  /** `2012-10-17`, or `2008-10-17` without policy variables. Default `2008-10-17`. */
  Version?: string | undefined
  Id?: string | undefined
  Statement: PolicyStatement | readonly PolicyStatement[]
}

/** Limits of a policy document; options change the first two (SEC-51, AWS-OUT-30). */
export interface PolicyLimits {
  readonly policyBytes: number
  readonly policyStatements: number
  /** `false` ignores `Principal`, and treats a `Sid` or `Condition` of `null` as absent (AWS-OUT-27, AWS-OUT-29). */
  readonly strictPolicyParser: boolean
}
export const DEFAULT_LIMITS: PolicyLimits = { policyBytes: 8192, policyStatements: 100, strictPolicyParser: true }
/** Characters of an ARN pattern. */
const MAX_RESOURCE_LENGTH = 512

/** A checked statement; single values are lists. */
export interface CheckedStatement {
  readonly sid: string | undefined
  readonly effect: 'Allow' | 'Deny'
  readonly actions: readonly string[]
  readonly notAction: boolean
  readonly resources: readonly string[]
  readonly notResource: boolean
  readonly conditions: readonly {
    readonly operator: string
    readonly key: string
    readonly values: readonly string[]
  }[]
}

export interface CheckedPolicy {
  readonly variables: boolean
  readonly statements: readonly CheckedStatement[]
}

/** Ends the checks at the first error; the message names elements, not values. */
class Malformed extends Error {}

type Members = Readonly<Record<string, Json>>
const isMembers = (value: Json | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const unknownMember = (value: Members, known: ReadonlySet<string>): string | undefined =>
  Object.keys(value).find((key) => !known.has(key))

const DOCUMENT_MEMBERS: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement'])
const STATEMENT_MEMBERS: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])

/**
 * Checks a document that is JSON data; a string describes the error, naming elements and not values.
 *
 * @param text the document as JSON text, if it is known
 */
export const checkPolicy = (
  document: Json | undefined,
  limits: PolicyLimits = DEFAULT_LIMITS,
  text?: string,
): CheckedPolicy | string => {
  try {
    return checkDocument(document, limits, text)
  } catch (error) {
    if (error instanceof Malformed) return error.message
    throw error
  }
}

const checkDocument = (document: Json | undefined, limits: PolicyLimits, text: string | undefined): CheckedPolicy => {
  if (typeof document === 'string') throw new Malformed('policyDocument is a string; allowed: an object, not JSON text')
  if (!isMembers(document)) throw new Malformed('policyDocument is not an object')
  const unknown = unknownMember(document, DOCUMENT_MEMBERS)
  if (unknown !== undefined) throw new Malformed(`${memberPath('policyDocument', unknown)} is unknown`)
  const { Version = '2008-10-17', Id, Statement } = document
  if (Version !== '2012-10-17' && Version !== '2008-10-17')
    throw new Malformed('policyDocument.Version is not "2012-10-17" or "2008-10-17"')
  if (Id !== undefined && typeof Id !== 'string') throw new Malformed('policyDocument.Id is not a string')
  const list = Array.isArray(Statement) ? (Statement as readonly Json[]) : [Statement]
  if (list.length > limits.policyStatements)
    throw new Malformed(
      `policyDocument has more than ${limits.policyStatements} statements; limits.policyStatements raises the limit`,
    )
  if (isLongerThan(text ?? JSON.stringify(document), limits.policyBytes)) {
    throw new Malformed(
      `policyDocument is larger than ${limits.policyBytes} bytes; limits.policyBytes raises the limit`,
    )
  }
  const statements = list.map((each, index) =>
    checkStatement(
      limits.strictPolicyParser ? each : withoutTolerated(each),
      Array.isArray(Statement) ? `policyDocument.Statement[${index}]` : 'policyDocument.Statement',
    ),
  )
  return { variables: Version === '2012-10-17', statements }
}

/** Removes elements that typed response libraries add and that have no effect. */
const withoutTolerated = (statement: Json | undefined): Json | undefined =>
  isMembers(statement)
    ? Object.fromEntries(
        Object.entries(statement).filter(
          ([name, value]) =>
            name !== 'Principal' &&
            name !== 'NotPrincipal' &&
            !(value === null && (name === 'Sid' || name === 'Condition')),
        ),
      )
    : statement

const EFFECTS: ReadonlyMap<string, 'Allow' | 'Deny'> = new Map([
  ['allow', 'Allow'],
  ['deny', 'Deny'],
])

const checkStatement = (value: Json | undefined, at: string): CheckedStatement => {
  if (!isMembers(value)) throw new Malformed(`${at} is not an object`)
  const unknown = unknownMember(value, STATEMENT_MEMBERS)
  if (unknown !== undefined)
    throw new Malformed(`${memberPath(at, unknown)} is unknown; allowed: ${[...STATEMENT_MEMBERS].join(', ')}`)
  const { Sid, Effect } = value
  if (Sid !== undefined && typeof Sid !== 'string') throw new Malformed(`${at}.Sid is not a string`)
  const effect =
    typeof Effect === 'string' && /^[A-Za-z]+$/.test(Effect) ? EFFECTS.get(Effect.toLowerCase()) : undefined
  if (effect === undefined) throw new Malformed(`${at}.Effect is not "Allow" or "Deny"`)
  const actions = oneOfPair(value, 'Action', 'NotAction', at)
  for (const action of actions.list) {
    if (action !== '*' && !/^[^:]+:.+$/s.test(action))
      throw new Malformed(`${at}.${actions.name} has an element that is not "*" or "service:action"`)
  }
  const resources = oneOfPair(value, 'Resource', 'NotResource', at)
  for (const resource of resources.list) {
    if (resource.length > MAX_RESOURCE_LENGTH)
      throw new Malformed(`${at}.${resources.name} has an element longer than ${MAX_RESOURCE_LENGTH} characters`)
    if (resource !== '*' && !resource.startsWith('arn:'))
      throw new Malformed(`${at}.${resources.name} has an element that is not "*" or an ARN`)
  }
  return {
    sid: Sid,
    effect,
    actions: actions.list,
    notAction: actions.name === 'NotAction',
    resources: resources.list,
    notResource: resources.name === 'NotResource',
    conditions: value['Condition'] === undefined ? [] : checkConditions(value['Condition'], `${at}.Condition`),
  }
}

const oneOfPair = (
  value: Members,
  positive: string,
  negative: string,
  at: string,
): { name: string; list: readonly string[] } => {
  const name = value[positive] === undefined ? negative : positive
  const given = value[name]
  if (given === undefined || (name === positive && value[negative] !== undefined))
    throw new Malformed(`${at} needs exactly one of ${positive} and ${negative}`)
  const list = Array.isArray(given) ? (given as readonly Json[]) : [given]
  if (!list.every((each) => typeof each === 'string'))
    throw new Malformed(`${at}.${name} is not a string or an array of strings`)
  return { name, list }
}

const checkConditions = (value: Json, at: string): CheckedStatement['conditions'] => {
  if (!isMembers(value)) throw new Malformed(`${at} is not an object`)
  return Object.entries(value).flatMap(([operator, block]) => {
    if (!isMembers(block)) throw new Malformed(`${memberPath(at, operator)} is not an object`)
    // An operator without a key would turn an Allow into one without a condition.
    if (Object.keys(block).length === 0) throw new Malformed(`${memberPath(at, operator)} has no key`)
    return Object.entries(block).map(([key, given]) => {
      const values = Array.isArray(given) ? (given as readonly Json[]) : [given]
      if (!values.every((each) => ['string', 'number', 'boolean'].includes(typeof each))) {
        throw new Malformed(`${memberPath(at, operator)} has a value that is not a string, number or boolean`)
      }
      return { operator, key, values: values.map(String) }
    })
  })
}
