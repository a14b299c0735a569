/** Questions to `evaluatePolicy`, from as little as a test has to say. @module */
import { AuthorizerError } from '@custom-authorizer/core'
import { evaluatePolicy, type PolicyDecision, type PolicyDocument } from '@custom-authorizer/core/aws'

/** The constants of the specification's test vectors. */
export const HEAD = 'arn:aws:execute-api:us-east-1:123456789012'
export const API = `${HEAD}:abcdef123`
export const ARN = `${API}/prod/GET/pets/7`

export type Context = Readonly<Record<string, string | readonly string[]>>

export interface Question {
  readonly resource?: string
  readonly action?: string
  readonly context?: Context
  /** Default `2012-10-17`; `null` leaves it out. */
  readonly version?: unknown
}

/** `Refused`: the policy is malformed, which is an answer of 500. */
export type Answer = PolicyDecision | 'Refused'

/** The answer to a document as it stands, whatever its form. */
export const answerTo = (document: unknown, { resource = ARN, ...question }: Question = {}): Answer => {
  try {
    return evaluatePolicy(document as PolicyDocument, { ...question, resource }).decision
  } catch (error) {
    if (error instanceof AuthorizerError && error.code === 'ERR_POLICY') return 'Refused'
    throw error
  }
}

type Members = Readonly<Record<string, unknown>>

/** A statement that allows everything, but for what a test says. */
export const statement = (members: Members = {}): Members => ({
  Effect: 'Allow',
  ...(!('NotAction' in members) && { Action: 'execute-api:Invoke' }),
  ...(!('NotResource' in members) && { Resource: '*' }),
  ...members,
})

/** The answer of a policy with these statements, each completed as {@link statement} does. */
export const decide = (statements: Members | readonly Members[], question: Question = {}): Answer => {
  const list = (Array.isArray(statements) ? (statements as readonly Members[]) : [statements as Members]).map(statement)
  const { version = '2012-10-17' } = question
  return answerTo({ ...(version !== null && { Version: version }), Statement: list }, question)
}

/**
 * Whether a statement matches, asked twice: as the only Allow, and as a Deny next to an Allow of everything. The two have
 * to say the same.
 */
export const matches = (members: Members, question: Question = {}): boolean | 'refused' => {
  const alone = decide({ ...members, Effect: 'Allow' }, question)
  const against = decide([{ ...members, Effect: 'Deny' }, { Action: '*' }], question)
  const seen = `${alone} ${against}`
  if (seen === 'Allowed ExplicitlyDenied') return true
  if (seen === 'ImplicitlyDenied Allowed') return false
  if (seen === 'Refused Refused') return 'refused'
  throw new Error(`as an Allow ${alone}, as a Deny ${against}`)
}

/** Whether a condition holds, for an Allow and a Deny alike. */
export const holds = (
  condition: unknown,
  context: Context = {},
  version: unknown = '2012-10-17',
): boolean | 'refused' => matches({ Condition: condition }, { context, version })
