/** Identity sources by themselves: what is read, what is too much, how a list becomes a key (SEC-54, 55, 57, 95). */
import { headerSource, querySource, REPEATED } from '@custom-authorizer/core'
import { describe, expect, test } from 'vitest'
import {
  identityKey,
  identityStates,
  isText,
  parseIdentitySource,
  readIdentity,
} from '../../packages/core/src/identity-source.ts'
import { expectOptionError } from '../support/option-error.ts'
import { gatewayRequest } from '../support/request.ts'

const A = headerSource('X-A')
const B = headerSource('x-b')
const Q = querySource('q')

/** A request with the headers X-A and X-B. */
const ab = (a: string, b: string) => gatewayRequest('GET /', { headers: { 'X-A': a, 'X-B': b } })

test('sources say where they read, in the words of the manual', () => {
  expect([A, B, Q].map(({ location, name }) => `${location} ${name}`)).toEqual([
    'header X-A',
    'header x-b',
    'querystring q',
  ])
})

describe('SEC-95 values', () => {
  const long = 'v'.repeat(8192)

  test('have at most 8192 characters', () => {
    expect(readIdentity([A], ab(long, 'b'))).toEqual([long])
    expect(readIdentity([A], ab(`${long}v`, 'b'))).toBe('IDENTITY_SOURCE_INVALID')
  })

  test('have at most 16384 characters together', () => {
    const request = gatewayRequest('GET /?q=1', { headers: { 'X-A': long, 'X-B': long } })
    expect(readIdentity([A, B], request)).toEqual([long, long])
    expect(readIdentity([A, B, Q], request)).toBe('IDENTITY_SOURCE_INVALID')
  })
})

describe('SEC-57 SEC-24 what is wrong with the first source that is not usable', () => {
  test.each([
    ['GET /', [A, Q], 'IDENTITY_SOURCE_MISSING'],
    ['GET /?q=1&q=1', [A, Q], 'IDENTITY_SOURCE_REPEATED'],
    ['GET /?q=', [A, Q], 'IDENTITY_SOURCE_MISSING'],
    ['GET /?q=+%09', [A, Q], 'IDENTITY_SOURCE_MISSING'],
    ['GET /?q=1&q=2', [headerSource('x-c'), Q], 'IDENTITY_SOURCE_MISSING'],
  ] as const)('%s', (line, sources, problem) => {
    expect(readIdentity(sources, gatewayRequest(line, { headers: { 'X-A': '1' } }))).toBe(problem)
  })

  test('is nothing when all are there', () => {
    const request = gatewayRequest('GET /?q=%C3%A9', { headers: { 'X-A': ' 1' } })
    expect(readIdentity([Q, A], request)).toEqual(['é', ' 1'])
    expect(readIdentity([], request)).toEqual([])
  })
})

describe('SEC-55 bytes that are no text', () => {
  test.each(['%ff', '%C3', 'a%c0%af'])('are read as what no identity may hold: %s', (value) => {
    const found = Q.read(gatewayRequest(`GET /?q=${value}`))
    expect(found).toBe('\u0000')
    expect(isText([found as string])).toBe(false)
  })

  test.each([
    ['a\tb', true],
    ['é \u0080', true],
    ['a\u0000', false],
    ['\u0008', false],
    ['\n', false],
    ['\u000b', false],
    ['\u001f', false],
    ['\u007f', false],
  ])('%j is text: %s', (value, expected) => {
    expect(isText(['fine', value])).toBe(expected)
  })
})

test('SEC-101 explanations say how each source was found, and no value', () => {
  const line = 'GET /?here=1&twice=1&twice=1&bytes=%ff'
  const sources = [...['here', 'gone', 'twice', 'bytes'].map(querySource), A]
  const states = identityStates(sources, gatewayRequest(line, { headers: { 'X-A': 'v'.repeat(8193) } }))
  expect(states).toEqual([
    { location: 'querystring', name: 'here', state: 'present' },
    { location: 'querystring', name: 'gone', state: 'missing' },
    { location: 'querystring', name: 'twice', state: 'repeated' },
    { location: 'querystring', name: 'bytes', state: 'notText' },
    { location: 'header', name: 'X-A', state: 'tooLong' },
  ])
})

test.each([
  [['a'], 'a'],
  [['a', 'bc'], '1:a2:bc'],
  [['1:a', ''], '3:1:a0:'],
  [[], ''],
])('SEC-54 the key of %j is %j', (values, key) => {
  expect(identityKey(values)).toBe(key)
})

describe('the notation of the native contract', () => {
  test.each([
    ['$request.header.X-Api.Key_$1', 'header', 'X-Api.Key_$1'],
    ['$request.querystring.q', 'querystring', 'q'],
    ['$request.querystring.header.x', 'querystring', 'header.x'],
  ])('SEC-57 %s is read', (expression, location, name) => {
    expect(parseIdentitySource('here', expression)).toMatchObject({ location, name })
  })

  test.each([
    'x$request.header.a',
    '$request.header.',
    '$request.header.a b',
    '$request.header.a\n',
    '$request.body.a',
    '$request.header',
    'request.header.a',
    '$request.querystring.ü',
    '',
  ])('SEC-105 %j is refused', (expression) => {
    const parse = (): unknown => parseIdentitySource('here[0]', expression)
    expectOptionError(parse, 'here[0]', 'found', '"$request.header.NAME" or "$request.querystring.NAME"')
  })
})

test('SEC-24 a repeated parameter has no value', () => {
  expect(Q.read(gatewayRequest('GET /?q=1&Q=2&q=3'))).toBe(REPEATED)
  expect(Q.read(gatewayRequest('GET /?q=1&Q=2'))).toBe('1')
})
