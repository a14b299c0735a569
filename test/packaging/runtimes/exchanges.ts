/** What is asked of every runtime, and what has to come back (SEC-113). @module */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { RawConnection, type RawRequest, toBytes } from '../../support/raw-client.ts'

/** What the application says that its handler saw. */
interface Seen {
  readonly ran: string
  readonly principal: string | null
  readonly views: readonly (string | null)[]
  readonly names: readonly string[]
  readonly body: string | null
  readonly calls: number
  readonly asked: number
  readonly keys: readonly string[]
}
interface Answer {
  readonly status: number
  /** `undefined` when no handler ran. */
  readonly seen: Seen | undefined
}
type Ask = (request: RawRequest) => Promise<Answer>

/** Something that has to hold; throws where it does not. */
export interface Exchange {
  readonly title: string
  readonly run: (ask: Ask) => Promise<void>
}

export const SECRET: Buffer = randomBytes(32)

/** A client of one server, with a connection for each request. */
export const clientOf =
  (port: number): Ask =>
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

const agree = (what: string, found: unknown, expected: unknown): void => {
  if (!isDeepStrictEqual(found, expected))
    throw new Error(`${what}: ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`)
}

const as = (name: string): NonNullable<RawRequest['headers']> => [['Authorization', `Bearer ${name}`]]
const ANN = as('u-1')

const statusOf = (title: string, request: RawRequest, expected: number): Exchange => ({
  title,
  run: async (ask) => agree(title, (await ask(request)).status, expected),
})

/** Names that a client may send in the hope that they count as ours. */
const FORGED = [
  'X-Authz-Principal-Id',
  'x-authz-principal-id',
  'X-AUTHZ-CTX-NUMBER',
  'x-authz-other',
  'X_Authz_Principal_Id',
]

/** Ways to name what the policy denies; a server may refuse them, or serve something else, or nothing. */
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
  statusOf('a credential that nobody knows', { target: '/pets', headers: as('x') }, 401),
  statusOf('two credentials', { target: '/pets', headers: [...ANN, ...as('u-2')] }, 401),
  // Workers are bundled: a check that a bundler takes for nothing would be gone there.
  ...['/pets/%ff', '/pets/%c0%af', '/pets/%zz'].map((target) =>
    statusOf(`SEC-113 SEC-07 ${target} is refused`, { target, headers: ANN }, 400),
  ),
  {
    title: 'SEC-113 SEC-19 a handler sees who is calling, and nothing that the client says of it',
    run: async (ask) => {
      const forged = FORGED.map((name) => [name, 'mallory'] as const)
      const { status, seen } = await ask({ target: '/pets', headers: [...ANN, ...forged] })
      agree('status', status, 200)
      agree('principal', seen?.principal, 'u-1')
      agree('views', seen?.views, ['u-1', 'u-1'])
      agree('names', seen?.names.toSorted(), ['x-authz-ctx-number', 'x-authz-principal-id'])
    },
  },
  {
    title: 'SEC-113 SEC-17 nor on a path that is skipped',
    run: async (ask) => {
      const { status, seen } = await ask({
        target: '/public/hello',
        headers: FORGED.map((name) => [name, 'mallory'] as const),
      })
      agree('seen', [status, seen?.principal, seen?.views, seen?.names], [200, null, [null, null], []])
    },
  },
  ...DENIED.map((target): Exchange => ({
    title: `SEC-113 ${target} is no way round a Deny`,
    run: async (ask) => {
      for (const method of ['GET', 'POST', 'HEAD', 'OPTIONS']) {
        const { status, seen } = await ask({ method, target, headers: ANN })
        // What the runtime has made of it may be another path, which is allowed.
        if (seen !== undefined && /^\/admin/i.test(decodeURIComponent(seen.ran)))
          throw new Error(`${method} ran ${seen.ran}`)
        if (seen === undefined && method !== 'HEAD' && ![400, 403, 404].includes(status))
          throw new Error(`${method} got ${status}`)
      }
    },
  })),
  {
    title: 'AWS-CACHE-01 one call for a credential',
    run: async (ask) => {
      const before = (await ask({ target: '/a', headers: as('u-77') })).seen?.calls
      const after = (await ask({ target: '/b', headers: as('u-77') })).seen?.calls
      agree('calls', after, before)
    },
  },
  {
    title: 'SEC-113 a body of a megabyte goes through unchanged',
    run: async (ask) => {
      const body = randomBytes(2 ** 20)
      const { status, seen } = await ask({ method: 'POST', target: '/upload', headers: ANN, body })
      agree('body', [status, seen?.body], [200, createHash('sha256').update(body).digest('hex')])
    },
  },
  {
    title: 'SEC-113 a hundred callers at a time each are themselves',
    run: async (ask) => {
      const names = Array.from({ length: 100 }, (_, index) => `u-${1000 + index}`)
      const found = await Promise.all(
        [...names, ...names].map(async (name) => (await ask({ target: '/me', headers: as(name) })).seen),
      )
      agree(
        'callers',
        found.map((seen) => [seen?.principal, seen?.views]),
        [...names, ...names].map((name) => [name, [name, name]]),
      )
    },
  },
  {
    title: 'SEC-56 a store is handed digests, and is asked',
    run: async (ask) => {
      const first = await ask({ target: '/stored/a', headers: as('CANARY-7f3a') })
      const second = await ask({ target: '/stored/a', headers: as('CANARY-7f3a') })
      agree('asked', [first.seen?.asked, second.seen?.asked], [1, 1])
      agree(
        'keys',
        second.seen?.keys.every((key) => /^[\w.-]{43,}$/.test(key)),
        true,
      )
    },
  },
  {
    title: 'SEC-67 tokens are verified',
    run: async (ask) => {
      const good = await ask({ target: '/jwt/me', headers: as(jwt(claims())) })
      agree('good', [good.status, good.seen?.principal], [200, 'u-9'])
      const bad = [jwt(claims(), randomBytes(32)), jwt({ ...claims(), exp: 1 }), jwt({ ...claims(), aud: 'x' })]
      for (const token of [...bad, 'x', ''])
        agree('bad', (await ask({ target: '/jwt/me', headers: as(token) })).status, 401)
    },
  },
]
