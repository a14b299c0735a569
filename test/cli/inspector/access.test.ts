/** Who can use the inspector. */
import { describe, expect, test } from 'vitest'
import { fakeClock } from '@custom-authorizer/core/testing'
import { inspector } from '@custom-authorizer/cli'
import { inspected, listen, petsAuthorizer, type Reply, type Sent, sendTo, TOKEN } from './harness.ts'

const UNAUTHORIZED = 'Open the address with the token that was printed when the inspector started.\n'
const STATE = '/__authorizer/api/state'
const statusAndBody = ({ status, body }: Reply) => [status, body]

describe('token', () => {
  test('SEC-141 the first visit sets a cookie and redirects to an address without the token', async () => {
    const { page, port } = await inspected()
    expect(page.url).toBe(`/__authorizer/?token=${TOKEN}`)
    const { status, headers, body } = await sendTo(port, { path: page.url })
    expect([status, headers.location, body]).toEqual([303, '/__authorizer/', 'Signed in.\n'])
    expect(headers['set-cookie']).toHaveLength(1)
    expect(headers['set-cookie']?.[0]).toMatch(
      /^authorizer-inspector-[\w-]{12}=[\w-]{43}; Path=\/__authorizer; HttpOnly; SameSite=Strict$/,
    )
    expect(String(headers['set-cookie'])).not.toContain(TOKEN)
  })

  test.each([
    ['no token', '/__authorizer/'],
    ['a wrong token', `/__authorizer/?token=${TOKEN}x`],
    ['an empty token', '/__authorizer/?token='],
    ['two tokens', `/__authorizer/?token=${TOKEN}&token=${TOKEN}`],
    ['the token at another path', `${STATE}?token=${TOKEN}`],
    ['an unknown path', '/__authorizer/nothing'],
    ['the script', '/__authorizer/client.js'],
  ])('SEC-141 a request with %s gets 401 with a constant text', async (_, path) => {
    const { port } = await inspected()
    expect(statusAndBody(await sendTo(port, { path }))).toEqual([401, UNAUTHORIZED])
  })

  test('SEC-141 cookies of another token or with the token itself get 401', async () => {
    const [one, other] = [await inspected(), await inspected({ token: `${TOKEN}-other` })]
    const [name = ''] = (await one.cookie()).split('=')
    const cookies = [await other.cookie(), `${name}=${TOKEN}`, `${name}=`, name, '']
    for (const Cookie of cookies)
      expect((await sendTo(one.port, { path: STATE, headers: { Cookie } })).status, Cookie).toBe(401)
    expect((await sendTo(one.port, { path: STATE, headers: { Cookie: `a=b; ${await one.cookie()}` } })).status).toBe(
      200,
    )
  })

  test('SEC-141 a wrong token gets 401 although the cookie is valid', async () => {
    const { send } = await inspected()
    expect((await send({ path: '/__authorizer/?token=wrong' })).status).toBe(401)
  })

  test('SEC-141 the default token has 32 random bytes', async () => {
    const sizes: number[] = []
    const random = (bytes: number): Uint8Array => {
      sizes.push(bytes)
      return new Uint8Array(bytes).fill(255)
    }
    const page = inspector(petsAuthorizer(fakeClock()), { random })
    page.close()
    expect(sizes).toContain(32)
    expect(page.url).toBe(`/__authorizer/?token=${'_'.repeat(42)}8`)
    const [one, other] = [inspector(petsAuthorizer(fakeClock())), inspector(petsAuthorizer(fakeClock()))]
    one.close()
    other.close()
    expect(one.url).toMatch(/token=[\w-]{43}$/)
    expect(one.url).not.toBe(other.url)
  })
})

/** Sends a request as if the socket had another peer. */
const fromPeer = async (remoteAddress: string | undefined, options = {}): Promise<Reply> => {
  const { page } = await inspected(options)
  const port = await listen((incoming, response) => {
    Object.defineProperty(incoming.socket, 'remoteAddress', { value: remoteAddress })
    page(incoming, response)
  })
  return sendTo(port, { path: page.url })
}

describe('place', () => {
  test.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('SEC-140 the peer %s is served', async (peer) => {
    expect((await fromPeer(peer)).status).toBe(303)
  })

  test.each(['192.168.1.7', '10.0.0.1', '2001:db8::1', '::ffff:203.0.113.9', '0.0.0.0', 'localhost', '', undefined])(
    'SEC-140 the peer %s gets 403, unless allowRemote is set',
    async (peer) => {
      expect(statusAndBody(await fromPeer(peer))).toEqual([403, 'The inspector serves this machine only.\n'])
      expect((await fromPeer(peer, { allowRemote: true })).status).toBe(303)
    },
  )

  test.each(['X-Forwarded-For', 'X-Forwarded-Host', 'X-Real-IP', 'Forwarded', 'Via'])(
    'SEC-140 a request with %s comes through a proxy and gets 403',
    async (name) => {
      const { port, page } = await inspected()
      expect((await sendTo(port, { path: page.url, headers: { [name]: '127.0.0.1' } })).status).toBe(403)
    },
  )

  test.each([
    'localhost',
    'LOCALHOST:3000',
    '127.0.0.1:3000',
    '[::1]:3000',
    'dev.example.test:3000',
    'dev.example.test',
  ])('SEC-140 the host %s is served', async (Host) => {
    const { port, page } = await inspected({ hosts: ['dev.example.test'] })
    expect((await sendTo(port, { path: page.url, headers: { Host } })).status).toBe(303)
  })

  test.each<[string, string | readonly string[]]>([
    ['another name', 'evil.example'],
    ['a name that begins like this machine', 'localhost.evil.example'],
    ['a name that ends like this machine', 'evil-localhost'],
    ['an address that is not this machine', '192.168.1.7:3000'],
    ['user information', 'evil@localhost'],
    ['two hosts', ['localhost', 'localhost']],
    ['an empty host', ''],
  ])('SEC-140 %s in Host gets 403', async (_, Host) => {
    const { port, page } = await inspected({ hosts: ['dev.example.test'] })
    const { status } = await sendTo(port, { path: page.url, headers: { Host } })
    expect([400, 403]).toContain(status)
    expect((await sendTo(port, { path: page.url })).status).toBe(303)
  })
})

const change = async (headers: Sent['headers'], body = '{}'): Promise<number> => {
  const { send } = await inspected()
  return (
    await send({
      method: 'POST',
      path: '/__authorizer/api/invalidate',
      headers: { Host: 'localhost:1', ...headers },
      body,
    })
  ).status
}

describe('other origins', () => {
  const JSON_TYPE = { 'Content-Type': 'application/json' }

  test.each<[string, Record<string, string>]>([
    ['neither Origin nor Sec-Fetch-Site', {}],
    ['the origin of another site', { Origin: 'https://evil.example' }],
    ['the origin of another port', { Origin: 'http://localhost:2' }],
    ['the origin null', { Origin: 'null' }],
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['another port of this host', { 'Sec-Fetch-Site': 'same-site', Origin: 'http://localhost:1' }],
    ['a navigation', { 'Sec-Fetch-Site': 'none' }],
    ['the own site but another origin', { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://evil.example' }],
  ])('SEC-142 a change with %s gets 403', async (_, headers) => {
    expect(await change({ ...JSON_TYPE, ...headers })).toBe(403)
  })

  test.each<[string, Record<string, string>]>([
    ['the own origin', { Origin: 'http://localhost:1' }],
    ['Sec-Fetch-Site', { 'Sec-Fetch-Site': 'same-origin' }],
  ])('SEC-142 a change with %s is read', async (_, headers) => {
    expect(await change({ ...JSON_TYPE, ...headers })).toBe(400)
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a', ''])(
    'SEC-142 a change with the content type "%s" gets 415',
    async (type) => {
      expect(await change({ Origin: 'http://localhost:1', 'Content-Type': type })).toBe(415)
    },
  )

  test.each(['cross-site', 'same-site'])('SEC-142 data is not returned to pages of a %s origin', async (site) => {
    const { send } = await inspected()
    for (const path of [STATE, '/__authorizer/api/events', '/__authorizer/api/decision?id=1'])
      expect((await send({ path, headers: { 'Sec-Fetch-Site': site } })).status).toBe(403)
  })

  test('SEC-142 no reply has a header that opens it to other origins, also if middleware has set one', async () => {
    const { page, cookie } = await inspected()
    const port = await listen((incoming, response) => {
      response.setHeader('Access-Control-Allow-Origin', '*')
      response.setHeader('Access-Control-Allow-Credentials', 'true')
      page(incoming, response)
    })
    const { status, headers } = await sendTo(port, { path: STATE, headers: { Cookie: await cookie() } })
    expect(status).toBe(200)
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})

const nonceOf = ({ headers }: Reply): string =>
  /script-src 'nonce-([^']+)'; style-src 'nonce-\1'/.exec(String(headers['content-security-policy']))?.[1] ?? ''

describe('replies', () => {
  test.each([
    '/__authorizer/',
    '/__authorizer/client.js',
    STATE,
    '/__authorizer/nothing',
    '/__authorizer/?token=wrong',
  ])('SEC-142 SEC-143 %s has the headers that protect it', async (path) => {
    const { send } = await inspected()
    const { headers } = await send({ path })
    expect(headers).toMatchObject({
      'cache-control': 'no-store, no-transform',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    const policy = headers['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(policy).not.toMatch(/\*|https?:/)
  })

  test('SEC-143 the policy of the page allows its own script and style by nonce and integrity only', async () => {
    const { send } = await inspected()
    const [one, other] = [await send({ path: '/__authorizer/' }), await send({ path: '/__authorizer/' })]
    expect(Buffer.from(nonceOf(one), 'base64')).toHaveLength(16)
    expect(nonceOf(one)).not.toBe(nonceOf(other))
    expect(one.body.split(`nonce="${nonceOf(one)}" integrity="sha384-`)).toHaveLength(3)
    expect(one.body).not.toMatch(/<script(?! type="module" src)|<style|\son[a-z]+=|javascript:/)
    expect(one.headers['content-security-policy']).toContain(
      "base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
    )
  })

  test.each([
    ['POST', '/__authorizer/', 'GET, HEAD'],
    ['PUT', '/__authorizer/api/invalidate', 'POST'],
    ['GET', '/__authorizer/api/invalidate', 'POST'],
    ['OPTIONS', '/__authorizer/api/state', 'GET, HEAD'],
  ])('%s %s gets 405', async (method, path, allow) => {
    const { send } = await inspected()
    const { status, headers } = await send({ method, path })
    expect([status, headers.allow]).toEqual([405, allow])
  })

  test.each(['/__authorizer/constructor', '/__authorizer/__proto__', '/__authorizer//', '/__authorizer/../x'])(
    '%s is not found',
    async (path) => {
      const { send } = await inspected()
      expect((await send({ path })).status).toBe(404)
    },
  )

  test('HEAD has the headers of GET without a body, and opens no stream', async () => {
    const { send } = await inspected()
    for (const path of ['/__authorizer/', '/__authorizer/api/events']) {
      const { status, body } = await send({ method: 'HEAD', path })
      expect([status, body]).toEqual([200, ''])
    }
  })
})
