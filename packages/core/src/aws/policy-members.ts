/** How every contract with policies admits and decides; only the ARN is the contract's own. @module */
import {
  type Clock,
  type Contract,
  type DenialReason,
  type GatewayRequest,
  type PolicyExplanation,
  type Verdict,
} from '../index.ts'
import { type Api, arnHead, resourceOf } from './api.ts'
import { RequestKeys } from './policy/keys.ts'
import { decodeDelimiters, type Spellings } from './policy/resource.ts'
import { policyOf, type PolicyResult, type ResultRules } from './result.ts'

/** The longest ARN of a method with authorization (AWS-QUO-05). */
const MAX_ARN = 1600
const ALLOWED: Verdict = { allowed: true }
const DENIED: Readonly<Record<'ExplicitlyDenied' | 'ImplicitlyDenied', Verdict>> = {
  ExplicitlyDenied: { allowed: false, reason: 'EXPLICIT_DENY' },
  ImplicitlyDenied: { allowed: false, reason: 'IMPLICIT_DENY' },
}

/** The spellings of a request's resource that reach the same handler (SEC-07, SEC-11). */
class RequestSpellings implements Spellings {
  readonly canonical: string
  readonly #request: GatewayRequest
  readonly #pathStart: number

  constructor(api: Api, request: GatewayRequest) {
    this.canonical = resourceOf(api, request)
    this.#request = request
    this.#pathStart = api.apiId.length + api.stage.length + request.method.length + 2
  }

  get foldFrom(): number {
    return this.#request.routing.caseSensitive ? this.canonical.length : this.#pathStart
  }

  get others(): readonly string[] {
    const { canonical } = this
    // A trailing slash that the router ignores was cut off; a Deny may have been written for the spelling with it.
    const asSent = this.#request.path === this.#request.resourcePath ? [] : [`${canonical}/`]
    if (!canonical.includes('%')) return asSent
    // Frameworks decode parameters; what they decode to is another spelling of the same request.
    return [...asSent, ...[canonical, ...asSent].map((each) => decodeDelimiters(each, /[!$&'()*+,;=:@]/))]
  }
}

/** Refuses a request whose ARN is too long (AWS-ARN-13). */
export const admitArn =
  (api: Api) =>
  (request: GatewayRequest): DenialReason | undefined => {
    // Everything but the path is short; only a long path is worth building its ARN for.
    if (request.path.length < 1000) return undefined
    return arnHead(api).length + 1 + resourceOf(api, request).length > MAX_ARN ? 'RESOURCE_TOO_LONG' : undefined
  }

/** The spellings of a request under an API, for policies. */
export const spellingsUnder =
  (api: Api) =>
  (request: GatewayRequest): Spellings =>
    new RequestSpellings(api, request)

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
