/** The table of section 7.4, byte for byte, and that the WebSocket server hears of no refusal (AWS-WS-01 to AWS-WS-09). */
import { expect, test } from 'vitest'
import { Deferred } from '../../support/deferred.ts'
import { describePlaces } from './servers.ts'
import { allow, answerTo, CONNECT, deny, type ConnectOptions, connect, tryConnect } from './harness.ts'

const TOKEN = { identitySource: 'route.request.querystring.token' }
const fail = (message: string) => async (): Promise<never> => {
  throw new Error(message)
}

const UNAUTHORIZED = '{"message":"Unauthorized"}'
const IMPLICIT = '{"message":"User is not authorized to access this resource"}'
const EXPLICIT =
  '{"message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}'
const FAILED = '{"message":"Internal server error"}'

type Row = readonly [
  rule: string,
  title: string,
  handler: () => unknown,
  answer: readonly [status: number, reason: string, body: string],
  request?: ConnectOptions,
]
const OTHER = CONNECT.replace('$connect', 'send')
const ROWS: readonly Row[] = [
  ['AWS-WS-01', 'no identity source', fail('called'), [401, 'Unauthorized', UNAUTHORIZED], { target: '/chat' }],
  ['AWS-WS-01', 'an empty source', fail('called'), [401, 'Unauthorized', UNAUTHORIZED], { target: '/chat?token=' }],
  ['AWS-WS-02', 'a thrown Unauthorized', fail('Unauthorized'), [401, 'Unauthorized', UNAUTHORIZED]],
  ['AWS-WS-03', 'an Allow on another route', async () => allow(OTHER), [403, 'Forbidden', IMPLICIT]],
  ['AWS-WS-03', 'a Deny on another route', async () => deny(OTHER), [403, 'Forbidden', IMPLICIT]],
  ['AWS-WS-04', 'a Deny', async () => deny(), [403, 'Forbidden', EXPLICIT]],
  ['AWS-WS-05', 'an error', fail('x'), [500, 'Internal Server Error', FAILED]],
  ['AWS-WS-05', 'unauthorized in lower case', fail('unauthorized'), [500, 'Internal Server Error', FAILED]],
  ['AWS-WS-05', 'nothing', async () => undefined, [500, 'Internal Server Error', FAILED]],
  ['AWS-WS-05', 'a proxy response', async () => ({ statusCode: 200 }), [500, 'Internal Server Error', FAILED]],
  ['AWS-WS-05', 'a yes', async () => ({ isAuthorized: true }), [500, 'Internal Server Error', FAILED]],
  [
    'AWS-OUT-50 AWS-QUO-07 AWS-WSX-08',
    'an answer of more than 8 KB',
    async () => allow('*', { context: { fill: 'x'.repeat(8192) } }),
    [500, 'Internal Server Error', FAILED],
  ],
]

const CASES = ROWS.map((row) => [row[0], row[1], row] as const)

describePlaces('a handshake', (place) => {
  test.each(CASES)('%s AWS-WS-09 is refused after %s', async (_, _title, row) => {
    const [, , handler, expected, request] = row
    const door = await place.open(handler, TOKEN)
    const { status, reason, body, bytes, lines } = await tryConnect(door, request ?? { target: '/chat?token=x' })
    // @hono/node-server sends the status and the headers of a refusal, and no body.
    const sent = place.name === 'ws' ? expected[2] : ''
    expect([status, reason, body]).toEqual([...expected.slice(0, 2), sent])
    expect(Object.fromEntries(lines.map(([name, value]) => [name.toLowerCase(), value]))).toEqual({
      ...(place.name === 'ws' && { date: expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/) as string }),
      'content-type': 'application/json',
      'content-length': String(bytes.length),
      'cache-control': 'no-store',
      connection: 'close',
    })
    expect(door.seen).toEqual({ handshakes: 0, connections: 0 })
    // The helper of Hono leaves the last word to the client.
    expect(door.sockets.map(({ destroyed, writableEnded }) => destroyed || writableEnded)).toEqual([true])
    if (place.name === 'ws') expect(door.sockets[0]?.destroyed).toBe(true)
    expect(door.clock.pending).toBe(0)
  })

  test('AWS-WS-05 is refused when the function takes ten seconds', async () => {
    const called = new Deferred<void>()
    const door = await place.open(() => {
      called.resolve()
      return new Promise(() => {})
    })
    const connection = await connect(door.port)
    await called.promise
    door.clock.advance(9999)
    expect(door.sockets[0]?.destroyed).toBe(false)
    door.clock.advance(1)
    expect((await answerTo(connection)).status).toBe(500)
    expect(door.seen).toEqual({ handshakes: 0, connections: 0 })
  })

  test('AWS-WS-08 AWS-WSX-07 is accepted after an Allow, whatever is behind', async () => {
    const door = await place.open(async () => allow())
    const answer = await tryConnect(door)
    expect([answer.status, answer.header('upgrade')]).toEqual([101, 'websocket'])
    expect(answer.header('sec-websocket-accept')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
    expect(door.seen).toEqual({ handshakes: 1, connections: 1 })
  })

  test('AWS-QUO-07 AWS-WSX-08 is accepted with an answer of 8 KB', async () => {
    const empty = JSON.stringify(allow('*', { context: { fill: '' } })).length
    const door = await place.open(async () => allow('*', { context: { fill: 'x'.repeat(8192 - empty) } }))
    expect((await tryConnect(door)).status).toBe(101)
  })

  test('SEC-24 is refused when its token comes twice', async () => {
    const door = await place.open(async () => allow(), TOKEN)
    expect((await tryConnect(door, { target: '/chat?token=a&token=b' })).status).toBe(401)
    expect([door.events.length, door.seen.handshakes]).toEqual([0, 0])
  })
})
