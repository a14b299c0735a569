/** The `signal` of `evaluate`: a caller that disconnects does not affect other callers (SEC-63, SEC-98). */
import { allow, createAuthorizer, native } from '@custom-authorizer/core'
import { expect, test, vi } from 'vitest'
import { Deferred, flushMicrotasks } from '../../../support/deferred.ts'
import { denied, toPromise, reasonOf, responseHeader } from '../../../support/outcome.ts'
import { settledOrUndefined } from '../../../support/failure-checks.ts'
import { withToken } from '../../../support/with-token.ts'

const contract = native({
  identitySources: ['$request.header.Authorization'],
  resultTtlSeconds: 300,
  cachePer: 'identity',
})
const request = withToken('Bearer t')

test.each([
  ['the caller that started the call', 0],
  ['a caller that joined it', 4],
])('SEC-63 when %s disconnects, the other callers receive the result of the call', async (_, disconnected) => {
  const result = new Deferred<ReturnType<typeof allow>>()
  const authorize = vi.fn((__: unknown, { signal }: { signal: AbortSignal }) => {
    signal.addEventListener('abort', () => result.reject(signal.reason))
    return result.promise
  })
  const authorizer = createAuthorizer({ authorize, contract })
  const controllers = Array.from({ length: 10 }, () => new AbortController())
  const outcomes = controllers.map(({ signal }) => toPromise(authorizer.evaluate(request, { signal })))
  controllers[disconnected]?.abort()
  // The disconnected caller gets its outcome at once, although the call continues.
  const aborted = denied(
    (await settledOrUndefined(outcomes[disconnected] as Promise<never>)) ?? { allowed: true, authorizer: {} as never },
  )
  expect(aborted).toMatchObject({ reason: 'ABORTED', response: { status: 503 } })
  expect(responseHeader(aborted, 'cache-control')).toBe('no-store')
  result.resolve(allow({ principalId: 'alice' }))
  const reasons = (await Promise.all(outcomes)).map(reasonOf)
  expect(reasons).toEqual(controllers.map((__, index) => (index === disconnected ? 'ABORTED' : 'ALLOWED')))
  expect(authorize).toHaveBeenCalledTimes(1)
  // The result of the call is cached for the next request.
  expect(reasonOf(await authorizer.evaluate(request))).toBe('ALLOWED')
  expect(authorize).toHaveBeenCalledTimes(1)
})

test('SEC-63 a request whose signal is already aborted does not affect later requests', async () => {
  const authorizer = createAuthorizer({ authorize: async () => true, contract })
  expect(reasonOf(await authorizer.evaluate(request, { signal: AbortSignal.abort() }))).toBe('ABORTED')
  expect(reasonOf(await authorizer.evaluate(request))).toBe('ALLOWED')
})

test('SEC-63 aborting the signal after the decision does not change the decision', async () => {
  const controller = new AbortController()
  const authorizer = createAuthorizer({ authorize: async () => true, contract })
  const outcome = await authorizer.evaluate(request, { signal: controller.signal })
  controller.abort()
  await flushMicrotasks()
  expect(reasonOf(outcome)).toBe('ALLOWED')
})

test('SEC-98 no listener remains on the signal of the caller', async () => {
  const { signal } = new AbortController()
  const added = vi.spyOn(signal, 'addEventListener')
  const removed = vi.spyOn(signal, 'removeEventListener')
  const authorizer = createAuthorizer({ authorize: async () => true })
  for (let round = 0; round < 10; round++) await authorizer.evaluate(request, { signal })
  await flushMicrotasks()
  expect(added).toHaveBeenCalledTimes(10)
  expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(added.mock.calls.map(([, listener]) => listener))
})
