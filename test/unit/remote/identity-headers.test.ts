/** Headers that identify the caller always reach a remote function (SEC-84). @module */
import { type AnyFunction, createAuthorizer, type Contract } from '@custom-authorizer/core'
import { headerSource } from '@custom-authorizer/core/contract'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { httpFunction, type HttpFunctionOptions, lambdaFunction } from '@custom-authorizer/core/remote'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gatewayRequest } from '../../support/request.ts'
import { json, RemoteServer } from './remote-server.ts'

let server: RemoteServer
beforeAll(async () => {
  server = await RemoteServer.start()
})
afterAll(() => server.close())

const LINES = {
  Authorization: 'Bearer t',
  Cookie: 'session=1',
  X_Tenant: 'north',
  'Proxy-Authorization': 'Basic x',
  'X-Other': '1',
}

interface Sent {
  readonly headers?: Readonly<Record<string, string>>
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>
  readonly cookies?: readonly string[]
}

type Forwarding = Pick<HttpFunctionOptions, 'forwardHeaders'>

const sentBy = async (authorize: AnyFunction, contract: unknown, headers: object = LINES): Promise<Sent> => {
  const before = server.received.length
  const authorizer = createAuthorizer({ authorize, contract: contract as Contract, logger: null })
  await authorizer.evaluate(gatewayRequest('GET /pets', { headers: headers as Record<string, string> }))
  expect(server.received).toHaveLength(before + 1)
  return server.event as Sent
}
const sent = (contract: unknown, options: Forwarding = {}): Promise<Sent> =>
  sentBy(httpFunction({ url: server.url, ...options }), contract)

/** The header names in an event, in lower case, without those that a gateway adds. */
const namesIn = (map: object = {}): readonly string[] =>
  Object.keys(map)
    .map((name) => name.toLowerCase())
    .filter((name) => Object.keys(LINES).some((each) => each.toLowerCase() === name))
    .toSorted()

const HTTP = { authorizerResultTtlInSeconds: 0 }
const identities = (...names: readonly string[]): { identities: huawei.Identity[] } => ({
  identities: names.map((name) => ({ location: 'HEADER', name })),
})

describe('identity sources', () => {
  test.each<[string, unknown, readonly string[]]>([
    ['a REST API with Cookie', aws.request({ identitySource: 'method.request.header.Cookie' }), ['cookie']],
    ['a REST API with an underscore', aws.request({ identitySource: 'method.request.header.X_Tenant' }), ['x_tenant']],
    [
      'a REST API with both',
      aws.request({ identitySource: 'method.request.header.cookie,method.request.header.x_tenant' }),
      ['cookie', 'x_tenant'],
    ],
    [
      'an HTTP API with format 1.0',
      aws.httpApi({ ...HTTP, authorizerPayloadFormatVersion: '1.0', identitySource: '$request.header.COOKIE' }),
      ['cookie'],
    ],
    ['an HTTP API with format 2.0', aws.httpApi({ ...HTTP, identitySource: '$request.header.X_Tenant' }), ['x_tenant']],
    ['a WebSocket API', aws.webSocket({ identitySource: 'route.request.header.X_Tenant' }), ['x_tenant']],
    ['Huawei with Cookie', huawei.frontend(identities('Cookie')), ['cookie']],
    ['Huawei with an underscore', huawei.frontend(identities('X_Tenant')), ['x_tenant']],
    [
      'Huawei with identity sources only',
      huawei.frontend({ ...identities('X_Tenant'), compatibility: { eventParameters: 'identities' } }),
      ['x_tenant'],
    ],
  ])('SEC-84 the identity headers of %s are always sent', async (_, contract, expected) => {
    for (const forwardHeaders of [[], ['x-unrelated']]) {
      const { headers, multiValueHeaders } = await sent(contract, { forwardHeaders })
      expect(namesIn(headers)).toEqual(expected)
      if (multiValueHeaders !== undefined) expect(namesIn(multiValueHeaders)).toEqual(expected)
    }
    const byDefault = namesIn((await sent(contract)).headers)
    for (const name of expected) expect(byDefault).toContain(name)
  })

  test('SEC-84 the cookies of a payload 2.0 event are sent if Cookie is an identity source', async () => {
    const contract = aws.httpApi({ ...HTTP, identitySource: '$request.header.Cookie' })
    expect((await sent(contract)).cookies).toEqual(['session=1'])
    expect((await sent(contract, { forwardHeaders: [] })).cookies).toEqual(['session=1'])
  })

  test('SEC-84 a hop-by-hop header is sent if it is an identity source', async () => {
    const contract = aws.httpApi({ ...HTTP, identitySource: '$request.header.Proxy-Authorization' })
    const { headers } = await sent(contract, { forwardHeaders: [] })
    // The gateway itself drops it from a REST event, but HTTP APIs and custom contracts may not.
    expect(Object.keys(headers ?? {}).filter((name) => name === 'proxy-authorization')).toHaveLength(1)
  })

  test('SEC-84 the identity headers of a third-party contract without invoke are sent', async () => {
    const contract: Partial<Contract> = {
      ...aws.request({ identitySource: 'method.request.header.X_Tenant' }),
      identitySources: [headerSource('X_Tenant')],
    }
    delete contract.invoke
    expect(namesIn((await sent(contract, { forwardHeaders: [] })).headers)).toEqual(['x_tenant'])
  })

  test('SEC-84 identity headers are sent if application code wraps the remote function and passes its context', async () => {
    const remote = httpFunction({ url: server.url, forwardHeaders: [] })
    const contract = aws.request({ identitySource: 'method.request.header.Cookie' })
    const passed = await sentBy(async (event: object, context: object) => remote(event, context), contract)
    expect(namesIn(passed.headers)).toEqual(['cookie'])
  })

  test('SEC-84 lambdaFunction sends the identity headers', async () => {
    const lambda = lambdaFunction({ endpoint: server.url.replace(/\/$/, ''), forwardHeaders: [] })
    const contract = aws.request({ identitySource: 'method.request.header.Cookie' })
    expect(namesIn((await sentBy(lambda, contract)).headers)).toEqual(['cookie'])
  })
})

test('SEC-84 Cookie and names with an underscore are not sent unless they are identity sources', async () => {
  const contract = aws.request({ identitySource: 'method.request.header.Authorization' })
  expect(namesIn((await sent(contract)).headers)).toEqual(['authorization', 'x-other'])
})

test('SEC-23 a Connection header that names another header is rejected before the remote function is called', async () => {
  const deny = { statusCode: 200, body: '{"status":"deny"}' }
  server.reply = json(deny)
  const authorizer = createAuthorizer({
    authorize: httpFunction({ url: server.url }),
    contract: huawei.frontend(),
    logger: null,
  })
  const before = server.received.length
  const headers = { Connection: 'close, x-act-as', 'X-Act-As': 'root' }
  const outcome = await authorizer.evaluate(gatewayRequest('GET /pets', { headers }))
  expect(outcome).toMatchObject({ allowed: false, reason: 'MALFORMED_REQUEST' })
  expect(server.received).toHaveLength(before)
  server.reply = json({ ok: true })
})
