// Compares what `require` and `import` load, and passes objects between the two.
import { createRequire } from 'node:module'
import express from 'express'

const require = createRequire(import.meta.url)

const SUBPATHS = ['', '/adapter', '/aws', '/contract', '/fetch', '/huawei', '/node', '/remote']
const NAMES = [...SUBPATHS.map((each) => `core${each}`), 'express', 'koa', 'hono']
const MODULES = NAMES.map((each) => `@custom-authorizer/${each}`)

/** Names that differ. */
export const different = []
for (const name of MODULES) {
  const required = require(name)
  const imported = await import(name)
  const names = Object.keys(imported)
  if (names.join() !== Object.keys(required).toSorted().join()) different.push(`${name}: names`)
  for (const each of names) if (imported[each] !== required[each]) different.push(`${name}: ${each}`)
}

const core = {
  required: require('@custom-authorizer/core'),
  imported: await import('@custom-authorizer/core'),
}
const adapter = {
  required: require('@custom-authorizer/express'),
  imported: await import('@custom-authorizer/express'),
}
const jwt = {
  required: require('@custom-authorizer/jwt'),
  imported: await import('@custom-authorizer/jwt'),
}
const aws = await import('@custom-authorizer/core/aws')

/** The status and body of a request that a guard of one copy decides on, with parts of the other. */
const exchange = async (guarding, other, authorize, { headers, path = '/pets', ...options } = {}) => {
  const guard = adapter[guarding].customAuthorizer(authorize, options)
  const app = express()
  app.use(guard)
  app.get('/pets', adapter[other].requireContext({ role: 'admin' }), (req, res) =>
    res.json([adapter[other].getAuthorizer(req), adapter[other].getAuthorizer(req, guard)]),
  )
  app.get('/open', (req, res) => res.json('open'))
  app.use((error, req, res, next) => (res.headersSent ? next(error) : res.status(599).json(String(error))))
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${server.address().port}${path}`
  const response = await fetch(url, { headers: { connection: 'close', ...headers } })
  const seen = [response.status, await response.text()]
  await new Promise((resolve) => server.close(resolve))
  return seen
}

const secret = new TextEncoder().encode('a secret of at least thirty-two bytes, for a test')
const encode = (value) => Buffer.from(value).toString('base64url')
const tokenOf = async (claims) => {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const text = `${encode('{"alg":"HS256"}')}.${encode(JSON.stringify(claims))}`
  return `${text}.${encode(new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))))}`
}
const claims = { iss: 'https://issuer.example', aud: 'pets', sub: 'alice', role: 'admin', exp: 4102444800 }
const bearer = { authorization: `Bearer ${await tokenOf(claims)}` }
const forged = { authorization: `${bearer.authorization.slice(0, -4)}AAAA` }
const issuer = { issuer: claims.iss, audience: claims.aud, algorithms: ['HS256'], secret }

/** Statuses and bodies, by the way in which the guard was loaded. */
export const exchanges = {}
for (const [guarding, other] of [
  ['required', 'imported'],
  ['imported', 'required'],
]) {
  const allow = () => core[other].allow({ principalId: 'alice', context: { role: 'admin' } })
  const handler = async () => {
    throw new core[other].AuthorizerError('ERR_REMOTE_UNREACHABLE', 'the function is down', { isOutage: true })
  }
  const built = core[other].createAuthorizer({ authorize: allow, store: new core[guarding].MemoryStore() })
  const token = jwt[other].jwtAuthorizer(issuer)
  exchanges[guarding] = {
    function: await exchange(guarding, other, allow),
    authorizer: await exchange(guarding, other, built),
    composition: await exchange(
      guarding,
      other,
      core[other].allOf(built, core[guarding].createAuthorizer({ authorize: allow })),
    ),
    unauthorized: await exchange(guarding, other, () => core[other].unauthorized()),
    outage: await exchange(guarding, other, handler, {
      contract: aws.token(),
      failureMode: 'allow',
      headers: bearer,
      path: '/open',
    }),
    jwt: await exchange(guarding, other, token, { headers: bearer }),
    forged: await exchange(guarding, other, token, { headers: forged }),
  }
  try {
    adapter[guarding].getAuthorizer({})
  } catch (error) {
    exchanges[guarding].error = error instanceof core[other].AuthorizerError
  }
}
