// Imports and requires what a README imports, and sends requests to a service with it. Arguments: specifiers. Prints nothing.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const specifiers = process.argv.slice(2)

const modules = {}
for (const name of specifiers) {
  const imported = await import(name)
  const required = require(name)
  // Yarn Plug'n'Play does not know the condition `module-sync`, so that it requires the CommonJS build of the JWT package.
  if (name.startsWith('@custom-authorizer/') && name !== '@custom-authorizer/jwt')
    for (const [key, value] of Object.entries(imported)) assert.equal(required[key], value, `${name}: ${key}`)
  modules[name] = imported
}

/** An authorizer as deployed to Lambda. */
const handler = async ({ authorizationToken, methodArn }) => {
  if (authorizationToken !== 'alice') throw new Error('Unauthorized')
  const Statement = [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }]
  return { principalId: 'alice', policyDocument: { Version: '2012-10-17', Statement } }
}

const SECRET = '0123456789abcdef0123456789abcdef'
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const signedToken = () => {
  const signed = `${encode({ alg: 'HS256' })}.${encode({ iss: 'https://issuer.example', aud: 'pets', sub: 'alice', exp: 2 ** 33 })}`
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`
}

/** The arguments of `customAuthorizer`, and a credential that it accepts. */
const authorizerOf = () => {
  const jwt = modules['@custom-authorizer/jwt']
  if (jwt === undefined) return [[handler, { contract: modules['@custom-authorizer/core/aws'].token() }], 'alice']
  const authorizer = jwt.jwtAuthorizer({
    issuer: 'https://issuer.example',
    audience: 'pets',
    algorithms: ['HS256'],
    secret: SECRET,
  })
  return [[authorizer], `Bearer ${signedToken()}`]
}

/** A service on the framework that the README uses, as a `fetch` function. */
const services = {
  express: (args) => {
    const { customAuthorizer, getAuthorizer } = modules['@custom-authorizer/express']
    const app = modules.express.default()
    app.use(customAuthorizer(...args))
    app.get('/pets', (req, res) => res.send(getAuthorizer(req).principalId))
    return overHttp(app)
  },
  koa: (args) => {
    const { customAuthorizer, getAuthorizer } = modules['@custom-authorizer/koa']
    const app = new modules.koa.default()
    app.use(customAuthorizer(...args))
    app.use((ctx) => {
      ctx.body = getAuthorizer(ctx).principalId
    })
    return overHttp(app.callback())
  },
  hono: (args) => {
    const { customAuthorizer, getAuthorizer } = modules['@custom-authorizer/hono']
    const app = new modules.hono.Hono()
    app.use(customAuthorizer(...args))
    app.get('/pets', (c) => c.text(getAuthorizer(c).principalId))
    return async (headers) => app.request('http://localhost/pets', { headers })
  },
  '@custom-authorizer/core/node': (args) => {
    const { customAuthorizer, getAuthorizer } = modules['@custom-authorizer/core/node']
    const guard = customAuthorizer(...args)
    return overHttp((req, res) => guard(req, res, () => res.end(getAuthorizer(req).principalId)))
  },
}

/** Starts a server for each request. */
const overHttp = (listener) => async (headers) => {
  const server = createServer(listener)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await fetch(`http://127.0.0.1:${server.address().port}/pets`, {
      headers: { connection: 'close', ...headers },
    })
  } finally {
    server.close()
  }
}

const framework = Object.keys(services).find((name) => Object.hasOwn(modules, name))
assert.notEqual(framework, undefined, 'the README imports no framework')
const [args, authorization] = authorizerOf()
const send = services[framework](args)
assert.equal((await send({})).status, 401)
const response = await send({ authorization })
assert.deepEqual([response.status, await response.text()], [200, 'alice'])
