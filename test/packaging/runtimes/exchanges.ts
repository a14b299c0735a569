/** The requests that are sent to every runtime, and the expected responses (SEC-113). @module */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { RawConnection, type RawRequest, toBytes } from '../../support/raw-client.ts'

/** What the handler received. */
interface Seen {
  readonly ran: string
  readonly principal: string | null
  readonly views: readonly (string | null)[]
  readonly names: readonly string[]
  readonly body: string | null
  readonly calls: number
  readonly storedCalls: number
  readonly keys: readonly string[]
}
interface Reply {
  readonly status: number
  /** `undefined` when no handler ran. */
  readonly seen: Seen | undefined
}
type Send = (request: RawRequest) => Promise<Reply>

/** One check; `run` throws if it fails. */
export interface Exchange {
  readonly title: string
  readonly run: (send: Send) => Promise<void>
}

export const SECRET: Buffer = randomBytes(32)

/** A client of one server, with a connection for each request. */
export const clientOf =
  (port: number): Send =>
  async (request) => {
    const connection = await RawConnection.open(port)
    try {
      connection.write(toBytes(request))
      const { status, body } = await connection.read(request.method)
      return { status, seen: body.startsWith('{"ran"') ? (JSON.parse(body) as Seen) : undefined }
    } finally {
      connection.close()
    }
  }

const expectEqual = (what: string, found: unknown, expected: unknown): void => {
  if (!isDeepStrictEqual(found, expected))
    throw new Error(`${what}: ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`)
}

const as = (name: string): NonNullable<RawRequest['headers']> => [['Authorization', `Bearer ${name}`]]
const ANN = as('u-1')

const statusOf = (title: string, request: RawRequest, expected: number): Exchange => ({
  title,
  run: async (send) => expectEqual(title, (await send(request)).status, expected),
})

/** Spellings of reserved headers that a client may send. */
const FORGED = [
  'X-Authz-Principal-Id',
  'x-authz-principal-id',
  'X-AUTHZ-CTX-NUMBER',
  'x-authz-other',
  'X_Authz_Principal_Id',
]

/** Spellings of a denied path. A server may reject them or serve another path. */
const DENIED = [
  '/admin/secret',
  '/admin/./secret',
  '/public/../admin/secret',
  '/x/%2e%2e/admin/secret',
  '/admin/secret/',
  '/admin',
  '/%61dmin/secret',
  '/admin%2Fsecret',
  '//admin/secret',
  '/.//admin/secret',
  '/admin\\secret',
  '/\\admin/secret',
  '/public\\..\\admin/secret',
  '/admin;x/secret',
  '/admin/secret?x=/public/',
  '/admin/secret#/public/',
  'http://h/admin/secret',
]

const base64url = (text: string | Buffer): string => Buffer.from(text).toString('base64url')
const jwt = (claims: object, key: Buffer = SECRET): string => {
  const signed = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => base64url(JSON.stringify(part))).join('.')
  return `${signed}.${base64url(createHmac('sha256', key).update(signed).digest())}`
}
const claims = (): object => ({
  iss: 'https://issuer.example',
  aud: 'https://api.example',
  sub: 'u-9',
  exp: Math.floor(Date.now() / 1000) + 60,
})

export const EXCHANGES: readonly Exchange[] = [
  statusOf('no credential', { target: '/pets' }, 401),
  statusOf('an unknown credential', { target: '/pets', headers: as('x') }, 401),
  statusOf('two credentials', { target: '/pets', headers: [...ANN, ...as('u-2')] }, 401),
  // Workers are bundled, and a bundler may remove a check that it considers free of side effects.
  ...['/pets/%ff', '/pets/%c0%af', '/pets/%zz'].map((target) =>
    statusOf(`SEC-113 SEC-07 ${target} is rejected`, { target, headers: ANN }, 400),
  ),
  {
    title: 'SEC-113 SEC-19 the handler receives the principal and no reserved header of the client',
    run: async (send) => {
      const forged = FORGED.map((name) => [name, 'mallory'] as const)
      const { status, seen } = await send({ target: '/pets', headers: [...ANN, ...forged] })
      expectEqual('status', status, 200)
      expectEqual('principal', seen?.principal, 'u-1')
      expectEqual('views', seen?.views, ['u-1', 'u-1'])
      expectEqual('names', seen?.names.toSorted(), ['x-authz-ctx-number', 'x-authz-principal-id'])
    },
  },
  {
    title: 'SEC-113 SEC-17 a skipped path receives no reserved header of the client',
    run: async (send) => {
      const { status, seen } = await send({
        target: '/public/hello',
        headers: FORGED.map((name) => [name, 'mallory'] as const),
      })
      expectEqual('seen', [status, seen?.principal, seen?.views, seen?.names], [200, null, [null, null], []])
    },
  },
  ...DENIED.map((target): Exchange => ({
    title: `SEC-113 ${target} does not bypass a Deny`,
    run: async (send) => {
      for (const method of ['GET', 'POST', 'HEAD', 'OPTIONS']) {
        const { status, seen } = await send({ method, target, headers: ANN })
        // The runtime may resolve it to another path, which is allowed.
        if (seen !== undefined && /^\/admin/i.test(decodeURIComponent(seen.ran)))
          throw new Error(`${method} ran ${seen.ran}`)
        if (seen === undefined && method !== 'HEAD' && ![400, 403, 404].includes(status))
          throw new Error(`${method} got ${status}`)
      }
    },
  })),
  {
    title: 'AWS-CACHE-01 a credential is looked up once',
    run: async (send) => {
      const before = (await send({ target: '/a', headers: as('u-77') })).seen?.calls
      const after = (await send({ target: '/b', headers: as('u-77') })).seen?.calls
      expectEqual('calls', after, before)
    },
  },
  {
    title: 'SEC-113 a body of one megabyte is unchanged',
    run: async (send) => {
      const body = randomBytes(2 ** 20)
      const { status, seen } = await send({ method: 'POST', target: '/upload', headers: ANN, body })
      expectEqual('body', [status, seen?.body], [200, createHash('sha256').update(body).digest('hex')])
    },
  },
  {
    title: 'SEC-113 a hundred concurrent callers get their own results',
    run: async (send) => {
      const names = Array.from({ length: 100 }, (_, index) => `u-${1000 + index}`)
      const found = await Promise.all(
        [...names, ...names].map(async (name) => (await send({ target: '/me', headers: as(name) })).seen),
      )
      expectEqual(
        'callers',
        found.map((seen) => [seen?.principal, seen?.views]),
        [...names, ...names].map((name) => [name, [name, name]]),
      )
    },
  },
  {
    title: 'SEC-56 a store receives digests as keys and returns results',
    run: async (send) => {
      const first = await send({ target: '/stored/a', headers: as('CANARY-7f3a') })
      const second = await send({ target: '/stored/a', headers: as('CANARY-7f3a') })
      expectEqual('calls', [first.seen?.storedCalls, second.seen?.storedCalls], [1, 1])
      expectEqual(
        'keys',
        second.seen?.keys.every((key) => /^[\w.-]{43,}$/.test(key)),
        true,
      )
    },
  },
  {
    title: 'SEC-67 tokens are verified',
    run: async (send) => {
      const good = await send({ target: '/jwt/me', headers: as(jwt(claims())) })
      expectEqual('good', [good.status, good.seen?.principal], [200, 'u-9'])
      const bad = [jwt(claims(), randomBytes(32)), jwt({ ...claims(), exp: 1 }), jwt({ ...claims(), aud: 'x' })]
      for (const token of [...bad, 'x', ''])
        expectEqual('bad', (await send({ target: '/jwt/me', headers: as(token) })).status, 401)
    },
  },
]
