/** A custom contract: the return value of the function is the result. @module */
import type { AnyFunction, AuthorizerResult, Contract } from '@custom-authorizer/core'
import { GATEWAY_RESPONSES, headerSource, jsonResponse } from '@custom-authorizer/core/contract'

export const plainContract = (
  overrides: Partial<Contract<AnyFunction, 'typed'>> = {},
): Contract<AnyFunction, 'typed'> => ({
  name: 'plain',
  fingerprint: '',
  identitySources: [headerSource('authorization')],
  resultTtlSeconds: 300,
  timeoutMs: 1000,
  contextValues: 'typed',
  toEvent: (request) => ({ path: request.path }),
  parseResult: (settled) => {
    if (settled.status === 'returned') return { accepted: true, result: settled.value as AuthorizerResult }
    return { accepted: false, reason: settled.status === 'timedOut' ? 'AUTHORIZER_TIMEOUT' : 'AUTHORIZER_ERROR' }
  },
  reviveResult: (stored) => {
    const { principalId, context } = (stored ?? {}) as Partial<AuthorizerResult>
    return typeof principalId === 'string' && typeof context === 'object' ? { principalId, context } : undefined
  },
  decide: () => ({ allowed: true }),
  respond: ({ type }) => jsonResponse(GATEWAY_RESPONSES[type].status, JSON.stringify({ type })),
  requestContext: ({ context }) => ({ ...context }),
  ...overrides,
})

/** A result as a contract passes it to the kernel. */
export const plainResult = (principalId = 'alice'): AuthorizerResult => ({ principalId, context: { role: 'reader' } })
