/** Whole policies, from the function's result to the decision on a request. @module */
import type { Contract, Routing } from '@custom-authorizer/core'
import { GatewayRequest } from '@custom-authorizer/core/contract'
import { type GatewayRequestInit } from '@custom-authorizer/core/adapter'
import * as aws from '@custom-authorizer/core/aws'
import * as fc from 'fast-check'
import {
  documentOf,
  HEAD,
  policies,
  type Policy,
  PREFIX,
  type RandomRequest,
  requests,
  ROUTINGS,
} from '../random-policies.ts'
import { agree, fuzzTarget } from '../target.ts'
import { referenceAddress } from '../reference/address.ts'
import { referenceDecision, type PolicyQuestion } from '../reference/policy.ts'
import type { Given, Keys } from '../reference/policy-text.ts'
import { referenceTarget } from '../reference/target.ts'

const CONTRACTS = {
  iam: aws.token() as unknown as Contract,
  strict: aws.token({ segmentWildcards: 'strict' }) as unknown as Contract,
}
const clock = { now: () => 0, monotonic: () => 0, setTimeout: () => () => undefined }

const initOf = ({ method, path, agent, referer, peer }: RandomRequest, routing: Routing): GatewayRequestInit => ({
  method,
  target: path,
  rawHeaders: [
    'Host',
    'h',
    ...(agent === undefined ? [] : ['User-Agent', agent]),
    ...(referer === undefined ? [] : ['Referer', referer]),
  ],
  httpVersion: '1.1',
  peer: () => peer,
  routing,
})

const unslashed = (path: string): string => (path === '/' ? path : path.replace(/\/$/, ''))
const upperHex = (path: string): string => path.replace(/%../g, (escape) => escape.toUpperCase())

const one = (value: string | undefined): Given => (value === undefined ? undefined : [value])

/** The condition keys of a request, computed without the code under test. */
const keysOf = ({ agent, referer, peer }: RandomRequest): Keys => {
  const bits = peer === undefined ? undefined : referenceAddress(peer)
  const keys: Readonly<Record<string, Given>> = {
    'aws:useragent': one(agent),
    'aws:referer': one(referer),
    'aws:sourceip': bits === undefined ? 'unknown' : one(bits.length === 32 ? peer?.replace(/^.*:/, '') : peer),
    'aws:securetransport': ['true'],
  }
  return (key) => keys[key]
}

const DECISIONS: Readonly<Record<string, string>> = {
  ALLOWED: 'Allowed',
  EXPLICIT_DENY: 'ExplicitlyDenied',
  IMPLICIT_DENY: 'ImplicitlyDenied',
}

interface Input {
  readonly request: RandomRequest
  readonly policy: Policy
  /** The `segmentWildcards` option. */
  readonly reach: keyof typeof CONTRACTS
  /** Index of the routing for which the decision is also explained. */
  readonly explained: number
}

const check = ({ request: sample, policy: given, reach, explained }: Input): void => {
  const contract = CONTRACTS[reach]
  const { method, path } = sample
  const keys = keysOf(sample)
  const canonical = referenceTarget(method, path).path
  const sent = upperHex(path)
  const document = documentOf(given, PREFIX + method + canonical, PREFIX + method + path)
  const parsed = contract.parseResult({ status: 'returned', value: { principalId: 'a', policyDocument: document } })
  for (const [index, routing] of ROUTINGS.entries()) {
    const under = (verb: string): Pick<PolicyQuestion, 'canonical' | 'sent' | 'foldFrom'> => {
      const name = (spelled: string): string => `${PREFIX}${verb}${routing.strict ? spelled : unslashed(spelled)}`
      return {
        canonical: name(canonical),
        sent: sent === canonical || routing.decodes ? undefined : name(sent),
        foldFrom: routing.caseSensitive ? undefined : PREFIX.length + verb.length,
      }
    }
    const question: PolicyQuestion = {
      head: HEAD,
      ...under(method),
      servedAs: method === 'HEAD' ? under('GET') : undefined,
      ignoresSlash: !routing.strict,
      hasIgnoredSlash: !routing.strict && canonical.length > 1 && canonical.endsWith('/'),
      keys,
      segmentWise: reach === 'strict',
    }
    const expected = referenceDecision(document, question)
    const request = new GatewayRequest(initOf(sample, routing))
    const verdict = parsed.accepted ? contract.decide(parsed.result, request, clock) : undefined
    const result = verdict === undefined ? 'REJECTED' : verdict.allowed ? 'ALLOWED' : verdict.reason
    if (result !== expected)
      throw new Error(`${result}, expected ${expected}: ${JSON.stringify({ document, question, routing })}`)
    if (!parsed.accepted) return
    // The explanation must have the same decision.
    if (index === explained)
      agree('explained', contract.explain?.(parsed.result, request, clock).decision, DECISIONS[result])
  }
}

export const policyEvaluator = fuzzTarget(
  'policy',
  'SEC-11, SEC-27, SEC-41 to SEC-48, AWS-POL-02',
  fc.record({
    request: requests,
    policy: policies,
    reach: fc.constantFrom('iam' as const, 'iam' as const, 'strict' as const),
    explained: fc.nat({ max: ROUTINGS.length - 1 }),
  }),
  check,
  ROUTINGS.length,
)
