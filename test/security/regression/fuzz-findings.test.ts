/** Bugs that the fuzz targets found, each with its smallest input. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAuthorizer, type Contract, type GatewayRequest } from '@custom-authorizer/core'
import { inBlock, parseAddress, parseBlock } from '@custom-authorizer/core/contract'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { customAuthorizer } from '@custom-authorizer/express'
import * as onHono from '@custom-authorizer/hono'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import express4 from 'express4'
import { Hono } from 'hono'
import supertest from 'supertest'
import { describe, expect, test } from 'vitest'
import { reasonOf } from '../../support/outcome.ts'
import { RawConnection, toBytes } from '../../support/raw-client.ts'
import { gatewayRequest } from '../../support/request.ts'
import { withToken } from '../../support/with-token.ts'

type App = Parameters<typeof supertest>[0]

const requestFrom = (peer: string): GatewayRequest => gatewayRequest('GET /', { headers: { Authorization: 't' }, peer })

describe('IPv6 addresses that are not IPv4-mapped', () => {
  test.each(['::10.0.0.1', '::a00:1', '0:0:0:0:0:0:10.0.0.1', '64:ff9b::10.0.0.1'])(
    'SEC-27 SEC-49 %s is not an IPv4 address',
    (text) => {
      const address = parseAddress(text)
      const block = parseBlock('10.0.0.0/8')
      expect(address !== undefined && block !== undefined && inBlock(address, block)).toBe(false)
    },
  )

  test('SEC-27 a policy that allows an IPv4 network does not allow such an address', async () => {
    const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }
    const Statement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*', Condition }
    const contract = aws.token()
    const authorize = async () => ({ principalId: 'ann', policyDocument: { Statement } })
    const authorizer = createAuthorizer({ authorize, contract, logger: null })
    expect(reasonOf(await authorizer.evaluate(requestFrom('::ffff:10.0.0.1')))).toBe('ALLOWED')
    expect(reasonOf(await authorizer.evaluate(requestFrom('::10.0.0.1')))).toBe('IMPLICIT_DENY')
  })
})

const ALLOWING = { Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' } }
const results: readonly (readonly [string, unknown, unknown])[] = [
  ['aws.token', aws.token(), { principalId: 'a', policyDocument: ALLOWING }],
  ['aws.httpApi', aws.httpApi(), { policyDocument: ALLOWING }],
  ['simple responses', aws.httpApi({ enableSimpleResponses: true }), { isAuthorized: true, context: null }],
]
test.each(results)('SEC-38 the default context of a result is frozen: %s', (_, contract, value) => {
  const parsed = (contract as Contract).parseResult({ status: 'returned', value })
  expect(parsed.accepted && Object.isFrozen(parsed.result.context)).toBe(true)
})

const API = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod'

test.each(['arn:aws*:123456789012', 'arn:*:123456789012', 'arn:aws:*:123456789012'])(
  'AWS-POL-22, 22b a short Deny pattern is completed after a star that spans several fields: %s',
  (Resource) => {
    const Statement = [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: '*', Resource },
    ]
    expect(aws.evaluatePolicy({ Statement }, { resource: `${API}/GET/pets` }).decision).toBe('ExplicitlyDenied')
    // It does not extend an Allow (SEC-46).
    const only = { Statement: { Effect: 'Allow', Action: '*', Resource } }
    expect(aws.evaluatePolicy(only, { resource: `${API}/GET/pets` }).decision).toBe('ImplicitlyDenied')
  },
)

test('SEC-07 AWS-POL-84 a variable inside a percent-encoded escape completes the escape', async () => {
  const Statement = [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: '*', Resource: `${API}/GET/us%4\${aws:Referer, ''}5rs` },
  ]
  const contract = aws.token()
  const authorize = async () => ({ principalId: 'a', policyDocument: { Version: '2012-10-17', Statement } })
  const authorizer = createAuthorizer({ authorize, contract, logger: null })
  expect(reasonOf(await authorizer.evaluate(withToken('t', 'GET /usErs')))).toBe('EXPLICIT_DENY')
})

describe('query parameters that a mapping replaces', () => {
  const authorizer = { principalId: 'ann', context: {}, requestContext: { authorizer: {} } }
  const mappings = [
    aws.parameterMapping({ 'remove:querystring.token': '' }),
    huawei.backendParameters([{ name: 'token', location: 'QUERY', origin: 'CONSTANT', value: 'ours' }]),
  ] as const
  // Part of the name is invalid UTF-8 or an invalid escape: strict parsers fail, lenient ones decode the rest.
  test.each(['tok%65n[%zz]=root', 'tok%65n[%ff]=root', 'tok%65n.%=root'])(
    'SEC-20 SEC-111 %s is removed like the canonical spelling',
    (query) => {
      const request = gatewayRequest(`GET /pets?${query}&a=1`)
      const targets = mappings
        .map((mapping) => mapping.edit(request, authorizer))
        .map((edits) => (typeof edits === 'string' ? edits : edits.target))
      expect(targets).toEqual(['/pets?a=1', '/pets?a=1&token=ours'])
    },
  )
})

const statusOf = async (app: App, path: string): Promise<number> =>
  (await supertest(app).get(path).set('Authorization', 't')).status

describe.each([
  ['Express 4', express4],
  ['Express 5', express],
] as const)('%s, strict: the root of a mounted router responds with and without a slash', (_, create) => {
  const listen = (...Resource: readonly string[]): App => {
    const app = create()
    app.set('strict routing', true)
    const Statement = [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: '*', Resource: Resource.map((each) => `${API}/GET${each}`) },
    ]
    const authorize = async () => ({ principalId: 'ann', policyDocument: { Statement } })
    app.use(customAuthorizer(authorize, { contract: aws.token(), routing: { strict: true } }))
    app.use(
      '/admin',
      create.Router({ strict: true }).get('/', (_request, response) => void response.send('root')),
    )
    app.get('/slashed/', (_request, response) => void response.send('slashed'))
    return app
  }
  test.each(['/admin', '/admin/'])(
    'SEC-11 a Deny on %s also matches the path with or without its trailing slash',
    async (denied) => {
      const app = listen(denied)
      expect([await statusOf(app, '/admin'), await statusOf(app, '/admin/')]).toEqual([403, 403])
      expect([await statusOf(app, '/slashed'), await statusOf(app, '/slashed/')]).toEqual([404, 200])
    },
  )
})

test('SEC-11 a Deny with a trailing slash does not match the root', async () => {
  const Statement = [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: '*', Resource: `${API}/*/*/` },
  ]
  const authorize = async () => ({ principalId: 'ann', policyDocument: { Statement } })
  const authorizer = createAuthorizer({ authorize, contract: aws.token(), logger: null })
  const evaluate = async (line: string) =>
    reasonOf(await authorizer.evaluate(withToken('t', line, { routing: { caseSensitive: false, strict: false } })))
  expect(await evaluate('OPTIONS /')).toBe('ALLOWED')
  expect(await evaluate('GET /pets')).toBe('EXPLICIT_DENY')
})

test('SEC-11 AWS-POL-80 a Deny that ends with a slash because its variable is empty also matches the path without the slash', async () => {
  const Statement = [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: '*', Resource: `${API}/GET/a/\${aws:UserAgent}` },
  ]
  const authorize = async () => ({ principalId: 'ann', policyDocument: { Version: '2012-10-17', Statement } })
  const authorizer = createAuthorizer({ authorize, contract: aws.token(), logger: null })
  const evaluate = async (agent: string) =>
    reasonOf(
      await authorizer.evaluate(
        gatewayRequest('GET /a', {
          headers: { Authorization: 't', 'User-Agent': agent },
          routing: { caseSensitive: false, strict: false },
        }),
      ),
    )
  expect(await evaluate('')).toBe('EXPLICIT_DENY')
  expect(await evaluate('b')).toBe('ALLOWED')
})

test('SEC-15 SEC-113 Hono with contextHeaders rejects a target with credentials', async () => {
  const app = new Hono()
  app.use(onHono.customAuthorizer(() => true, { contextHeaders: 'x-authz-', logger: null }))
  app.all('*', (c) => c.text('ran'))
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  const server = createServer((given, response) => void listener(given, response))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const connection = await RawConnection.open((server.address() as AddressInfo).port)
  try {
    connection.write(
      toBytes({ target: 'http://ann@service.test/pets', headers: [['X-Authz-Principal-Id', 'mallory']] }),
    )
    const { status, body } = await connection.read()
    expect([status, body]).toEqual([400, '{"message":"Bad Request"}'])
  } finally {
    connection.close()
    server.close()
  }
})
