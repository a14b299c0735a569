import { allow, createAuthorizer, deny, MemoryStore, native, unauthorized } from '@custom-authorizer/core'
import { headerSource } from '@custom-authorizer/core/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { plainContract, plainResult } from '../../../support/contract.ts'
import { allowed, syncOutcome, denied, reasonOf } from '../../../support/outcome.ts'
import { gatewayRequest } from '../../../support/request.ts'
import { withToken } from '../../../support/with-token.ts'

const request = withToken('Bearer t')

describe('the order of the steps', () => {
  let steps: string[]
  const noted = <T>(step: string, value: T): T => {
    steps.push(step)
    return value
  }
  class NotingStore extends MemoryStore {
    override get(...given: Parameters<MemoryStore['get']>): ReturnType<MemoryStore['get']> {
      return noted('store.get', super.get(...given))
    }
    override set(...given: Parameters<MemoryStore['set']>): void {
      noted('store.set', super.set(...given))
    }
  }
  const source = headerSource('authorization')
  const authorizerWith = (overrides: Parameters<typeof plainContract>[0] = {}): ReturnType<typeof createAuthorizer> =>
    createAuthorizer({
      authorize: () => noted('authorize', plainResult()),
      store: new NotingStore(),
      logger: null,
      contract: plainContract({
        identitySources: [{ ...source, read: (given) => noted('identity', source.read(given)) }],
        precheck: () => noted('precheck', undefined),
        extraKeyParts: () => noted('extraKeyParts', []),
        validateIdentity: () => noted('validateIdentity', undefined),
        toEvent: () => noted('toEvent', {}),
        parseResult: (settled) => noted('parseResult', plainContract().parseResult(settled)),
        decide: () => noted('decide', { allowed: true }),
        ...overrides,
      }),
    })
  beforeEach(() => {
    steps = []
  })

  test('SEC-01 a miss takes every step once, in order, and keeps the result before it is judged', () => {
    expect(reasonOf(syncOutcome(authorizerWith().evaluate(request)))).toBe('ALLOWED')
    const looking = ['precheck', 'identity', 'extraKeyParts', 'store.get']
    const calling = ['validateIdentity', 'toEvent', 'authorize', 'parseResult']
    expect(steps).toEqual([...looking, ...calling, 'store.set', 'decide'])
  })

  test('SEC-52 a hit skips the call, and is judged for its own request', () => {
    const authorizer = authorizerWith()
    void authorizer.evaluate(request)
    steps = []
    expect(reasonOf(syncOutcome(authorizer.evaluate(request)))).toBe('ALLOWED')
    expect(steps).toEqual(['precheck', 'identity', 'extraKeyParts', 'store.get', 'decide'])
  })

  test('a malformed target ends before anything else is looked at', () => {
    const outcome = syncOutcome(authorizerWith().evaluate(withToken('Bearer t', 'GET /a//b')))
    expect(reasonOf(outcome)).toBe('MALFORMED_REQUEST')
    expect(steps).toEqual([])
  })

  test('a request that precheck rejects ends before the identity is read', () => {
    const authorizer = authorizerWith({ precheck: () => noted('precheck', 'RESOURCE_TOO_LONG') })
    expect(reasonOf(syncOutcome(authorizer.evaluate(request)))).toBe('RESOURCE_TOO_LONG')
    expect(steps).toEqual(['precheck'])
  })

  test('SEC-57 a missing identity ends before the store is asked', () => {
    expect(reasonOf(syncOutcome(authorizerWith().evaluate(gatewayRequest())))).toBe('IDENTITY_SOURCE_MISSING')
    expect(steps).toEqual(['precheck', 'identity'])
  })

  test('an identity that is not valid ends before the function is called, and is not kept', () => {
    const authorizer = authorizerWith({
      validateIdentity: () => noted('validateIdentity', 'IDENTITY_VALIDATION_FAILED'),
    })
    expect(reasonOf(syncOutcome(authorizer.evaluate(request)))).toBe('IDENTITY_VALIDATION_FAILED')
    expect(steps).toEqual(['precheck', 'identity', 'extraKeyParts', 'store.get', 'validateIdentity'])
  })

  test('a call that fails is neither kept nor judged', () => {
    const authorizer = authorizerWith({
      parseResult: () => noted('parseResult', { accepted: false, reason: 'BAD_RESULT', problem: 'a problem' }),
    })
    expect(reasonOf(syncOutcome(authorizer.evaluate(request)))).toBe('BAD_RESULT')
    expect(steps.slice(-2)).toEqual(['authorize', 'parseResult'])
  })
})

describe('a decision that needs no waiting is no promise', () => {
  const cached = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })

  test.each([
    ['a native function that answers at once', () => true as const, 'ALLOWED'],
    ['a native function that says no at once', () => deny(), 'DENIED'],
    ['a native function that does not know the caller', () => unauthorized(), 'UNAUTHORIZED'],
    [
      'a native function that throws at once',
      () => {
        throw new Error('boom')
      },
      'AUTHORIZER_ERROR',
    ],
  ])('%s', (_, authorize, reason) => {
    expect(reasonOf(syncOutcome(createAuthorizer({ authorize, logger: null }).evaluate(request)))).toBe(reason)
  })

  test('a missing credential', () => {
    const authorizer = createAuthorizer({ authorize: async () => true, contract: cached })
    expect(denied(syncOutcome(authorizer.evaluate(gatewayRequest()))).reason).toBe('IDENTITY_SOURCE_MISSING')
  })

  test('a result in the memory store, however the function answered', async () => {
    const authorizer = createAuthorizer({ authorize: async () => allow({ principalId: 'alice' }), contract: cached })
    const first = authorizer.evaluate(request)
    expect(first).toBeInstanceOf(Promise)
    expect(allowed(await first).principalId).toBe('alice')
    expect(allowed(syncOutcome(authorizer.evaluate(request))).principalId).toBe('alice')
  })

  test('a function that answers with a promise gives a promise', async () => {
    const pending = createAuthorizer({ authorize: async () => false }).evaluate(request)
    expect(pending).toBeInstanceOf(Promise)
    expect(reasonOf(await pending)).toBe('DENIED')
  })
})
