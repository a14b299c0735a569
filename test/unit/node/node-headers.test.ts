/** Reserved headers are removed from, or set in, every header view of an `IncomingMessage` (SEC-17, SEC-19). */
import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { injectHeaders, stripHeaders } from '../../../packages/core/src/node/views/header-views.ts'
import { arrive, arriveHttp2 } from '../../support/arriving.ts'

const RESERVED = {
  ownsHeader: (name: string) => name.toLowerCase().startsWith('x-our'),
  edit: () => '',
  authorizerView: 'withoutOwnedHeaders',
} as const

const names = (list: readonly string[]): string[] => list.filter((name) => name.startsWith('x-'))

/** All views of the headers, limited to names that start with `x-`. */
const views = ({ headers, rawHeaders, headersDistinct }: IncomingMessage) => {
  return {
    headers: Object.fromEntries(names(Object.keys(headers)).map((name) => [name, headers[name]])),
    raw: rawHeaders.filter((_, index) => (rawHeaders[index - (index % 2)] ?? '').toLowerCase().startsWith('x-')),
    distinct: Object.fromEntries(names(Object.keys(headersDistinct)).map((name) => [name, headersDistinct[name]])),
  }
}
const CLIENT = ['GET / HTTP/1.1', 'X-Ours: 1', 'X-A: 2', 'x-our-b: 3', 'X-a: 4', 'X-OURS: 5']
const LEFT = { headers: { 'x-a': '2, 4' }, raw: ['X-A', '2', 'X-a', '4'], distinct: { 'x-a': ['2', '4'] } }

describe('HTTP/1', () => {
  test.each([
    ['before any view was read', () => undefined],
    ['after all views were read', views],
  ])('SEC-17 reserved headers of the client are removed %s', async (_, before) => {
    const seen = await arrive(CLIENT, (incoming) => {
      before(incoming)
      stripHeaders(incoming, RESERVED)
      return views(incoming)
    })
    expect(seen).toEqual(LEFT)
  })

  test('SEC-17 a reserved header that middleware added to one view is removed', async () => {
    const seen = await arrive(['GET / HTTP/1.1', 'X-A: 2'], (incoming) => {
      incoming.headers['x-ours'] = '1'
      stripHeaders(incoming, RESERVED)
      return views(incoming)
    })
    expect(seen).toEqual({ headers: { 'x-a': '2' }, raw: ['X-A', '2'], distinct: { 'x-a': ['2'] } })
  })

  test('SEC-17 a message without reserved headers is not changed', async () => {
    const [same, redefined] = await arrive(['GET / HTTP/1.1', 'X-A: 2'], (incoming) => {
      const { rawHeaders } = incoming
      stripHeaders(incoming, RESERVED)
      injectHeaders(incoming, [])
      return [incoming.rawHeaders === rawHeaders, Object.hasOwn(incoming, 'trailers')]
    })
    expect([same, redefined]).toEqual([true, false])
  })

  test('SEC-20 headers are set in every view, after those of the client', async () => {
    const seen = await arrive(CLIENT, (incoming) => {
      stripHeaders(incoming, RESERVED)
      injectHeaders(incoming, [
        ['x-ours', '7'],
        ['x-a', '8'],
      ])
      return views(incoming)
    })
    expect(seen).toEqual({
      headers: { 'x-a': '2, 4, 8', 'x-ours': '7' },
      raw: ['X-A', '2', 'X-a', '4', 'x-ours', '7', 'x-a', '8'],
      distinct: { 'x-a': ['2', '4', '8'], 'x-ours': ['7'] },
    })
  })

  test('SEC-01 headers are set in a copy of the list of lines, which the request of the authorizer keeps', async () => {
    const [before, after] = await arrive(['GET / HTTP/1.1', 'X-A: 2'], (incoming) => {
      const { rawHeaders } = incoming
      const lines = [...rawHeaders]
      injectHeaders(incoming, [['x-ours', '7']])
      return [lines, rawHeaders]
    })
    expect(after).toEqual(before)
  })

  test('a header that Node stores as an array is joined', async () => {
    const joined = await arrive(['GET / HTTP/1.1', 'Set-Cookie: a', 'Set-Cookie: b'], (incoming) => {
      injectHeaders(incoming, [['set-cookie', 'c']])
      return incoming.headers['set-cookie']
    })
    expect(joined).toBe('a, b, c')
  })

  test('SEC-19 headersDistinct stays a replaceable property with a stable value', async () => {
    const seen = await arrive(CLIENT, (incoming) => {
      stripHeaders(incoming, RESERVED)
      const first = incoming.headersDistinct
      const same = first === incoming.headersDistinct
      Object.defineProperty(incoming, 'headersDistinct', { value: {} })
      return [same, Object.getPrototypeOf(first), incoming.headersDistinct]
    })
    expect(seen).toEqual([true, null, {}])
  })
})

/** As other servers and test tools build it: without the members that Node's own view reads. */
const builtBy = (members: object) =>
  Object.assign(
    Object.create(null) as IncomingMessage,
    { headers: { 'x-ours': '1' }, rawHeaders: ['X-Ours', '1'] },
    members,
  )

describe('headersDistinct of a request object that is not of Node', () => {
  test.each([
    ['without the view', {}],
    ['with a view of its own', { headersDistinct: { 'x-ours': ['1'] } }],
  ])('SEC-19 %s shows the changed headers', (_, members) => {
    const incoming = builtBy(members)
    stripHeaders(incoming, RESERVED)
    expect(incoming.headersDistinct).toEqual({})
    injectHeaders(incoming, [['x-ours', '7']])
    expect(incoming.headersDistinct).toEqual({ 'x-ours': ['7'] })
    expect(Object.keys(incoming)).toContain('headersDistinct')
  })

  test('SEC-19 a request of Node keeps its own view, which shows the changed headers also if it was read before', async () => {
    const seen = await arrive(CLIENT, (incoming) => {
      const before = Object.keys(incoming.headersDistinct)
      stripHeaders(incoming, RESERVED)
      injectHeaders(incoming, [['x-ours', '7']])
      return [before.includes('x-ours'), incoming.headersDistinct['x-ours'], Object.hasOwn(incoming, 'headersDistinct')]
    })
    expect(seen).toEqual([true, ['7'], false])
  })
})

describe('HTTP/2', () => {
  test('SEC-17 SEC-20 headers are removed or set in place in rawHeaders', async () => {
    const seen = await arriveHttp2({ ':path': '/', 'x-ours': '1', 'x-a': '2' }, (incoming) => {
      const { rawHeaders } = incoming
      stripHeaders(incoming, RESERVED)
      injectHeaders(incoming, [['x-ours', '7']])
      const { headers } = incoming
      return [headers['x-a'], headers['x-ours'], rawHeaders.slice(-4), rawHeaders === incoming.rawHeaders]
    })
    expect(seen).toEqual(['2', '7', ['x-a', '2', 'x-ours', '7'], true])
  })
})
