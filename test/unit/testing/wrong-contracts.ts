/** Wrong contracts, each with the test of the suite that finds it. @module */
import { GATEWAY_RESPONSES, headerSource, jsonResponse } from '@custom-authorizer/core/contract'
import { type MethodContract, type MethodResult, right, SECRET } from './right-contract.ts'

const REQUEST_ID = { requestIdHeader: 'X-Request-Id' }
const withId = (id: (sent: string | undefined) => string): Partial<MethodContract> => ({
  ...REQUEST_ID,
  respond: ({ type, request: denied }) =>
    jsonResponse(GATEWAY_RESPONSES[type].status, '{}', [['X-Request-Id', id(denied.header('x-request-id'))]]),
})
const forever = { accepted: true, result: { principalId: 'anyone', context: {}, methods: ['GET'] } } as const

let built = 0
let decided = 0

/** What is wrong, the wrong members, and the test that finds it. */
export const WRONG: readonly (readonly [name: string, wrong: () => Partial<MethodContract>, found: string])[] = [
  [
    'a new fingerprint each time',
    () => ({ fingerprint: String(built++) }),
    'the same options have the same fingerprint',
  ],
  ['a secret in its fingerprint', () => ({ fingerprint: `a:${SECRET}` }), 'the fingerprint contains no secret'],
  ['a secret in its warnings', () => ({ warnings: [SECRET] }), 'warnings contain no secret and no credential'],
  [
    'an identity source that changes',
    () => ({ identitySources: [{ ...headerSource('authorization'), read: () => `value ${built++}` }] }),
    'an identity source has one value for a request',
  ],
  [
    'an identity source that is always present',
    () => ({ identitySources: [{ ...headerSource('authorization'), read: () => 'anonymous' }] }),
    'a request without a credential is denied before the function is called',
  ],
  [
    'an event for GET only',
    () => ({
      toEvent: ({ method }) => {
        if (method !== 'GET') throw new Error('not supported')
        return {}
      },
    }),
    'no well-formed request makes the contract fail',
  ],
  [
    'changing parts of the key',
    () => ({ extraKeyParts: () => [String(built++)] }),
    'parts of the cache key are the same for the same request',
  ],
  [
    'an allow for everything',
    () => ({ decide: () => ({ allowed: true }) }),
    'the function that denies does not let the request pass',
  ],
  [
    'an allow for failures',
    () => ({ parseResult: () => forever }),
    'a function that fails does not let the request pass',
  ],
  [
    'a result of failed calls',
    () => ({ parseResult: () => forever }),
    'a failed call never allows, except as a fallback that is reported',
  ],
  ['a result of anything', () => ({ parseResult: () => forever }), 'a meaningless result never allows'],
  [
    'a parser that throws',
    () => ({
      parseResult: (settled) => {
        if (settled.status !== 'returned') return { accepted: false, reason: 'AUTHORIZER_ERROR' }
        const { user, methods } = settled.value as { user: string; methods: readonly string[] }
        return { accepted: true, result: { principalId: user.trim(), context: {}, methods: methods.slice() } }
      },
    }),
    'a damaged result is rejected, or read without an exception',
  ],
  [
    'values in problems',
    () => ({
      parseResult: (settled) => {
        const parsed = right().parseResult(settled)
        return parsed.accepted || settled.status !== 'returned'
          ? parsed
          : { ...parsed, problem: `found ${typeof settled.value === 'string' ? settled.value : 'no text'}` }
      },
    }),
    'problems, hints and notes contain no value',
  ],
  [
    'a message of an error in problems',
    () => ({
      parseResult: (settled) =>
        settled.status === 'failed'
          ? {
              accepted: false,
              reason: 'AUTHORIZER_ERROR',
              problem: String(settled.error instanceof Error && settled.error.message),
            }
          : right().parseResult(settled),
    }),
    'problems, hints and notes contain no value',
  ],
  [
    'a result that is not JSON',
    () => ({
      parseResult: (settled) => {
        const parsed = right().parseResult(settled)
        return parsed.accepted ? { ...parsed, result: { ...parsed.result, at: new Date(0) } } : parsed
      },
    }),
    'a result is plain JSON with a principal ID and a context',
  ],
  [
    'a counter in decide',
    () => ({ decide: () => (decided++ % 2 === 0 ? { allowed: true } : { allowed: false, reason: 'DENIED' }) }),
    'decide is pure',
  ],
  [
    'decide changes the result',
    () => ({
      decide: (result) => {
        ;(result.methods as string[]).push('POST')
        return { allowed: true }
      },
    }),
    'decide is pure',
  ],
  [
    'a memory of the last result',
    () => {
      let last: MethodResult | undefined
      return {
        decide: (result, { method }) => {
          last ??= result
          if (result !== last && result.methods.length === 0) last = result
          return last.methods.includes(method) ? { allowed: true } : { allowed: false, reason: 'DENIED' }
        },
      }
    },
    'decide does not depend on other results',
  ],
  [
    'a revived result without its context',
    () => ({ reviveResult: (stored) => ({ ...(stored as MethodResult), context: {} }) }),
    'a result survives a shared store',
  ],
  [
    'a result that is not validated',
    () => ({ reviveResult: (stored) => stored as MethodResult }),
    'what is not a result is not revived',
  ],
  [
    'no response for throttled requests',
    () => ({
      respond: ({ type, reason }) => {
        if (reason === 'THROTTLED') throw new Error('unknown')
        return jsonResponse(GATEWAY_RESPONSES[type].status, '{}')
      },
    }),
    'every denial has a response that can be written',
  ],
  [
    'denials with 200',
    () => ({ respond: () => jsonResponse(200, '{}') }),
    'every denial has a response that can be written',
  ],
  [
    'a header that cannot be written',
    () => ({ respond: ({ type }) => jsonResponse(GATEWAY_RESPONSES[type].status, '{}', [['X-A', 'a\nb']]) }),
    'every denial has a response that can be written',
  ],
  [
    'the credential in responses',
    () => ({
      respond: ({ type, request: denied }) =>
        jsonResponse(GATEWAY_RESPONSES[type].status, JSON.stringify({ sent: denied.header('authorization') })),
    }),
    'no response contains a credential',
  ],
  ['no request ID', () => REQUEST_ID, 'the ID of a request is generated'],
  ["the client's request ID", () => withId((sent) => sent ?? `id-${built++}`), 'the ID of a request is generated'],
  ['a constant request ID', () => withId(() => 'id-1'), 'the ID of a request is generated'],
  [
    'requestContext changes the result',
    () => ({ requestContext: (result) => Object.assign(result.context as Record<string, unknown>, { changed: true }) }),
    'requestContext returns an object, and does not change the result',
  ],
  [
    'an explanation that always allows',
    () => ({ explain: () => ({ decision: 'Allowed', statements: [] }) }),
    'an explanation agrees with the decision, and contains no credential',
  ],
  [
    'the credential in explanations',
    () => ({
      explain: (result, explained, clock) => ({
        decision: right().decide(result, explained, clock).allowed ? 'Allowed' : 'ImplicitlyDenied',
        statements: [],
        methodArn: explained.header('authorization') ?? '',
      }),
    }),
    'an explanation agrees with the decision, and contains no credential',
  ],
  [
    'a validation that throws',
    () => ({
      validateIdentity: ([value = '']) => {
        JSON.parse(value)
        return undefined
      },
    }),
    'every text is a valid or an invalid identity',
  ],
]
