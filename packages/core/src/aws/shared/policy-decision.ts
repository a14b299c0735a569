/** `precheck`, `decide` and `explain` of the contracts whose results are policies. @module */
import type { Clock, Contract, DenialReason, GatewayRequest, PolicyExplanation, Routing } from '../../index.ts'
import { type Verdict, decodeSlashes } from '../../contract.ts'
import { type Api, arnPrefix, belowBasePath, isBelowBasePath, resourceOf } from './api.ts'
import { stricter } from '../policy/decide.ts'
import { RequestKeys } from '../policy/condition-keys.ts'
import { type Beginning, beginning, type SpellingParts, Spellings } from '../policy/matching/spelling.ts'
import type { CompiledPolicy } from '../policy/compiled-policy.ts'
import { policyOf, type PolicyResult, type ResultRules } from './result.ts'
import { DirectoryVerdicts } from '../verdicts/directory-verdicts.ts'
import { hashOf, NO_TEXT, parentEnd } from '../verdicts/path-hash.ts'
import { isMemorable, VerdictMemo } from '../verdicts/verdict-memo.ts'

/** Maximum length of a method ARN in characters (AWS-QUO-05). */
const MAX_ARN_LENGTH = 1600
const ALLOWED: Verdict = { allowed: true }
const DENIED: Readonly<Record<'ExplicitlyDenied' | 'ImplicitlyDenied', Verdict>> = {
  ExplicitlyDenied: { allowed: false, reason: 'EXPLICIT_DENY' },
  ImplicitlyDenied: { allowed: false, reason: 'IMPLICIT_DENY' },
}

// `%2f` and `%2F` are the same spelling (SEC-06).
const upperHex = (path: string): string => path.replace(/%[\da-f]{2}/gi, (escape) => escape.toUpperCase())

/** The path as the client sent it, if the router compares this text and it differs from the canonical path. */
const sentPathOf = (api: Api, request: GatewayRequest): string | undefined => {
  // A router that decodes the path first treats all encodings of it alike.
  if (request.isCanonical || request.routing.decodes) return undefined
  const sent = upperHex(request.rawPath)
  if (sent === request.path) return undefined
  return belowBasePath(api, withoutIgnoredSlash(sent, request.routing), request.routing.caseSensitive)
}

const endsInSlash = (path: string): boolean => path.charCodeAt(path.length - 1) === 0x2f

/** Removes a trailing slash if the router ignores it. */
const withoutIgnoredSlash = (path: string, { strict }: Routing): string =>
  !strict && path.length > 1 && endsInSlash(path) ? path.slice(0, -1) : path

/** With strict routing the trailing slash is part of the path, but the root of a mounted router may still ignore it. */
const otherSlashOf = (path: string, { strict, looseMounts }: Routing): SpellingParts['otherSlash'] => {
  if (strict && looseMounts !== true) return undefined
  if (!endsInSlash(path)) return 'added'
  if (path.length === 1) return undefined
  return strict ? 'removed' : 'sent'
}

/** Rejects requests outside of the API's base path, and requests whose ARN is too long (AWS-ARN-13). */
export const admitArn = (api: Api): ((request: GatewayRequest) => DenialReason | undefined) => {
  const precheck = (request: GatewayRequest): DenialReason | undefined => {
    if (!isBelowBasePath(api, request)) return 'OUTSIDE_BASE_PATH'
    // The other parts of the ARN are short, so it is built only for a long path or method.
    if (request.path.length + request.method.length < 1000) return undefined
    return arnPrefix(api).length + 1 + resourceOf(api, request).length > MAX_ARN_LENGTH
      ? 'RESOURCE_TOO_LONG'
      : undefined
  }
  return (request) => precheck(request) ?? (request.received === undefined ? undefined : precheck(request.received))
}

/** Clients can invent methods, so the memory for them is limited. */
const MAX_CACHED_METHODS = 16

/** The first parts of an API's resources, created once per method. */
const beginningsOf = (api: Api): ((method: string) => Beginning) => {
  const byMethod = new Map<string, Beginning>()
  return (method) => {
    const known = byMethod.get(method)
    if (known !== undefined) return known
    const fresh = beginning(`${api.apiId}/${api.stage}/${method}`)
    if (byMethod.size < MAX_CACHED_METHODS) byMethod.set(method, fresh)
    return fresh
  }
}

/** What the spellings of one request have in common. */
interface CommonParts extends Pick<SpellingParts, 'servedAs' | 'foldFrom'> {
  readonly start: Beginning
  readonly routing: Routing
}

const spellPath = (
  api: Api,
  { start, routing, servedAs, foldFrom }: CommonParts,
  path: string,
  sent: string | undefined,
  decodedSlashes?: Spellings,
): Spellings =>
  new Spellings(start, belowBasePath(api, withoutIgnoredSlash(path, routing), routing.caseSensitive), {
    sent,
    otherSlash: otherSlashOf(path, routing),
    foldFrom,
    servedAs,
    decodedSlashes,
  })

/** The spellings of a request's resource that reach the same handler (SEC-06, SEC-07, SEC-11). */
export const spellingsUnder = (api: Api): ((request: GatewayRequest) => Spellings) => {
  const beginningOf = beginningsOf(api)
  return (request) => {
    const { routing, path } = request
    const start = beginningOf(request.method)
    const common: CommonParts = {
      start,
      routing,
      // Routers serve HEAD with the handler of GET (SEC-14).
      servedAs: request.method === 'HEAD' ? beginningOf('GET') : undefined,
      foldFrom: routing.caseSensitive ? undefined : start.text.length,
    }
    const sent = sentPathOf(api, request)
    if (!request.hasEncodedSlash) return spellPath(api, common, path, sent)
    const decodedSent = sent === undefined ? undefined : withoutIgnoredSlash(decodeSlashes(sent), routing)
    return spellPath(api, common, path, sent, spellPath(api, common, decodeSlashes(path), decodedSent))
  }
}

/** The hint for a policy that only allows resources of another API; it contains field names, no values (SEC-101). */
const foreignHint = (field: string): string =>
  field === 'service'
    ? 'the policy allows nothing in this API: the service of its resources is not execute-api'
    : `the policy allows nothing in this API: its resources name another ${field}; set \`api: { region, accountId, apiId, stage }\` of the contract to the API that the policy was written for`

/** `decide` and `explain` of a contract with policies. */
export const policyMembers = (
  api: Api,
  rules: ResultRules,
  spell: (request: GatewayRequest) => Spellings,
): Required<Pick<Contract<never, never, PolicyResult>, 'decide' | 'explain'>> => {
  const prefix = arnPrefix(api)
  const memo = new VerdictMemo<Verdict>()
  const directories = new DirectoryVerdicts()
  const evaluate = (policy: CompiledPolicy, request: GatewayRequest, clock: Clock): Verdict => {
    const spellings = spell(request)
    let decision = policy.evaluate(prefix, spellings, new RequestKeys(request, clock))
    const { received } = request
    // A rewritten request may still be served or proxied under the original path (SEC-12).
    if (received !== undefined)
      decision = stricter(decision, policy.evaluate(prefix, spell(received), new RequestKeys(received, clock)))
    if (decision === 'Allowed') return ALLOWED
    const foreign =
      decision === 'ImplicitlyDenied' ? policy.foreignField(`${prefix}:${spellings.canonical}`) : undefined
    return foreign === undefined
      ? DENIED[decision]
      : { allowed: false, reason: 'IMPLICIT_DENY', hint: foreignHint(foreign) }
  }
  // A function of its own, because its closure would take memory for every request.
  const learn = (
    policy: CompiledPolicy,
    request: GatewayRequest,
    parent: number,
    hash: number,
    verdict: Verdict,
  ): void =>
    directories.learn(policy, request, { parent, hash, verdict }, (directory, continuation) => {
      const start = resourceOf(api, request, directory)
      // Outside of the base path of a custom domain, a resource does not begin with its directory.
      const isStart = start + request.path.slice(directory.length) === resourceOf(api, request, request.path)
      return isStart && policy.isDecidedBelow(prefix, start, continuation)
    })
  return {
    decide: (result: PolicyResult, request: GatewayRequest, clock: Clock): Verdict => {
      const policy = policyOf(result, rules)
      if (!isMemorable(policy, request)) return evaluate(policy, request, clock)
      const { path } = request
      const parent = parentEnd(path)
      const parentHash = hashOf(path, 0, parent, NO_TEXT)
      const common = directories.find(policy, request, parent, parentHash)
      if (common === undefined) {
        const verdict = evaluate(policy, request, clock)
        learn(policy, request, parent, parentHash, verdict)
        return verdict
      }
      if (common !== 'differ') return common
      const hash = hashOf(path, parent, path.length, parentHash)
      const known = memo.get(policy, path, path.length, hash, request)
      if (known !== undefined) return known
      const verdict = evaluate(policy, request, clock)
      if (memo.recurs(policy, hash, request)) memo.set(policy, path, hash, request, verdict)
      return verdict
    },
    explain: (result: PolicyResult, request: GatewayRequest, clock: Clock): PolicyExplanation => {
      const policy = policyOf(result, rules)
      const explained = policy.explain(prefix, spell(request), new RequestKeys(request, clock))
      const { received } = request
      if (received === undefined) return explained
      const other = policy.explain(prefix, spell(received), new RequestKeys(received, clock))
      return stricter(explained.decision, other.decision) === explained.decision ? explained : other
    },
  }
}
