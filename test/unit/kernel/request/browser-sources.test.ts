/** Identity sources for the credentials of browsers (SEC-24, SEC-122, SEC-123). */
import type { CredentialReader } from '@custom-authorizer/core'
import {
  cookieSource,
  functionSource,
  type GatewayRequest,
  REPEATED,
  subprotocolSource,
} from '@custom-authorizer/core/contract'
import { describe, expect, test, vi } from 'vitest'
import { hasCredential } from '../../../../packages/core/src/kernel/request/identity-source.ts'
import { withoutCredentials } from '../../../../packages/core/src/kernel/request/subprotocol.ts'
import { gatewayRequest } from '../../../support/request.ts'

type Lines = readonly (readonly [name: string, value: string])[]
const withLines = (...headers: Lines): GatewayRequest =>
  gatewayRequest('GET /?q=1&r=2&r=3&bad=%ff', { headers, ambiguousTargets: 'allow' })
const cookies = (...lines: readonly string[]): GatewayRequest =>
  withLines(...lines.map((line) => ['Cookie', line] as const))
const subprotocols = (...lines: readonly string[]): GatewayRequest =>
  withLines(...lines.map((line) => ['Sec-WebSocket-Protocol', line] as const))

describe('cookieSource', () => {
  const source = cookieSource('__Host-s')

  test.each<[string, readonly string[], string | undefined | typeof REPEATED, boolean]>([
    ['absent', ['s=1'], undefined, false],
    ['among others', ['a=b; __Host-s=abc; c=d'], 'abc', true],
    ['quoted', ['__Host-s="abc"'], '"abc"', true],
    ['empty', ['__Host-s='], '', true],
    ['in another letter case', ['__host-s=abc'], undefined, false],
    ['named with a no-break space', ['\xa0__Host-s=abc'], undefined, false],
    ['sent twice', ['__Host-s=a; __Host-s=b'], REPEATED, true],
    ['sent twice with one value', ['__Host-s=a; __Host-s=a'], REPEATED, true],
    ['sent in two lines', ['__Host-s=a', '__Host-s=b'], REPEATED, true],
  ])('SEC-24 SEC-122 a cookie %s', (_, lines, value, isAmbient) => {
    expect(source.read(cookies(...lines))).toBe(value)
    expect(source.isAmbient?.(cookies(...lines))).toBe(isAmbient)
  })

  test('a cookie that is not blank is a credential', () => {
    expect(
      [cookies('__Host-s=a'), cookies('__Host-s='), cookies('a=b')].map((each) => hasCredential([source], each)),
    ).toEqual([true, false, false])
  })
})

describe('subprotocolSource', () => {
  const source = subprotocolSource('bearer')

  test.each<[string, readonly string[], string | undefined | typeof REPEATED]>([
    ['no header', [], undefined],
    ['another protocol', ['chat'], undefined],
    ['name and token', ['bearer, abc.def'], 'abc.def'],
    ['no blank', ['chat,bearer,abc'], 'abc'],
    ['two lines', ['bearer', 'abc'], 'abc'],
    ['a protocol after the token', ['bearer, abc, chat'], 'abc'],
    ['no token', ['chat, bearer'], undefined],
    ['an empty token', ['bearer, , abc'], ''],
    ['another letter case', ['Bearer, abc'], undefined],
    ['the name twice', ['bearer, abc, bearer, def'], REPEATED],
    ['the name as its own token', ['bearer, bearer'], REPEATED],
  ])('SEC-123 %s', (_, lines, value) => {
    expect(source.read(subprotocols(...lines))).toBe(value)
    expect(Object.hasOwn(source, 'isAmbient')).toBe(false)
  })

  test('SEC-123 a token that is not blank is a credential', () => {
    expect(
      [['bearer, abc'], ['bearer, , abc'], ['chat'], []].map((lines) =>
        hasCredential([source], subprotocols(...lines)),
      ),
    ).toEqual([true, false, false, false])
  })

  test.each<[lines: readonly string[], remaining: string | undefined]>([
    [['chat'], undefined],
    [[], undefined],
    [['bearer'], undefined],
    [['bearer, abc'], 'bearer'],
    [['chat, bearer, abc, other'], 'chat, bearer, other'],
    [['chat', 'bearer', 'abc'], 'chat, bearer'],
    [['bearer, abc, bearer, def'], 'bearer, bearer'],
    [['bearer, bearer, abc'], 'bearer'],
    [['bearer, session, abc'], 'bearer'],
    [['session, abc, bearer, def'], 'session, bearer'],
  ])('SEC-123 %j becomes %j', (lines, remaining) => {
    expect(withoutCredentials(lines, ['bearer', 'session'])).toBe(remaining)
  })
})

const read = (choose: (reader: CredentialReader) => unknown, request: GatewayRequest): readonly unknown[] => {
  const source = functionSource('token', choose as (reader: CredentialReader) => string | undefined)
  return [source.read(request), source.isAmbient?.(request)]
}

const fail = (): never => {
  throw new Error('secret')
}

const readAll = ({ header, cookie, query }: CredentialReader): string =>
  [header('x-A'), cookie('c'), query('q'), header('b'), cookie('b'), query('b')].join('|')

describe('functionSource', () => {
  test('reads headers, cookies and query parameters', () => {
    const request = withLines(['X-A', 'a'], ['Cookie', 'c="1"'])
    expect(read(readAll, request)).toEqual(['a|"1"|1|||', true])
  })

  test.each<[string, (reader: CredentialReader) => unknown, boolean]>([
    ['a cookie', ({ cookie }) => cookie('c'), true],
    ['the Cookie header', ({ header }) => header('COOKIE'), true],
    ['a cookie that is not used', ({ cookie, header }) => [cookie('c'), header('x')][1], true],
    ['a header', ({ header }) => header('x'), false],
    ['a missing cookie', ({ cookie, header }) => cookie('d') ?? header('x'), false],
    ['a header instead of a cookie', ({ cookie, header }) => header('x') ?? cookie('c'), false],
  ])('SEC-122 whether it is ambient after reading %s', (_, choose, isAmbient) => {
    expect(read(choose, withLines(['X', 'x'], ['Cookie', 'c=1']))[1]).toBe(isAmbient)
  })

  test.each<[string, (reader: CredentialReader) => unknown]>([
    ['header', ({ header }) => header('X') ?? 'other'],
    ['cookie', ({ cookie }) => cookie('c') ?? 'other'],
    ['query parameter', ({ query }) => query('r') ?? 'other'],
  ])('SEC-24 a repeated %s rejects the request, also if another value is used', (_, choose) => {
    expect(read(choose, withLines(['X', '1'], ['x', '1'], ['Cookie', 'c=1; c=1']))[0]).toBe(REPEATED)
  })

  test.each<[string, () => unknown]>([
    ['an error', fail],
    ['null', () => null],
    ['a number', () => 5],
    ['an object', () => ({})],
    ['a promise', async () => 'token'],
    ['a rejection', () => Promise.reject(new Error('secret'))],
    // oxlint-disable-next-line no-thenable -- a value that no promise library created
    ['a hostile object', () => Object.defineProperty({}, 'then', { get: () => fail() })],
    ['a parameter that is not UTF-8', undefined as never],
  ])('SEC-122 %s rejects the request and is no missing credential', (title, choose) => {
    const chosen = title.startsWith('a parameter') ? ({ query }: CredentialReader) => query('bad') : choose
    const source = functionSource('token', chosen as () => string)
    const request = withLines()
    expect(source.read(request)).toBe('\u0000')
    expect(hasCredential([source], request)).toBe(true)
  })

  test('SEC-122 it is called once for each request', () => {
    const choose = vi.fn((reader: CredentialReader) => reader.cookie('c'))
    const source = functionSource('token', choose)
    const request = cookies('c=1')
    expect([source.read(request), source.isAmbient?.(request), hasCredential([source], request)]).toEqual([
      '1',
      true,
      true,
    ])
    expect(choose).toHaveBeenCalledTimes(1)
    source.read(cookies('c=1'))
    expect(choose).toHaveBeenCalledTimes(2)
  })
})
