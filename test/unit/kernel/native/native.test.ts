/** The native contract: allow, deny and unauthorized results, and identity sources. */
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
const outcomeOf = (result: unknown): Outcome =>
  syncOutcome(createAuthorizer({ authorize: () => result as NativeAnswer, logger: null }).evaluate(request))

const allowing: readonly [string, unknown, string, object][] = [
  ['true', true, '', {}],
  ['allow()', allow(), '', {}],
  ['allow() with a principal ID', allow({ principalId: 'alice' }), 'alice', {}],
  ['allow() with a context', allow({ context: { role: 'admin' } }), '', { role: 'admin' }],
  ['allow() with undefined members', allow({ principalId: undefined, context: undefined as never }), '', {}],
  ['an object with isAuthorized: true', { isAuthorized: true }, '', {}],
  ['a simple response of an HTTP API', { isAuthorized: true, context: { a: 1 } }, '', { a: 1 }],
  ['an object without a prototype', Object.assign(Object.create(null) as object, { isAuthorized: true }), '', {}],
  ['a context of null', { isAuthorized: true, context: null }, '', {}],
  ['a principal ID of 1024 characters', allow({ principalId: 'x'.repeat(1024) }), 'x'.repeat(1024), {}],
  ['an expiry', allow({ expiresAt: Date.UTC(2999, 0) }), '', {}],
]
test.each(allowing)('%s allows the request', (_, result, principalId, context) => {
  expect(allowed(outcomeOf(result))).toMatchObject({ principalId, context })
})

const denying: readonly [string, unknown, string, number][] = [
  ['false', false, 'DENIED', 403],
  ['deny()', deny(), 'DENIED', 403],
  ['an object with isAuthorized: false', { isAuthorized: false }, 'DENIED', 403],
  [
    'an object with isAuthorized: false and a principal ID',
    { isAuthorized: false, principalId: 'alice', context: {} },
    'DENIED',
    403,
  ],
  ['unauthorized()', unauthorized(), 'UNAUTHORIZED', 401],
]
test.each(denying)('%s denies the request', (_, result, reason, status) => {
  const denial = denied(outcomeOf(result))
  expect(denial).toMatchObject({ reason, response: { status } })
  const message = status === 401 ? 'Unauthorized' : 'Forbidden'
  expect(denial.response.body).toBe(JSON.stringify({ message }))
  expect(denial.response.headers).toEqual([
    ['Content-Type', 'application/json'],
    ['Cache-Control', 'no-store'],
  ])
})

const results: readonly (readonly [string, unknown])[] = [...allowing, ...denying].map(([name, result]) => [
  name,
  result,
])
test.each(results)('a promise of %s has the same outcome', async (_, result) => {
  const asynchronous = createAuthorizer({ authorize: async () => result as NativeAnswer, logger: null })
  expect(reasonOf(await asynchronous.evaluate(request))).toBe(reasonOf(outcomeOf(result)))
})

test('SEC-01 the function receives the canonical request and a signal, and nothing else', () => {
  const authorize = vi.fn<NativeAuthorize>(() => true)
  void createAuthorizer({ authorize }).evaluate(request)
  expect(authorize.mock.calls).toHaveLength(1)
  const [given, call, ...rest] = authorize.mock.calls[0] ?? []
  expect(given).toBe(request)
  expect(Object.keys(call ?? {})).toEqual(['signal'])
  expect(call?.signal.aborted).toBe(false)
  expect(rest).toEqual([])
})

test('requestContext.authorizer has the principal ID and the context, as handlers for API Gateway expect', () => {
  const context = allowed(outcomeOf(allow({ principalId: 'alice', context: { role: 'admin', n: 1 } })))
  expect(context.requestContext).toEqual({ authorizer: { principalId: 'alice', role: 'admin', n: 1 } })
})

describe('identity sources', () => {
  const identitySources = ['$request.header.Authorization', '$request.querystring.tenant']
  const authorize = vi.fn(() => true)
  const authorizer = createAuthorizer({ authorize, contract: native({ identitySources }) })
  const reasonFor = (line: string, headers: Record<string, string> | [string, string][]): string => {
    authorize.mockClear()
    return reasonOf(syncOutcome(authorizer.evaluate(gatewayRequest(line, { headers }))))
  }
  const token = { authorization: 'Bearer t' }

  const rows: readonly [string, string, Record<string, string> | [string, string][], string][] = [
    ['all sources are present', 'GET /?tenant=a', token, 'ALLOWED'],
    ['the header is missing', 'GET /?tenant=a', {}, 'IDENTITY_SOURCE_MISSING'],
    ['the header is empty', 'GET /?tenant=a', { authorization: '' }, 'IDENTITY_SOURCE_MISSING'],
    ['the header is blank', 'GET /?tenant=a', { authorization: ' \t ' }, 'IDENTITY_SOURCE_MISSING'],
    ['the parameter is missing', 'GET /?Tenant=a', token, 'IDENTITY_SOURCE_MISSING'],
    ['the parameter is empty', 'GET /?tenant', token, 'IDENTITY_SOURCE_MISSING'],
    ['the parameter is blank', 'GET /?tenant=+%20', token, 'IDENTITY_SOURCE_MISSING'],
    ['SEC-24 the parameter is repeated', 'GET /?tenant=a&tenant=a', token, 'IDENTITY_SOURCE_REPEATED'],
    [
      'SEC-24 the parameter is repeated with an encoded name',
      'GET /?tenant=a&%74enant=b',
      token,
      'IDENTITY_SOURCE_REPEATED',
    ],
    [
      'SEC-24 the parameter is repeated with an empty value',
      'GET /?tenant=a&tenant=',
      token,
      'IDENTITY_SOURCE_REPEATED',
    ],
    ['SEC-111 the parameter has brackets in its name', 'GET /?tenant[]=a', token, 'IDENTITY_SOURCE_MISSING'],
    ['SEC-55 the parameter is not UTF-8', 'GET /?tenant=%ff', token, 'MALFORMED_REQUEST'],
    ['SEC-55 the parameter has an incomplete escape', 'GET /?tenant=%f', token, 'MALFORMED_REQUEST'],
    ['SEC-08 the parameter contains a control character', 'GET /?tenant=a%00', token, 'IDENTITY_SOURCE_INVALID'],
    ['SEC-08 the parameter contains a newline', 'GET /?tenant=a%0ab', token, 'IDENTITY_SOURCE_INVALID'],
    ['SEC-95 the parameter has the maximum length', `GET /?tenant=${'a'.repeat(8192)}`, token, 'ALLOWED'],
    ['SEC-95 the parameter is too long', `GET /?tenant=${'a'.repeat(8193)}`, token, 'IDENTITY_SOURCE_INVALID'],
    ['SEC-95 the parameter has a megabyte', `GET /?tenant=${'a'.repeat(2 ** 20)}`, token, 'IDENTITY_SOURCE_INVALID'],
    ['SEC-95 the header is too long', 'GET /?tenant=a', { authorization: 'a'.repeat(8193) }, 'IDENTITY_SOURCE_INVALID'],
    [
      'SEC-95 both values have the maximum length',
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
      'SEC-24 the header is repeated with the same value',
      'GET /?tenant=a',
      [
        ['authorization', 'a'],
        ['authorization', 'a'],
      ],
      'IDENTITY_SOURCE_REPEATED',
    ],
    ['SEC-24 one header contains a list', 'GET /?tenant=a', { authorization: 'a, b' }, 'ALLOWED'],
  ]
  test.each(rows.map(([name, line, headers, reason]) => [name, reason, line, headers] as const))(
    'SEC-57 %s: %s',
    (_, reason, line, headers) => {
      expect(reasonFor(line, headers)).toBe(reason)
      expect(authorize).toHaveBeenCalledTimes(reason === 'ALLOWED' ? 1 : 0)
    },
  )

  test('SEC-95 identity values of more than 16 KiB in total are rejected', () => {
    const names = ['a', 'b', 'c']
    const contract = native({ identitySources: names.map((name) => `$request.header.${name}`) })
    const three = createAuthorizer({ authorize: () => true, contract })
    const reasonForLengths = (lengths: number[]): string => {
      const headers = Object.fromEntries(names.map((name, index) => [name, 'x'.repeat(lengths[index] ?? 0)]))
      return reasonOf(syncOutcome(three.evaluate(gatewayRequest('GET /', { headers }))))
    }
    expect(reasonForLengths([8192, 8191, 1])).toBe('ALLOWED')
    expect(reasonForLengths([8192, 8191, 2])).toBe('IDENTITY_SOURCE_INVALID')
  })

  test('SEC-24 repeated Authorization headers are rejected even without identity sources', () => {
    const withoutSources = createAuthorizer({ authorize })
    const headers: [string, string][] = [
      ['Authorization', 'a'],
      ['authorization', 'b'],
    ]
    authorize.mockClear()
    expect(reasonOf(syncOutcome(withoutSources.evaluate(gatewayRequest('GET /', { headers }))))).toBe(
      'IDENTITY_SOURCE_REPEATED',
    )
    expect(authorize).not.toHaveBeenCalled()
  })
})
