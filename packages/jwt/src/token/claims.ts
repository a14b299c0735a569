/** Validates claims at a given time (SEC-68 to SEC-70). @module */
import { ownMember } from '@custom-authorizer/core/contract'
import type { TokenProblem } from '../problem.ts'
import type { Claims } from './token.ts'

/** The required value of a claim, or a list of accepted ones. Compared exactly, without conversion. */
export type ClaimValue = string | number | boolean | readonly (string | number | boolean)[]

/**
 * Where the audience of a token is. `aud`: only there. `client_id`: there, and an `aud` has to name an accepted audience as well
 * (SEC-68). `aud, else client_id`: in `client_id` only if there is no `aud` (AWS-JWT-09).
 */
type AudienceFrom = 'aud' | 'client_id' | 'aud, else client_id'

export interface ClaimRules {
  readonly issuer: string
  /** Accepted audiences; `null` for any. */
  readonly audiences: readonly string[] | null
  readonly audienceFrom: AudienceFrom
  readonly toleranceSeconds: number
  readonly maxTokenAgeSeconds: number | undefined
  /** Required claims with their values; `undefined` for any value except `null`. */
  readonly required: readonly (readonly [name: string, expected: ClaimValue | undefined])[]
}

const isAudience = (value: unknown): value is string | readonly string[] =>
  typeof value === 'string' || (Array.isArray(value) && value.every((each) => typeof each === 'string'))

type Audiences = ClaimRules['audiences']

const namesAudience = (audience: unknown, audiences: Audiences): boolean => {
  if (audience === undefined) return audiences === null
  if (!isAudience(audience)) return false
  const named = typeof audience === 'string' ? [audience] : audience
  return audiences === null || named.some((each) => audiences.includes(each))
}

/** `client_id` is a string, never a list (RFC 8693, section 4.3). */
const namesClient = (client: unknown, audiences: Audiences): boolean =>
  audiences === null || (typeof client === 'string' && audiences.includes(client))

const AUDIENCE_TESTS: Readonly<Record<AudienceFrom, (aud: unknown, client: unknown, audiences: Audiences) => boolean>> =
  {
    aud: (aud, _client, audiences) => namesAudience(aud, audiences),
    client_id: (aud, client, audiences) =>
      namesClient(client, audiences) && (aud === undefined || namesAudience(aud, audiences)),
    'aud, else client_id': (aud, client, audiences) =>
      aud === undefined ? namesClient(client, audiences) : namesAudience(aud, audiences),
  }

const meetsAudience = (claims: Claims, { audiences, audienceFrom }: ClaimRules): boolean =>
  AUDIENCE_TESTS[audienceFrom](ownMember(claims, 'aud'), ownMember(claims, 'client_id'), audiences)

const problemWithDates = (claims: Claims, rules: ClaimRules, now: number): TokenProblem | undefined => {
  const { toleranceSeconds, maxTokenAgeSeconds } = rules
  const exp = ownMember(claims, 'exp')
  const nbf = ownMember(claims, 'nbf')
  const iat = ownMember(claims, 'iat')
  if (typeof exp !== 'number') return 'DATE'
  if ((nbf !== undefined && typeof nbf !== 'number') || (iat !== undefined && typeof iat !== 'number')) return 'DATE'
  if (!(now < exp + toleranceSeconds)) return 'EXPIRED'
  if ((nbf !== undefined && nbf > now + toleranceSeconds) || (iat !== undefined && iat > now + toleranceSeconds))
    return 'NOT_YET'
  if (maxTokenAgeSeconds !== undefined && !(iat !== undefined && now < iat + maxTokenAgeSeconds + toleranceSeconds))
    return 'TOO_OLD'
  return undefined
}

const meets = (value: unknown, expected: ClaimValue | undefined): boolean => {
  if (value === undefined || value === null) return false
  if (expected === undefined) return true
  return Array.isArray(expected) ? expected.includes(value) : value === expected
}

/** The first problem at `nowMs`, in milliseconds since the epoch; `undefined` if the claims are valid. */
export const problemWithClaims = (claims: Claims, rules: ClaimRules, nowMs: number): TokenProblem | undefined => {
  if (ownMember(claims, 'iss') !== rules.issuer) return 'ISSUER'
  if (!meetsAudience(claims, rules)) return 'AUDIENCE'
  const dates = problemWithDates(claims, rules, nowMs / 1000)
  if (dates !== undefined) return dates
  return rules.required.every(([name, expected]) => meets(ownMember(claims, name), expected)) ? undefined : 'CLAIM'
}

/** When the claims become invalid, in milliseconds since the epoch (SEC-59). */
export const endOfValidity = (claims: Claims, { toleranceSeconds, maxTokenAgeSeconds }: ClaimRules): number => {
  const ends = [ownMember(claims, 'exp') as number]
  if (maxTokenAgeSeconds !== undefined) ends.push((ownMember(claims, 'iat') as number) + maxTokenAgeSeconds)
  return Math.min((Math.min(...ends) + toleranceSeconds) * 1000, Number.MAX_SAFE_INTEGER)
}
