/** Query parameters and cookies of a request: decoding, repetition and names (SEC-24, SEC-29, SEC-55). */
import { expect, test } from 'vitest'
import { gatewayRequest } from '../../../support/request.ts'

type Pair = [name: string | undefined, value: string | undefined]
const queries: readonly [rule: string, queryString: string, pairs: Pair[]][] = [
  ['', '', []],
  ['', 'a=1', [['a', '1']]],
  [
    '',
    'a=1&b=2',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  ['AWS-EVT-24', 'a', [['a', '']]],
  ['AWS-EVT-24', 'a=', [['a', '']]],
  ['', '=1', [['', '1']]],
  ['', 'a=b=c', [['a', 'b=c']]],
  ['', '&&a=1&', [['a', '1']]],
  ['', 'a=1;b=2', [['a', '1;b=2']]],
  ['AWS-EVT-23', 'a=b+c', [['a', 'b c']]],
  ['AWS-EVT-23', 'a+b=c%2Bd', [['a b', 'c+d']]],
  ['AWS-EVT-23', 'a%20b=%C3%A9', [['a b', 'é']]],
  ['', 'a=?/#'.replace('#', ''), [['a', '?/']]],
  [
    'SEC-111',
    'a[]=1&a[b]=2',
    [
      ['a[]', '1'],
      ['a[b]', '2'],
    ],
  ],
  [
    'SEC-24',
    'a=1&a=2',
    [
      ['a', '1'],
      ['a', '2'],
    ],
  ],
  [
    '',
    'A=1&a=2',
    [
      ['A', '1'],
      ['a', '2'],
    ],
  ],
  [
    'SEC-29',
    '__proto__=1&constructor=2&toString=3',
    [
      ['__proto__', '1'],
      ['constructor', '2'],
      ['toString', '3'],
    ],
  ],
  ['SEC-07', 'a=%2541', [['a', '%41']]],
  ['SEC-55', 'a=%ff', [['a', undefined]]],
  ['SEC-55', 'a=%c0%af', [['a', undefined]]],
  ['SEC-55', 'a=%ed%a0%80', [['a', undefined]]],
  ['SEC-55', 'a=%', [['a', undefined]]],
  [
    'SEC-55',
    'a=%zz&b=1',
    [
      ['a', undefined],
      ['b', '1'],
    ],
  ],
  ['SEC-55', '%ff=1', [[undefined, '1']]],
  ['SEC-08', 'a=%00%0a', [['a', '\u0000\n']]],
]
const titled = queries.map(
  ([rule, query, pairs]) =>
    [`${rule} the query string ${JSON.stringify(query)} is parsed`.trim(), query, pairs] as const,
)
test.each(titled)('%s', (_, queryString, pairs) => {
  const isMalformed = pairs.flat().includes(undefined)
  const { problem } = gatewayRequest(`GET /pets?${queryString}`)
  expect(problem).toBe(isMalformed ? 'MALFORMED_ESCAPE' : undefined)
  const request = gatewayRequest(`GET /pets?${queryString}`, { ambiguousTargets: 'allow' })
  expect([request.problem, request.isAmbiguous]).toEqual([undefined, isMalformed])
  expect(request.queryParameters.map(({ name, value }) => [name, value])).toEqual(pairs)
})

test('SEC-111 query() returns the first value of the parameter with exactly the given name', () => {
  const request = gatewayRequest('GET /?a=1&a=2&b=&%63=3&__proto__=4')
  const names = ['a', 'b', 'c', 'A', 'd', '__proto__', 'toString']
  expect(names.map((name) => request.query(name))).toEqual(['1', '', '3', undefined, undefined, '4', undefined])
})

const cookies: readonly [string, readonly string[], string | undefined][] = [
  ['that was not sent', [], undefined],
  ['alone', ['sid=abc'], 'abc'],
  ['among others', ['a=b; sid=abc; c=d'], 'abc'],
  ['in a list without spaces', ['a=b;sid=abc;c=d'], 'abc'],
  ['in the second header', ['a=b', 'sid=abc'], 'abc'],
  ['with equals signs in its value', ['sid=a=b=='], 'a=b=='],
  ['in quotes, which are part of the value,', ['sid="abc"'], '"abc"'],
  ['with an escape, which is not decoded,', ['sid=a%20b'], 'a%20b'],
  ['with an empty value', ['sid='], ''],
  ['in another letter case', ['SID=abc'], undefined],
  ['as the end of another name', ['xsid=abc'], undefined],
  ['as the beginning of another name', ['sidx=abc'], undefined],
  ['without an equals sign', ['sid'], undefined],
  ['inside another value', ['a=sid=abc'], undefined],
  ['between spaces and tabs', ['a=b;\t sid \t=\t abc \t; c=d'], 'abc'],
  ['after a no-break space, which is part of the name,', ['\xa0sid=abc'], undefined],
  ['before a no-break space, which is part of the name,', ['sid\xa0=abc'], undefined],
  ['that was sent twice', ['sid=a; sid=b'], undefined],
  ['that was sent twice with the same value', ['sid=a; sid=a'], undefined],
  ['that was sent in two headers', ['sid=a', 'sid=b'], undefined],
]
const readCookie = (lines: readonly string[]): string | undefined =>
  gatewayRequest('GET /', { headers: lines.map((line) => ['Cookie', line] as const) }).cookie('sid')

test.each(cookies.filter(([, , value]) => value !== undefined))('SEC-24 a cookie %s is read', (_, lines, value) => {
  expect(readCookie(lines)).toBe(value)
})

test.each(cookies.filter(([, , value]) => value === undefined))('SEC-24 a cookie %s is not read', (_, lines) => {
  expect(readCookie(lines)).toBeUndefined()
})

test('SEC-29 cookies may be named like members of Object.prototype', () => {
  const request = gatewayRequest('GET /', { headers: { Cookie: '__proto__=a; constructor=b' } })
  expect(['__proto__', 'constructor', 'toString'].map((name) => request.cookie(name))).toEqual(['a', 'b', undefined])
})
