/** Rows that the options of several contracts share. @module */
import { type Check, check, unsafeOption, type UnsafeOptions, type IdentityLimits } from '../../contract.ts'

const above =
  (bound: number) =>
  (value: unknown): boolean =>
    typeof value === 'number' && value > bound

/** At most 100, names of letters, digits and "_", values of at most 512 characters (AWS-QUO-18). */
export const stageVariablesOption: Check = check.mapOf(
  check.text(/^\w{1,64}$/, 'letters, digits and "_", at most 64'),
  check.text(/^[^]{0,512}$/, 'a string of at most 512 characters'),
  100,
)

/** How answers with policies are read: bounds that can be raised (SEC-33, SEC-51), and how far wildcards reach (SEC-46). */
export const policyOptions: Readonly<
  Record<'maxPolicyBytes' | 'maxStatements' | 'maxContextBytes' | 'segmentWildcards', Check>
> = {
  segmentWildcards: check.oneOf('iam', 'strict'),
  maxPolicyBytes: check.integer(1, 1_048_576, 'bytes'),
  maxStatements: check.integer(1, 1000, 'statements'),
  maxContextBytes: check.integer(1, 1_048_576, 'bytes'),
}

/** Bounds that can be changed, option `limits`. */
export interface LimitOptions {
  /**
   * Maximum length of an identity source's value in characters, 1 to 65,536; all sources together may have twice as many.
   * In a header a character is a byte. API Gateway accepts 10,240 bytes of headers. Default 8192 (SEC-95).
   */
  credentialCharacters?: number
}

/** Row for the option `limits`. */
export const limitsOption: Check = (value) => {
  const length = check.integer(1, 65_536, 'characters')
  const allowed = `{ credentialCharacters: ${length(undefined)} }`
  if (!check.isRecord(value) || Object.keys(value).some((key) => key !== 'credentialCharacters')) return allowed
  const { credentialCharacters } = value
  return credentialCharacters === undefined || length(credentialCharacters) === undefined ? undefined : allowed
}

/** The limits of identity values that a contract has been given. */
export const identityLimitsOf = (where: string, limits: LimitOptions = {}): IdentityLimits => {
  const { credentialCharacters: valueCharacters = 8192 } = limits
  const option = `${where}({ limits: { credentialCharacters } })`
  return Object.freeze({ valueCharacters, totalCharacters: 2 * valueCharacters, option })
}

/** What the options of AWS contracts can relax (SEC-109). */
export const AWS_UNSAFE_OPTIONS: UnsafeOptions = {
  missingPrincipalId: unsafeOption('accept', ['SEC-32'], 'answers without a principal count'),
  strictPolicyParser: unsafeOption(false, ['SEC-42'], 'elements of a policy that have no effect are ignored'),
  tokenRegexMode: {
    value: "'search' or 'prefix'",
    relaxes: ['SEC-96'],
    effect: 'identityValidationExpression need not match the whole token',
    applies: (value) => value === 'search' || value === 'prefix',
  },
  limits: {
    value: '{ credentialCharacters: above 8192 }',
    relaxes: ['SEC-95'],
    effect: 'longer credentials are read',
    applies: (value) => check.isRecord(value) && above(8192)(value['credentialCharacters']),
  },
  maxPolicyBytes: {
    value: 'above 8192',
    relaxes: ['SEC-51'],
    effect: 'larger policies are read',
    applies: above(8192),
  },
  maxStatements: {
    value: 'above 100',
    relaxes: ['SEC-51'],
    effect: 'policies with more statements are read',
    applies: above(100),
  },
  maxContextBytes: {
    value: 'above 8192',
    relaxes: ['SEC-33'],
    effect: 'larger contexts are accepted',
    applies: above(8192),
  },
}
