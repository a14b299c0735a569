import { allow, createAuthorizer, native } from '@custom-authorizer/core'
import { expect, test, vi } from 'vitest'
import { Deferred, flushMicrotasks } from '../../../support/deferred.ts'
import { denied, later, reasonOf, responseHeader } from '../../../support/outcome.ts'
import { settledOrUndefined } from '../../../support/refusal.ts'
import { withToken } from '../../../support/with-token.ts'

const contract = native({
  identitySources: ['$request.header.Authorization'],
  resultTtlSeconds: 300,
  cachePer: 'identity',
})
const request = withToken('Bearer t')

test.each([
  ['the caller that started the call', 0],
  ['one that joined it', 4],
])('SEC-63 when %s goes away, the others get their answer from the one call', async (_, leaver) => {
  const answer = new Deferred<ReturnType<typeof allow>>()
  const authorize = vi.fn((__: unknown, { signal }: { signal: AbortSignal }) => {
    signal.addEventListener('abort', () => answer.reject(signal.reason))
    return answer.promise
  })
  const authorizer = createAuthorizer({ authorize, contract })
  const controllers = Array.from({ length: 10 }, () => new AbortController())
  const outcomes = controllers.map(({ signal }) => later(authorizer.evaluate(request, { signal })))
  controllers[leaver]?.abort()
  // The one that left is answered at once, although the call goes on.
  const left = denied(
    (await settledOrUndefined(outcomes[leaver] as Promise<never>)) ?? { allowed: true, authorizer: {} as never },
  )
  expect(left).toMatchObject({ reason: 'ABORTED', response: { status: 503 } })
  expect(responseHeader(left, 'cache-control')).toBe('no-store')
  answer.resolve(allow({ principalId: 'alice' }))
  const reasons = (await Promise.all(outcomes)).map(reasonOf)
  expect(reasons).toEqual(controllers.map((__, index) => (index === leaver ? 'ABORTED' : 'ALLOWED')))
  expect(authorize).toHaveBeenCalledTimes(1)
  // What the call came to is kept for the next request.
  expect(reasonOf(await authorizer.evaluate(request))).toBe('ALLOWED')
  expect(authorize).toHaveBeenCalledTimes(1)
})

test('SEC-63 a signal that was aborted before gets no answer, but harms nobody', async () => {
  const authorizer = createAuthorizer({ authorize: async () => true, contract })
  expect(reasonOf(await authorizer.evaluate(request, { signal: AbortSignal.abort() }))).toBe('ABORTED')
  expect(reasonOf(await authorizer.evaluate(request))).toBe('ALLOWED')
})

test('a signal that is aborted later changes nothing about a decision that was made', async () => {
  const controller = new AbortController()
  const authorizer = createAuthorizer({ authorize: async () => true, contract })
  const outcome = await authorizer.evaluate(request, { signal: controller.signal })
  controller.abort()
  await flushMicrotasks()
  expect(reasonOf(outcome)).toBe('ALLOWED')
})

test('SEC-98 no listener stays on the signal of a caller', async () => {
  const { signal } = new AbortController()
  const added = vi.spyOn(signal, 'addEventListener')
  const removed = vi.spyOn(signal, 'removeEventListener')
  const authorizer = createAuthorizer({ authorize: async () => true })
  for (let round = 0; round < 10; round++) await authorizer.evaluate(request, { signal })
  await flushMicrotasks()
  expect(added).toHaveBeenCalledTimes(10)
  expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(added.mock.calls.map(([, listener]) => listener))
})
