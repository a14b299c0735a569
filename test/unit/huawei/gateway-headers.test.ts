/** Identity sources and event read the same header map, with what APIG adds (HW-FE-14). */
import { type AnyFunction, type Contract, createAuthorizer } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { describe, expect, test } from 'vitest'
import { gatewayRequest, type RequestParts } from '../../support/request.ts'

type Headers = Readonly<Record<string, string>>

const open = (name: string, options: huawei.FrontendOptions = {}) => {
  const calls: { identity: readonly string[]; headers: Headers }[] = []
  let identity: readonly string[] = []
  const given = huawei.frontend({ identities: [{ location: 'HEADER', name }], ...options }) as Contract
  const contract: Contract = {
    ...given,
    toEvent: (request, invocation) => {
      identity = invocation.identity
      return given.toEvent(request, invocation)
    },
  }
  const authorize: AnyFunction = async ({ headers }: huawei.FrontendEvent) => {
    calls.push({ identity, headers })
    return { statusCode: 200, body: '{"status":"allow"}' }
  }
  const authorizer = createAuthorizer({ authorize, contract, logger: null })
  const ask = async (parts: RequestParts = {}): Promise<string> => {
    const outcome = await authorizer.evaluate(gatewayRequest('GET /pets', parts))
    return outcome.allowed ? 'allowed' : outcome.reason
  }
  return { calls, ask }
}

const XFF = 'X-Forwarded-For'
const ROWS: readonly (readonly [name: string, headers: RequestParts['headers'], value: string | RegExp])[] = [
  [XFF, {}, '203.0.113.9'],
  [XFF, { [XFF]: 'x' }, 'x, 203.0.113.9'],
  [
    XFF,
    [
      [XFF, 'x'],
      [XFF, 'y'],
    ],
    'x, y, 203.0.113.9',
  ],
  ['X-Forwarded-Proto', { 'x-forwarded-proto': 'http' }, 'https'],
  ['x-forwarded-port', { 'x-forwarded-port': '1' }, '443'],
  ['X-Forwarded-Host', { 'x-forwarded-host': 'evil' }, 'api.example.com'],
  ['X-Real-IP', { 'x-real-ip': '192.0.2.1' }, '203.0.113.9'],
  ['X-Request-Id', { 'x-request-id': 'mine' }, /^[\da-f]{32}$/],
  ['Host', {}, 'api.example.com'],
]

describe.each(['all', 'identities'] as const)('HW-FE-14 with eventParameters: %s', (eventParameters) => {
  test.each(ROWS)('%s of a client that sends %j is read as the event shows it', async (name, headers = {}, value) => {
    const { ask, calls } = open(name, { compatibility: { eventParameters } })
    expect(await ask({ headers })).toBe('allowed')
    const shown = calls[0]?.headers[name.toLowerCase()]
    expect(calls[0]?.identity).toEqual([shown])
    if (typeof value === 'string') expect(shown).toBe(value)
    else expect(shown).toMatch(value)
    if (eventParameters === 'identities') expect(Object.keys(calls[0]?.headers ?? {})).toEqual([name.toLowerCase()])
  })

  test('Host of an HTTP/2 client is read from :authority', async () => {
    const { ask, calls } = open('Host', { compatibility: { eventParameters } })
    expect(await ask({ headers: [[':authority', 'api.example.com']], httpVersion: '2.0' })).toBe('allowed')
    expect([calls[0]?.identity, calls[0]?.headers['host']]).toEqual([['api.example.com'], 'api.example.com'])
  })
})

test('HW-FE-14 results of different peers that send the same X-Forwarded-For are kept apart', async () => {
  const { ask, calls } = open(XFF, { ttl: 300 })
  for (const peer of ['192.0.2.1', '192.0.2.2', '192.0.2.1'])
    expect(await ask({ peer, headers: { [XFF]: 'x' } })).toBe('allowed')
  expect(calls.map(({ identity }) => identity)).toEqual([['x, 192.0.2.1'], ['x, 192.0.2.2']])
})

test('HW-FE-14 validation applies to the value that the event shows', async () => {
  const identities: huawei.Identity[] = [{ location: 'HEADER', name: XFF, validation: 'x' }]
  const { ask, calls } = open(XFF, { identities })
  expect(await ask({ headers: { [XFF]: 'x' } })).toBe('IDENTITY_VALIDATION_FAILED')
  expect(calls).toEqual([])
})

test('SEC-24 a repeated credential header is still rejected', async () => {
  const { ask, calls } = open('X-Api-Key')
  expect(
    await ask({
      headers: [
        ['X-Api-Key', 'a'],
        ['x-api-key', 'b'],
      ],
    }),
  ).toBe('IDENTITY_SOURCE_REPEATED')
  expect(calls).toEqual([])
})
