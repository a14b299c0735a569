/** Identity sources and events use the same header map, including the headers that APIG adds (HW-FE-14). */
import { type AnyFunction, type Contract, createAuthorizer } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { describe, expect, test } from 'vitest'
import { gatewayRequest, type RequestParts } from '../../support/request.ts'

type Headers = Readonly<Record<string, string>>

const watch = (name: string, options: huawei.FrontendOptions = {}) => {
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
  const evaluate = async (parts: RequestParts = {}): Promise<string> => {
    const outcome = await authorizer.evaluate(gatewayRequest('GET /pets', parts))
    return outcome.allowed ? 'allowed' : outcome.reason
  }
  return { calls, evaluate }
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

describe.each(['all', 'identities'] as const)('eventParameters: %s', (eventParameters) => {
  test.each(ROWS)(
    'HW-FE-14 the identity value is the header of the event: %s with the client headers %j',
    async (name, headers = {}, value) => {
      const { evaluate, calls } = watch(name, { compatibility: { eventParameters } })
      expect(await evaluate({ headers })).toBe('allowed')
      const shown = calls[0]?.headers[name.toLowerCase()]
      expect(calls[0]?.identity).toEqual([shown])
      if (typeof value === 'string') expect(shown).toBe(value)
      else expect(shown).toMatch(value)
      if (eventParameters === 'identities') expect(Object.keys(calls[0]?.headers ?? {})).toEqual([name.toLowerCase()])
    },
  )

  test('HW-FE-14 Host is read from :authority for an HTTP/2 client', async () => {
    const { evaluate, calls } = watch('Host', { compatibility: { eventParameters } })
    expect(await evaluate({ headers: [[':authority', 'api.example.com']], httpVersion: '2.0' })).toBe('allowed')
    expect([calls[0]?.identity, calls[0]?.headers['host']]).toEqual([['api.example.com'], 'api.example.com'])
  })
})

test('HW-FE-14 peers that send the same X-Forwarded-For have separate cached results', async () => {
  const { evaluate, calls } = watch(XFF, { ttl: 300 })
  for (const peer of ['192.0.2.1', '192.0.2.2', '192.0.2.1'])
    expect(await evaluate({ peer, headers: { [XFF]: 'x' } })).toBe('allowed')
  expect(calls.map(({ identity }) => identity)).toEqual([['x, 192.0.2.1'], ['x, 192.0.2.2']])
})

test('HW-FE-14 validation applies to the header of the event', async () => {
  const identities: huawei.Identity[] = [{ location: 'HEADER', name: XFF, validation: 'x' }]
  const { evaluate, calls } = watch(XFF, { identities })
  expect(await evaluate({ headers: { [XFF]: 'x' } })).toBe('IDENTITY_VALIDATION_FAILED')
  expect(calls).toEqual([])
})

test('SEC-24 a repeated credential header gives 401', async () => {
  const { evaluate, calls } = watch('X-Api-Key')
  expect(
    await evaluate({
      headers: [
        ['X-Api-Key', 'a'],
        ['x-api-key', 'b'],
      ],
    }),
  ).toBe('IDENTITY_SOURCE_REPEATED')
  expect(calls).toEqual([])
})
