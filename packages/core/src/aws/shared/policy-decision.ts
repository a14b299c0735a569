/** How every contract with policies admits and decides; only the ARN is the contract's own. @module */
import type { Clock, Contract, DenialReason, GatewayRequest, PolicyExplanation, Routing } from '../../index.ts'
import { type Verdict, decodeSlashes } from '../../contract.ts'
import { type Api, arnHead, belowBasePath, isBelowBasePath, resourceOf } from './api.ts'
import { stricter } from '../policy/evaluate.ts'
import { RequestKeys } from '../policy/condition-keys.ts'
import { type Beginning, beginning, type SpellingParts, Spellings } from '../policy/spelling.ts'
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

/** The path as the client sent it, where the router compares that text and it is not the canonical one. */
const sentPathOf = (api: Api, request: GatewayRequest): string | undefined => {
  // A router that decodes before it compares serves the canonical path, however it was sent.
  if (request.isCanonical || request.routing.decodes) return undefined
  const sent = upperHex(request.rawPath)
  if (sent === request.path) return undefined
  return belowBasePath(api, cutSlash(sent, request.routing), request.routing.caseSensitive)
}

const endsInSlash = (path: string): boolean => path.charCodeAt(path.length - 1) === 0x2f

/** A path without the slash at its end, where routes do not mind it. */
const cutSlash = (path: string, { strict }: Routing): string =>
  !strict && path.length > 1 && endsInSlash(path) ? path.slice(0, -1) : path

/** Where routes mind the slash the path still has it; the root of a mounted router may ignore it nevertheless. */
const otherSlashOf = (path: string, { strict, looseMounts }: Routing): SpellingParts['otherSlash'] => {
  if (strict && looseMounts !== true) return undefined
  if (!endsInSlash(path)) return 'added'
  if (path.length === 1) return undefined
  return strict ? 'removed' : 'sent'
}

/** Rejects a request outside of the API's base path, or whose ARN is too long (AWS-ARN-13). */
export const admitArn = (api: Api): ((request: GatewayRequest) => DenialReason | undefined) => {
  const precheck = (request: GatewayRequest): DenialReason | undefined => {
    if (!isBelowBasePath(api, request)) return 'OUTSIDE_BASE_PATH'
    // Everything else is short; only a long path or method is worth building the ARN for.
    if (request.path.length + request.method.length < 1000) return undefined
    return arnHead(api).length + 1 + resourceOf(api, request).length > MAX_ARN ? 'RESOURCE_TOO_LONG' : undefined
  }
  return (request) => precheck(request) ?? (request.received === undefined ? undefined : precheck(request.received))
}

/** Clients may make methods up; the first that come are remembered. */
const MAX_METHODS = 16

/** What the resources of an API begin with, put together once for each method. */
const beginningsOf = (api: Api): ((method: string) => Beginning) => {
  const made = new Map<string, Beginning>()
  return (method) => {
    const known = made.get(method)
    if (known !== undefined) return known
    const fresh = beginning(`${api.apiId}/${api.stage}/${method}`)
    if (made.size < MAX_METHODS) made.set(method, fresh)
    return fresh
  }
}

/** What the spellings of one request have in common. */
interface Spelled extends Pick<SpellingParts, 'servedAs' | 'foldFrom'> {
  readonly start: Beginning
  readonly routing: Routing
}

const spellPath = (
  api: Api,
  { start, routing, servedAs, foldFrom }: Spelled,
  path: string,
  sent: string | undefined,
  decodedSlashes?: Spellings,
): Spellings =>
  new Spellings(start, belowBasePath(api, cutSlash(path, routing), routing.caseSensitive), {
    sent,
    otherSlash: otherSlashOf(path, routing),
    foldFrom,
    servedAs,
    decodedSlashes,
  })

/** The spellings of a request under an API that reach the same handler (SEC-06, SEC-07, SEC-11). */
export const spellingsUnder = (api: Api): ((request: GatewayRequest) => Spellings) => {
  const beginningOf = beginningsOf(api)
  return (request) => {
    const { routing, path } = request
    const start = beginningOf(request.method)
    const spelled: Spelled = {
      start,
      routing,
      // Routers serve HEAD with the handler of GET (SEC-14).
      servedAs: request.method === 'HEAD' ? beginningOf('GET') : undefined,
      foldFrom: routing.caseSensitive ? undefined : start.text.length,
    }
    const sent = sentPathOf(api, request)
    if (!request.hasEncodedSlash) return spellPath(api, spelled, path, sent)
    const decodedSent = sent === undefined ? undefined : cutSlash(decodeSlashes(sent), routing)
    return spellPath(api, spelled, path, sent, spellPath(api, spelled, decodeSlashes(path), decodedSent))
  }
}

/** What to check when everything that a policy allows is in another API: names of fields only (SEC-101). */
const foreignHint = (field: string): string =>
  field === 'service'
    ? 'the policy allows nothing in this API: the service of its resources is not execute-api'
    : `the policy allows nothing in this API: its resources name another ${field}; check \`api: { region, accountId, apiId, stage }\` of the contract, which has to name the API that the policy was written for`

/** `decide` and `explain` of a contract with policies. */
export const policyMembers = (
  api: Api,
  rules: ResultRules,
  spell: (request: GatewayRequest) => Spellings,
): Required<Pick<Contract<never, never, PolicyResult>, 'decide' | 'explain'>> => {
  const head = arnHead(api)
  return {
    decide: (result: PolicyResult, request: GatewayRequest, clock: Clock): Verdict => {
      const policy = policyOf(result, rules)
      const spellings = spell(request)
      let decision = policy.evaluate(head, spellings, new RequestKeys(request, clock))
      const { received } = request
      // A rewritten request may still be served, or sent on, under the path that the client asked for (SEC-12).
      if (received !== undefined)
        decision = stricter(decision, policy.evaluate(head, spell(received), new RequestKeys(received, clock)))
      if (decision === 'Allowed') return ALLOWED
      const foreign =
        decision === 'ImplicitlyDenied' ? policy.foreignField(`${head}:${spellings.canonical}`) : undefined
      return foreign === undefined
        ? DENIED[decision]
        : { allowed: false, reason: 'IMPLICIT_DENY', hint: foreignHint(foreign) }
    },
    explain: (result: PolicyResult, request: GatewayRequest, clock: Clock): PolicyExplanation => {
      const policy = policyOf(result, rules)
      const explained = policy.explain(head, spell(request), new RequestKeys(request, clock))
      const { received } = request
      if (received === undefined) return explained
      const other = policy.explain(head, spell(received), new RequestKeys(received, clock))
      return stricter(explained.decision, other.decision) === explained.decision ? explained : other
    },
  }
}
