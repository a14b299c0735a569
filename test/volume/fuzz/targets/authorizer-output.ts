/** Authorizer results: a contract accepts exactly the valid ones. @module */
import { type AuthorizerResult, type Contract, native } from '@custom-authorizer/core'
import { type Parsed, GatewayRequest } from '@custom-authorizer/core/contract'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import * as fc from 'fast-check'
import * as a from '../results.ts'
import * as apig from '../results-function-graph.ts'
import { policyDocument } from '../result-policies.ts'
import { ABSENT, type Tagged } from '../labelled-values.ts'
import { agree, fuzzTarget, holds } from '../target.ts'

interface Kind {
  readonly contract: Contract
  readonly members: Readonly<Record<string, fc.Arbitrary<Tagged>>>
  /** Whether a combination of valid members is valid. */
  readonly fits?: (value: Readonly<Record<string, unknown>>) => boolean
  /** Whether unknown members are ignored. */
  readonly tolerant?: true
}

const untyped = (contract: unknown): Contract => contract as Contract
const KINDS: readonly Kind[] = [
  {
    contract: untyped(native()),
    members: {
      isAuthorized: a.decision,
      principalId: a.nativePrincipal,
      context: a.anyJsonContext,
      expiresAt: a.expiry,
      response: a.customResponse,
      unauthorized: a.never,
      unavailable: a.never,
    },
    fits: ({ isAuthorized, response }) => isAuthorized === false || response === undefined,
  },
  {
    contract: untyped(aws.token()),
    members: { policyDocument, principalId: a.restPrincipal, context: a.textContext, usageIdentifierKey: a.usageKey },
  },
  {
    contract: untyped(aws.httpApi()),
    members: { policyDocument, principalId: a.httpPrincipal, context: a.boundedJsonContext },
    tolerant: true,
  },
  {
    contract: untyped(aws.httpApi({ enableSimpleResponses: true })),
    members: { isAuthorized: a.decision, context: a.boundedJsonContext },
    tolerant: true,
  },
  {
    contract: untyped(huawei.frontend()),
    members: { statusCode: apig.statusCode, body: apig.body, isBase64Encoded: apig.isBase64Encoded },
    tolerant: true,
  },
]

const unknownMember = fc.oneof(
  { weight: 10, arbitrary: fc.constant<readonly [string, unknown] | undefined>(undefined) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('extra', 'PolicyDocument', 'status', 'errorMessage', ''),
      fc.constantFrom<unknown>(1, true, null, {}),
    ),
  },
)

/** A result, its contract, and the expected outcome. */
interface Input {
  readonly kind: number
  readonly value: unknown
  readonly good: boolean
  readonly allows: boolean
}

const inputsOf = ({ members, fits, tolerant }: Kind, kind: number): fc.Arbitrary<Input> =>
  fc.oneof(
    {
      weight: 15,
      arbitrary: fc.tuple(fc.record(members), unknownMember).map(([tagged, unknown]): Input => {
        const entries = Object.entries(tagged as Readonly<Record<string, Tagged>>)
        const value = Object.fromEntries([
          ...entries.filter(([, each]) => each.value !== ABSENT).map(([name, each]) => [name, each.value]),
          ...(unknown === undefined ? [] : [unknown]),
        ]) as Record<string, unknown>
        const good = entries.every(([, each]) => each.good) && (unknown === undefined || tolerant === true)
        return {
          kind,
          value,
          good: good && (fits?.(value) ?? true),
          allows: entries.some(([, each]) => each.allows === true),
        }
      }),
    },
    { weight: 1, arbitrary: a.notAnObject.map((value) => ({ kind, value, good: false, allows: false })) },
  )

const inputs = fc.oneof(...KINDS.map(inputsOf))

const request = new GatewayRequest({
  method: 'GET',
  target: '/pets',
  rawHeaders: ['Host', 'h'],
  httpVersion: '1.1',
  peer: () => '203.0.113.9',
  routing: { caseSensitive: true, strict: true },
})
const clock = { now: () => a.NOW, monotonic: () => 0, setTimeout: () => () => undefined }

const isFrozen = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen))

const isExpired = (result: AuthorizerResult): boolean => result.expiresAt !== undefined && result.expiresAt <= a.NOW

const accepted = (parsed: Parsed<AuthorizerResult>): AuthorizerResult | undefined =>
  parsed.accepted && !isExpired(parsed.result) ? parsed.result : undefined

export const authorizerOutput = fuzzTarget(
  'authorizer-output',
  'SEC-31 to SEC-35, SEC-38, SEC-42',
  inputs,
  ({ kind, value, good, allows }) => {
    const { contract } = KINDS[kind] as Kind
    const parsed = contract.parseResult({ status: 'returned', value })
    const result = accepted(parsed)
    agree('accepted', result !== undefined, good)
    if (!parsed.accepted) {
      const { problem = '' } = parsed
      holds('the problem is one line without values', /^[\x20-\x7e…]*$/.test(problem) && !problem.includes('xxxx'))
    }
    if (result === undefined) return
    holds('the result is frozen', isFrozen(result))
    agree('the principal is text', typeof result.principalId, 'string')
    agree('allowed', contract.decide(result, request, clock).allowed, allows)
    // A record from a store is validated in the same way and gives the same decision.
    const revived = contract.reviveResult?.(JSON.parse(JSON.stringify(result)))
    agree('revived', revived, result)
    if (revived !== undefined) agree('allowed once revived', contract.decide(revived, request, clock).allowed, allows)
  },
)
