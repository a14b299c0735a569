/** The denials of section 7.4 byte for byte; they do not reach the WebSocket server (AWS-WS-01 to AWS-WS-09). */
import { expect, test } from 'vitest'
import { Deferred } from '../../support/deferred.ts'
import { describeIntegrations } from './servers.ts'
import { allow, readResponse, CONNECT, deny, type ConnectOptions, connect, tryConnect } from './harness.ts'

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
  response: readonly [status: number, reason: string, body: string],
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
  ['AWS-WS-05', 'no result', async () => undefined, [500, 'Internal Server Error', FAILED]],
  ['AWS-WS-05', 'a proxy response', async () => ({ statusCode: 200 }), [500, 'Internal Server Error', FAILED]],
  ['AWS-WS-05', 'a simple response', async () => ({ isAuthorized: true }), [500, 'Internal Server Error', FAILED]],
  [
    'AWS-OUT-50 AWS-QUO-07 AWS-WSX-08',
    'a result of more than 8 KB',
    async () => allow('*', { context: { fill: 'x'.repeat(8192) } }),
    [500, 'Internal Server Error', FAILED],
  ],
]

const CASES = ROWS.map((row) => [row[0], row[1], row] as const)

describeIntegrations('handshake denials', (integration) => {
  test.each(CASES)('%s AWS-WS-09 a handshake is denied after %s', async (_, _title, row) => {
    const [, , handler, expected, request] = row
    const service = await integration.open(handler, TOKEN)
    const { status, reason, body, bytes, lines } = await tryConnect(service, request ?? { target: '/chat?token=x' })
    // @hono/node-server sends the status and headers of a denial without its body.
    const sent = integration.name === 'ws' ? expected[2] : ''
    expect([status, reason, body]).toEqual([...expected.slice(0, 2), sent])
    expect(Object.fromEntries(lines.map(([name, value]) => [name.toLowerCase(), value]))).toEqual({
      ...(integration.name === 'ws' && {
        date: expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/) as string,
      }),
      'content-type': 'application/json',
      'content-length': String(bytes.length),
      'cache-control': 'no-store',
      connection: 'close',
    })
    expect(service.seen).toEqual({ handshakes: 0, connections: 0 })
    // Hono's helper ends its side and lets the client close the connection.
    expect(service.sockets.map(({ destroyed, writableEnded }) => destroyed || writableEnded)).toEqual([true])
    if (integration.name === 'ws') expect(service.sockets[0]?.destroyed).toBe(true)
    expect(service.clock.pending).toBe(0)
  })

  test('AWS-WS-05 a handshake is denied with 500 when the function takes ten seconds', async () => {
    const called = new Deferred<void>()
    const service = await integration.open(() => {
      called.resolve()
      return new Promise(() => {})
    })
    const connection = await connect(service.port)
    await called.promise
    service.clock.advanceSync(9999)
    expect(service.sockets[0]?.destroyed).toBe(false)
    service.clock.advanceSync(1)
    expect((await readResponse(connection)).status).toBe(500)
    expect(service.seen).toEqual({ handshakes: 0, connections: 0 })
  })

  test('AWS-WS-08 AWS-WSX-07 a handshake is accepted after an Allow', async () => {
    const service = await integration.open(async () => allow())
    const response = await tryConnect(service)
    expect([response.status, response.header('upgrade')]).toEqual([101, 'websocket'])
    expect(response.header('sec-websocket-accept')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
    expect(service.seen).toEqual({ handshakes: 1, connections: 1 })
  })

  test('AWS-QUO-07 AWS-WSX-08 a handshake is accepted with a result of 8 KB', async () => {
    const empty = JSON.stringify(allow('*', { context: { fill: '' } })).length
    const service = await integration.open(async () => allow('*', { context: { fill: 'x'.repeat(8192 - empty) } }))
    expect((await tryConnect(service)).status).toBe(101)
  })

  test('SEC-24 a handshake with a repeated token is denied with 401', async () => {
    const service = await integration.open(async () => allow(), TOKEN)
    expect((await tryConnect(service, { target: '/chat?token=a&token=b' })).status).toBe(401)
    expect([service.events.length, service.seen.handshakes]).toEqual([0, 0])
  })
})
