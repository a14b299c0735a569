/** Checks and warnings of the options that several contracts share. @module */
import {
  type Check,
  check,
  type Checks,
  type IdentityLimits,
  unsafeOption,
  type UnsafeOptions,
  unsafeOptionsIn,
} from '../../contract.ts'

const DEFAULT_CREDENTIAL_CHARACTERS = 8192

/** Limits of the identity sources, option `limits`. */
export interface CredentialLimits {
  /**
   * Maximum length of an identity source's value in characters, 1 to 65,536; all sources together may have twice as many.
   * In a header a character is a byte. API Gateway accepts 10,240 bytes of headers. Default 8192 (SEC-95).
   */
  credentialCharacters?: number
}

/** Limits of credentials and results, option `limits`. */
export interface LimitOptions extends CredentialLimits {
  /** Maximum size of a policy document in bytes of JSON, 1 to 1,048,576. Default 8192 (SEC-51). */
  policyBytes?: number
  /** Maximum number of statements in a policy document, 1 to 1000. Default 100 (SEC-51). */
  policyStatements?: number
  /** Maximum size of a context in bytes of keys and values, 1 to 1,048,576. Default 8192 (SEC-33). */
  contextBytes?: number
}

export const CREDENTIAL_LIMIT_CHECKS: Checks<CredentialLimits> = {
  credentialCharacters: check.integer(1, 65_536, 'characters'),
}

export const LIMIT_CHECKS: Checks<LimitOptions> = {
  ...CREDENTIAL_LIMIT_CHECKS,
  policyBytes: check.integer(1, 1_048_576, 'bytes'),
  policyStatements: check.integer(1, 1000, 'statements'),
  contextBytes: check.integer(1, 1_048_576, 'bytes'),
}

/** Former names of limits. */
export const RENAMED_LIMITS: Readonly<Record<string, string>> = {
  maxPolicyBytes: 'limits.policyBytes',
  maxStatements: 'limits.policyStatements',
  maxContextBytes: 'limits.contextBytes',
}

/** The limits of identity values that a contract was configured with. */
export const identityLimitsOf = (where: string, limits: CredentialLimits): IdentityLimits => {
  const { credentialCharacters: valueCharacters = DEFAULT_CREDENTIAL_CHARACTERS } = limits
  const option = `${where}({ limits: { credentialCharacters } })`
  return Object.freeze({ valueCharacters, totalCharacters: 2 * valueCharacters, option })
}

/** Row for the option `stageVariables` (AWS-QUO-18). */
export const stageVariablesOption: Check = check.mapOf(
  check.text(/^\w{1,64}$/, 'letters, digits and "_", at most 64'),
  check.text(/^[^]{0,512}$/, 'a string of at most 512 characters'),
  100,
)

/** Row for the option `segmentWildcards` (SEC-46). */
export const segmentWildcardsOption: Check = check.oneOf('iam', 'strict')

const exceeds = (limit: number, relaxes: string, effect: string): UnsafeOptions[string] => ({
  value: `above ${limit}`,
  relaxes: [relaxes],
  effect,
  applies: (value) => typeof value === 'number' && value > limit,
})

/** Values of `compatibility` that relax a rule (SEC-109). */
export const UNSAFE_COMPATIBILITY: UnsafeOptions = {
  missingPrincipalId: unsafeOption('accept', ['SEC-32'], 'results without a principal are accepted'),
  strictPolicyParser: unsafeOption(false, ['SEC-42'], 'elements of a policy that have no effect are ignored'),
  tokenRegexMode: {
    value: "'search' or 'prefix'",
    relaxes: ['SEC-96'],
    effect: 'identityValidationExpression need not match the whole token',
    applies: (value) => value === 'search' || value === 'prefix',
  },
}

/** Values of `limits` that relax a rule (SEC-109). */
export const UNSAFE_LIMITS: UnsafeOptions = {
  credentialCharacters: exceeds(DEFAULT_CREDENTIAL_CHARACTERS, 'SEC-95', 'longer credentials are accepted'),
  policyBytes: exceeds(8192, 'SEC-51', 'larger policies are accepted'),
  policyStatements: exceeds(100, 'SEC-51', 'policies with more statements are accepted'),
  contextBytes: exceeds(8192, 'SEC-33', 'larger contexts are accepted'),
}

/** One warning for each unsafe option that is set. */
export const unsafeOptionWarnings = (
  where: string,
  { compatibility, limits }: { readonly compatibility: object; readonly limits: object },
): readonly string[] => [
  ...unsafeOptionsIn(`${where}.compatibility`, compatibility, UNSAFE_COMPATIBILITY),
  ...unsafeOptionsIn(`${where}.limits`, limits, UNSAFE_LIMITS),
]
