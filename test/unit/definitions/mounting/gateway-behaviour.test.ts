import { allow, anyOf, createAuthorizer, type Decision, native, type Outcome } from '@custom-authorizer/core'
import { fakeClock } from '@custom-authorizer/core/testing'
import { guardApi, type GuardApiOptions, type GuardedApi, readDefinition } from '@custom-authorizer/definitions'
import { describe, expect, test } from 'vitest'
import { authorizerNamed, definitionOf } from '../../../support/definition.ts'
import { EXACT, gatewayRequest, type RequestParts } from '../../../support/request.ts'

const allowing = (name: string) => async (event: { headers: Record<string, string> }) => ({
  isAuthorized: event.headers['authorization'] === name,
  context: { name },
})
const policyFor = async ({ authorizationToken }: { authorizationToken: string }) => ({
  principalId: authorizationToken,
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
  },
  usageIdentifierKey: `key-of-${authorizationToken}-0123456789`,
})

const statusOf = async (api: GuardedApi, line: string, parts: RequestParts = {}): Promise<number | 'allowed'> => {
  const outcome: Outcome = await api.evaluate(gatewayRequest(line, parts))
  return outcome.allowed ? 'allowed' : outcome.response.status
}
const as = (name: string): RequestParts => ({ headers: { Authorization: name } })

const preflight = (origin: string): RequestParts => ({
  headers: { Origin: origin, 'Access-Control-Request-Method': 'PUT' },
})
const withKey = (key: string, token = 'ann'): RequestParts => ({
  headers: { Authorization: token, 'x-api-key': key },
})
const answer = (status: string, context: object) => async () => ({
  statusCode: 200,
  body: JSON.stringify({ status, context }),
})

describe('CORS of an HTTP API', () => {
  const settings = {
    protocol: 'HTTP',
    cors: {
      allowOrigins: ['https://app.test'],
      allowMethods: ['GET', 'PUT'],
      allowHeaders: ['x-a'],
      maxAge: 60,
      allowCredentials: true,
      exposeHeaders: ['x-b'],
    },
  } as const
  const guard = (routes: readonly string[], options: GuardApiOptions = {}) =>
    guardApi(definitionOf(routes, settings), { authorizers: { user: allowing('user') }, logger: null, ...options })

  test('AWS-FLOW-08 the gateway answers preflights, also where no OPTIONS route exists', async () => {
    const outcome = await guard(['GET /pets -> user']).evaluate(
      gatewayRequest('OPTIONS /pets', preflight('https://app.test')),
    )
    expect(outcome).toMatchObject({ allowed: false, response: { status: 204, body: '' } })
    expect(Object.fromEntries(outcome.allowed ? [] : outcome.response.headers)).toEqual({
      'access-control-allow-origin': 'https://app.test',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'x-a',
      'access-control-allow-methods': 'GET,PUT',
      'access-control-max-age': '60',
      vary: 'origin',
    })
  })

  test('AWS-FLOW-08 an open route with CORS leaves the caller anonymous for another authorizer', async () => {
    const other = createAuthorizer({
      logger: null,
      contract: native({ identitySources: ['$request.header.x-token'] }),
      authorize: (request) => request.header('x-token') === 'good' && allow({ principalId: 'ann' }),
    })
    const both = anyOf(guard(['GET /open -> NONE'], { open: ['GET /open'], authorizers: {} }), other)
    const outcome = async (headers: Record<string, string>) => {
      const each = await both.evaluate(
        gatewayRequest('GET /open', { headers: { Origin: 'https://app.test', ...headers } }),
      )
      return each.allowed ? each.authorizer.principalId : each.response.status
    }
    expect(await outcome({ 'x-token': 'good' })).toBe('ann')
    expect(await outcome({ 'x-token': 'bad' })).toBe(403)
    expect(await outcome({})).toBe('')
  })

  test('AWS-FLOW-08 another origin gets no permission', async () => {
    const outcome = await guard(['GET /pets -> user']).evaluate(
      gatewayRequest('OPTIONS /pets', preflight('https://other.test')),
    )
    expect(outcome.allowed ? [] : outcome.response.headers).toEqual([['vary', 'origin']])
  })

  test('AWS-FLOW-08 a guarded $default route authorizes preflights, unless an open OPTIONS route serves them', async () => {
    const parts = preflight('https://app.test')
    expect(await statusOf(guard(['$default -> user']), 'OPTIONS /pets', parts)).toBe(401)
    const open = guard(['$default -> user', 'OPTIONS /{proxy+} -> NONE'], { open: 'as-declared' })
    expect(await statusOf(open, 'OPTIONS /pets', parts)).toBe(204)
  })

  test('AWS-FLOW-08 an OPTIONS request that is no preflight is an ordinary request', async () => {
    expect(await statusOf(guard(['GET /pets -> user']), 'OPTIONS /pets')).toBe(404)
  })

  test('the responses of the service and denials name the origin', async () => {
    const api = guard(['GET /pets -> user'])
    const origin = { Origin: 'https://app.test' }
    const denied = await api.evaluate(gatewayRequest('GET /pets', { headers: { ...origin, Authorization: 'other' } }))
    expect(denied.allowed ? [] : denied.response.headers).toContainEqual([
      'Access-Control-Allow-Origin',
      'https://app.test',
    ])
    const allowed = await api.evaluate(gatewayRequest('GET /pets', { headers: { ...origin, Authorization: 'user' } }))
    expect(allowed).toMatchObject({ allowed: true, authorizer: { context: { name: 'user' } } })
  })
})

const joinedWith = (second: readonly string[]) => {
  const [a] = definitionOf(['GET /a -> NONE +key'], { usagePlans: [{ name: 'gold', keys: ['acme'] }] }).apis
  const [b] = definitionOf(['GET /b -> NONE +key'], {
    name: 'b',
    usagePlans: [{ name: 'gold', keys: second }],
  }).apis
  return { apis: [a, b], stops: [] } as never
}

describe('API keys', () => {
  const keyed = definitionOf(['GET /pets -> user +key', 'GET /free -> user', 'GET /open -> NONE +key'], {
    usagePlans: [{ name: 'gold', quota: { limit: 2, period: 'DAY' }, keys: ['acme'] }],
  })
  const value = 'k'.repeat(24)
  const options = { authorizers: { user: policyFor }, open: 'as-declared', logger: null } as const

  test('DEF-STOP-03 joined APIs need the same plans, because a key counts for all of them', () => {
    const given = { ...options, authorizers: {}, api: ['shop', 'b'] }
    const usagePlan = { keys: [{ id: 'acme', value }] }
    expect(() => guardApi(joinedWith([]), { ...given, usagePlan })).toThrow('"shop" and "b" have different usage plans')
    expect(() => guardApi(joinedWith(['acme']), { ...given, usagePlan })).not.toThrow()
    expect(() =>
      guardApi(joinedWith([]), { ...given, usagePlan: { ...usagePlan, plans: [{ id: 'all' }] } }),
    ).not.toThrow()
    expect(() => guardApi(joinedWith([]), given)).not.toThrow()
    const [first, second] = (joinedWith(['acme']) as { apis: readonly object[] }).apis
    const sources = { apis: [first, { ...second, apiKeySource: 'AUTHORIZER' }], stops: [] }
    expect(() => guardApi(sources as never, { ...given, usagePlan })).toThrow('different sources of API keys')
  })

  test('DEF-STOP-03 without usagePlan, a route that requires a key answers 403 after its authorizer', async () => {
    const api = guardApi(keyed, options)
    expect(await statusOf(api, 'GET /pets', as('ann'))).toBe(403)
    expect(await statusOf(api, 'GET /pets')).toBe(401)
    expect(await statusOf(api, 'GET /pets', withKey(value))).toBe(403)
    expect(await statusOf(api, 'GET /open')).toBe(403)
    expect(await statusOf(api, 'GET /free', as('ann'))).toBe('allowed')
  })

  test('the plans of the definition apply to the keys that the caller gives a value for', async () => {
    const clock = fakeClock()
    const api = guardApi(keyed, { ...options, clock, usagePlan: { keys: [{ id: 'acme', value }] } })
    const statuses = []
    for (let count = 0; count < 3; count++) statuses.push(await statusOf(api, 'GET /pets', withKey(value)))
    expect(statuses).toEqual(['allowed', 'allowed', 429])
    expect(await statusOf(api, 'GET /free', as('ann'))).toBe('allowed')
    expect(await statusOf(api, 'HEAD /pets', { ...withKey(value), routing: EXACT })).toBe(403)
    expect(await api.usageOf?.('gold', 'acme')).toMatchObject({ used: 2 })
  })

  test('SEC-11 a key is required under every spelling of the route', async () => {
    const api = guardApi(definitionOf(['GET /pets -> user +key', 'ANY /{proxy+} -> user']), { ...options, open: [] })
    const loose = { ...as('ann'), routing: { caseSensitive: false, strict: false } }
    expect(await statusOf(api, 'GET /PETS', loose)).toBe(403)
    expect(await statusOf(api, 'HEAD /pets', loose)).toBe(403)
    expect(await statusOf(api, 'GET /other', loose)).toBe('allowed')
  })

  test('AWS-UP-01 apiKeySource AUTHORIZER takes the key from the result', async () => {
    const settings = { apiKeySource: 'AUTHORIZER', usagePlans: [{ name: 'gold', keys: ['acme'] }] } as const
    const api = guardApi(definitionOf(['GET /pets -> user +key'], settings), {
      authorizers: { user: policyFor },
      logger: null,
      usagePlan: { keys: [{ id: 'acme', value: 'key-of-ann-0123456789' }] },
    })
    expect(await statusOf(api, 'GET /pets', as('ann'))).toBe('allowed')
    expect(await statusOf(api, 'GET /pets', withKey('key-of-ann-0123456789', 'bob'))).toBe(403)
  })

  test('FLEET-39 a guarded API with a usage plan cannot be a member of a composition', async () => {
    const api = guardApi(keyed, { ...options, usagePlan: { keys: [{ id: 'acme', value }] } })
    expect(() => anyOf(api)).toThrow('authorizers without a usage plan')
  })
})

describe('kinds of API', () => {
  test('a REST API has its gateway responses, stage and stage variables', async () => {
    const definition = definitionOf(['GET /pets -> user'], {
      stage: 'live',
      gatewayResponses: {
        MISSING_AUTHENTICATION_TOKEN: {
          statusCode: 418,
          responseTemplates: { 'application/json': '{"stage":"$context.stage"}' },
        },
      },
    })
    const api = guardApi(definition, { authorizers: { user: policyFor }, logger: null })
    const outcome = await api.evaluate(gatewayRequest('GET /other'))
    expect(outcome).toMatchObject({ allowed: false, response: { status: 418, body: '{"stage":"live"}' } })
  })

  test('the function receives the route and the ARN of its API', async () => {
    const events: unknown[] = []
    const definition = definitionOf(['GET /pets/{id} -> user'], {
      authorizers: {
        user: authorizerNamed('user', { kind: 'REQUEST', identitySource: ['method.request.header.Authorization'] }),
      },
      stage: 'live',
    })
    const authorize = async (event: unknown) => {
      events.push(event)
      return policyFor({ authorizationToken: 'ann' })
    }
    const api = guardApi(definition, {
      authorizers: { user: authorize },
      logger: null,
      gateway: { region: 'eu-central-1', accountId: '210987654321', apiId: 'shop123' },
      basePath: '/v1',
    })
    expect(await statusOf(api, 'GET /v1/pets/7', as('ann'))).toBe('allowed')
    expect(events).toMatchObject([
      {
        methodArn: 'arn:aws:execute-api:eu-central-1:210987654321:shop123/live/GET/pets/7',
        resource: '/pets/{id}',
        pathParameters: { id: '7' },
      },
    ])
  })

  test('a WebSocket API is guarded by $connect on every path', async () => {
    const definition = definitionOf(['$connect -> user', 'say -> NONE'], { protocol: 'WEBSOCKET' })
    const api = guardApi(definition, {
      authorizers: { user: async () => policyFor({ authorizationToken: 'ann' }) },
      logger: null,
    })
    expect(await statusOf(api, 'GET /socket', as('ann'))).toBe('allowed')
    expect(await statusOf(api, 'GET /socket')).toBe(401)
  })

  test('a Huawei route with two authorizers passes both, and the context has a member for each', async () => {
    const [api] = definitionOf(['GET /p -> front'], { protocol: 'HUAWEI' }).apis
    const backend = { ...authorizerNamed('back', { kind: 'BACKEND', identities: [], ttl: 0, needBody: false }) }
    const routes = api?.routes.map((route) => ({ ...route, backendAuthorizer: 'back' }))
    const definition = {
      apis: [{ ...api, routes, authorizers: { ...api?.authorizers, back: backend } }],
      stops: [],
    } as never
    const guard = (status: string) =>
      guardApi(definition, {
        authorizers: { front: answer('allow', { a: '1' }), back: answer(status, { b: '2' }) },
        logger: null,
      })
    const outcome = await guard('allow').evaluate(gatewayRequest('GET /p', as('ann')))
    expect(outcome).toMatchObject({
      allowed: true,
      authorizer: { context: { frontend: { a: '1' }, backend: { b: '2' } } },
    })
    expect(await statusOf(guard('deny'), 'GET /p', as('ann'))).not.toBe('allowed')
  })

  test('JWT routes have their own scopes, and need no function', () => {
    const j = authorizerNamed('j', {
      kind: 'JWT',
      identitySource: ['$request.header.Authorization'],
      jwtConfiguration: { issuer: 'https://issuer.test', audience: ['a'] },
    })
    const [api] = definitionOf(['GET /a -> j', 'GET /b -> j'], { protocol: 'HTTP', authorizers: { j } }).apis
    const routes = api?.routes.map((route, index) => ({
      ...route,
      ...(index === 1 && { authorizationScopes: ['write'] }),
    }))
    const guarded = guardApi({ apis: [{ ...api, routes }], stops: [] } as never, { logger: null })
    expect(guarded.routes).toEqual([
      { route: 'GET /a', guard: { authorizer: 'j' }, apiKeyRequired: false },
      { route: 'GET /b', guard: { authorizer: 'j' }, apiKeyRequired: false },
    ])
  })
})

describe('one authorizer', () => {
  const cached = definitionOf(['GET /a -> user', 'GET /b -> user'], {
    authorizers: { user: authorizerNamed('user', { authorizerResultTtlInSeconds: 300 }) },
  })

  test('DEF-CLI-03 many routes share one authorizer and its cache', async () => {
    let calls = 0
    const authorize = async (event: { authorizationToken: string }) => {
      calls += 1
      return policyFor(event)
    }
    const api = guardApi(cached, { authorizers: { user: authorize }, logger: null })
    await statusOf(api, 'GET /a', as('ann'))
    await statusOf(api, 'GET /b', as('ann'))
    expect(calls).toBe(1)
    await api.invalidate({ principalId: 'ann' })
    await statusOf(api, 'GET /b', as('ann'))
    expect(calls).toBe(2)
  })

  test('a hit in the memory cache is decided synchronously', async () => {
    const api = guardApi(cached, { authorizers: { user: policyFor }, logger: null })
    await api.evaluate(gatewayRequest('GET /a', as('ann')))
    expect(api.evaluate(gatewayRequest('GET /b', as('ann')))).toMatchObject({ allowed: true })
  })

  test('requests without a route are decisions, too', async () => {
    const decisions: Decision[] = []
    const api = guardApi(cached, {
      authorizers: { user: policyFor },
      logger: null,
      onDecision: (each) => decisions.push(each),
    })
    await api.evaluate(gatewayRequest('GET /other'))
    expect(decisions).toMatchObject([{ authorizer: 'shop', reason: 'ROUTE_NOT_FOUND', status: 403, path: '/other' }])
  })
})

test('DEF-CFN-16 a gateway response that cannot be sent is reported when it is read, and the default is sent', async () => {
  const text = `Resources:
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: n } }
  M: { Type: AWS::ApiGateway::Method, Properties: { RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, AuthorizationType: NONE } }
  Good: { Type: AWS::ApiGateway::GatewayResponse, Properties: { RestApiId: !Ref Api, ResponseType: ACCESS_DENIED, StatusCode: "404" } }
  Bad: { Type: AWS::ApiGateway::GatewayResponse, Properties: { RestApiId: !Ref Api, ResponseType: UNAUTHORIZED, ResponseParameters: { gatewayresponse.header.Content-Length: "'1'" } } }
  Unknown: { Type: AWS::ApiGateway::GatewayResponse, Properties: { RestApiId: !Ref Api, ResponseType: __PROTO__ } }
`
  const { definition, findings } = await readDefinition({ name: 'template.yaml', text })
  expect(definition.apis[0]?.gatewayResponses).toEqual({ ACCESS_DENIED: { statusCode: 404 } })
  expect(findings.filter(({ class: kind }) => kind === 'not-carried')).toHaveLength(2)
  expect(() => guardApi(definition, { open: 'as-declared', logger: null })).not.toThrow()
})
