/** How every contract with policies admits and decides; only the ARN is the contract's own. @module */
import {
  type Clock,
  type Contract,
  type DenialReason,
  type GatewayRequest,
  type PolicyExplanation,
  type Verdict,
} from '../index.ts'
import { type Api, arnHead, isBelowBasePath, resourceOf } from './api.ts'
import { RequestKeys } from './policy/keys.ts'
import { Spellings } from './policy/spelling.ts'
import { policyOf, type PolicyResult, type ResultRules } from './result.ts'

/** The longest ARN of a method with authorization (AWS-QUO-05). */
const MAX_ARN = 1600
const ALLOWED: Verdict = { allowed: true }
const DENIED: Readonly<Record<'ExplicitlyDenied' | 'ImplicitlyDenied', Verdict>> = {
  ExplicitlyDenied: { allowed: false, reason: 'EXPLICIT_DENY' },
  ImplicitlyDenied: { allowed: false, reason: 'IMPLICIT_DENY' },
}

// The case of hexadecimal digits is no spelling of its own (SEC-06).
const upperHex = (path: string): string => path.replace(/%[\da-f]{2}/gi, (escape) => escape.toUpperCase())

/** The spelling that was sent, where the router compares it and it is another than the canonical one. */
const sentSpelling = (api: Api, request: GatewayRequest): string | undefined => {
  // A router that decodes before it compares serves the canonical path, however it was sent.
  if (request.isPlain || request.routing.decodes) return undefined
  const sent = upperHex(request.sentPath)
  if (sent === request.path) return undefined
  return resourceOf(api, request, request.routing.strict ? sent : withoutSlash(sent))
}

const withoutSlash = (path: string): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)

/** Refuses a request that is not the API's, or whose ARN is too long (AWS-ARN-13). */
export const admitArn =
  (api: Api) =>
  (request: GatewayRequest): DenialReason | undefined => {
    if (!isBelowBasePath(api, request)) return 'OUTSIDE_BASE_PATH'
    // Everything else is short; only a long path or method is worth building the ARN for.
    if (request.path.length + request.method.length < 1000) return undefined
    return arnHead(api).length + 1 + resourceOf(api, request).length > MAX_ARN ? 'RESOURCE_TOO_LONG' : undefined
  }

/** The spellings of a request under an API that reach the same handler (SEC-07, SEC-11). */
export const spellingsUnder =
  (api: Api) =>
  (request: GatewayRequest): Spellings => {
    const canonical = resourceOf(api, request)
    const { routing, method } = request
    const ignores = !routing.strict || routing.looseMounts === true
    const ends = canonical.endsWith('/')
    return new Spellings(canonical, {
      sent: sentSpelling(api, request),
      slashed: ignores && !ends ? `${canonical}/` : undefined,
      // Where routes mind the slash it is still there; the root of a mounted router may ignore it nevertheless.
      unslashed: ignores && ends && request.path.length > 1 ? canonical.slice(0, -1) : undefined,
      foldFrom: routing.caseSensitive ? undefined : api.apiId.length + api.stage.length + method.length + 2,
    })
  }

/** `decide` and `explain` of a contract with policies. */
export const policyMembers = (
  api: Api,
  rules: ResultRules,
  spell: (request: GatewayRequest) => Spellings,
): Required<Pick<Contract<never, never, PolicyResult>, 'decide' | 'explain'>> => {
  const head = arnHead(api)
  return {
    decide: (result: PolicyResult, request: GatewayRequest, clock: Clock): Verdict => {
      const decision = policyOf(result, rules).evaluate(head, spell(request), new RequestKeys(request, clock))
      return decision === 'Allowed' ? ALLOWED : DENIED[decision]
    },
    explain: (result: PolicyResult, request: GatewayRequest, clock: Clock): PolicyExplanation =>
      policyOf(result, rules).explain(head, spell(request), new RequestKeys(request, clock)),
  }
}
