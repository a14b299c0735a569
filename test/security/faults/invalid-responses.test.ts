/** Invalid responses from a contract, a function, a store or a custom authorizer, on every adapter. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  allow,
  type Authorizer,
  createAuthorizer,
  type Contract,
  deny,
  type Denied,
  native,
  type NativeAuthorize,
} from '@custom-authorizer/core'
import { isGatewayResponse } from '@custom-authorizer/core/contract'
import { toResponse } from '@custom-authorizer/core/fetch'
import { guardUpgrade } from '@custom-authorizer/core/node'
import { expect, onTestFinished, test, vi } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { syncOutcome, denied } from '../../support/outcome.ts'
import { PromiseStore } from '../../support/promise-store.ts'
import { sendRequest } from '../../support/raw-client.ts'
import { gatewayRequest } from '../../support/request.ts'

const SOUND = { status: 403, headers: [['x-a', 'b']], body: 'No.' }
const withHeader = (...line: readonly unknown[]): object => ({ ...SOUND, headers: [line] })
// oxlint-disable-next-line no-sparse-arrays -- `every` skips a hole
const SPARSE = [, ['x-a', 'b']]

/** Members that make a response invalid or split it in two. */
const UNSOUND: readonly (readonly [string, unknown])[] = [
  ['a string instead of an object', 'No.'],
  ['null instead of an object', null],
  ['a status of 199', { ...SOUND, status: 199 }],
  ['a status of 600', { ...SOUND, status: 600 }],
  ['a status with a fraction', { ...SOUND, status: 403.5 }],
  ['a status as text', { ...SOUND, status: '403' }],
  ['no body', { status: 403, headers: [] }],
  ['a body that is not a string', { ...SOUND, body: { message: 'No.' } }],
  ['headers that are not a list', { ...SOUND, headers: { 'x-a': 'b' } }],
  ['a hole in the list of headers', { ...SOUND, headers: SPARSE }],
  ['a header without a value', withHeader('x-a')],
  ['a header of three parts', withHeader('x-a', 'b', 'c')],
  ['a header value that is not a string', withHeader('x-a', 7)],
  ['an empty header name', withHeader('', 'b')],
  ['a space in a header name', withHeader('x a', 'b')],
  ['a colon in a header name', withHeader('x-a:', 'b')],
  ['a line break in a header name', withHeader('x-a\r\nset-cookie', 'b')],
  ['CR LF in a header value', withHeader('x-a', 'b\r\nset-cookie: admin=1')],
  ['LF in a header value', withHeader('x-a', 'b\nset-cookie: admin=1')],
  ['CR in a header value', withHeader('x-a', 'b\rset-cookie: admin=1')],
  ['NUL in a header value', withHeader('x-a', 'b\0')],
  ['DEL in a header value', withHeader('x-a', 'b\x7f')],
  ['a character beyond Latin-1 in a header value', withHeader('x-a', 'Ω')],
  ['a Content-Length header', withHeader('Content-Length', '0')],
  ['a Transfer-Encoding header', withHeader('transfer-encoding', 'chunked')],
  ['a Connection header', withHeader('Connection', 'x-a')],
  [
    'a member that throws when it is read',
    {
      ...SOUND,
      get headers(): never {
        throw new Error('no')
      },
    },
  ],
]

test.each(UNSOUND)('SEC-21 isGatewayResponse rejects a response with %s', (_, response) => {
  expect(isGatewayResponse(response)).toBe(false)
})

test.each([
  [200, []],
  [599, [['x-a', '']]],
  [302, [['Location', 'https://login.example.com/?a=b']]],
  [401, [['WWW-Authenticate', 'Basic realm="caf\u00e9"\t']]],
])('a response with the status %i and the headers %j is a gateway response', (status, headers) => {
  expect(isGatewayResponse({ status, headers, body: '' })).toBe(true)
})

test('SEC-21 a response that changes after validation is sent as validated', () => {
  const headers: [string, string][] = [['x-a', 'b']]
  const contract = respondingWith({ ...SOUND, headers })
  const outcome = denied(
    syncOutcome(createAuthorizer({ authorize: () => false, contract }).evaluate(gatewayRequest('GET /'))),
  )
  headers[0] = ['x-a', 'b\r\nc: d']
  expect(outcome.response.headers).toEqual([['x-a', 'b']])
  expect(Object.isFrozen(outcome.response.headers)).toBe(true)
})

const respondingWith = (response: unknown): Contract<NativeAuthorize, 'typed'> => ({
  ...native(),
  name: 'own',
  respond: () => response as never,
})

/** A custom authorizer, whose responses no contract has validated. */
const ownAuthorizer = (response: unknown, wait: boolean): Authorizer => {
  const outcome = { allowed: false, reason: 'DENIED', type: 'ACCESS_DENIED', response } as Denied
  return {
    name: 'own',
    evaluate: () => (wait ? Promise.resolve(outcome) : outcome),
    deny: () => outcome,
    hasCredential: () => false,
    invalidate: () => undefined,
    invalidateAll: () => undefined,
    report: () => undefined,
  }
}

test.each(UNSOUND)('SEC-21 toResponse replaces a response with %s by 500', async (_, response) => {
  const written = toResponse(response as never)
  expect([written.status, await written.text()]).toEqual([500, '{"message":"Internal Server Error"}'])
})

describeAdapters('responses that cannot be written', (adapter) => {
  test.each(UNSOUND)('SEC-110 SEC-111 a contract that returns a response with %s gives 500', async (_, response) => {
    const use = [adapter.customAuthorizer(() => false, { contract: respondingWith(response), logger: null })]
    const service = await adapter.serve({ use, routes: [{ path: '*' }] })
    const received = await service.send({})
    expect([received.status, received.body, received.values('set-cookie'), service.errors]).toEqual([
      500,
      '{"message":"Internal Server Error"}',
      [],
      [],
    ])
  })

  test.each([true, false])(
    'SEC-110 a custom authorizer cannot break the response head (asynchronous: %s)',
    async (wait) => {
      for (const [name, response] of UNSOUND) {
        const use = [adapter.customAuthorizer(ownAuthorizer(response, wait) as never)]
        const service = await adapter.serve({ use, routes: [{ path: '*' }] })
        const received = await service.send({})
        expect([name, received.status, received.values('set-cookie'), service.hits]).toEqual([name, 500, [], []])
      }
    },
  )

  test('SEC-65 a manipulated record of a shared store is a miss: the function is called again', async () => {
    const store = new PromiseStore()
    const authorize = vi.fn(() => deny({ headers: { 'x-a': 'b' } }))
    const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
    const use = [adapter.customAuthorizer(authorize, { contract, store, logger: null, name: 'shared' })]
    const service = await adapter.serve({ use, routes: [{ path: '*' }] })
    const request = { headers: [['Authorization', 'Bearer t'] as const] }
    expect((await service.send(request)).status).toBe(403)
    const poisons = [...UNSOUND.map(([, response]) => response), { ...SOUND, status: 200 }]
    for (const response of poisons.filter((each) => each !== undefined && isJson(each))) {
      for (const [key, text] of store.entries) {
        const stored = JSON.parse(text) as { result: object }
        store.entries.set(key, JSON.stringify({ ...stored, result: { ...stored.result, response } }))
      }
      authorize.mockClear()
      const received = await service.send(request)
      expect([received.status, received.header('x-a'), authorize.mock.calls.length]).toEqual([403, 'b', 1])
    }
  })
})

const isJson = (value: unknown): boolean => {
  try {
    return JSON.stringify(value) !== undefined
  } catch {
    return false
  }
}

test('SEC-110 guardUpgrade never writes a line break in a header value', async () => {
  for (const [name, response] of UNSOUND) {
    for (const wait of [true, false]) {
      const server = createServer()
      server.on(
        'upgrade',
        guardUpgrade(ownAuthorizer(response, wait))(() => expect.unreachable()),
      )
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
      onTestFinished(() => void server.close())
      const headers = [['Connection', 'Upgrade'] as const, ['Upgrade', 'websocket'] as const]
      const received = await sendRequest((server.address() as AddressInfo).port, { headers })
      expect([
        name,
        received.status,
        received.body,
        received.values('set-cookie'),
        received.values('content-length'),
      ]).toEqual([name, 500, '{"message":"Internal Server Error"}', [], ['35']])
    }
  }
})

test('SEC-110 guardUpgrade writes Latin-1 header values in one byte per character', async () => {
  const server = createServer()
  const response = { ...SOUND, headers: [['x-a', 'caf\u00e9']], body: 'caf\u00e9' }
  server.on(
    'upgrade',
    guardUpgrade(ownAuthorizer(response, false))(() => expect.unreachable()),
  )
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const headers = [['Connection', 'Upgrade'] as const, ['Upgrade', 'websocket'] as const]
  const received = await sendRequest((server.address() as AddressInfo).port, { headers })
  expect([received.header('x-a'), received.body]).toEqual(['caf\u00e9', 'caf\u00e9'])
})

test('an allow() result with a response is invalid', () => {
  const result = { ...allow(), response: SOUND }
  const outcome = createAuthorizer({ authorize: () => result as never, logger: null }).evaluate(gatewayRequest('GET /'))
  expect(denied(syncOutcome(outcome)).reason).toBe('BAD_RESULT')
})
