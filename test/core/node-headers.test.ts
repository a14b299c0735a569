/** Headers and trailers of the namespace: gone from every view of a message, or set in every view (SEC-17, 19, 25). */
import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { injectHeaders, stripHeaders } from '../../packages/core/src/node/request.ts'
import { arrive, arriveHttp2, readToEnd } from '../support/arriving.ts'

const OURS = {
  covers: (name: string) => name.toLowerCase().startsWith('x-our'),
  edit: () => '',
  authorizerSees: 'uncovered',
} as const

const names = (list: readonly string[]): string[] => list.filter((name) => name.startsWith('x-'))

/** All views of the headers, without those that only concern the connection. */
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
  ])('SEC-17 headers of the client are gone, %s', async (_, before) => {
    const seen = await arrive(CLIENT, (incoming) => {
      before(incoming)
      stripHeaders(incoming, OURS)
      return views(incoming)
    })
    expect(seen).toEqual(LEFT)
  })

  test('SEC-17 what middleware wrote to one view only is gone as well', async () => {
    const seen = await arrive(['GET / HTTP/1.1', 'X-A: 2'], (incoming) => {
      incoming.headers['x-ours'] = '1'
      stripHeaders(incoming, OURS)
      return views(incoming)
    })
    expect(seen).toEqual({ headers: { 'x-a': '2' }, raw: ['X-A', '2'], distinct: { 'x-a': ['2'] } })
  })

  test('a message without any is left as it is, and not listened to', async () => {
    const [same, listeners] = await arrive(['GET / HTTP/1.1', 'X-A: 2'], (incoming) => {
      const { rawHeaders } = incoming
      stripHeaders(incoming, OURS)
      injectHeaders(incoming, [])
      return [incoming.rawHeaders === rawHeaders, incoming.listenerCount('end')]
    })
    expect([same, listeners]).toEqual([true, 0])
  })

  test('SEC-20 lines are set in every view, after those of the client', async () => {
    const seen = await arrive(CLIENT, (incoming) => {
      stripHeaders(incoming, OURS)
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

  test('a header that Node keeps as a list stays whole', async () => {
    const joined = await arrive(['GET / HTTP/1.1', 'Set-Cookie: a', 'Set-Cookie: b'], (incoming) => {
      injectHeaders(incoming, [['set-cookie', 'c']])
      return incoming.headers['set-cookie']
    })
    expect(joined).toBe('a, b, c')
  })

  test('the view of all values is a member like Node’s own: listed, replaceable, the same each time', async () => {
    const seen = await arrive(CLIENT, (incoming) => {
      stripHeaders(incoming, OURS)
      const first = incoming.headersDistinct
      const listed = Object.keys(incoming).includes('headersDistinct')
      const same = first === incoming.headersDistinct
      Object.defineProperty(incoming, 'headersDistinct', { value: {} })
      return [listed, same, Object.getPrototypeOf(first), incoming.headersDistinct]
    })
    expect(seen).toEqual([true, true, null, {}])
  })
})

/** All views of the trailers. */
const trailersOf = ({ trailers, rawTrailers, trailersDistinct }: IncomingMessage) => ({
  trailers: { ...trailers },
  raw: [...rawTrailers],
  distinct: { ...trailersDistinct },
})
const CHUNKED = ['POST / HTTP/1.1', 'Transfer-Encoding: chunked']
const TRAILERS = '1\r\na\r\n0\r\nX-Ours: 1\r\nX-T: 2\r\nX-Our-B: 3\r\nX-T: 4\r\nx-ours: 5\r\n\r\n'
const TRAILERS_LEFT = { trailers: { 'x-t': '2, 4' }, raw: ['X-T', '2', 'X-T', '4'], distinct: { 'x-t': ['2', '4'] } }

describe('SEC-19 trailers', () => {
  test('are gone when the body has been read', async () => {
    const seen = await arrive(
      CHUNKED,
      async (incoming) => {
        stripHeaders(incoming, OURS)
        await readToEnd(incoming)
        return trailersOf(incoming)
      },
      TRAILERS,
    )
    expect(seen).toEqual(TRAILERS_LEFT)
  })

  test('are gone for listeners that were there first', async () => {
    const seen = await arrive(
      CHUNKED,
      async (incoming) => {
        const atEnd = new Promise((resolve) => incoming.once('end', () => resolve(trailersOf(incoming))))
        stripHeaders(incoming, OURS)
        incoming.resume()
        return atEnd
      },
      TRAILERS,
    )
    expect(seen).toEqual(TRAILERS_LEFT)
  })

  test('are gone when the body was read before', async () => {
    const seen = await arrive(
      CHUNKED,
      async (incoming) => {
        await readToEnd(incoming)
        stripHeaders(incoming, OURS)
        return trailersOf(incoming)
      },
      TRAILERS,
    )
    expect(seen).toEqual(TRAILERS_LEFT)
  })
})

describe('HTTP/2', () => {
  test('SEC-17 SEC-20 headers are gone or set, and the array is the same', async () => {
    const seen = await arriveHttp2({ ':path': '/', 'x-ours': '1', 'x-a': '2' }, (incoming) => {
      const { rawHeaders } = incoming
      stripHeaders(incoming, OURS)
      injectHeaders(incoming, [['x-ours', '7']])
      const { headers } = incoming
      return [headers['x-a'], headers['x-ours'], rawHeaders.slice(-4), rawHeaders === incoming.rawHeaders]
    })
    expect(seen).toEqual(['2', '7', ['x-a', '2', 'x-ours', '7'], true])
  })

  test('SEC-19 trailers are gone', async () => {
    const seen = await arriveHttp2(
      { ':path': '/', ':method': 'POST' },
      async (incoming) => {
        stripHeaders(incoming, OURS)
        await readToEnd(incoming)
        return [Object.entries(incoming.trailers), incoming.rawTrailers]
      },
      { 'x-ours': '1', 'x-t': '2' },
    )
    expect(seen).toEqual([[['x-t', '2']], ['x-t', '2']])
  })
})
