import { httpFunction } from '@custom-authorizer/core/remote'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { flushMicrotasks } from '../../support/deferred.ts'
import { json, RemoteServer } from './remote-server.ts'

const EVENT = { type: 'TOKEN', authorizationToken: 'Bearer t-ann', methodArn: 'arn:aws:execute-api:x:1:y/z/GET/' }

let server: RemoteServer
beforeEach(async () => {
  server = await RemoteServer.start()
})
afterEach(() => server.close())

test('the event is posted as JSON, and the result is the JSON of the response', async () => {
  const value = { principalId: 'ann', context: { count: 3, nested: [null, true] } }
  server.reply = json(value)
  const url = `${server.url}authorize?stage=dev`
  expect(await httpFunction({ url })(EVENT)).toEqual(value)
  expect(server.received).toHaveLength(1)
  expect(server.received[0]).toMatchObject({
    method: 'POST',
    url: '/authorize?stage=dev',
    headers: { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'identity' },
  })
  expect(server.event).toEqual(EVENT)
})

test.each([
  ['null', null],
  ['"text"', 'text'],
  ['[1]', [1]],
  ['0', 0],
])('the JSON value %s is returned unchanged, for the contract to validate', async (body, value) => {
  server.reply = json(body)
  expect(await httpFunction({ url: server.url })(EVENT)).toEqual(value)
})

test.each([
  'application/json',
  'application/json; charset=utf-8',
  'Application/JSON;Charset="UTF-8"',
  'application/vnd.authorizer.v1+json',
])('the content type %s is accepted as JSON', async (type) => {
  server.reply = json({ ok: true }, 200, type)
  expect(await httpFunction({ url: server.url })(EVENT)).toEqual({ ok: true })
})

test('configured headers are sent with every call, and headers of the request only inside the event', async () => {
  const remote = httpFunction({ url: server.url, headers: { 'X-Api-Key': 'k-1', Authorization: 'Basic eDp5' } })
  await remote({ ...EVENT, headers: { 'X-Client': 'c', Host: 'pets.example' } })
  await remote(EVENT)
  expect(server.received.map(({ headers }) => [headers['x-api-key'], headers.authorization])).toEqual([
    ['k-1', 'Basic eDp5'],
    ['k-1', 'Basic eDp5'],
  ])
  expect(server.received[0]?.headers).not.toHaveProperty('x-client')
  expect(server.received[0]?.headers).not.toHaveProperty('cookie')
  expect(server.received[0]?.headers.host).toBe(`127.0.0.1:${server.port}`)
})

test('consecutive calls share one connection', async () => {
  const remote = httpFunction({ url: server.url, mapStatus: { 401: { principalId: '' } } })
  for (const status of [200, 401, 200, 401]) {
    server.reply = json({ ok: true }, status)
    await remote(EVENT)
    // A connection becomes free after the turn in which its response was read.
    await flushMicrotasks()
  }
  expect([server.received.length, server.opened]).toEqual([4, 1])
})

test('SEC-81 mapStatus turns 401 and 403 into Error("Unauthorized") or a configured result', async () => {
  const DENY = { principalId: 'anonymous', policyDocument: { Version: '2012-10-17', Statement: [] } }
  const remote = httpFunction({ url: server.url, mapStatus: { 401: 'Unauthorized', 403: DENY } })
  server.reply = json('<html>', 401, 'text/html')
  const thrown: unknown = await remote(EVENT).catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(Error)
  expect(thrown).toMatchObject({ name: 'Error', message: 'Unauthorized' })
  server.reply = json({ principalId: 'admin' }, 403)
  expect(await remote(EVENT)).toEqual(DENY)
})

test('changes of the options object after the call have no effect', async () => {
  const deny = { principalId: 'anonymous' }
  const headers = { 'x-api-key': 'k-1' }
  const remote = httpFunction({ url: server.url, headers, mapStatus: { 403: deny } })
  deny.principalId = 'admin'
  headers['x-api-key'] = 'k-2'
  server.reply = json({}, 403)
  expect(await remote(EVENT)).toEqual({ principalId: 'anonymous' })
  expect(server.received[0]?.headers['x-api-key']).toBe('k-1')
})

test('the option fetch replaces the platform’s fetch', async () => {
  const calls: unknown[] = []
  const remote = httpFunction({
    url: 'https://authorizer.example/',
    fetch: async (url, init) => {
      calls.push([url, init.method, init.redirect, init.body])
      return Response.json({ ok: true })
    },
  })
  expect(await remote({ a: 1 })).toEqual({ ok: true })
  expect(calls).toEqual([['https://authorizer.example/', 'POST', 'manual', '{"a":1}']])
})

test('the handler is named httpFunction in logs', () => {
  expect(httpFunction({ url: server.url }).name).toBe('httpFunction')
})
