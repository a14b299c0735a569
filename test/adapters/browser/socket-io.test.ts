/** Socket.IO clients with a credential in their auth payload (SEC-124, SEC-125). */
import {
  allow,
  type AuthorizerContext,
  createAuthorizer,
  deny,
  native,
  optional,
  unauthorized,
} from '@custom-authorizer/core'
import { customAuthorizer, guardSocket, type GuardedSocket } from '@custom-authorizer/core/node'
import { fakeClock } from '@custom-authorizer/core/testing'
import { jwtAuthorizer } from '@custom-authorizer/jwt'
import { describe, expect, test } from 'vitest'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { expectOptionError } from '../../support/option-error.ts'
import { sendRequest } from '../../support/raw-client.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { AUDIENCE, authorizerOf, ISSUER, KEY, token } from '../../unit/jwt/jwt-fixture.ts'
import { serveSockets, SocketClient } from './socket-client.ts'

const BEARER = { authHeaders: { authorization: 'Bearer {token}' } } as const
const UNAUTHORIZED = { message: 'Unauthorized', data: { status: 401, body: '{"message":"Unauthorized"}' } }
const FORBIDDEN = { message: 'Forbidden', data: { status: 403, body: '{"message":"Forbidden"}' } }
const FAILED = { message: 'Internal Server Error', data: { status: 500, body: '{"message":"Internal Server Error"}' } }
const MINUTE = 60_000

/** Allows the header X-User with a name, and records the requests. */
const users = (seen: string[] = []) =>
  createAuthorizer({
    authorize: (request) => {
      const user = request.header('x-user') ?? ''
      seen.push([request.method, request.path, request.query('EIO'), user, request.sourceIp].join(' '))
      if (user === 'mallory') return deny()
      return user === '' ? unauthorized() : allow({ principalId: user, context: { user } })
    },
    logger: null,
  })
const USER = { authHeaders: { 'X-User': '{user}' } } as const

const principals = (sockets: readonly { readonly data: unknown }[]): readonly string[] =>
  sockets.map(({ data }) => (data as { readonly authorizer: AuthorizerContext }).authorizer.principalId)

describe('guardSocket', () => {
  test('SEC-125 a token in the payload is verified as in the Authorization header', async () => {
    const { port, joined } = await serveSockets(authorizerOf() as never, BEARER)
    const join = async (auth?: unknown): Promise<unknown> => (await SocketClient.open(port)).join(auth)
    expect(await join({ token: token() })).toBe('joined')
    expect(principals(joined)).toEqual(['alice'])
    expect(joined[0]?.data).toMatchObject({ authorizer: { context: { sub: 'alice' } } })
    expect(await join({ token: `${token()}x` })).toEqual(UNAUTHORIZED)
    expect(await join({ token: '' })).toEqual(UNAUTHORIZED)
    expect(await join({})).toEqual(UNAUTHORIZED)
    expect(await join()).toEqual(UNAUTHORIZED)
    expect(joined).toHaveLength(1)
  })

  test('SEC-125 the authorizer sees the request of the handshake with the mapped headers', async () => {
    const seen: string[] = []
    const { port, joined } = await serveSockets(users(seen) as never, USER)
    expect(await (await SocketClient.open(port)).join({ user: 'ann' })).toBe('joined')
    expect([seen, principals(joined)]).toEqual([['GET /socket.io/ 4 ann 127.0.0.1'], ['ann']])
  })

  test('SEC-125 a denial is reported with status and body, and nothing else', async () => {
    const { port, joined } = await serveSockets(users() as never, USER)
    const client = await SocketClient.open(port)
    expect(await client.join({ user: 'mallory' })).toEqual(FORBIDDEN)
    expect(await client.join({ user: '' })).toEqual(UNAUTHORIZED)
    expect(joined).toEqual([])
    expect(await client.join({ user: 'ann' })).toBe('joined')
  })

  test('SEC-125 headers of these names that the client sent are removed', async () => {
    const seen: string[] = []
    const { port } = await serveSockets(users(seen) as never, USER)
    const client = await SocketClient.open(port, { 'x-USER': 'root' })
    expect(await client.join({})).toEqual(UNAUTHORIZED)
    expect(await client.join({ user: 'ann' })).toBe('joined')
    expect(seen.map((line) => line.split(' ')[3])).toEqual(['', 'ann'])
  })

  test.each<[what: string, value: unknown]>([
    ['a number', 7],
    ['null', null],
    ['an object', { toString: 'ann' }],
    ['a list', ['ann']],
    ['a boolean', true],
    ['a line break', 'ann\r\nX-Admin: 1'],
    ['a NUL', 'ann\0'],
    ['a character outside of Latin-1', 'ann\u{1F600}'],
    ['outer white space', ' ann'],
  ])('SEC-125 %s as a member gives 401 before the authorizer runs', async (_, user) => {
    const seen: string[] = []
    const { port, joined } = await serveSockets(users(seen) as never, USER)
    expect(await (await SocketClient.open(port)).join({ user })).toEqual(UNAUTHORIZED)
    expect([seen, joined]).toEqual([[], []])
  })

  test('SEC-29 SEC-125 members of a prototype are not read', async () => {
    const seen: string[] = []
    const { port } = await serveSockets(users(seen) as never, { authHeaders: { 'x-user': '{constructor}' } })
    const client = await SocketClient.open(port)
    client.send('40{"__proto__":{"constructor":"root"}}')
    expect(await client.next()).toContain('"status":401')
    expect(seen.map((line) => line.split(' ')[3])).toEqual([''])
  })

  test('SEC-125 each namespace and each reconnect is decided on its own', async () => {
    const seen: string[] = []
    const { port, joined } = await serveSockets(users(seen) as never, USER)
    const client = await SocketClient.open(port)
    expect(await client.join({ user: 'ann' })).toBe('joined')
    expect(await client.join({ user: 'mallory' }, '/admin')).toEqual(FORBIDDEN)
    expect(await client.join({ user: 'eve' }, '/admin')).toBe('joined')
    client.terminate()
    expect(await (await SocketClient.open(port)).join({ user: 'mallory' })).toEqual(FORBIDDEN)
    expect([seen.length, principals(joined)]).toEqual([4, ['ann', 'eve']])
  })

  test('SEC-125 cookies and subprotocols of the handshake are read, and cookies need the same origin', async () => {
    const authorizer = createAuthorizer({
      authorize: (request) => request.cookie('s') === 'ann',
      contract: native({ identitySources: ['$request.cookie.s'] }),
      logger: null,
    })
    const { port } = await serveSockets(authorizer as never)
    const join = async (headers: Readonly<Record<string, string>>): Promise<unknown> =>
      (await SocketClient.open(port, headers)).join()
    expect(await join({ Cookie: 's=ann', Origin: `http://127.0.0.1:${port}` })).toBe('joined')
    expect(await join({ Cookie: 's=ann', Origin: 'https://evil.example' })).toEqual(FORBIDDEN)
    expect(await join({ Cookie: 's=ann' })).toEqual(FORBIDDEN)
    expect(await join({})).toEqual(UNAUTHORIZED)
  })

  test.each([
    ['another origin', { 'Sec-Fetch-Site': 'same-site' }, '44{'],
    ['a script element, without Origin', {}, '44{'],
    ['the same origin', { 'Sec-Fetch-Site': 'same-origin' }, '40{'],
  ])('SEC-122 a long-polling handshake with a cookie from %s', async (_, sent, packet) => {
    const authorizer = createAuthorizer({
      authorize: (request) => request.cookie('s') === 'ann',
      contract: native({ identitySources: ['$request.cookie.s'] }),
      logger: null,
    })
    const { port } = await serveSockets(authorizer as never)
    const url = `http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`
    const get = async (address: string): Promise<string> =>
      (
        await sendRequest(port, {
          target: address.slice(address.indexOf('/socket.io')),
          headers: Object.entries({ Cookie: 's=ann', ...sent }),
        })
      ).body
    const opened = (await get(url)).slice(1)
    const session = `${url}&sid=${(JSON.parse(opened) as { sid: string }).sid}`
    await fetch(session, { method: 'POST', headers: { Connection: 'close' }, body: '40' })
    expect((await get(session)).slice(0, 3)).toBe(packet)
  })

  test.each([
    ['the same principal', 'ann', undefined],
    ['another principal', 'bob', FORBIDDEN],
  ])('SEC-125 a recovered connection that is joined by %s', (_, user, expected) => {
    const errors: unknown[] = []
    const incoming = { method: 'GET', url: '/socket.io/', httpVersion: '1.1', headers: {}, rawHeaders: ['Host', 'a'] }
    const socket = {
      handshake: { auth: { user }, address: '127.0.0.1' },
      request: incoming,
      data: { authorizer: { principalId: 'ann' } },
      nsp: { name: '/' },
      recovered: true,
      conn: { readyState: 'open' },
    } as unknown as GuardedSocket
    guardSocket(users() as never, USER)(socket, (error) => void errors.push(error))
    expect(errors).toMatchObject([expected === undefined ? undefined : expected])
    expect((socket.data as { authorizer: { principalId: string } }).authorizer.principalId).toBe('ann')
  })

  test('SEC-123 a subprotocol token is removed from the handshake that the listener sees', async () => {
    const authorizer = createAuthorizer({
      authorize: () => true,
      contract: native({ identitySources: ['$request.subprotocol.bearer'] }),
      logger: null,
    })
    const { port, joined } = await serveSockets(authorizer as never)
    const target = '/socket.io/?EIO=4&transport=polling'
    const headers = [['Sec-WebSocket-Protocol', 'bearer, SECRET']] as const
    const opened = (await sendRequest(port, { target, headers })).body.slice(1)
    const session = `${target}&sid=${(JSON.parse(opened) as { sid: string }).sid}`
    for (const packet of ['40', '40/admin,']) {
      await sendRequest(port, { method: 'POST', target: session, body: packet })
      expect((await sendRequest(port, { target: session })).body).toMatch(/^40/)
    }
    expect(joined).toHaveLength(2)
    for (const { handshake, request } of joined)
      expect(JSON.stringify([handshake.headers, request.rawHeaders])).not.toContain('SECRET')
  })

  test('SEC-125 behind a guard of the engine, both decide', async () => {
    const { port, io } = await serveSockets(users() as never, USER)
    io.engine.use(customAuthorizer((request) => request.header('x-api-key') === 'k', { logger: null }))
    const client = await SocketClient.open(port, { 'X-Api-Key': 'k' })
    expect(await client.join({ user: 'ann' })).toBe('joined')
    await expect(SocketClient.open(port)).rejects.toThrow()
  })

  test('SEC-125 optional() lets sockets without a payload join', async () => {
    const { port, joined } = await serveSockets(optional(authorizerOf()) as never, BEARER)
    expect(await (await SocketClient.open(port)).join()).toBe('joined')
    expect(await (await SocketClient.open(port)).join({ token: 'x' })).toEqual(UNAUTHORIZED)
    expect(principals(joined)).toEqual([''])
  })

  test('SEC-125 a contract that needs the body denies every socket', async () => {
    const contract = native({ maxBodyBytes: 10 })
    const authorizer = createAuthorizer({ authorize: () => true, contract, logger: null })
    const { port, joined } = await serveSockets(authorizer as never)
    expect(await (await SocketClient.open(port)).join()).toMatchObject({ data: { status: 500 } })
    expect(joined).toEqual([])
  })

  test('SEC-31 an authorizer that throws, and a bug in an authorizer, deny without details', async () => {
    const throwing = createAuthorizer({
      authorize: () => {
        throw new Error('secret')
      },
      logger: null,
    })
    const { port } = await serveSockets(throwing as never)
    expect(await (await SocketClient.open(port)).join()).toEqual(FAILED)
    const logger = new RecordingLogger()
    const broken = {
      ...users(),
      name: 'broken',
      deny: throwing.deny.bind(throwing),
      report: (_: string, line: string) => logger.warn(line),
      hasCredential: () => false,
      invalidate: () => undefined,
      invalidateAll: () => undefined,
      evaluate: () => {
        throw new Error('secret')
      },
    }
    const second = await serveSockets(broken as never)
    expect(await (await SocketClient.open(second.port)).join()).toEqual(FAILED)
    expect(logger.lines).toEqual([expect.stringContaining('(Error)')])
    expect(logger.lines.join()).not.toContain('secret')
  })

  test('SEC-125 without the request of a handshake, the socket gets 400', async () => {
    const errors: unknown[] = []
    const socket = { handshake: { auth: {}, address: '' }, data: {}, nsp: { name: '/' } } as unknown as GuardedSocket
    guardSocket(() => true, { logger: null })(socket, (error) => void errors.push(error))
    expect(errors).toMatchObject([{ data: { status: 400 } }])
  })

  test('SEC-125 a long-polling client, whose handshake is complete, waits for the keys of the issuer', async () => {
    const [fetched, keys] = [new Deferred<void>(), new Deferred<Response>()]
    const authorizer = jwtAuthorizer({
      issuer: ISSUER,
      audience: AUDIENCE,
      jwksUri: 'https://issuer.example/jwks',
      clock: fakeClock(),
      logger: null,
      fetch: () => {
        fetched.resolve()
        return keys.promise
      },
    })
    const { port, joined } = await serveSockets(authorizer as never, BEARER)
    const url = `http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`
    const headers = { Connection: 'close' }
    const opened = (await (await fetch(url, { headers })).text()).slice(1)
    const session = `${url}&sid=${(JSON.parse(opened) as { sid: string }).sid}`
    await fetch(session, { method: 'POST', headers, body: `40${JSON.stringify({ token: token() })}` })
    await fetched.promise
    keys.resolve(Response.json({ keys: [KEY.jwk] }))
    expect(await (await fetch(session, { headers })).text()).toMatch(/^40/)
    expect(principals(joined)).toEqual(['alice'])
  })
})

describe('closeAtExpiry', () => {
  const CLOSES = { ...BEARER, closeAtExpiry: true } as const
  const serve = async (guarding: object = CLOSES) => {
    const clock = fakeClock()
    const service = await serveSockets(authorizerOf({ clock, clockToleranceSeconds: 0 }) as never, guarding)
    const expiring = (seconds: number) => ({ token: token({ exp: clock.now() / 1000 + seconds }) })
    return { ...service, clock, expiring }
  }

  test('SEC-124 the connection is closed when the token expires and not before', async () => {
    const { port, clock, expiring } = await serve()
    const client = await SocketClient.open(port)
    await client.join(expiring(60))
    clock.advanceSync(MINUTE - 1)
    expect(await client.ping()).toBe('42["pong"]')
    clock.advanceSync(1)
    expect([await client.next(), await client.next(), clock.pending]).toEqual(['41', 'closed', 0])
  })

  test('SEC-124 a namespace that is joined again has the expiry of its new token', async () => {
    const { port, clock, expiring, joined } = await serve()
    const client = await SocketClient.open(port)
    await client.join(expiring(60))
    const left = new Promise((resolve) => void joined[0]?.once('disconnect', resolve))
    client.send('41')
    await left
    expect(clock.pending).toBe(0)
    await client.join(expiring(120))
    expect(clock.pending).toBe(1)
    clock.advanceSync(MINUTE)
    expect(await client.ping()).toBe('42["pong"]')
    clock.advanceSync(MINUTE)
    expect(await client.next()).toBe('41')
  })

  test('SEC-124 the namespace with the earliest expiry closes the connection', async () => {
    const { port, clock, expiring } = await serve()
    const client = await SocketClient.open(port)
    await client.join(expiring(600))
    await client.join(expiring(60), '/admin')
    expect(clock.pending).toBe(2)
    clock.advanceSync(MINUTE)
    expect([await client.next(), await client.next()].sort()).toEqual(['41', '41/admin,'])
    expect([await client.next(), clock.pending]).toEqual(['closed', 0])
  })

  test('SEC-124 no timer is left after the client has disconnected', async () => {
    const { port, clock, expiring, joined } = await serve()
    const client = await SocketClient.open(port)
    await client.join(expiring(60))
    await client.join(expiring(60), '/admin')
    const left = Promise.all(joined.map((socket) => new Promise((resolve) => void socket.once('disconnect', resolve))))
    client.terminate()
    await left
    expect(clock.pending).toBe(0)
  })

  test('SEC-124 sockets that a later middleware denies leave one timer for each connection at most', async () => {
    const { port, io, clock, expiring } = await serve()
    io.use((_, next) => next(new Error('no')))
    const client = await SocketClient.open(port)
    for (let count = 0; count < 20; count++) expect(await client.join(expiring(60))).toEqual({ message: 'no' })
    expect(clock.pending).toBe(1)
    clock.advanceSync(MINUTE)
    expect([await client.next(), clock.pending]).toEqual(['closed', 0])
  })

  test('SEC-124 a token that expires while a later middleware decides opens no socket', async () => {
    const { port, io, clock, expiring, joined } = await serve()
    const called = new Deferred<() => void>()
    io.use((_, next) => called.resolve(next))
    const client = await SocketClient.open(port)
    const joining = client.next()
    client.send(`40${JSON.stringify(expiring(60))}`)
    const next = await called.promise
    clock.advanceSync(MINUTE)
    next()
    expect(await joining).toBe('closed')
    await flushMicrotasks()
    expect(joined).toEqual([])
  })

  test('SEC-124 without the option no timer is set', async () => {
    const { port, clock, expiring } = await serve(BEARER)
    await (await SocketClient.open(port)).join(expiring(60))
    expect(clock.pending).toBe(0)
  })
})

test.each<[option: string, value: unknown, found: string, allowed: string]>([
  ['authHeaders', 'token', 'found a string', 'an object'],
  ['authHeaders', { authorization: 'token' }, 'found an object', 'in braces'],
  ['authHeaders', { authorization: '{a}{b}' }, 'found an object', 'in braces'],
  ['authHeaders', { authorization: '{a.b}' }, 'found an object', 'in braces'],
  ['authHeaders', { authorization: 'Bearer\n{a}' }, 'found an object', 'in braces'],
  ['authHeaders', { 'a b': '{a}' }, 'found an object', 'headers that clients choose'],
  ...['Host', 'connection', 'Origin', 'Sec-Fetch-Site', 'X-Forwarded-For', 'Content-Length', 'Upgrade'].map(
    (name): [string, unknown, string, string] => [
      'authHeaders',
      { [name]: '{a}' },
      'found an object',
      'headers that clients choose',
    ],
  ),
  ['authHeaders', { 'x-a': '{a}', 'X-A': '{b}' }, 'found an object', 'each header once'],
  ['closeAtExpiry', 'yes', 'found a string', 'true or false'],
  ['skip', ['/'], 'found an array', 'does not apply to sockets'],
  ['contextHeaders', 'x-a-', 'found a string', 'does not apply to sockets'],
  ['failureMode', 'allow', 'found a string', 'does not apply to sockets'],
  ['onDenied', 'error', 'found a string', 'does not apply to sockets'],
])('SEC-105 an invalid %s of guardSocket throws, case %#', (option, value, found, allowed) => {
  expectOptionError(() => guardSocket(() => true, { [option]: value }), `guardSocket.${option}`, found, allowed)
})
