/** Tests for the responses and explanations of a contract. @module */
import { type AuthorizerResult, type DenialReason, type GatewayRequest, type GatewayResponse } from '../../index.ts'
import { asciiLower, DENIALS, isGatewayResponse, systemClock } from '../../contract.ts'
import {
  accept,
  assertWithout,
  type ContractSubject,
  type ContractTest,
  credentialsOf,
  variantsOf,
  withoutThrowing,
} from './contract-subject.ts'
import { testRequest } from '../request.ts'
import { assertEqual, assertThat } from './suite.ts'

const REASONS = Object.keys(DENIALS) as readonly DenialReason[]

const respond = (
  { contract }: ContractSubject,
  reason: DenialReason,
  request: GatewayRequest,
  result?: AuthorizerResult,
): GatewayResponse => {
  const { type } = DENIALS[reason]
  const details = {
    ...(reason === 'INSUFFICIENT_SCOPE' && { requiredScopes: ['pets:read'] }),
    ...(reason === 'THROTTLED' && { retryAfterSeconds: 1 }),
  }
  const denial = { reason, type, request, result, clock: systemClock, ...details }
  return withoutThrowing(() => contract.respond(denial), `respond for ${reason}`)
}

/** Requests that guards deny: well-formed ones, an ambiguous one, and one without an identity. */
const deniedRequests = (subject: ContractSubject): readonly GatewayRequest[] => [
  testRequest(subject.request),
  ...variantsOf(subject),
  testRequest({ path: '/a//b' }),
  testRequest(),
]

/** Denials that have a result: a later check denies a request that the authorizer has allowed. */
const withResult: ReadonlySet<DenialReason> = new Set([
  'EXPLICIT_DENY',
  'IMPLICIT_DENY',
  'DENIED',
  'INSUFFICIENT_SCOPE',
  'CONTEXT_MISMATCH',
  'THROTTLED',
])

const CLIENT_ID = 'id-chosen-by-the-client'

const requestIdIn = ({ contract }: ContractSubject, { headers }: GatewayResponse): string | undefined =>
  headers.find(([name]) => asciiLower(name) === asciiLower(contract.requestIdHeader ?? ''))?.[1]

/** Tests of `respond`, `requestContext`, `explain` and `validateIdentity`. */
export const DENIAL_TESTS: Readonly<Record<string, ContractTest>> = {
  'every denial has a response that can be written': async (subject) => {
    const { result } = await accept(subject)
    for (const request of deniedRequests(subject))
      for (const reason of REASONS) {
        const response = respond(subject, reason, request, withResult.has(reason) ? result : undefined)
        assertThat(isGatewayResponse(response), `the response for ${reason} has a status, headers and a body`)
        const { status } = response
        assertThat(status >= 400 && status <= 599, `the status for ${reason} is from 400 to 599`)
      }
  },
  'no response contains a credential': async (subject) => {
    const { result } = await accept(subject)
    const request = testRequest(subject.request)
    for (const reason of REASONS)
      for (const each of [undefined, result])
        assertWithout(
          respond(subject, reason, request, each),
          credentialsOf(subject, request),
          `the response for ${reason} contains no credential`,
        )
  },
  'the ID of a request is generated': async (subject) => {
    const { requestIdHeader: name } = subject.contract
    if (name === undefined) return
    const init = { ...subject.request, headers: { ...subject.request.headers, [name]: CLIENT_ID } }
    const ids = [testRequest(init), testRequest(init)].map((request) =>
      requestIdIn(subject, respond(subject, 'DENIED', request)),
    )
    assertThat(
      ids.every((id) => id !== undefined && id !== ''),
      `each response has the header ${name}`,
    )
    assertThat(!ids.includes(CLIENT_ID), 'the ID is not one that the client has sent')
    assertThat(ids[0] !== ids[1], 'two requests have different IDs')
  },
  'requestContext returns an object, and does not change the result': async (subject) => {
    const { result } = await accept(subject)
    const before = JSON.stringify(result)
    const context = withoutThrowing(() => subject.contract.requestContext(result, 12), 'requestContext')
    assertThat(typeof context === 'object' && context !== null, 'requestContext returns an object')
    assertThat(typeof JSON.stringify(context) === 'string', 'it can be written as JSON')
    assertThat(JSON.stringify(result) === before, 'the result has not changed')
  },
  'an explanation agrees with the decision, and contains no credential': async (subject) => {
    const { contract } = subject
    const { result } = await accept(subject)
    if (contract.explain === undefined) return
    for (const request of [testRequest(subject.request), ...variantsOf(subject)]) {
      const { allowed } = contract.decide(result, request, systemClock)
      const explained = contract.explain(result, request, systemClock)
      assertEqual(explained.decision === 'Allowed', allowed, 'whether the explanation allows')
      assertWithout(explained, credentialsOf(subject, request), 'the explanation contains no credential')
    }
  },
  'every text is a valid or an invalid identity': async ({ contract }) => {
    for (const text of ['x', ' ', '\u00e9', '\u{1f600}', 'a'.repeat(8192), '%00', '{"a":1}', '\\', '(', '$&']) {
      const identity = contract.identitySources.map(() => text)
      const reason = withoutThrowing(() => contract.validateIdentity?.(identity), 'validateIdentity')
      assertThat(
        reason === undefined || Object.hasOwn(DENIALS, reason),
        'validateIdentity returns a reason, or nothing',
      )
      const positions = withoutThrowing(() => contract.mismatchedSources?.(identity), 'mismatchedSources') ?? []
      assertThat(
        positions.every((position) => contract.identitySources[position] !== undefined),
        'mismatchedSources returns positions of sources',
      )
    }
  },
}
