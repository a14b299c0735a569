/** A small contract that passes the suite for contracts. @module */
import type { AnyFunction, AuthorizerResult, Contract } from '@custom-authorizer/core'
import { check } from '@custom-authorizer/core/contract'
import type { ContractSubject } from '@custom-authorizer/core/testing'
import { plainContract } from '../../support/contract.ts'

export const CREDENTIAL = 'Bearer credential-of-ann'
export const SECRET = 'secret-of-the-options'

/** The function returns `{ user, methods }`. */
export interface MethodResult extends AuthorizerResult {
  readonly methods: readonly string[]
}
export type MethodContract = Contract<AnyFunction, 'typed', MethodResult>

const toResult = (user: unknown, methods: unknown): MethodResult | undefined =>
  typeof user === 'string' && Array.isArray(methods) && methods.every((each) => typeof each === 'string')
    ? { principalId: user, context: { user }, methods: [...methods] }
    : undefined

export const right = (): MethodContract => ({
  ...(plainContract() as unknown as MethodContract),
  fingerprint: 'methods',
  parseResult: (settled) => {
    if (settled.status === 'timedOut') return { accepted: false, reason: 'AUTHORIZER_TIMEOUT' }
    if (settled.status === 'failed') return { accepted: false, reason: 'AUTHORIZER_ERROR' }
    const { value } = settled
    const result = check.isRecord(value) ? toResult(value['user'], value['methods']) : undefined
    return result === undefined
      ? { accepted: false, reason: 'BAD_RESULT', problem: 'the result is not { user, methods }' }
      : { accepted: true, result }
  },
  reviveResult: (stored) => (check.isRecord(stored) ? toResult(stored['principalId'], stored['methods']) : undefined),
  decide: ({ methods }, { method }) =>
    methods.includes(method) ? { allowed: true } : { allowed: false, reason: 'DENIED' },
})

export const subjectOf = (contract: MethodContract): ContractSubject => ({
  contract,
  request: { path: '/pets', headers: { authorization: CREDENTIAL } },
  allow: async () => ({ user: 'ann', methods: ['GET'] }),
  deny: async () => ({ user: 'ann', methods: [] }),
  secrets: [SECRET],
})
