/** What is built from Node's request: a server that behaves differently gets a new `Request`. */
import { Hono } from 'hono'
import { getRequestListener } from '@hono/node-server'
import { expect, test } from 'vitest'
import { builtFrom } from '../../../packages/hono/src/server-request.ts'
import { sendRequest } from '../../support/raw-client.ts'
import { serve } from '../../security/served/applications.ts'

type Incoming = Parameters<typeof builtFrom>[1]

const incomingWith = (httpVersionMajor: number = 1): Incoming =>
  ({ headers: { accept: '*/*' }, rawHeaders: ['Accept', '*/*'], httpVersionMajor }) as Incoming

const INCOMING = Symbol('incomingKey')
const HEADERS = Symbol('headersKey')

/** A class of requests with the members of the server's own. `headersOf` is called when the headers are first read. */
const serverWith = (headersOf: (incoming: Incoming) => Headers) =>
  class {
    [INCOMING]: Incoming
    declare [HEADERS]?: Headers
    constructor(incoming: Incoming) {
      this[INCOMING] = incoming
    }
    get headers(): Headers {
      return (this[HEADERS] ??= headersOf(this[INCOMING]))
    }
  }

const buildIn = (Server: ReturnType<typeof serverWith>, incoming: Incoming = incomingWith()) => {
  const raw = new Server(incoming) as unknown as Request
  return builtFrom(raw, incoming)
}

test('SEC-19 headers that are read from the request later are changed without a new request', () => {
  const Later = serverWith(({ headers }) => new Headers(headers as Record<string, string>))
  expect([buildIn(Later), buildIn(Later)]).toEqual(['headers', 'nothing'])
})

test('SEC-19 a server that copied the headers earlier gets a new request each time', () => {
  const copied = new Headers({ accept: '*/*' })
  const Earlier = serverWith(() => copied)
  expect([buildIn(Earlier), buildIn(Earlier)]).toEqual(['request', 'request'])
  expect([...copied]).toEqual([['accept', '*/*']])
})

test('SEC-19 a server whose headers cannot be read gets a new request', () => {
  const Failing = serverWith(() => {
    throw new TypeError('no headers')
  })
  expect([buildIn(Failing), buildIn(Failing)]).toEqual(['request', 'request'])
})

test('SEC-19 an unknown server is tested with an HTTP/1 request whose headers have not been read', () => {
  const Later = serverWith(({ headers }) => new Headers(headers as Record<string, string>))
  expect(buildIn(Later, incomingWith(2))).toBe('request')
  const incoming = incomingWith()
  const read = new Later(incoming)
  expect(read.headers.get('accept')).toBe('*/*')
  expect(builtFrom(read as unknown as Request, incoming)).toBe('request')
  expect(buildIn(Later)).toBe('headers')
})

test('the test of an unknown server leaves both requests as they were', () => {
  const incoming = incomingWith()
  const Later = serverWith(({ headers }) => new Headers(headers as Record<string, string>))
  const raw = new Later(incoming)
  builtFrom(raw as unknown as Request, incoming)
  expect(incoming).toEqual(incomingWith())
  expect([...raw.headers]).toEqual([['accept', '*/*']])
})

test('the installed server is recognized', async () => {
  const found: string[] = []
  const app = new Hono<{ Bindings: { incoming: Incoming } }>()
  app.get('*', (c) => {
    found.push(builtFrom(c.req.raw, c.env.incoming))
    return c.text('')
  })
  const listener = getRequestListener(app.fetch)
  const port = await serve((request, response) => void listener(request, response))
  await sendRequest(port, { target: '/' })
  await sendRequest(port, { target: '/' })
  // The first request of a process is the one that the server is tested with.
  expect(['headers', 'nothing']).toContain(found[0])
  expect(found[1]).toBe('nothing')
})
