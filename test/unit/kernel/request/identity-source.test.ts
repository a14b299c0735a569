/** Identity sources: their values, limits, states and cache keys (SEC-54, SEC-55, SEC-57, SEC-95). */
import { headerSource, type IdentitySource, querySource, REPEATED, systemClock } from '@custom-authorizer/core/contract'
import { describe, expect, test } from 'vitest'
import {
  hasCredential,
  identityKey,
  identityStates,
  isText,
  lengthProblem,
  readIdentity,
} from '../../../../packages/core/src/kernel/request/identity-source.ts'
import {
  identitySourceOption,
  parseIdentitySource,
} from '../../../../packages/core/src/kernel/request/source-notation.ts'
import { expectOptionError } from '../../../support/option-error.ts'
import { gatewayRequest } from '../../../support/request.ts'

const A = headerSource('X-A')
const B = headerSource('x-b')
const Q = querySource('q')

/** A request with the headers X-A and X-B. */
const ab = (a: string, b: string) => gatewayRequest('GET /', { headers: { 'X-A': a, 'X-B': b } })

test('location and name of a source match the manual', () => {
  expect([A, B, Q].map(({ location, name }) => `${location} ${name}`)).toEqual([
    'header X-A',
    'header x-b',
    'querystring q',
  ])
})

describe('limits', () => {
  const long = 'v'.repeat(8192)

  test('SEC-95 a value of more than 8192 characters is invalid', () => {
    expect(readIdentity([A], ab(long, 'b'))).toEqual([long])
    expect(readIdentity([A], ab(`${long}v`, 'b'))).toBe('IDENTITY_SOURCE_INVALID')
  })

  test('SEC-95 values of more than 16384 characters in total are invalid', () => {
    const request = gatewayRequest('GET /?q=1', { headers: { 'X-A': long, 'X-B': long } })
    expect(readIdentity([A, B], request)).toEqual([long, long])
    expect(readIdentity([A, B, Q], request)).toBe('IDENTITY_SOURCE_INVALID')
  })
})

test('SEC-95 the limit of all values applies to a single one, too', () => {
  const limits = { valueCharacters: 10, totalCharacters: 5 }
  expect(readIdentity([A], ab('12345', ''), systemClock, limits)).toEqual(['12345'])
  expect(readIdentity([A], ab('123456', ''), systemClock, limits)).toBe('IDENTITY_SOURCE_INVALID')
})

describe('message about a long identity', () => {
  const limits = { valueCharacters: 3, totalCharacters: 5 }
  const problemOf = (a: string, b: string, option?: string): string =>
    lengthProblem([A, B], ab(a, b), systemClock, option === undefined ? limits : { ...limits, option })

  test('SEC-95 the message names the first source that is too long and the limit of one value', () => {
    expect(problemOf('123', '1234')).toBe('the identity source header x-b is longer than 3 characters')
    expect(problemOf('1234', '1234')).toBe('the identity source header X-A is longer than 3 characters')
  })

  test('SEC-95 the message names the total limit if each value is short enough', () => {
    expect(problemOf('123', '123')).toBe('the identity sources are longer than 5 characters together')
    const twice = gatewayRequest('GET /?q=1234&q=1234', { headers: { 'X-A': '123' } })
    expect(lengthProblem([Q, A], twice, systemClock, limits)).toMatch(/^the identity sources are longer than 5 /)
  })

  test('SEC-95 the message names the option that raises the limit', () => {
    expect(problemOf('1234', '', 'limits.some')).toMatch(/ 3 characters; limits.some raises the limit$/)
    expect(problemOf('123', '123', 'limits.some')).toMatch(/ together; limits.some raises the limit$/)
  })

  test.each([
    ['12', '123', ['present', 'present']],
    ['123', '123', ['present', 'tooLong']],
    ['123', '1234', ['present', 'tooLong']],
  ])('SEC-95 values %s and %s have the states that the message implies', (a, b, states) => {
    expect(identityStates([A, B], ab(a, b), { limits }).map(({ state }) => state)).toEqual(states)
  })
})

describe('hasCredential', () => {
  const variable: IdentitySource = { location: 'context', name: 'identity.sourceIp', read: () => '127.0.0.1' }

  test.each([
    ['GET /', {}, false],
    ['GET /?q=', { 'X-A': ' ' }, false],
    ['GET /', { 'X-A': '1' }, true],
    ['GET /?q=1', {}, true],
    ['GET /?q=1&q=2', {}, true],
    ['GET /', { 'X-A': 'v'.repeat(9000) }, true],
  ])('SEC-57 %s with the headers %o has a credential: %s', (line, headers, expected) => {
    expect(hasCredential([variable, A, Q], gatewayRequest(line, { headers }))).toBe(expected)
  })

  test('SEC-57 context variables of the gateway do not count as a credential', () => {
    expect(hasCredential([variable], gatewayRequest('GET /'))).toBe(false)
    expect(hasCredential([], gatewayRequest('GET /'))).toBe(false)
  })
})

describe('readIdentity', () => {
  test.each([
    ['GET /', [A, Q], 'IDENTITY_SOURCE_MISSING'],
    ['GET /?q=1&q=1', [A, Q], 'IDENTITY_SOURCE_REPEATED'],
    ['GET /?q=', [A, Q], 'IDENTITY_SOURCE_MISSING'],
    ['GET /?q=+%09', [A, Q], 'IDENTITY_SOURCE_MISSING'],
    ['GET /?q=1&q=2', [headerSource('x-c'), Q], 'IDENTITY_SOURCE_MISSING'],
  ] as const)('SEC-57 SEC-24 %s is rejected for its first invalid source', (line, sources, problem) => {
    expect(readIdentity(sources, gatewayRequest(line, { headers: { 'X-A': '1' } }))).toBe(problem)
  })

  test('SEC-57 SEC-24 the values are returned in the order of the sources if all are present', () => {
    const request = gatewayRequest('GET /?q=%C3%A9', { headers: { 'X-A': ' 1' } })
    expect(readIdentity([Q, A], request)).toEqual(['é', ' 1'])
    expect(readIdentity([], request)).toEqual([])
  })
})

describe('values that are not text', () => {
  test.each(['%ff', '%C3', 'a%c0%af'])('SEC-55 the undecodable value %s is read as NUL, which is not text', (value) => {
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
  ])('SEC-55 %j is text: %s', (value, expected) => {
    expect(isText(['text', value])).toBe(expected)
  })
})

test('SEC-101 identityStates reports the state of each source without its value', () => {
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
])('SEC-54 the cache key of %j is %j', (values, key) => {
  expect(identityKey(values)).toBe(key)
})

describe('parseIdentitySource', () => {
  test.each([
    ['$request.header.X-Api.Key_$1', 'header', 'X-Api.Key_$1'],
    ['$request.querystring.q', 'querystring', 'q'],
    ['$request.querystring.header.x', 'querystring', 'header.x'],
    ['$request.cookie.__Host-session', 'cookie', '__Host-session'],
    ["$request.cookie.a|b!#%&'*+^`~", 'cookie', "a|b!#%&'*+^`~"],
    ['$request.subprotocol.bearer.v1', 'subprotocol', 'bearer.v1'],
  ])('SEC-57 %s is parsed', (expression, location, name) => {
    expect(parseIdentitySource('option', expression)).toMatchObject({ location, name })
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
    '$request.cookie.',
    '$request.cookie.a=b',
    '$request.cookie.a;b',
    '$request.subprotocol.a,b',
    '$request.subprotocol.a/b',
    '$request.toString.a',
    '',
  ])('SEC-105 %j is rejected', (expression) => {
    const parse = (): unknown => parseIdentitySource('option[0]', expression)
    expectOptionError(parse, 'option[0]', 'found', '"$request.header.NAME"')
    expect(identitySourceOption(expression)).toBeDefined()
  })

  test('SEC-105 the check of an option names every notation, and accepts text only', () => {
    const allowed =
      '"$request.header.NAME", "$request.querystring.NAME", "$request.cookie.NAME" or "$request.subprotocol.NAME"'
    expect(identitySourceOption('$request.header.a')).toBeUndefined()
    for (const value of ['$request.header', undefined, null, 1, ['$request.header.a']])
      expect(identitySourceOption(value)).toBe(allowed)
  })

  test.each(['cookie', 'Cookie', 'COOKIE'])('SEC-122 the header %s is ambient if the client sent one', (name) => {
    const source = parseIdentitySource('option', `$request.header.${name}`)
    const [one, none] = [gatewayRequest('GET /', { headers: { cookie: '' } }), gatewayRequest('GET /')]
    expect([source.isAmbient?.(one), source.isAmbient?.(none)]).toEqual([true, false])
    expect([source.location, source.name, source.read(one), source.read(none)]).toEqual(['header', name, '', undefined])
    expect(parseIdentitySource('option', '$request.header.Cookies')).not.toHaveProperty('isAmbient')
  })
})

test('SEC-24 a repeated query parameter is read as REPEATED', () => {
  expect(Q.read(gatewayRequest('GET /?q=1&Q=2&q=3'))).toBe(REPEATED)
  expect(Q.read(gatewayRequest('GET /?q=1&Q=2'))).toBe('1')
})
