import {
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
const answering = (answer: NativeAnswer): ReturnType<typeof denied> =>
  denied(syncOutcome(createAuthorizer({ authorize: () => answer }).evaluate(request)))

const JSON_LINES = [
  ['Content-Type', 'application/json'],
  ['Cache-Control', 'no-store'],
]
test('a refusal may choose its status', () => {
  expect(answering(deny({ status: 404 })).response).toMatchObject({ status: 404, headers: JSON_LINES })
  expect(answering(unauthorized({ status: 407 })).response).toMatchObject({ status: 407 })
  // What it means stays what it is.
  expect(answering(deny({ status: 401 }))).toMatchObject({ reason: 'DENIED', type: 'ACCESS_DENIED' })
})

const bodies: readonly [string, Json, string, string][] = [
  ['text', 'No.', 'text/plain; charset=utf-8', 'No.'],
  ['empty text', '', 'text/plain; charset=utf-8', ''],
  ['an object', { error: 'insufficient_scope' }, 'application/json', '{"error":"insufficient_scope"}'],
  ['a list', [1, 2], 'application/json', '[1,2]'],
  ['false', false, 'application/json', 'false'],
  ['zero', 0, 'application/json', '0'],
]
test.each(bodies)('a refusal may choose its body: %s', (_, body, contentType, text) => {
  const { response } = answering(deny({ body }))
  expect(response.body).toBe(text)
  expect(response.headers).toEqual([
    ['Content-Type', contentType],
    ['Cache-Control', 'no-store'],
  ])
})

test('a refusal may add headers, and replace those that would be sent', () => {
  const headers = {
    'WWW-Authenticate': 'Bearer error="invalid_token"',
    'content-type': 'application/problem+json',
    'Cache-Control': 'max-age=60',
    'X-Empty': '',
  }
  expect(answering(unauthorized({ headers, body: {} })).response).toEqual({
    status: 401,
    headers: Object.entries(headers),
    body: '{}',
  })
})

test('SEC-58 a refusal is kept with its response, an unknown caller is not', () => {
  const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
  const response: DenialResponse = { status: 451, body: 'No.', headers: { 'X-A': 'b' } }
  for (const [answer, reason, calls] of [
    [deny(response), 'DENIED', 1],
    [unauthorized(response), 'UNAUTHORIZED', 2],
  ] as const) {
    const authorize = vi.fn((): NativeAnswer => answer)
    const authorizer = createAuthorizer({ authorize, contract })
    const [first, second] = [1, 2].map(() => denied(syncOutcome(authorizer.evaluate(request))))
    expect(first?.response.status).toBe(451)
    expect(second?.response).toEqual(first?.response)
    expect(reasonOf(first as never)).toBe(reason)
    expect(authorize).toHaveBeenCalledTimes(calls)
  }
})
