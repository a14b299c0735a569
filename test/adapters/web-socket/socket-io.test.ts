/** Socket.IO handles its own requests and upgrades, which bypass the middleware of the application. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as aws from '@custom-authorizer/core/aws'
import { assertGuarded, customAuthorizer, getAuthorizer, guardUpgrade } from '@custom-authorizer/core/node'
import { Server as SocketServer, type ServerOptions } from 'socket.io'
import { afterEach, describe, expect, test } from 'vitest'
import { HANDSHAKE } from '../../support/handshake.ts'
import { type RawResponse, RawConnection, toBytes } from '../../support/raw-client.ts'

const QUERY = '/socket.io/?EIO=4&transport='
const FORGED = ['X-Authz-Principal-Id', 'mallory'] as const

const authorize = async ({ authorizationToken }: aws.TokenEvent): Promise<aws.AuthorizerResponse> => {
  if (authorizationToken !== 'Bearer ann') throw new Error('Unauthorized')
  const Statement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }
  return { principalId: 'ann', policyDocument: { Statement } }
}
const GUARD = { contract: aws.token(), contextHeaders: 'x-authz-', logger: null } as const

let server: Server
let io: SocketServer
/** For each connection of Socket.IO: the principal ID, and the header in its handshake. */
let seen: unknown[]

const open = async (options: Partial<ServerOptions>, guard: (io: SocketServer) => void): Promise<void> => {
  server = createServer((_request, response) => void response.end('application'))
  io = new SocketServer(server, options)
  guard(io)
  seen = []
  io.engine.on('connection', ({ request }: { request: Parameters<typeof getAuthorizer>[0] }) => {
    seen.push([getAuthorizer(request).principalId, request.headers['x-authz-principal-id']])
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
}
afterEach(async () => {
  await io.close()
})

const send = async (transport: string, token: string | undefined, ...lines: readonly (readonly [string, string])[]) => {
  const connection = await RawConnection.open((server.address() as AddressInfo).port)
  const credential = token === undefined ? [] : [['Authorization', `Bearer ${token}`] as const]
  connection.write(toBytes({ target: QUERY + transport, headers: [...credential, FORGED, ...lines] }))
  try {
    const response: RawResponse = await connection.read()
    return { status: response.status, body: response.body }
  } catch {
    return { status: 'disconnected', body: '' }
  } finally {
    connection.close()
  }
}

const guarded = (): Promise<void> => open({}, ({ engine }) => engine.use(customAuthorizer(authorize, GUARD)))

describe('Socket.IO with io.engine.use', () => {
  test('SEC-110 a polling request needs the authorizer to allow it', async () => {
    await guarded()
    expect(await send('polling', undefined)).toEqual({ status: 401, body: '{"message":"Unauthorized"}' })
    expect((await send('polling', 'bob')).status).toBe(401)
    expect(seen).toEqual([])
    expect(await send('polling', 'ann')).toMatchObject({
      status: 200,
      body: expect.stringMatching(/^0\{"sid"/) as string,
    })
    expect(seen).toEqual([['ann', 'ann']])
  })

  test('SEC-110 an upgrade needs the authorizer to allow it', async () => {
    await guarded()
    expect((await send('websocket', undefined, ...HANDSHAKE)).status).not.toBe(101)
    expect((await send('websocket', 'bob', ...HANDSHAKE)).status).not.toBe(101)
    expect(seen).toEqual([])
    expect((await send('websocket', 'ann', ...HANDSHAKE)).status).toBe(101)
    expect(seen).toEqual([['ann', 'ann']])
  })

  test('SEC-110 assertGuarded reports the upgrade listener unless upgrades are excepted', async () => {
    await guarded()
    expect(() => assertGuarded(server)).toThrow(/upgrade/)
    expect(() => assertGuarded(server, { except: ['upgrade'] })).not.toThrow()
  })
})

test('SEC-110 with the upgrade listener of Socket.IO wrapped, a denial has the format of the contract', async () => {
  await open({ transports: ['websocket'] }, () => {
    const [listener] = server.listeners('upgrade') as Parameters<ReturnType<typeof guardUpgrade>>
    server.removeAllListeners('upgrade')
    server.on('upgrade', guardUpgrade(authorize, GUARD)(listener))
  })
  assertGuarded(server)
  expect(await send('websocket', undefined, ...HANDSHAKE)).toEqual({ status: 401, body: '{"message":"Unauthorized"}' })
  expect((await send('polling', 'ann')).status).toBe(400)
  expect(seen).toEqual([])
  expect((await send('websocket', 'ann', ...HANDSHAKE)).status).toBe(101)
  expect(seen).toEqual([['ann', 'ann']])
})
