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
import type { Spellings } from './policy/spelling.ts'
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
  readonly #api: Api
  readonly #request: GatewayRequest

  constructor(api: Api, request: GatewayRequest) {
    this.canonical = resourceOf(api, request)
    this.#api = api
    this.#request = request
  }

  get sent(): string | undefined {
    const { sentPath, path, routing } = this.#request
    // A router that decodes before it compares serves the canonical path, however it was sent.
    if (sentPath === path || routing.decodes) return undefined
    return resourceOf(this.#api, this.#request, routing.strict ? sentPath : withoutSlash(sentPath))
  }

  get slashed(): string | undefined {
    const { routing } = this.#request
    return routing.strict || this.canonical.endsWith('/') ? undefined : `${this.canonical}/`
  }

  get foldFrom(): number | undefined {
    const { apiId, stage } = this.#api
    const { method, routing } = this.#request
    return routing.caseSensitive ? undefined : apiId.length + stage.length + method.length + 2
  }
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
