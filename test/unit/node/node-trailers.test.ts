/** Trailers of the namespace: shown by no view of a message, whenever they arrive (SEC-25). */
import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { stripHeaders } from '../../../packages/core/src/node/request.ts'
import { arrive, arriveHttp2, readToEnd } from '../../support/arriving.ts'

const namespace = (prefix: string) => ({
  authorizerView: 'withoutOwnedHeaders' as const,
  ownsHeader: (name: string) => name.toLowerCase().startsWith(prefix),
  edit: () => '',
})
const OURS = namespace('x-our')
const OTHERS = namespace('x-other')

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

describe('SEC-25 over HTTP/1 they are gone', () => {
  const inOrder: readonly [string, (incoming: IncomingMessage) => unknown, object][] = [
    [
      'when the body is read afterwards',
      async (incoming) => {
        stripHeaders(incoming, OURS)
        const early = trailersOf(incoming)
        await readToEnd(incoming)
        return [early, trailersOf(incoming)]
      },
      [NONE, LEFT],
    ],
    [
      'when the body was read before',
      async (incoming) => {
        await readToEnd(incoming)
        stripHeaders(incoming, OURS)
        return [NONE, trailersOf(incoming)]
      },
      [NONE, LEFT],
    ],
    [
      'for listeners that were there first',
      async (incoming) => {
        const atEnd = new Promise((resolve) => incoming.once('end', () => resolve(trailersOf(incoming))))
        stripHeaders(incoming, OURS)
        incoming.resume()
        return [NONE, await atEnd]
      },
      [NONE, LEFT],
    ],
    [
      'from the namespaces of two guards',
      async (incoming) => {
        stripHeaders(incoming, OURS)
        stripHeaders(incoming, OTHERS)
        await readToEnd(incoming)
        return [NONE, trailersOf(incoming)]
      },
      [NONE, LEFT_BY_BOTH],
    ],
    [
      'from the namespace of a second guard that comes after the body',
      async (incoming) => {
        stripHeaders(incoming, OURS)
        await readToEnd(incoming)
        stripHeaders(incoming, OTHERS)
        return [NONE, trailersOf(incoming)]
      },
      [NONE, LEFT_BY_BOTH],
    ],
    [
      'whatever is written to the views that follow from the raw list',
      async (incoming) => {
        stripHeaders(incoming, OURS)
        await readToEnd(incoming)
        Object.assign(incoming, { trailers: {}, trailersDistinct: {} })
        return [NONE, trailersOf(incoming)]
      },
      [NONE, LEFT],
    ],
  ]
  test.each(inOrder)('%s', async (_, look, seen) => {
    expect(await arrive(CHUNKED, look, BODY)).toEqual(seen)
  })

  test('and the views are listed as before', async () => {
    const listed = await arrive(CHUNKED, (incoming) => {
      stripHeaders(incoming, OURS)
      return ['rawTrailers', 'trailers', 'trailersDistinct'].filter((name) => !Object.keys(incoming).includes(name))
    })
    expect(listed).toEqual([])
  })
})

describe('SEC-25 over HTTP/2 they are gone', () => {
  const sent = { 'x-ours': '1', 'x-t': '2', 'x-other': '3' }
  test.each([
    ['from one namespace', [OURS], ['x-t', '2', 'x-other', '3']],
    ['from two', [OURS, OTHERS], ['x-t', '2']],
  ] as const)('%s', async (_, namespaces, raw) => {
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
