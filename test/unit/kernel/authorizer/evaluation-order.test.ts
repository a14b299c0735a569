/** `evaluate`: the order of its steps, and which decisions are synchronous. */
import { allow, createAuthorizer, deny, MemoryStore, native, unauthorized } from '@custom-authorizer/core'
import { headerSource } from '@custom-authorizer/core/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { plainContract, plainResult } from '../../../support/contract.ts'
import { allowed, syncOutcome, denied, reasonOf } from '../../../support/outcome.ts'
import { gatewayRequest } from '../../../support/request.ts'
import { withToken } from '../../../support/with-token.ts'

const request = withToken('Bearer t')

describe('order of the steps', () => {
  let steps: string[]
  const record = <T>(step: string, value: T): T => {
    steps.push(step)
    return value
  }
  class RecordingStore extends MemoryStore {
    override get(...given: Parameters<MemoryStore['get']>): ReturnType<MemoryStore['get']> {
      return record('store.get', super.get(...given))
    }
    override set(...given: Parameters<MemoryStore['set']>): boolean {
      return record('store.set', super.set(...given))
    }
  }
  const source = headerSource('authorization')
  const authorizerWith = (overrides: Parameters<typeof plainContract>[0] = {}): ReturnType<typeof createAuthorizer> =>
    createAuthorizer({
      authorize: () => record('authorize', plainResult()),
      store: new RecordingStore(),
      logger: null,
      contract: plainContract({
        identitySources: [{ ...source, read: (given) => record('identity', source.read(given)) }],
        precheck: () => record('precheck', undefined),
        extraKeyParts: () => record('extraKeyParts', []),
        validateIdentity: () => record('validateIdentity', undefined),
        toEvent: () => record('toEvent', {}),
        parseResult: (settled) => record('parseResult', plainContract().parseResult(settled)),
        decide: () => record('decide', { allowed: true }),
        ...overrides,
      }),
    })
  beforeEach(() => {
    steps = []
  })

  test('SEC-01 a cache miss takes every step once and stores the result before the decision', () => {
    expect(reasonOf(syncOutcome(authorizerWith().evaluate(request)))).toBe('ALLOWED')
    const lookup = ['precheck', 'identity', 'extraKeyParts', 'store.get']
    const call = ['validateIdentity', 'toEvent', 'authorize', 'parseResult']
    expect(steps).toEqual([...lookup, ...call, 'store.set', 'decide'])
  })

  test('SEC-52 a cache hit skips the call, and the decision is made for the request', () => {
    const authorizer = authorizerWith()
    void authorizer.evaluate(request)
    steps = []
    expect(reasonOf(syncOutcome(authorizer.evaluate(request)))).toBe('ALLOWED')
    expect(steps).toEqual(['precheck', 'identity', 'extraKeyParts', 'store.get', 'decide'])
  })

  test('a request with a malformed target is rejected before any step', () => {
    const outcome = syncOutcome(authorizerWith().evaluate(withToken('Bearer t', 'GET /a//b')))
    expect(reasonOf(outcome)).toBe('MALFORMED_REQUEST')
    expect(steps).toEqual([])
  })

  test('a request that precheck rejects ends before the identity is read', () => {
    const authorizer = authorizerWith({ precheck: () => record('precheck', 'RESOURCE_TOO_LONG') })
    expect(reasonOf(syncOutcome(authorizer.evaluate(request)))).toBe('RESOURCE_TOO_LONG')
    expect(steps).toEqual(['precheck'])
  })

  test('SEC-57 a request without an identity ends before the store is called', () => {
    expect(reasonOf(syncOutcome(authorizerWith().evaluate(gatewayRequest())))).toBe('IDENTITY_SOURCE_MISSING')
    expect(steps).toEqual(['precheck', 'identity'])
  })

  test('SEC-58 a request with an invalid identity ends before the function is called and is not cached', () => {
    const authorizer = authorizerWith({
      validateIdentity: () => record('validateIdentity', 'IDENTITY_VALIDATION_FAILED'),
    })
    expect(reasonOf(syncOutcome(authorizer.evaluate(request)))).toBe('IDENTITY_VALIDATION_FAILED')
    expect(steps).toEqual(['precheck', 'identity', 'extraKeyParts', 'store.get', 'validateIdentity'])
  })

  test('SEC-58 a failed call is neither cached nor decided', () => {
    const authorizer = authorizerWith({
      parseResult: () => record('parseResult', { accepted: false, reason: 'BAD_RESULT', problem: 'a problem' }),
    })
    expect(reasonOf(syncOutcome(authorizer.evaluate(request)))).toBe('BAD_RESULT')
    expect(steps.slice(-2)).toEqual(['authorize', 'parseResult'])
  })
})

describe('synchronous decisions', () => {
  const cached = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })

  test.each([
    ['a native function that allows', () => true as const, 'ALLOWED'],
    ['a native function that denies', () => deny(), 'DENIED'],
    ['a native function that returns unauthorized()', () => unauthorized(), 'UNAUTHORIZED'],
    [
      'a native function that throws',
      () => {
        throw new Error('boom')
      },
      'AUTHORIZER_ERROR',
    ],
  ])('%s gives a synchronous decision', (_, authorize, reason) => {
    expect(reasonOf(syncOutcome(createAuthorizer({ authorize, logger: null }).evaluate(request)))).toBe(reason)
  })

  test('a missing credential gives a synchronous decision', () => {
    const authorizer = createAuthorizer({ authorize: async () => true, contract: cached })
    expect(denied(syncOutcome(authorizer.evaluate(gatewayRequest()))).reason).toBe('IDENTITY_SOURCE_MISSING')
  })

  test('a result in the memory store gives a synchronous decision even if the function is asynchronous', async () => {
    const authorizer = createAuthorizer({ authorize: async () => allow({ principalId: 'alice' }), contract: cached })
    const first = authorizer.evaluate(request)
    expect(first).toBeInstanceOf(Promise)
    expect(allowed(await first).principalId).toBe('alice')
    expect(allowed(syncOutcome(authorizer.evaluate(request))).principalId).toBe('alice')
  })

  test('a function that returns a promise gives an asynchronous decision', async () => {
    const pending = createAuthorizer({ authorize: async () => false }).evaluate(request)
    expect(pending).toBeInstanceOf(Promise)
    expect(reasonOf(await pending)).toBe('DENIED')
  })
})
