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

test('an event is posted as JSON, and the answer is the JSON that comes back', async () => {
  const answer = { principalId: 'ann', context: { count: 3, nested: [null, true] } }
  server.reply = json(answer)
  const url = `${server.url}authorize?stage=dev`
  expect(await httpFunction({ url })(EVENT)).toEqual(answer)
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
])('the answer %s is for the contract to judge', async (body, answer) => {
  server.reply = json(body)
  expect(await httpFunction({ url: server.url })(EVENT)).toEqual(answer)
})

test.each([
  'application/json',
  'application/json; charset=utf-8',
  'Application/JSON;Charset="UTF-8"',
  'application/vnd.authorizer.v1+json',
])('the content type %s is JSON', async (type) => {
  server.reply = json({ ok: true }, 200, type)
  expect(await httpFunction({ url: server.url })(EVENT)).toEqual({ ok: true })
})

test('fixed headers are sent with every call, and nothing of the request but the event', async () => {
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

test('a connection serves one call after the other', async () => {
  const remote = httpFunction({ url: server.url, mapStatus: { 401: { principalId: '' } } })
  for (const status of [200, 401, 200, 401]) {
    server.reply = json({ ok: true }, status)
    await remote(EVENT)
    // A connection is free only after the turn in which its answer has been read.
    await flushMicrotasks()
  }
  expect([server.received.length, server.opened]).toEqual([4, 1])
})

test('SEC-81 the statuses 401 and 403 mean what the configuration says, as a throw or as an answer', async () => {
  const DENY = { principalId: 'nobody', policyDocument: { Version: '2012-10-17', Statement: [] } }
  const remote = httpFunction({ url: server.url, mapStatus: { 401: 'Unauthorized', 403: DENY } })
  server.reply = json('<html>', 401, 'text/html')
  const thrown: unknown = await remote(EVENT).catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(Error)
  expect(thrown).toMatchObject({ name: 'Error', message: 'Unauthorized' })
  server.reply = json({ principalId: 'admin' }, 403)
  expect(await remote(EVENT)).toEqual(DENY)
})

test('what is configured cannot be changed afterwards', async () => {
  const deny = { principalId: 'nobody' }
  const headers = { 'x-api-key': 'k-1' }
  const remote = httpFunction({ url: server.url, headers, mapStatus: { 403: deny } })
  deny.principalId = 'admin'
  headers['x-api-key'] = 'k-2'
  server.reply = json({}, 403)
  expect(await remote(EVENT)).toEqual({ principalId: 'nobody' })
  expect(server.received[0]?.headers['x-api-key']).toBe('k-1')
})

test('the platform’s fetch can be replaced', async () => {
  const asked: unknown[] = []
  const remote = httpFunction({
    url: 'https://authorizer.example/',
    fetch: async (url, init) => {
      asked.push([url, init.method, init.redirect, init.body])
      return Response.json({ ok: true })
    },
  })
  expect(await remote({ a: 1 })).toEqual({ ok: true })
  expect(asked).toEqual([['https://authorizer.example/', 'POST', 'manual', '{"a":1}']])
})

test('a handler has a name for the log', () => {
  expect(httpFunction({ url: server.url }).name).toBe('httpFunction')
})
