/** Response headers and redirects that a native authorizer chooses, as the contract reads them from a result. */
import { allow, deny, native, redirect, unauthorized } from '@custom-authorizer/core'
import { describe, expect, test } from 'vitest'

const contract = native()
const parse = (value: unknown): unknown => contract.parseResult({ status: 'returned', value })
const badResult = (problem: string) => ({ accepted: false, reason: 'BAD_RESULT', problem })
const lines = (count: number): string[] => Array.from({ length: count }, (_, index) => `v${index}`)

const parseHeaders = (responseHeaders: unknown): unknown => parse({ isAuthorized: true, responseHeaders })

describe('headers of an allowed request', () => {
  const accepted = { isAuthorized: true, principalId: '', context: {} }

  test('each value is one line, in the order given', () => {
    const responseHeaders = { 'X-B': '2', 'X-A': ['1', 'a\tb', ''] }
    expect(parseHeaders(responseHeaders)).toEqual({
      accepted: true,
      result: {
        ...accepted,
        responseHeaders: [
          ['X-B', '2'],
          ['X-A', '1'],
          ['X-A', 'a\tb'],
          ['X-A', ''],
        ],
      },
    })
  })

  test.each([{}, undefined, { 'X-A': [] }])('%j adds no header', (responseHeaders) => {
    expect(parseHeaders(responseHeaders)).toEqual({ accepted: true, result: accepted })
  })

  test.each(['Set-Cookie', 'set-cookie', 'SET-COOKIE'])('SEC-127 a result with %s is not cached', (name) => {
    expect(parseHeaders({ 'X-A': '1', [name]: 'sid=1' })).toMatchObject({ accepted: true, uncached: true })
  })

  test.each(['Content-Type', 'content-encoding', 'Content-Range', 'ETag', 'Last-Modified'])(
    'the header %s is rejected, because it describes the body',
    (name) => {
      expect(parseHeaders({ 'X-A': '1', [name]: 'x' })).toEqual(
        badResult(`responseHeaders.${name} describes the body, which the handler writes`),
      )
    },
  )

  test('100 lines are accepted, and more are rejected', () => {
    expect(parseHeaders({ 'X-A': lines(99), 'X-B': '1' })).toMatchObject({ accepted: true })
    expect(parseHeaders({ 'X-A': lines(100), 'X-B': '1' })).toEqual(
      badResult('responseHeaders has more than 100 lines'),
    )
  })

  const notPrintable = badResult('responseHeaders.X-A is not printable text, or an array of printable texts')
  // oxlint-disable-next-line no-sparse-arrays -- a hole is not a text
  test.each<[unknown]>([['é'], ['a\r\nb'], [1], [null], [['a', 1]], [[, 'a']], [{}]])(
    'SEC-21 the value %j is rejected',
    (value) => {
      expect(parseHeaders({ 'X-A': value })).toEqual(notPrintable)
    },
  )

  test.each<[unknown]>([['X-A: 1'], [['X-A', '1']], [null], [1]])('%j instead of headers is rejected', (given) => {
    expect(parseHeaders(given)).toEqual(badResult('responseHeaders is not an object'))
  })

  test('they cannot be combined with a denial', () => {
    expect(parse({ isAuthorized: false, responseHeaders: { 'X-A': '1' } })).toEqual(
      badResult('responseHeaders can only be combined with isAuthorized: true; set response.headers instead'),
    )
  })
})

test.each([
  ['deny()', deny({ headers: { 'Set-Cookie': 'sid=' } })],
  ['unauthorized()', unauthorized({ headers: { 'set-cookie': 'sid=' } })],
  ['redirect()', redirect('/login', { headers: { 'Set-Cookie': 'next=a' } })],
])('SEC-127 the result of %s with a cookie is not cached', (_, value) => {
  expect(parse(value)).toMatchObject({ uncached: true })
})

test.each([
  ['deny()', deny({ headers: { 'X-A': '1' } })],
  ['unauthorized()', unauthorized({ headers: { 'X-A': '1' } })],
  ['redirect()', redirect('/login', { headers: { 'X-A': '1' } })],
  ['allow()', allow({ responseHeaders: { 'X-A': '1' } })],
])('the result of %s with another header may be cached', (_, value) => {
  expect(parse(value)).not.toHaveProperty('uncached')
})

const rejected = (response: object) => ({ accepted: false, reason: 'UNAUTHORIZED', response })

describe('redirect()', () => {
  const TYPE = ['Content-Type', 'application/json']
  const NO_STORE = ['Cache-Control', 'no-store']
  const body = '{"message":"Unauthorized"}'

  test.each([undefined, 302, 303, 307] as const)('SEC-126 a redirect with the status %s has Location', (status) => {
    const options = status === undefined ? {} : { status }
    expect(parse(redirect('/login', options))).toEqual(
      rejected({ status: status ?? 302, headers: [['Location', '/login'], TYPE, NO_STORE], body }),
    )
  })

  test('other headers follow Location and replace the default ones', () => {
    const headers = { 'cache-control': 'private', 'X-A': '1', 'content-TYPE': 'text/plain' }
    expect(parse(redirect('/login', { headers }))).toEqual(
      rejected({ status: 302, headers: [['Location', '/login'], ...Object.entries(headers)], body }),
    )
  })

  test('SEC-103 a header of another name leaves the default ones in place', () => {
    expect(parse(redirect('/login', { headers: { 'X-A': '1' } }))).toEqual(
      rejected({ status: 302, headers: [['Location', '/login'], TYPE, ['X-A', '1'], NO_STORE], body }),
    )
  })

  test.each<[unknown, string]>([
    [null, 'redirect is not an object'],
    ['/login', 'redirect is not an object'],
    [['/login'], 'redirect is not an object'],
    [{ location: '/login', to: '/' }, 'redirect.to is an unknown member'],
    [
      { location: 1 },
      'redirect.location is neither a path that starts with one slash, nor a URL of an origin in native.redirectOrigins',
    ],
    [
      { location: 'https://[' },
      'redirect.location is neither a path that starts with one slash, nor a URL of an origin in native.redirectOrigins',
    ],
    [{ location: '/login', status: 301 }, 'redirect.status is not 302, 303 or 307'],
    [{ location: '/login', headers: 'a: b' }, 'redirect.headers is not an object'],
    [
      { location: '/login', headers: { Connection: 'x' } },
      'redirect.headers.Connection is not a header that can be set',
    ],
    [
      { location: '/login', headers: { 'X-A': '1', LOCATION: '/' } },
      'redirect.headers contains Location or Refresh, which redirect sets itself',
    ],
    [
      { location: '/login', headers: { refresh: '0' } },
      'redirect.headers contains Location or Refresh, which redirect sets itself',
    ],
  ])('SEC-126 the redirect %j is rejected', (given, problem) => {
    expect(parse({ isAuthorized: false, redirect: given })).toEqual(badResult(problem))
  })

  test('a redirect cannot be combined with a response, or with isAuthorized: true', () => {
    const given = { redirect: { location: '/login' } }
    expect(parse({ ...given, isAuthorized: false, response: {} })).toEqual(
      badResult('redirect and response cannot be combined; set redirect.headers instead'),
    )
    expect(parse({ ...given, isAuthorized: true })).toEqual(
      badResult('response, redirect and unauthorized can only be combined with isAuthorized: false'),
    )
  })
})

const deniedWith = (status: number) => ({ isAuthorized: false, response: { status, headers: [], body: '' } })

describe('stored results', () => {
  const stored = { isAuthorized: true, principalId: 'alice', context: {} }
  const revive = (members: object): unknown => contract.reviveResult?.({ ...stored, ...members })

  test.each<[readonly unknown[]]>([
    [[]],
    [[['X-A', '1']]],
    [
      [
        ['X-A', '1'],
        ['X-A', '2'],
      ],
    ],
  ])('SEC-65 the stored headers %j are accepted', (responseHeaders) => {
    expect(revive({ responseHeaders })).toEqual({ ...stored, responseHeaders })
  })

  test.each<[unknown]>([
    [{ 'X-A': '1' }],
    ['X-A'],
    [null],
    [['X-A', '1']],
    [[['X-A']]],
    [[['X-A', '1', '2']]],
    [[[1, '1']]],
    [[['X-A', 1]]],
    [[['X-A', 'a\r\nb']]],
    [[['X-B', '1'], { length: 2, 0: 'X-A', 1: '1' }]],
    [[['Content-Type', 'text/html']]],
    [[['Transfer-Encoding', 'chunked']]],
    [[['set-cookie', 'sid=1']]],
  ])('SEC-65 SEC-127 the stored headers %j are rejected', (responseHeaders) => {
    expect(revive({ responseHeaders })).toBeUndefined()
  })

  test('SEC-65 a stored denial has no headers for the handler, and no status of another kind', () => {
    expect(revive({ isAuthorized: false, responseHeaders: [['X-A', '1']] })).toBeUndefined()
    expect([399, 400, 599, 600, 302].filter((status) => revive(deniedWith(status)) !== undefined)).toEqual([400, 599])
  })
})
