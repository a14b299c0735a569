import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TestClock } from '../../support/clock.ts'
import { hang, json, KeyServer, type Reply } from '../../support/key-server.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { answer, authorizerOf, ISSUER, KEY, present, token } from './jwt-fixture.ts'

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
const ask = async (options: object = {}): Promise<string> =>
  answer(await present(authorizerOf({ jwksUri: server.jwksUri, ...options }), token()))

test('SEC-74 a key set is fetched once, without cookies or anything of the client', async () => {
  const authorizer = authorizerOf({ jwksUri: server.jwksUri })
  for (let round = 0; round < 3; round++) expect(answer(await present(authorizer, token()))).toBe('200')
  expect(server.asked).toEqual(['/keys'])
  expect(server.headers).toMatchObject({ accept: 'application/json' })
  expect(server.headers).not.toHaveProperty('cookie')
  expect(server.headers).not.toHaveProperty('authorization')
})

describe('SEC-74 a key set that is not taken', () => {
  test.each<[string, Reply]>([
    ['status 204', json('', 204)],
    ['status 404', json({ keys: [KEY.jwk] }, 404)],
    ['status 500', json({ keys: [KEY.jwk] }, 500)],
    ['not JSON', json('<html>')],
    ['an array', json([KEY.jwk])],
    ['a byte order mark', json(`\uFEFF${JSON.stringify({ keys: [KEY.jwk] })}`)],
    ['keys twice', json(`{"keys":[],"keys":[${JSON.stringify(KEY.jwk)}]}`)],
    ['a member of a key twice', json(`{"keys":[{"kty":"EC",${JSON.stringify(KEY.jwk).slice(1)}]}`)],
    ['not UTF-8', json(Buffer.concat([Buffer.from('{"keys":[],"x":"'), Buffer.from([0xff]), Buffer.from('"}')]))],
    ['keys that are no array', json({ keys: { 0: KEY.jwk } })],
    ['no keys', json({ keys: [] })],
    ['no usable key', json({ keys: [{ ...KEY.jwk, use: 'enc' }, { kty: 'new' }, null, 5] })],
    ['101 keys', json({ keys: Array.from({ length: 101 }, (_, index) => ({ ...KEY.jwk, kid: `key-${index}` })) })],
    ['33 levels', json(`{"keys":[${JSON.stringify(KEY.jwk)}],"x":${'['.repeat(32)}${']'.repeat(32)}}`)],
    ['one byte too many', json(padded(512 * 1024 + 1))],
    [
      'half an answer',
      (_, response) => void response.writeHead(200, { 'content-length': 999 }).write('{', () => response.destroy()),
    ],
    ['a closed connection', (request) => void request.socket.destroy()],
  ])('%s', async (_, reply) => {
    server.instead.set('/keys', reply)
    expect(await ask()).toBe(UNAVAILABLE)
  })

  test.each([301, 302, 303, 307, 308])('a redirect with status %i, whose target is never asked', async (status) => {
    const target = await KeyServer.start(KEY.jwk)
    server.instead.set('/keys', redirectTo(target.jwksUri, status))
    expect(await ask()).toBe(UNAVAILABLE)
    server.instead.set('/keys', redirectTo(`${server.origin}/elsewhere`, status))
    expect(await ask()).toBe(UNAVAILABLE)
    expect([target.asked, server.asked]).toEqual([[], ['/keys', '/keys']])
    await target.close()
  })
})

describe('SEC-74 a key set that is taken', () => {
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
    ['with members beside keys', json({ issuer: 'x', keys: [{ ...KEY.jwk, x5t: 'x', ext: true }] })],
    [
      'in chunks',
      (_, response) => {
        for (const part of JSON.stringify({ keys: [KEY.jwk] }).match(/.{1,7}/g) ?? []) response.write(part)
        response.end()
      },
    ],
  ])('%s', async (_, reply) => {
    server.instead.set('/keys', reply)
    expect(await ask()).toBe('200')
  })
})

test('SEC-74 a key set without end is left after 512 KiB', async () => {
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
  expect(await ask()).toBe(UNAVAILABLE)
  await closed
  // What has been written but not read lies in the buffers of both sockets, a few megabytes at most.
  expect(sent).toBeLessThan(16 * 1024 * 1024)
})

describe('SEC-74 a server that says nothing', () => {
  test.each<[string, Reply]>([
    ['at all', hang],
    ['after the headers', (_, response) => response.writeHead(200).flushHeaders()],
    ['after half of the body', (_, response) => void response.writeHead(200).write('{"keys":[')],
  ])('%s is left after 5 s', async (_, reply) => {
    const clock = new TestClock()
    const logger = new RecordingLogger()
    server.instead.set('/keys', reply)
    const asked = ask({ clock, logger })
    await server.reached(1)
    clock.advance(4999)
    clock.advance(1)
    expect(await asked).toBe(UNAVAILABLE)
    expect(logger.lines.join()).toMatch(/gave no answer within 5000 ms/)
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
])('SEC-74 jwksUri %j is fine', (jwksUri) => {
  expect(() => authorizerOf({ jwksUri })).not.toThrow()
})

const found = async (changes: object = {}): Promise<string> => {
  const issuer = server.origin
  const authorizer = authorizerOf({ issuer, audience: 'a', ...changes })
  return answer(await present(authorizer, token({ iss: 'issuer' in changes ? changes.issuer : issuer, aud: 'a' })))
}

describe('keys found through the metadata of the issuer', () => {
  test('SEC-74 at its well-known address', async () => {
    expect(await found()).toBe('200')
    expect(server.asked).toEqual(['/.well-known/openid-configuration', '/keys'])
  })

  test('also below a path, whose last slash is not doubled', async () => {
    const issuer = `${server.origin}/tenant/`
    server.instead.set('/tenant/.well-known/openid-configuration', json({ issuer, jwks_uri: server.jwksUri }))
    expect(await found({ issuer })).toBe('200')
  })

  test.each<[string, (origin: string) => object | string]>([
    ['of another issuer', (origin) => ({ issuer: ISSUER, jwks_uri: `${origin}/keys` })],
    ['of the issuer with a slash', (origin) => ({ issuer: `${origin}/`, jwks_uri: `${origin}/keys` })],
    ['without issuer', (origin) => ({ jwks_uri: `${origin}/keys` })],
    ['without jwks_uri', (origin) => ({ issuer: origin })],
    ['with a jwks_uri that is not safe', (origin) => ({ issuer: origin, jwks_uri: 'http://issuer.example/keys' })],
    ['with a jwks_uri that is a file', (origin) => ({ issuer: origin, jwks_uri: 'file:///etc/passwd' })],
    ['with issuer twice', (origin) => `{"issuer":"x","issuer":"${origin}","jwks_uri":"${origin}/keys"}`],
  ])('SEC-74 are not taken from metadata %s', async (_, metadata) => {
    server.instead.set('/.well-known/openid-configuration', json(metadata(server.origin)))
    expect(await found()).toBe(UNAVAILABLE)
    expect(server.fetches).toBe(0)
  })

  test('SEC-74 metadata from elsewhere cannot point at this machine', async () => {
    const asked: string[] = []
    const fetch = (url: string): Promise<Response> => {
      asked.push(url)
      return Promise.resolve(Response.json({ issuer: ISSUER, jwks_uri: server.jwksUri, keys: [KEY.jwk] }))
    }
    expect(await found({ issuer: ISSUER, fetch })).toBe(UNAVAILABLE)
    expect(asked).toEqual([`${ISSUER}/.well-known/openid-configuration`])
  })

  test.each(['http://issuer.example', 'https://issuer.example?x=1', 'https://issuer.example#x', 'accounts'])(
    'an issuer that is no address, %j, needs another source of keys',
    (issuer) => {
      expect(() => authorizerOf({ issuer, audience: 'a' })).toThrow(/jwtAuthorizer\.issuer/)
      expect(() => authorizerOf({ issuer, audience: 'a', jwks: { keys: [KEY.jwk] } })).not.toThrow()
    },
  )
})
