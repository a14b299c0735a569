import { randomBytes } from 'node:crypto'
import { Readable, type Transform } from 'node:stream'
import { constants, createBrotliCompress, createGzip, gzipSync } from 'node:zlib'
import { httpFunction } from '@custom-authorizer/core/remote'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BAD_RESPONSE, settle, UNREACHABLE } from './settle.ts'
import { json, type Reply, RemoteServer, reset } from './remote-server.ts'

const KIB = 1024
const MIB = 1024 * KIB
let server: RemoteServer
beforeEach(async () => {
  server = await RemoteServer.start()
})
afterEach(() => server.close())

const encoded =
  (encoding: string, body: Buffer): Reply =>
  (_, response) =>
    void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(body)

const cut =
  (headers: Record<string, string | number>, part: string | Buffer): Reply =>
  (_, response) =>
    void response
      .writeHead(200, { 'content-type': 'application/json', ...headers })
      .write(part, () => response.destroy())

const padded = (bytes: number): string => '{}'.padEnd(bytes)

/** 192 MiB of spaces, compressed in a stream so that they are never in memory at once. */
const bomb = async (compressor: Transform): Promise<Buffer> => {
  const spaces = Readable.from(Array<Buffer>(192).fill(Buffer.alloc(MIB, ' ')))
  return Buffer.concat(await spaces.pipe(compressor).toArray())
}

describe('status', () => {
  test.each<[number, string]>([
    [201, BAD_RESPONSE],
    [202, BAD_RESPONSE],
    [204, BAD_RESPONSE],
    [206, BAD_RESPONSE],
    [300, BAD_RESPONSE],
    [304, BAD_RESPONSE],
    [400, BAD_RESPONSE],
    [401, BAD_RESPONSE],
    [403, BAD_RESPONSE],
    [404, BAD_RESPONSE],
    [418, BAD_RESPONSE],
    [429, BAD_RESPONSE],
    [500, UNREACHABLE],
    [501, BAD_RESPONSE],
    [502, BAD_RESPONSE],
    [503, UNREACHABLE],
    [504, BAD_RESPONSE],
    [599, BAD_RESPONSE],
  ])('SEC-81 status %i is rejected with %s', async (status, code) => {
    server.reply = json({ principalId: 'root' }, status)
    const { code: found, message } = await settle(httpFunction({ url: server.url })({}))
    expect(found).toBe(code)
    expect(message).toBe(`httpFunction: returned status ${status}`)
  })

  test('SEC-81 mapStatus for 401 does not apply to 403', async () => {
    server.reply = json({}, 403)
    const remote = httpFunction({ url: server.url, mapStatus: { 401: 'Unauthorized' } })
    expect(await settle(remote({}))).toMatchObject({ code: BAD_RESPONSE })
  })
})

describe('content type', () => {
  test.each([
    'text/html',
    'text/plain',
    'text/json',
    'application/jsonp',
    'application/json-seq',
    'application/jsonx+xml',
    'application/json, text/html',
    'application/json; charset=iso-8859-1',
    'application/json; charset=utf-16',
    'x-application/json',
    '',
  ])('SEC-81 the content type %j is rejected', async (type) => {
    server.reply = json({ ok: true }, 200, type)
    const settled = await settle(httpFunction({ url: server.url })({}))
    expect(settled).toEqual({ code: BAD_RESPONSE, message: 'httpFunction: returned a content type other than JSON' })
  })

  test('SEC-81 a response without content type is rejected', async () => {
    server.reply = (_, response) => void response.writeHead(200).end('{"ok":true}')
    expect(await settle(httpFunction({ url: server.url })({}))).toMatchObject({ code: BAD_RESPONSE })
  })
})

describe('body', () => {
  test.each<[string, string | Buffer, string]>([
    ['a repeated member', '{"status":"deny","status":"allow"}', 'has an object with the same member name twice'],
    [
      'a repeated member with an escaped name',
      '{"status":"deny","\\u0073tatus":"allow"}',
      'has an object with the same member name twice',
    ],
    [
      'a repeated member of a nested object',
      '{"context":{"a":1,"a":2}}',
      'has an object with the same member name twice',
    ],
    ['a byte order mark', '\uFEFF{"status":"allow"}', 'is not JSON'],
    ['UTF-16', Buffer.from('\uFEFF{"status":"allow"}', 'utf16le'), 'is not UTF-8'],
    ['invalid UTF-8', Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xc3, 0x28), Buffer.from('"}')]), 'is not UTF-8'],
    ['two JSON texts', '{"status":"allow"}{"status":"deny"}', 'is not JSON'],
    ['JSON and a letter', '{"status":"allow"}x', 'is not JSON'],
    ['JSON and a NUL', '{"status":"allow"}\0', 'is not JSON'],
    ['incomplete JSON', '{"status":"all', 'is not JSON'],
    ['no body', '', 'is not JSON'],
    ['an HTML page', '<html>status: allow</html>', 'is not JSON'],
    ['NaN', '{"a":NaN}', 'is not JSON'],
    ['100,000 levels', '['.repeat(100_000), 'is nested more than 32 levels deep'],
    ['100,000 values', `[${'0,'.repeat(99_999)}0]`, 'has more than 10000 values'],
  ])('SEC-88 SEC-39 %s is rejected', async (_, body, problem) => {
    server.reply = json(body)
    const settled = await settle(httpFunction({ url: server.url })({}))
    expect(settled).toEqual({ code: BAD_RESPONSE, message: `httpFunction: the response ${problem}` })
  })
})

describe('maxResponseBytes', () => {
  const TOO_MUCH = {
    code: BAD_RESPONSE,
    message: expect.stringMatching(/returned more than \d+ bytes; maxResponseBytes sets the limit/),
  }

  test.each<[string, number | undefined, number]>([
    ['1 MiB, the default', undefined, MIB],
    ['8 KiB', 8 * KIB, 8 * KIB],
    ['3 bytes', 3, 3],
  ])('SEC-81 a longer response is rejected: %s', async (_, maxResponseBytes, bytes) => {
    const remote = httpFunction({ url: server.url, ...(maxResponseBytes !== undefined && { maxResponseBytes }) })
    server.reply = json(padded(bytes))
    expect(await settle(remote({}))).toEqual({ value: {} })
    server.reply = json(padded(bytes + 1))
    expect(await settle(remote({}))).toEqual(TOO_MUCH)
  })

  test('SEC-81 an endless response is cancelled and its connection is closed', async () => {
    let sent = 0
    server.reply = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const chunk = Buffer.alloc(16 * KIB, ' ')
      const pump = (): void => {
        while (sent < 200 * MIB && !response.destroyed) {
          sent += chunk.length
          if (!response.write(chunk)) return void response.once('drain', pump)
        }
      }
      pump()
    }
    expect(await settle(httpFunction({ url: server.url })({}))).toEqual(TOO_MUCH)
    await server.untilClosed()
    // Unread bytes are in the buffers of both sockets, a few megabytes at most.
    expect(sent).toBeLessThan(16 * MIB)
  })

  test.each<[string, () => Promise<Buffer>]>([
    ['gzip', () => bomb(createGzip({ level: 1 }))],
    ['gzip, gzip', async () => gzipSync(await bomb(createGzip({ level: 1 })))],
    ['br', () => bomb(createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }))],
  ])('SEC-81 a decompression bomb in %s is limited while it is decompressed', async (encoding, make) => {
    server.reply = encoded(encoding, await make())
    const { maxRSS } = process.resourceUsage()
    expect(await settle(httpFunction({ url: server.url })({}))).toMatchObject({ code: BAD_RESPONSE })
    // maxRSS is in KiB.
    expect(process.resourceUsage().maxRSS - maxRSS).toBeLessThan(64 * KIB)
  })

  test('SEC-81 a compressed response is accepted up to the limit', async () => {
    server.reply = encoded('gzip', gzipSync(JSON.stringify({ ok: true })))
    expect(await settle(httpFunction({ url: server.url, maxResponseBytes: 11 })({}))).toEqual({ value: { ok: true } })
    expect(await settle(httpFunction({ url: server.url, maxResponseBytes: 10 })({}))).toEqual(TOO_MUCH)
  })
})

describe('incomplete response', () => {
  test.each<[string, Reply, string]>([
    ['a body shorter than Content-Length', cut({ 'content-length': 999 }, '{"status":"allow"}'), UNREACHABLE],
    ['a body without its last chunk', cut({ 'transfer-encoding': 'chunked' }, '{"status":"allow"}'), UNREACHABLE],
    ['no response', reset, UNREACHABLE],
    ['a response that is not HTTP', (request) => void request.socket.end('{"status":"allow"}'), UNREACHABLE],
    ['incomplete gzip', encoded('gzip', gzipSync(randomBytes(4096)).subarray(0, 2048)), BAD_RESPONSE],
    ['invalid gzip', encoded('gzip', Buffer.from('{"status":"allow"}')), BAD_RESPONSE],
    ['an unknown content encoding', encoded('aes', gzipSync('{"status":"allow"}')), BAD_RESPONSE],
  ])('%s is rejected', async (_, reply, code) => {
    server.reply = reply
    expect(await settle(httpFunction({ url: server.url })({}))).toMatchObject({ code })
    expect(server.received).toHaveLength(1)
  })
})

describe('redirect', () => {
  test.each([301, 302, 303, 307, 308])('SEC-82 status %i is rejected and not followed', async (status) => {
    const target = await RemoteServer.start()
    const remote = httpFunction({ url: server.url, headers: { 'x-api-key': 'k-1' } })
    for (const location of [target.url, `${server.url}other`, '/other', 'file:///etc/passwd']) {
      server.reply = (_, response) => void response.writeHead(status, { location }).end()
      expect(await settle(remote({}))).toEqual({
        code: BAD_RESPONSE,
        message: `httpFunction: returned status ${status}`,
      })
    }
    expect([target.opened, server.received.map(({ url }) => url)]).toEqual([0, ['/', '/', '/', '/']])
    await target.close()
  })

  test('SEC-82 a redirect that a custom fetch followed is rejected', async () => {
    const target = await RemoteServer.start()
    server.reply = (_, response) => void response.writeHead(307, { location: target.url }).end()
    const remote = httpFunction({ url: server.url, fetch: (url, init) => fetch(url, { ...init, redirect: 'follow' }) })
    expect(await settle(remote({}))).toMatchObject({ code: BAD_RESPONSE })
    await target.close()
  })
})
