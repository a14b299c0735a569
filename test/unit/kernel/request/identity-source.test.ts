/** Identity sources by themselves: what is read, what is too much, how a list becomes a key (SEC-54, 55, 57, 95). */
import { headerSource, type IdentitySource, querySource, REPEATED, systemClock } from '@custom-authorizer/core/contract'
import { describe, expect, test } from 'vitest'
import {
  hasCredential,
  identityKey,
  identityStates,
  isText,
  lengthProblem,
  parseIdentitySource,
  readIdentity,
} from '../../../../packages/core/src/kernel/request/identity-source.ts'
import { expectOptionError } from '../../../support/option-error.ts'
import { gatewayRequest } from '../../../support/request.ts'

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

describe('SEC-95 the message about a long identity', () => {
  const limits = { valueCharacters: 3, totalCharacters: 5 }
  const problemOf = (a: string, b: string, option?: string): string =>
    lengthProblem([A, B], ab(a, b), systemClock, option === undefined ? limits : { ...limits, option })

  test('names the first source that is too long, and the limit of one value', () => {
    expect(problemOf('123', '1234')).toBe('the identity source header x-b is longer than 3 characters')
    expect(problemOf('1234', '1234')).toBe('the identity source header X-A is longer than 3 characters')
  })

  test('names the limit of all values when each is short enough', () => {
    expect(problemOf('123', '123')).toBe('the identity sources are longer than 5 characters together')
    const twice = gatewayRequest('GET /?q=1234&q=1234', { headers: { 'X-A': '123' } })
    expect(lengthProblem([Q, A], twice, systemClock, limits)).toMatch(/^the identity sources are longer than 5 /)
  })

  test('names the option that raises the limit', () => {
    expect(problemOf('1234', '', 'limits.some')).toMatch(/ 3 characters; limits.some raises the limit$/)
    expect(problemOf('123', '123', 'limits.some')).toMatch(/ together; limits.some raises the limit$/)
  })

  test.each([
    ['12', '123', ['present', 'present']],
    ['123', '123', ['present', 'tooLong']],
    ['123', '1234', ['present', 'tooLong']],
  ])('agrees with the states of the sources: %s and %s', (a, b, states) => {
    expect(identityStates([A, B], ab(a, b), { limits }).map(({ state }) => state)).toEqual(states)
  })
})

describe('whether a request carries a credential', () => {
  const variable: IdentitySource = { location: 'context', name: 'identity.sourceIp', read: () => '127.0.0.1' }

  test.each([
    ['GET /', {}, false],
    ['GET /?q=', { 'X-A': ' ' }, false],
    ['GET /', { 'X-A': '1' }, true],
    ['GET /?q=1', {}, true],
    ['GET /?q=1&q=2', {}, true],
    ['GET /', { 'X-A': 'v'.repeat(9000) }, true],
  ])('%s with the headers %o: %s', (line, headers, expected) => {
    expect(hasCredential([variable, A, Q], gatewayRequest(line, { headers }))).toBe(expected)
  })

  test('variables of the gateway are none', () => {
    expect(hasCredential([variable], gatewayRequest('GET /'))).toBe(false)
    expect(hasCredential([], gatewayRequest('GET /'))).toBe(false)
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
