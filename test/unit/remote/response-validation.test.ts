import { randomBytes } from 'node:crypto'
import { Readable, type Transform } from 'node:stream'
import { constants, createBrotliCompress, createGzip, gzipSync } from 'node:zlib'
import { httpFunction } from '@custom-authorizer/core/remote'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ANSWER, settle, UNREACHABLE } from './settle.ts'
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

/** 192 MiB of spaces, compressed without ever being in memory. */
const bomb = async (compressor: Transform): Promise<Buffer> => {
  const spaces = Readable.from(Array<Buffer>(192).fill(Buffer.alloc(MIB, ' ')))
  return Buffer.concat(await spaces.pipe(compressor).toArray())
}

describe('SEC-81 a status that is not 200 is no answer', () => {
  test.each<[number, string]>([
    [201, ANSWER],
    [202, ANSWER],
    [204, ANSWER],
    [206, ANSWER],
    [300, ANSWER],
    [304, ANSWER],
    [400, ANSWER],
    [401, ANSWER],
    [403, ANSWER],
    [404, ANSWER],
    [418, ANSWER],
    [429, ANSWER],
    [500, UNREACHABLE],
    [501, ANSWER],
    [502, ANSWER],
    [503, UNREACHABLE],
    [504, ANSWER],
    [599, ANSWER],
  ])('%i', async (status, code) => {
    server.reply = json({ principalId: 'root' }, status)
    const { code: found, message } = await settle(httpFunction({ url: server.url })({}))
    expect(found).toBe(code)
    expect(message).toBe(`httpFunction: answered with status ${status}`)
  })

  test('one of 401 and 403 is mapped, and the other is not', async () => {
    server.reply = json({}, 403)
    const remote = httpFunction({ url: server.url, mapStatus: { 401: 'Unauthorized' } })
    expect(await settle(remote({}))).toMatchObject({ code: ANSWER })
  })
})

describe('SEC-81 a body that is not declared to be JSON is no answer', () => {
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
  ])('%j', async (type) => {
    server.reply = json({ ok: true }, 200, type)
    const settled = await settle(httpFunction({ url: server.url })({}))
    expect(settled).toEqual({ code: ANSWER, message: 'httpFunction: answered with a content type that is not JSON' })
  })

  test('none at all', async () => {
    server.reply = (_, response) => void response.writeHead(200).end('{"ok":true}')
    expect(await settle(httpFunction({ url: server.url })({}))).toMatchObject({ code: ANSWER })
  })
})

describe('SEC-88 SEC-39 a body that can be read in more than one way, or in none, is no answer', () => {
  test.each<[string, string | Buffer, string]>([
    ['two decisions', '{"status":"deny","status":"allow"}', 'has an object with the same member name twice'],
    ['two, one escaped', '{"status":"deny","\\u0073tatus":"allow"}', 'has an object with the same member name twice'],
    ['two further down', '{"context":{"a":1,"a":2}}', 'has an object with the same member name twice'],
    ['a byte order mark', '\uFEFF{"status":"allow"}', 'is not JSON'],
    ['UTF-16', Buffer.from('\uFEFF{"status":"allow"}', 'utf16le'), 'is not UTF-8'],
    ['not UTF-8', Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xc3, 0x28), Buffer.from('"}')]), 'is not UTF-8'],
    ['two texts', '{"status":"allow"}{"status":"deny"}', 'is not JSON'],
    ['a text and a letter', '{"status":"allow"}x', 'is not JSON'],
    ['a text and a zero', '{"status":"allow"}\0', 'is not JSON'],
    ['half a text', '{"status":"all', 'is not JSON'],
    ['nothing', '', 'is not JSON'],
    ['a page', '<html>status: allow</html>', 'is not JSON'],
    ['NaN', '{"a":NaN}', 'is not JSON'],
    ['100,000 levels', '['.repeat(100_000), 'is nested more than 32 levels deep'],
    ['100,000 values', `[${'0,'.repeat(99_999)}0]`, 'has more than 10000 values'],
  ])('%s', async (_, body, problem) => {
    server.reply = json(body)
    const settled = await settle(httpFunction({ url: server.url })({}))
    expect(settled).toEqual({ code: ANSWER, message: `httpFunction: the answer ${problem}` })
  })
})

describe('SEC-81 no more is read than maxResponseBytes', () => {
  const TOO_MUCH = {
    code: ANSWER,
    message: expect.stringMatching(/more than \d+ bytes; maxResponseBytes raises the bound/),
  }

  test.each<[string, number | undefined, number]>([
    ['1 MiB, the default', undefined, MIB],
    ['8 KiB', 8 * KIB, 8 * KIB],
    ['one byte more than an empty object', 3, 3],
  ])('%s', async (_, maxResponseBytes, bytes) => {
    const remote = httpFunction({ url: server.url, ...(maxResponseBytes !== undefined && { maxResponseBytes }) })
    server.reply = json(padded(bytes))
    expect(await settle(remote({}))).toEqual({ answer: {} })
    server.reply = json(padded(bytes + 1))
    expect(await settle(remote({}))).toEqual(TOO_MUCH)
  })

  test('a body without end is left, with its connection', async () => {
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
    await server.leftAlone()
    // What has been written but not read lies in the buffers of both sockets, a few megabytes at most.
    expect(sent).toBeLessThan(16 * MIB)
  })

  test.each<[string, () => Promise<Buffer>]>([
    ['gzip', () => bomb(createGzip({ level: 1 }))],
    ['gzip, gzip', async () => gzipSync(await bomb(createGzip({ level: 1 })))],
    ['br', () => bomb(createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }))],
  ])('a bomb in %s is counted as it unfolds', async (encoding, make) => {
    server.reply = encoded(encoding, await make())
    const { maxRSS } = process.resourceUsage()
    expect(await settle(httpFunction({ url: server.url })({}))).toMatchObject({ code: ANSWER })
    // In KiB.
    expect(process.resourceUsage().maxRSS - maxRSS).toBeLessThan(64 * KIB)
  })

  test('a compressed answer that nobody has asked for is read all the same, up to the bound', async () => {
    server.reply = encoded('gzip', gzipSync(JSON.stringify({ ok: true })))
    expect(await settle(httpFunction({ url: server.url, maxResponseBytes: 11 })({}))).toEqual({ answer: { ok: true } })
    expect(await settle(httpFunction({ url: server.url, maxResponseBytes: 10 })({}))).toEqual(TOO_MUCH)
  })
})

describe('a body that does not end as it should', () => {
  test.each<[string, Reply, string]>([
    ['shorter than it says', cut({ 'content-length': 999 }, '{"status":"allow"}'), UNREACHABLE],
    ['without its last chunk', cut({ 'transfer-encoding': 'chunked' }, '{"status":"allow"}'), UNREACHABLE],
    ['no response', reset, UNREACHABLE],
    ['no HTTP', (request) => void request.socket.end('{"status":"allow"}'), UNREACHABLE],
    ['half of gzip', encoded('gzip', gzipSync(randomBytes(4096)).subarray(0, 2048)), ANSWER],
    ['not gzip', encoded('gzip', Buffer.from('{"status":"allow"}')), ANSWER],
    ['an encoding that does not exist', encoded('aes', gzipSync('{"status":"allow"}')), ANSWER],
  ])('%s', async (_, reply, code) => {
    server.reply = reply
    expect(await settle(httpFunction({ url: server.url })({}))).toMatchObject({ code })
    expect(server.received).toHaveLength(1)
  })
})

describe('SEC-82 a redirect is never followed', () => {
  test.each([301, 302, 303, 307, 308])('%i', async (status) => {
    const target = await RemoteServer.start()
    const remote = httpFunction({ url: server.url, headers: { 'x-api-key': 'k-1' } })
    for (const location of [target.url, `${server.url}elsewhere`, '/elsewhere', 'file:///etc/passwd']) {
      server.reply = (_, response) => void response.writeHead(status, { location }).end()
      expect(await settle(remote({}))).toEqual({
        code: ANSWER,
        message: `httpFunction: answered with status ${status}`,
      })
    }
    expect([target.opened, server.received.map(({ url }) => url)]).toEqual([0, ['/', '/', '/', '/']])
    await target.close()
  })

  test('one that a fetch of the user’s has followed is no answer either', async () => {
    const target = await RemoteServer.start()
    server.reply = (_, response) => void response.writeHead(307, { location: target.url }).end()
    const remote = httpFunction({ url: server.url, fetch: (url, init) => fetch(url, { ...init, redirect: 'follow' }) })
    expect(await settle(remote({}))).toMatchObject({ code: ANSWER })
    await target.close()
  })
})
