/** Limits on the bodies of web-standard requests, for runtimes without Node's request object. */
import { createAuthorizer } from '@custom-authorizer/core'
import { toGatewayRequest } from '@custom-authorizer/core/fetch'
import * as huawei from '@custom-authorizer/core/huawei'
import { fakeClock } from '@custom-authorizer/core/testing'
import { expect, test } from 'vitest'
import { flushMicrotasks } from '../../support/deferred.ts'
import { reasonOf } from '../../support/outcome.ts'

const build = (options: object) =>
  createAuthorizer({
    authorize: (async () => ({ statusCode: 200, body: '{"status":"allow"}' })) as never,
    contract: huawei.frontend({ needBody: true }),
    logger: null,
    ...options,
  })

/** A request whose body sends these chunks and then stalls; `cancelled` is set when the reader cancels it. */
const stalled = (...chunks: number[]) => {
  const state = { cancelled: false }
  const body = new ReadableStream({
    start: (controller) => {
      for (const size of chunks) controller.enqueue(new Uint8Array(size))
    },
    cancel: () => {
      state.cancelled = true
    },
  })
  const request = new Request('http://a/', { method: 'POST', body, duplex: 'half' } as RequestInit)
  return { state, request: toGatewayRequest(request) }
}
const post = (body?: string) => toGatewayRequest(new Request('http://a/', { method: 'POST', ...(body && { body }) }))

test('SEC-80 a stalled body gets 408 at the deadline and its stream is cancelled', async () => {
  const clock = fakeClock()
  const authorizer = build({ clock, limits: { bodyTimeoutMs: 100 } })
  const { request, state } = stalled(1)
  const waiting = authorizer.evaluate(request)
  await flushMicrotasks()
  clock.advanceSync(100)
  expect(await waiting).toMatchObject({ reason: 'BODY_TIMEOUT', response: { status: 408 } })
  await flushMicrotasks()
  expect([state.cancelled, clock.pending]).toEqual([true, 0])
})

test('SEC-64 limits.pendingBodies limits concurrent bodies, and requests without a body are still served', async () => {
  const clock = fakeClock()
  const authorizer = build({ clock, maxInFlight: 1, limits: { pendingBodies: 1 } })
  const waiting = authorizer.evaluate(stalled(1).request)
  await flushMicrotasks()
  expect(await authorizer.evaluate(post('a'))).toMatchObject({ reason: 'OVERLOADED', response: { status: 503 } })
  expect(reasonOf(await authorizer.evaluate(post()))).toBe('ALLOWED')
  clock.advanceSync(30_000)
  expect(reasonOf(await waiting)).toBe('BODY_TIMEOUT')
  expect(reasonOf(await authorizer.evaluate(post('a')))).toBe('ALLOWED')
})

test('SEC-97 limits.pendingBodyBytes limits the buffered bytes, which are released after each decision', async () => {
  const authorizer = build({ limits: { pendingBodyBytes: 10 } })
  const { request, state } = stalled(6, 5)
  expect(reasonOf(await authorizer.evaluate(request))).toBe('OVERLOADED')
  await flushMicrotasks()
  expect(state.cancelled).toBe(true)
  for (let round = 0; round < 5; round++)
    expect(reasonOf(await authorizer.evaluate(post('0123456789')))).toBe('ALLOWED')
})

test('SEC-80 an aborted evaluation releases its slot and its bytes', async () => {
  const leaving = new AbortController()
  const authorizer = build({ limits: { pendingBodies: 1, pendingBodyBytes: 10 } })
  const { request, state } = stalled(9)
  const waiting = authorizer.evaluate(request, { signal: leaving.signal })
  await flushMicrotasks()
  leaving.abort()
  expect(reasonOf(await waiting)).toBe('ABORTED')
  expect(reasonOf(await authorizer.evaluate(post('0123456789')))).toBe('ALLOWED')
  expect(state.cancelled).toBe(true)
})
