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
// The client's Connection header names X-Hop, which is sent all the same.
const USUAL = { Authorization: 'Bearer t', 'X-Tenant': 'north', 'X-Forwarded-Proto': 'https', 'X-Hop': '1' }

const sent = async (event: object, forwardHeaders?: readonly string[]): Promise<unknown> => {
  await httpFunction({ url: server.url, ...(forwardHeaders && { forwardHeaders }) })(event)
  return server.event
}

describe('SEC-84 headers of an event that are sent', () => {
  test.each<[string, readonly string[] | undefined, object]>([
    ['by default', undefined, USUAL],
    ['with the default by its name', ['*'], USUAL],
    ['with more than the default', ['*', 'cookie', 'te'], { ...USUAL, Cookie: 'session=1', TE: 'trailers' }],
    ['with a name that may be read as another', ['*', 'x_forwarded_proto'], { ...USUAL, X_Forwarded_Proto: 'http' }],
    ['with a list in place of the default', ['authorization', 'X-HOP'], { Authorization: 'Bearer t', 'X-Hop': '1' }],
    ['with an empty list', [], {}],
  ])('%s', async (_, forwardHeaders, expected) => {
    expect(await sent({ headers: HEADERS }, forwardHeaders)).toEqual({ headers: expected })
  })

  test('lists of values are treated like values', async () => {
    const multiValueHeaders = Object.fromEntries(Object.entries(HEADERS).map(([name, value]) => [name, [value, '2']]))
    expect(await sent({ headers: HEADERS, multiValueHeaders })).toEqual({
      headers: USUAL,
      multiValueHeaders: {
        Authorization: ['Bearer t', '2'],
        'X-Tenant': ['north', '2'],
        'X-Forwarded-Proto': ['https', '2'],
        'X-Hop': ['1', '2'],
      },
    })
  })

  test('a name that a prototype has is nothing special', async () => {
    const headers = Object.fromEntries([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
    await httpFunction({ url: server.url })({ headers })
    expect(server.received.at(-1)?.body).toBe('{"headers":{"constructor":"y"}}')
  })
})

describe('SEC-84 cookies of an event of an HTTP API', () => {
  const event = { version: '2.0', cookies: ['session=1'], headers: { 'x-tenant': 'north' } }
  test('stay here', async () => {
    expect(await sent(event)).toEqual({ version: '2.0', headers: { 'x-tenant': 'north' } })
  })
  test('are sent when the list has cookie', async () => {
    expect(await sent(event, ['*', 'Cookie'])).toEqual(event)
  })
})

test('all else in an event is sent as it is, and the event itself is left alone', async () => {
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
])('%s that are %j are not taken for headers or cookies', async (name, value) => {
  expect(await sent({ [name]: value })).toEqual({ [name]: value })
})
