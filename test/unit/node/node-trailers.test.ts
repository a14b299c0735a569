/** Reserved trailers appear in no view of an `IncomingMessage`, whenever they arrive (SEC-25). */
import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { stripHeaders } from '../../../packages/core/src/node/views/header-views.ts'
import { arrive, arriveHttp2, readToEnd } from '../../support/arriving.ts'

const namespace = (prefix: string) => ({
  authorizerView: 'withoutOwnedHeaders' as const,
  ownsHeader: (name: string) => name.toLowerCase().startsWith(prefix),
  edit: () => '',
})
const RESERVED = namespace('x-our')
const ALSO_RESERVED = namespace('x-other')

/** All views of the trailers. */
const trailersOf = ({ trailers, rawTrailers, trailersDistinct }: IncomingMessage) => ({
  trailers: Object.fromEntries(Object.entries(trailers)),
  raw: [...rawTrailers],
  distinct: { ...trailersDistinct },
})

const CHUNKED = ['POST / HTTP/1.1', 'Transfer-Encoding: chunked']
const LINES = ['X-Ours: 1', 'X-T: 2', 'X-Our-B: 3', 'X-Other: 6', 'X-T: 4', 'x-ours: 5']
const BODY = ['1', 'a', '0', ...LINES, '', ''].join('\r\n')
const LEFT = {
  trailers: { 'x-t': '2, 4', 'x-other': '6' },
  raw: ['X-T', '2', 'X-Other', '6', 'X-T', '4'],
  distinct: { 'x-t': ['2', '4'], 'x-other': ['6'] },
}
const LEFT_BY_BOTH = { trailers: { 'x-t': '2, 4' }, raw: ['X-T', '2', 'X-T', '4'], distinct: { 'x-t': ['2', '4'] } }
const NONE = { trailers: {}, raw: [], distinct: {} }

describe('HTTP/1', () => {
  const inOrder: readonly [string, (incoming: IncomingMessage) => unknown, object][] = [
    [
      'if the body is read afterwards',
      async (incoming) => {
        stripHeaders(incoming, RESERVED)
        const early = trailersOf(incoming)
        await readToEnd(incoming)
        return [early, trailersOf(incoming)]
      },
      [NONE, LEFT],
    ],
    [
      'if the body was read before',
      async (incoming) => {
        await readToEnd(incoming)
        stripHeaders(incoming, RESERVED)
        return [NONE, trailersOf(incoming)]
      },
      [NONE, LEFT],
    ],
    [
      'for listeners that were added before',
      async (incoming) => {
        const atEnd = new Promise((resolve) => incoming.once('end', () => resolve(trailersOf(incoming))))
        stripHeaders(incoming, RESERVED)
        incoming.resume()
        return [NONE, await atEnd]
      },
      [NONE, LEFT],
    ],
    [
      'for two guards',
      async (incoming) => {
        stripHeaders(incoming, RESERVED)
        stripHeaders(incoming, ALSO_RESERVED)
        await readToEnd(incoming)
        return [NONE, trailersOf(incoming)]
      },
      [NONE, LEFT_BY_BOTH],
    ],
    [
      'for a second guard that runs after the body was read',
      async (incoming) => {
        stripHeaders(incoming, RESERVED)
        await readToEnd(incoming)
        stripHeaders(incoming, ALSO_RESERVED)
        return [NONE, trailersOf(incoming)]
      },
      [NONE, LEFT_BY_BOTH],
    ],
    [
      'even if trailers and trailersDistinct are reassigned',
      async (incoming) => {
        stripHeaders(incoming, RESERVED)
        await readToEnd(incoming)
        Object.assign(incoming, { trailers: {}, trailersDistinct: {} })
        return [NONE, trailersOf(incoming)]
      },
      [NONE, LEFT],
    ],
  ]
  test.each(inOrder)('SEC-25 reserved trailers are removed %s', async (_, readTrailers, expected) => {
    expect(await arrive(CHUNKED, readTrailers, BODY)).toEqual(expected)
  })

  test('SEC-25 the trailer views stay enumerable', async () => {
    const listed = await arrive(CHUNKED, (incoming) => {
      stripHeaders(incoming, RESERVED)
      return ['rawTrailers', 'trailers', 'trailersDistinct'].filter((name) => !Object.keys(incoming).includes(name))
    })
    expect(listed).toEqual([])
  })
})

describe('HTTP/2', () => {
  const sent = { 'x-ours': '1', 'x-t': '2', 'x-other': '3' }
  test.each([
    ['for one guard', [RESERVED], ['x-t', '2', 'x-other', '3']],
    ['for two guards', [RESERVED, ALSO_RESERVED], ['x-t', '2']],
  ] as const)('SEC-25 reserved trailers are removed %s', async (_, namespaces, raw) => {
    const seen = await arriveHttp2(
      { ':path': '/', ':method': 'POST' },
      async (incoming) => {
        for (const each of namespaces) stripHeaders(incoming, each)
        await readToEnd(incoming)
        return [incoming.rawTrailers, Object.entries(incoming.trailers).flat()]
      },
      sent,
    )
    expect(seen).toEqual([raw, raw])
  })
})
