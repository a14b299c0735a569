import { httpFunction } from '@custom-authorizer/core/remote'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RemoteServer } from './remote-server.ts'

let server: RemoteServer
beforeAll(async () => {
  server = await RemoteServer.start()
})
afterAll(() => server.close())

const HEADERS = {
  Authorization: 'Bearer t',
  'X-Tenant': 'north',
  'X-Forwarded-Proto': 'https',
  X_Forwarded_Proto: 'http',
  'X.Forwarded.Proto': 'http',
  'X~Authz': 'root',
  __proto__x: '1',
  Cookie: 'session=1',
  Connection: 'close, X-Hop',
  'X-Hop': '1',
  'Keep-Alive': '5',
  TE: 'trailers',
  Trailer: 'x',
  'Transfer-Encoding': 'chunked',
  Upgrade: 'h2c',
  'HTTP2-Settings': 'AAMAAABk',
  'Proxy-Authorization': 'Basic x',
  'Proxy-Authenticate': 'Basic',
  'Proxy-Connection': 'close',
}
// The client's Connection header names X-Hop, which is sent nevertheless.
const DEFAULT = { Authorization: 'Bearer t', 'X-Tenant': 'north', 'X-Forwarded-Proto': 'https', 'X-Hop': '1' }

const sent = async (event: object, forwardHeaders?: readonly string[]): Promise<unknown> => {
  await httpFunction({ url: server.url, ...(forwardHeaders && { forwardHeaders }) })(event)
  return server.event
}

describe('forwardHeaders', () => {
  test.each<[string, readonly string[] | undefined, object]>([
    ['not given', undefined, DEFAULT],
    ["['*']", ['*'], DEFAULT],
    ['additional names', ['*', 'cookie', 'te'], { ...DEFAULT, Cookie: 'session=1', TE: 'trailers' }],
    ['a name with an underscore', ['*', 'x_forwarded_proto'], { ...DEFAULT, X_Forwarded_Proto: 'http' }],
    ['a list without *', ['authorization', 'X-HOP'], { Authorization: 'Bearer t', 'X-Hop': '1' }],
    ['an empty list', [], {}],
  ])('SEC-84 selects the headers of the event: %s', async (_, forwardHeaders, expected) => {
    expect(await sent({ headers: HEADERS }, forwardHeaders)).toEqual({ headers: expected })
  })

  test('SEC-84 multiValueHeaders are filtered like headers', async () => {
    const multiValueHeaders = Object.fromEntries(Object.entries(HEADERS).map(([name, value]) => [name, [value, '2']]))
    expect(await sent({ headers: HEADERS, multiValueHeaders })).toEqual({
      headers: DEFAULT,
      multiValueHeaders: {
        Authorization: ['Bearer t', '2'],
        'X-Tenant': ['north', '2'],
        'X-Forwarded-Proto': ['https', '2'],
        'X-Hop': ['1', '2'],
      },
    })
  })

  test('SEC-84 header names such as __proto__ and constructor are treated like others', async () => {
    const headers = Object.fromEntries([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
    await httpFunction({ url: server.url })({ headers })
    expect(server.received.at(-1)?.body).toBe('{"headers":{"constructor":"y"}}')
  })
})

describe('cookies of an HTTP API event', () => {
  const event = { version: '2.0', cookies: ['session=1'], headers: { 'x-tenant': 'north' } }
  test('SEC-84 are not sent by default', async () => {
    expect(await sent(event)).toEqual({ version: '2.0', headers: { 'x-tenant': 'north' } })
  })
  test('SEC-84 are sent if forwardHeaders names cookie', async () => {
    expect(await sent(event, ['*', 'Cookie'])).toEqual(event)
  })
})

test('the rest of an event is sent unchanged, and the event is not modified', async () => {
  const event = {
    type: 'REQUEST',
    authorizationToken: 'Bearer t',
    identitySource: 'a,b',
    queryStringParameters: { cookie: '1' },
    requestContext: { identity: { sourceIp: '192.0.2.1' }, headers: { cookie: 'kept' } },
    headers: { cookie: '1' },
    multiValueHeaders: null,
    user_data: 'x',
  }
  const before = structuredClone(event)
  expect(await sent(event)).toEqual({ ...event, headers: {} })
  expect(event).toEqual(before)
})

test.each([
  ['headers', 'text'],
  ['headers', ['a']],
  ['cookies', 'a=b'],
  ['cookies', { a: 'b' }],
])('a member %s with the value %j is sent unchanged', async (name, value) => {
  expect(await sent({ [name]: value })).toEqual({ [name]: value })
})
