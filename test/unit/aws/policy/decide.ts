/** Calls `evaluatePolicy` with defaults for everything that a test does not set. @module @module */
import { AuthorizerError } from '@custom-authorizer/core'
import { evaluatePolicy, type PolicyDecision, type PolicyDocument } from '@custom-authorizer/core/aws'

/** API and ARN that the tests use by default. */
export const HEAD = 'arn:aws:execute-api:us-east-1:123456789012'
export const API = `${HEAD}:abcdef123`
export const ARN = `${API}/prod/GET/pets/7`

export type Context = Readonly<Record<string, string | readonly string[]>>

export interface PolicyInput {
  readonly resource?: string
  readonly action?: string
  readonly context?: Context
  /** Default `2012-10-17`; `null` omits it. */
  readonly version?: unknown
}

/** `Rejected`: the policy is malformed, which gives 500. */
export type PolicyResult = PolicyDecision | 'Rejected'

/** Evaluates a document as given, valid or not. */
export const evaluateDocument = (document: unknown, { resource = ARN, ...input }: PolicyInput = {}): PolicyResult => {
  try {
    return evaluatePolicy(document as PolicyDocument, { ...input, resource }).decision
  } catch (error) {
    if (error instanceof AuthorizerError && error.code === 'ERR_POLICY') return 'Rejected'
    throw error
  }
}

type Members = Readonly<Record<string, unknown>>

/** A statement that allows everything, except for the members given. */
export const statement = (members: Members = {}): Members => ({
  Effect: 'Allow',
  ...(!('NotAction' in members) && { Action: 'execute-api:Invoke' }),
  ...(!('NotResource' in members) && { Resource: '*' }),
  ...members,
})

/** Evaluates a policy with these statements, each completed as {@link statement} does. */
export const decide = (statements: Members | readonly Members[], input: PolicyInput = {}): PolicyResult => {
  const list = (Array.isArray(statements) ? (statements as readonly Members[]) : [statements as Members]).map(statement)
  const { version = '2012-10-17' } = input
  return evaluateDocument({ ...(version !== null && { Version: version }), Statement: list }, input)
}

/**
 * Whether a statement matches, evaluated as the only Allow and as a Deny next to an Allow of everything. Both must
 * agree.
 */
export const matches = (members: Members, input: PolicyInput = {}): boolean | 'rejected' => {
  const alone = decide({ ...members, Effect: 'Allow' }, input)
  const against = decide([{ ...members, Effect: 'Deny' }, { Action: '*' }], input)
  const seen = `${alone} ${against}`
  if (seen === 'Allowed ExplicitlyDenied') return true
  if (seen === 'ImplicitlyDenied Allowed') return false
  if (seen === 'Rejected Rejected') return 'rejected'
  throw new Error(`as an Allow ${alone}, as a Deny ${against}`)
}

/** Whether a condition is satisfied, in an Allow and in a Deny. */
export const satisfied = (
  condition: unknown,
  context: Context = {},
  version: unknown = '2012-10-17',
): boolean | 'rejected' => matches({ Condition: condition }, { context, version })
