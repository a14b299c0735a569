import type { IncomingMessage } from 'node:http'
import { headersAreCut } from '@custom-authorizer/core/node'
import { expect, test } from 'vitest'

const incoming = (lines: number, server?: object): IncomingMessage =>
  ({ rawHeaders: Array.from({ length: lines * 2 }, () => 'a'), socket: { server } }) as unknown as IncomingMessage

test.each<[lines: number, server: object | undefined, cut: boolean]>([
  [1000, undefined, false],
  [1001, undefined, true],
  [1001, {}, true],
  [1001, { maxHeadersCount: null }, true],
  [51, { maxHeadersCount: 50 }, true],
  [50, { maxHeadersCount: 50 }, false],
  [5000, { maxHeadersCount: 0 }, false],
  [992, { maxHeadersCount: 992 }, true],
  [991, { maxHeadersCount: 992 }, false],
])('SEC-134 %i lines on the server %o: %s', (lines, server, cut) => {
  expect(headersAreCut(incoming(lines, server))).toBe(cut)
})

test('SEC-134 the answer stays when lines are removed', () => {
  const request = incoming(1001)
  expect(headersAreCut(request)).toBe(true)
  request.rawHeaders.length = 2
  expect(headersAreCut(request)).toBe(true)
})

test('SEC-134 HTTP/2 servers reject such requests themselves', () => {
  expect(headersAreCut(Object.assign(incoming(1001), { stream: {} }))).toBe(false)
})
