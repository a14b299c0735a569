/** Responses that `deny()` and `unauthorized()` may define under the native contract. */
import {
  allow,
  createAuthorizer,
  deny,
  type DenialResponse,
  type Json,
  native,
  type NativeAnswer,
  unauthorized,
} from '@custom-authorizer/core'
import { expect, test, vi } from 'vitest'
import { syncOutcome, denied, reasonOf } from '../../../support/outcome.ts'
import { withToken } from '../../../support/with-token.ts'

const request = withToken('Bearer t')
const denialOf = (result: NativeAnswer): ReturnType<typeof denied> =>
  denied(syncOutcome(createAuthorizer({ authorize: () => result }).evaluate(request)))

const JSON_LINES = [
  ['Content-Type', 'application/json'],
  ['Cache-Control', 'no-store'],
]
test('deny() and unauthorized() may set the status', () => {
  expect(denialOf(deny({ status: 404 })).response).toMatchObject({ status: 404, headers: JSON_LINES })
  expect(denialOf(unauthorized({ status: 407 })).response).toMatchObject({ status: 407 })
  // The reason does not follow from the status.
  expect(denialOf(deny({ status: 401 }))).toMatchObject({ reason: 'DENIED', type: 'ACCESS_DENIED' })
})

const bodies: readonly [string, Json, string, string][] = [
  ['a string', 'No.', 'text/plain; charset=utf-8', 'No.'],
  ['an empty string', '', 'text/plain; charset=utf-8', ''],
  ['an object', { error: 'insufficient_scope' }, 'application/json', '{"error":"insufficient_scope"}'],
  ['an array', [1, 2], 'application/json', '[1,2]'],
  ['false', false, 'application/json', 'false'],
  ['zero', 0, 'application/json', '0'],
]
test.each(bodies)('deny() may set the body: %s', (_, body, contentType, text) => {
  const { response } = denialOf(deny({ body }))
  expect(response.body).toBe(text)
  expect(response.headers).toEqual([
    ['Content-Type', contentType],
    ['Cache-Control', 'no-store'],
  ])
})

test('a denial may add headers and replace the default ones', () => {
  const headers = {
    'WWW-Authenticate': 'Bearer error="invalid_token"',
    'content-type': 'application/problem+json',
    'Cache-Control': 'max-age=60',
    'X-Empty': '',
  }
  expect(denialOf(unauthorized({ headers, body: {} })).response).toEqual({
    status: 401,
    headers: Object.entries(headers),
    body: '{}',
  })
})

test('SEC-58 deny() is cached with its response, unauthorized() is not cached', () => {
  const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
  const response: DenialResponse = { status: 451, body: 'No.', headers: { 'X-A': 'b' } }
  for (const [result, reason, calls] of [
    [deny(response), 'DENIED', 1],
    [unauthorized(response), 'UNAUTHORIZED', 2],
  ] as const) {
    const authorize = vi.fn((): NativeAnswer => result)
    const authorizer = createAuthorizer({ authorize, contract })
    const [first, second] = [1, 2].map(() => denied(syncOutcome(authorizer.evaluate(request))))
    expect(first?.response.status).toBe(451)
    expect(second?.response).toEqual(first?.response)
    expect(reasonOf(first as never)).toBe(reason)
    expect(authorize).toHaveBeenCalledTimes(calls)
  }
})

test('SEC-127 a request that waited for a result with Set-Cookie calls the function, and its decision reports a miss', async () => {
  const states: string[] = []
  const authorizer = createAuthorizer({
    authorize: () => Promise.resolve(allow({ responseHeaders: { 'Set-Cookie': 'sid=1' } })),
    contract: native({ identitySources: ['$request.header.authorization'], resultTtlSeconds: 60 }),
    onDecision: ({ cache }) => states.push(cache.state),
    logger: null,
  })
  await Promise.all([authorizer.evaluate(request), authorizer.evaluate(request)])
  expect(states).toEqual(['miss', 'miss'])
})
