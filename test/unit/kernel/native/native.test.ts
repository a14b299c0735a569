import {
  allow,
  createAuthorizer,
  deny,
  type Outcome,
  native,
  type NativeAnswer,
  type NativeAuthorize,
  unauthorized,
} from '@custom-authorizer/core'
import { describe, expect, test, vi } from 'vitest'
import { allowed, syncOutcome, denied, reasonOf } from '../../../support/outcome.ts'
import { gatewayRequest } from '../../../support/request.ts'
import { withToken } from '../../../support/with-token.ts'

const request = withToken('Bearer t')
const answering = (answer: unknown): Outcome =>
  syncOutcome(createAuthorizer({ authorize: () => answer as NativeAnswer, logger: null }).evaluate(request))

const yes: readonly [string, unknown, string, object][] = [
  ['true', true, '', {}],
  ['allow()', allow(), '', {}],
  ['allow() with a principal', allow({ principalId: 'alice' }), 'alice', {}],
  ['allow() with a context', allow({ context: { role: 'admin' } }), '', { role: 'admin' }],
  ['allow() with nothing in it', allow({ principalId: undefined, context: undefined as never }), '', {}],
  ['an object', { isAuthorized: true }, '', {}],
  ['an object as an HTTP API takes it', { isAuthorized: true, context: { a: 1 } }, '', { a: 1 }],
  ['an object without a prototype', Object.assign(Object.create(null) as object, { isAuthorized: true }), '', {}],
  ['a context of null', { isAuthorized: true, context: null }, '', {}],
  ['a principal of 1024 characters', allow({ principalId: 'x'.repeat(1024) }), 'x'.repeat(1024), {}],
  ['an expiry', allow({ expiresAt: Date.UTC(2999, 0) }), '', {}],
]
test.each(yes)('%s lets the request pass', (_, answer, principalId, context) => {
  expect(allowed(answering(answer))).toMatchObject({ principalId, context })
})

const no: readonly [string, unknown, string, number][] = [
  ['false', false, 'DENIED', 403],
  ['deny()', deny(), 'DENIED', 403],
  ['an object', { isAuthorized: false }, 'DENIED', 403],
  ['an object with a principal', { isAuthorized: false, principalId: 'alice', context: {} }, 'DENIED', 403],
  ['unauthorized()', unauthorized(), 'UNAUTHORIZED', 401],
]
test.each(no)('%s refuses it', (_, answer, reason, status) => {
  const refusal = denied(answering(answer))
  expect(refusal).toMatchObject({ reason, response: { status } })
  const message = status === 401 ? 'Unauthorized' : 'Forbidden'
  expect(refusal.response.body).toBe(JSON.stringify({ message }))
  expect(refusal.response.headers).toEqual([
    ['Content-Type', 'application/json'],
    ['Cache-Control', 'no-store'],
  ])
})

const answers: readonly (readonly [string, unknown])[] = [...yes, ...no].map(([name, answer]) => [name, answer])
test.each(answers)('%s may be answered later as well', async (_, answer) => {
  const later = createAuthorizer({ authorize: async () => answer as NativeAnswer, logger: null })
  expect(reasonOf(await later.evaluate(request))).toBe(reasonOf(answering(answer)))
})

test('the function receives the canonical request and a signal, nothing else', () => {
  const authorize = vi.fn<NativeAuthorize>(() => true)
  void createAuthorizer({ authorize }).evaluate(request)
  expect(authorize.mock.calls).toHaveLength(1)
  const [given, call, ...rest] = authorize.mock.calls[0] ?? []
  expect(given).toBe(request)
  expect(Object.keys(call ?? {})).toEqual(['signal'])
  expect(call?.signal.aborted).toBe(false)
  expect(rest).toEqual([])
})

test('requestContext.authorizer holds the principal and the context, for code that was moved from elsewhere', () => {
  const said = allowed(answering(allow({ principalId: 'alice', context: { role: 'admin', n: 1 } })))
  expect(said.requestContext).toEqual({ authorizer: { principalId: 'alice', role: 'admin', n: 1 } })
})

describe('identity sources', () => {
  const identitySources = ['$request.header.Authorization', '$request.querystring.tenant']
  const authorize = vi.fn(() => true)
  const authorizer = createAuthorizer({ authorize, contract: native({ identitySources }) })
  const ask = (line: string, headers: Record<string, string> | [string, string][]): string => {
    authorize.mockClear()
    return reasonOf(syncOutcome(authorizer.evaluate(gatewayRequest(line, { headers }))))
  }
  const token = { authorization: 'Bearer t' }

  const rows: readonly [string, string, Record<string, string> | [string, string][], string][] = [
    ['all there', 'GET /?tenant=a', token, 'ALLOWED'],
    ['the header is missing', 'GET /?tenant=a', {}, 'IDENTITY_SOURCE_MISSING'],
    ['the header is empty', 'GET /?tenant=a', { authorization: '' }, 'IDENTITY_SOURCE_MISSING'],
    ['the header is blank', 'GET /?tenant=a', { authorization: ' \t ' }, 'IDENTITY_SOURCE_MISSING'],
    ['the parameter is missing', 'GET /?Tenant=a', token, 'IDENTITY_SOURCE_MISSING'],
    ['the parameter is empty', 'GET /?tenant', token, 'IDENTITY_SOURCE_MISSING'],
    ['the parameter is blank', 'GET /?tenant=+%20', token, 'IDENTITY_SOURCE_MISSING'],
    ['SEC-24 the parameter is repeated', 'GET /?tenant=a&tenant=a', token, 'IDENTITY_SOURCE_REPEATED'],
    [
      'SEC-24 the parameter is repeated in another spelling',
      'GET /?tenant=a&%74enant=b',
      token,
      'IDENTITY_SOURCE_REPEATED',
    ],
    ['SEC-24 the parameter is repeated and empty', 'GET /?tenant=a&tenant=', token, 'IDENTITY_SOURCE_REPEATED'],
    ['SEC-111 an array of a parameter is another parameter', 'GET /?tenant[]=a', token, 'IDENTITY_SOURCE_MISSING'],
    ['SEC-55 the parameter is not UTF-8', 'GET /?tenant=%ff', token, 'MALFORMED_REQUEST'],
    ['SEC-55 the parameter is half an escape', 'GET /?tenant=%f', token, 'MALFORMED_REQUEST'],
    ['SEC-08 the parameter holds a control character', 'GET /?tenant=a%00', token, 'IDENTITY_SOURCE_INVALID'],
    ['SEC-08 the parameter holds a newline', 'GET /?tenant=a%0ab', token, 'IDENTITY_SOURCE_INVALID'],
    ['SEC-95 the parameter is as long as may be', `GET /?tenant=${'a'.repeat(8192)}`, token, 'ALLOWED'],
    ['SEC-95 the parameter is too long', `GET /?tenant=${'a'.repeat(8193)}`, token, 'IDENTITY_SOURCE_INVALID'],
    ['SEC-95 the parameter is a megabyte', `GET /?tenant=${'a'.repeat(2 ** 20)}`, token, 'IDENTITY_SOURCE_INVALID'],
    ['SEC-95 the header is too long', 'GET /?tenant=a', { authorization: 'a'.repeat(8193) }, 'IDENTITY_SOURCE_INVALID'],
    [
      'SEC-95 both are as long as may be',
      `GET /?tenant=${'a'.repeat(8192)}`,
      { authorization: 'a'.repeat(8192) },
      'ALLOWED',
    ],
    [
      'SEC-24 the header is repeated',
      'GET /?tenant=a',
      [
        ['authorization', 'a'],
        ['Authorization', 'b'],
      ],
      'IDENTITY_SOURCE_REPEATED',
    ],
    [
      'SEC-24 the header is repeated with one value',
      'GET /?tenant=a',
      [
        ['authorization', 'a'],
        ['authorization', 'a'],
      ],
      'IDENTITY_SOURCE_REPEATED',
    ],
    ['SEC-24 one header holds a list', 'GET /?tenant=a', { authorization: 'a, b' }, 'ALLOWED'],
  ]
  test.each(rows)('SEC-57 %s', (_, line, headers, reason) => {
    expect(ask(line, headers)).toBe(reason)
    expect(authorize).toHaveBeenCalledTimes(reason === 'ALLOWED' ? 1 : 0)
  })

  test('SEC-95 more than 16 KiB in all are refused, with up to eight sources', () => {
    const names = ['a', 'b', 'c']
    const contract = native({ identitySources: names.map((name) => `$request.header.${name}`) })
    const three = createAuthorizer({ authorize: () => true, contract })
    const asked = (lengths: number[]): string => {
      const headers = Object.fromEntries(names.map((name, index) => [name, 'x'.repeat(lengths[index] ?? 0)]))
      return reasonOf(syncOutcome(three.evaluate(gatewayRequest('GET /', { headers }))))
    }
    expect(asked([8192, 8191, 1])).toBe('ALLOWED')
    expect(asked([8192, 8191, 2])).toBe('IDENTITY_SOURCE_INVALID')
  })

  test('SEC-24 a repeated Authorization line is refused, whatever the identity sources are', () => {
    const open = createAuthorizer({ authorize })
    const headers: [string, string][] = [
      ['Authorization', 'a'],
      ['authorization', 'b'],
    ]
    authorize.mockClear()
    expect(reasonOf(syncOutcome(open.evaluate(gatewayRequest('GET /', { headers }))))).toBe('IDENTITY_SOURCE_REPEATED')
    expect(authorize).not.toHaveBeenCalled()
  })
})
