import { fakeClock } from '@custom-authorizer/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hang, json, KeyServer, type Reply } from '../../support/key-server.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { statusLine, authorizerOf, ISSUER, KEY, present, token } from './jwt-fixture.ts'

let server: KeyServer
beforeEach(async () => {
  server = await KeyServer.start(KEY.jwk)
})
afterEach(() => server.close())

const redirectTo =
  (location: string, status = 302): Reply =>
  (_, response) =>
    void response.writeHead(status, { location }).end()

const padded = (bytes: number): string => {
  const document = JSON.stringify({ keys: [KEY.jwk] })
  return document + ' '.repeat(bytes - document.length)
}

const UNAVAILABLE = '503'
const evaluate = async (options: object = {}): Promise<string> =>
  statusLine(await present(authorizerOf({ jwksUri: server.jwksUri, ...options }), token()))

test('SEC-74 a key set is fetched once, without cookies or headers of the client', async () => {
  const authorizer = authorizerOf({ jwksUri: server.jwksUri })
  for (let round = 0; round < 3; round++) expect(statusLine(await present(authorizer, token()))).toBe('200')
  expect(server.requestedPaths).toEqual(['/keys'])
  expect(server.headers).toMatchObject({ accept: 'application/json' })
  expect(server.headers).not.toHaveProperty('cookie')
  expect(server.headers).not.toHaveProperty('authorization')
})

describe('rejected key set', () => {
  test.each<[string, Reply]>([
    ['status 204', json('', 204)],
    ['status 404', json({ keys: [KEY.jwk] }, 404)],
    ['status 500', json({ keys: [KEY.jwk] }, 500)],
    ['invalid JSON', json('<html>')],
    ['an array', json([KEY.jwk])],
    ['a byte order mark', json(`\uFEFF${JSON.stringify({ keys: [KEY.jwk] })}`)],
    ['a repeated member keys', json(`{"keys":[],"keys":[${JSON.stringify(KEY.jwk)}]}`)],
    ['a repeated member of a key', json(`{"keys":[{"kty":"EC",${JSON.stringify(KEY.jwk).slice(1)}]}`)],
    ['invalid UTF-8', json(Buffer.concat([Buffer.from('{"keys":[],"x":"'), Buffer.from([0xff]), Buffer.from('"}')]))],
    ['keys that is not an array', json({ keys: { 0: KEY.jwk } })],
    ['no keys', json({ keys: [] })],
    ['no usable key', json({ keys: [{ ...KEY.jwk, use: 'enc' }, { kty: 'new' }, null, 5] })],
    ['101 keys', json({ keys: Array.from({ length: 101 }, (_, index) => ({ ...KEY.jwk, kid: `key-${index}` })) })],
    ['33 levels of nesting', json(`{"keys":[${JSON.stringify(KEY.jwk)}],"x":${'['.repeat(32)}${']'.repeat(32)}}`)],
    ['more than 512 KiB', json(padded(512 * 1024 + 1))],
    [
      'a truncated response',
      (_, response) => void response.writeHead(200, { 'content-length': 999 }).write('{', () => response.destroy()),
    ],
    ['a closed connection', (request) => void request.socket.destroy()],
  ])('SEC-74 a key set is rejected: %s', async (_, reply) => {
    server.instead.set('/keys', reply)
    expect(await evaluate()).toBe(UNAVAILABLE)
  })

  test.each([301, 302, 303, 307, 308])('SEC-74 a redirect with status %i is not followed', async (status) => {
    const target = await KeyServer.start(KEY.jwk)
    server.instead.set('/keys', redirectTo(target.jwksUri, status))
    expect(await evaluate()).toBe(UNAVAILABLE)
    server.instead.set('/keys', redirectTo(`${server.origin}/other`, status))
    expect(await evaluate()).toBe(UNAVAILABLE)
    expect([target.requestedPaths, server.requestedPaths]).toEqual([[], ['/keys', '/keys']])
    await target.close()
  })
})

describe('accepted key set', () => {
  test.each<[string, Reply]>([
    ['of 512 KiB', json(padded(512 * 1024))],
    [
      'of 100 keys',
      json({ keys: [KEY.jwk, ...Array.from({ length: 99 }, (_, index) => ({ kty: 'new', kid: `${index}` }))] }),
    ],
    [
      'with keys of unknown types',
      json({ keys: [{ kty: 'AKP', alg: 'ML-DSA-44' }, null, 'text', [KEY.jwk], KEY.jwk] }),
    ],
    ['with additional members', json({ issuer: 'x', keys: [{ ...KEY.jwk, x5t: 'x', ext: true }] })],
    [
      'in several chunks',
      (_, response) => {
        for (const part of JSON.stringify({ keys: [KEY.jwk] }).match(/.{1,7}/g) ?? []) response.write(part)
        response.end()
      },
    ],
  ])('SEC-74 a key set %s is accepted', async (_, reply) => {
    server.instead.set('/keys', reply)
    expect(await evaluate()).toBe('200')
  })
})

test('SEC-74 an endless key set is cancelled after 512 KiB', async () => {
  let sent = 0
  const closed = new Promise<void>((resolve) => {
    server.instead.set('/keys', (_, response) => {
      const chunk = Buffer.alloc(16_384, ' ')
      const pump = (): void => {
        while (sent < 100 * 1024 * 1024 && !response.destroyed) {
          sent += chunk.length
          if (!response.write(chunk)) return void response.once('drain', pump)
        }
      }
      response.on('close', () => resolve())
      pump()
    })
  })
  expect(await evaluate()).toBe(UNAVAILABLE)
  await closed
  // Unread bytes are in the buffers of both sockets, a few megabytes at most.
  expect(sent).toBeLessThan(16 * 1024 * 1024)
})

describe('hanging key server', () => {
  test.each<[string, Reply]>([
    ['before the response', hang],
    ['after the headers', (_, response) => response.writeHead(200).flushHeaders()],
    ['after half of the body', (_, response) => void response.writeHead(200).write('{"keys":[')],
  ])('SEC-74 a server that hangs %s is given up after 5 s', async (_, reply) => {
    const clock = fakeClock()
    const logger = new RecordingLogger()
    server.instead.set('/keys', reply)
    const status = evaluate({ clock, logger })
    await server.reached(1)
    clock.advanceSync(4999)
    clock.advanceSync(1)
    expect(await status).toBe(UNAVAILABLE)
    expect(logger.lines.join()).toMatch(/was not received within 5000 ms/)
    expect(clock.pending).toBe(0)
  })
})

test.each([
  'http://issuer.example/keys',
  'http://127.0.0.1.example/keys',
  'http://localhost.example/keys',
  'http://10.0.0.1/keys',
  'file:///etc/keys',
  'data:application/json,{}',
  'ftp://issuer.example/keys',
  '//issuer.example/keys',
  '/keys',
  'issuer.example',
  'https://issuer.example/keys#x',
  '',
  5,
  null,
])('SEC-74 jwksUri %j throws', (jwksUri) => {
  expect(() => authorizerOf({ jwksUri })).toThrow(/^jwtAuthorizer\.jwksUri: found/)
})

test.each(['https://user:password@issuer.example/keys', 'https://password@issuer.example/keys'])(
  'SEC-74 jwksUri with credentials throws without showing them',
  (jwksUri) => {
    expect(() => authorizerOf({ jwksUri })).toThrow(/jwtAuthorizer\.jwksUri: found a URL with credentials/)
    expect(() => authorizerOf({ jwksUri })).not.toThrow(/password/)
  },
)

test.each([
  'https://issuer.example/keys?x=1',
  'http://localhost:1/keys',
  'http://127.9.9.9/keys',
  'http://[::1]:1/keys',
])('SEC-74 jwksUri %j is accepted', (jwksUri) => {
  expect(() => authorizerOf({ jwksUri })).not.toThrow()
})

const found = async (changes: object = {}): Promise<string> => {
  const issuer = server.origin
  const authorizer = authorizerOf({ issuer, audience: 'a', ...changes })
  return statusLine(await present(authorizer, token({ iss: 'issuer' in changes ? changes.issuer : issuer, aud: 'a' })))
}

describe('discovery', () => {
  test('SEC-74 the metadata are fetched from the well-known URL of the issuer', async () => {
    expect(await found()).toBe('200')
    expect(server.requestedPaths).toEqual(['/.well-known/openid-configuration', '/keys'])
  })

  test('an issuer with a path and a final slash is supported', async () => {
    const issuer = `${server.origin}/tenant/`
    server.instead.set('/tenant/.well-known/openid-configuration', json({ issuer, jwks_uri: server.jwksUri }))
    expect(await found({ issuer })).toBe('200')
  })

  test.each<[string, (origin: string) => object | string]>([
    ['of another issuer', (origin) => ({ issuer: ISSUER, jwks_uri: `${origin}/keys` })],
    ['of the issuer with a slash', (origin) => ({ issuer: `${origin}/`, jwks_uri: `${origin}/keys` })],
    ['without issuer', (origin) => ({ jwks_uri: `${origin}/keys` })],
    ['without jwks_uri', (origin) => ({ issuer: origin })],
    ['with an insecure jwks_uri', (origin) => ({ issuer: origin, jwks_uri: 'http://issuer.example/keys' })],
    ['with a file: jwks_uri', (origin) => ({ issuer: origin, jwks_uri: 'file:///etc/passwd' })],
    ['with a repeated member issuer', (origin) => `{"issuer":"x","issuer":"${origin}","jwks_uri":"${origin}/keys"}`],
  ])('SEC-74 metadata are rejected: %s', async (_, metadata) => {
    server.instead.set('/.well-known/openid-configuration', json(metadata(server.origin)))
    expect(await found()).toBe(UNAVAILABLE)
    expect(server.fetches).toBe(0)
  })

  test('SEC-74 metadata of a remote issuer cannot refer to this machine', async () => {
    const urls: string[] = []
    const fetch = (url: string): Promise<Response> => {
      urls.push(url)
      return Promise.resolve(Response.json({ issuer: ISSUER, jwks_uri: server.jwksUri, keys: [KEY.jwk] }))
    }
    expect(await found({ issuer: ISSUER, fetch })).toBe(UNAVAILABLE)
    expect(urls).toEqual([`${ISSUER}/.well-known/openid-configuration`])
  })

  test.each(['http://issuer.example', 'https://issuer.example?x=1', 'https://issuer.example#x', 'accounts'])(
    'an issuer that is not a URL, %j, requires another source of keys',
    (issuer) => {
      expect(() => authorizerOf({ issuer, audience: 'a' })).toThrow(/jwtAuthorizer\.issuer/)
      expect(() => authorizerOf({ issuer, audience: 'a', jwks: { keys: [KEY.jwk] } })).not.toThrow()
    },
  )
})
