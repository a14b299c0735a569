import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import WebSocket, { type RawData, WebSocketServer } from 'ws'
import { Deferred } from '../support/deferred.ts'
import { CommandFolder, type Printed, type Surroundings } from '../support/cli.ts'
import { sendRequest } from '../support/raw-client.ts'

const HANDLER = `exports.handler = async ({ authorizationToken, headers = {} }) => {
  const token = authorizationToken ?? headers.authorization
  if (token !== 'ann') throw new Error('Unauthorized')
  return {
    principalId: 'ann',
    policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }] },
    context: { role: 'admin' },
  }
}`

const URI =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:auth/invocations'

const openApi = (settings: string): string => `openapi: 3.0.1
info: { title: shop, version: "1" }
paths:
  /pets/{id}:
    get: { security: [{ auth: [] }], x-amazon-apigateway-integration: { type: mock } }
  /health:
    get: { security: [], x-amazon-apigateway-integration: { type: mock } }
components:
  securitySchemes:
    auth: { ${settings}, x-amazon-apigateway-authorizer: { TYPE } }
`

/** One definition of each format, with the guarded route GET /pets/{id} and, except for the WebSocket API, the open route GET /health. */
const DEFINITIONS: Readonly<Record<string, string>> = {
  'rest.yaml': openApi('type: apiKey, in: header, name: Authorization').replace(
    'TYPE',
    `type: token, authorizerUri: "${URI}", authorizerResultTtlInSeconds: 0`,
  ),
  'http.yaml': openApi('type: apiKey, in: header, name: Authorization').replace(
    'TYPE',
    `type: request, authorizerPayloadFormatVersion: "1.0", identitySource: $request.header.Authorization, authorizerUri: "${URI}", authorizerResultTtlInSeconds: 0`,
  ),
  'template.yaml': `Resources:
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: shop } }
  Pets: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: pets } }
  Pet: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !Ref Api, ParentId: !Ref Pets, PathPart: "{id}" } }
  Health: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: health } }
  auth: { Type: AWS::ApiGateway::Authorizer, Properties: { RestApiId: !Ref Api, Name: a, Type: TOKEN, IdentitySource: method.request.header.Authorization, AuthorizerResultTtlInSeconds: 0, AuthorizerUri: "${URI}" } }
  Get: { Type: AWS::ApiGateway::Method, Properties: { RestApiId: !Ref Api, ResourceId: !Ref Pet, HttpMethod: GET, AuthorizationType: CUSTOM, AuthorizerId: !Ref auth } }
  GetHealth: { Type: AWS::ApiGateway::Method, Properties: { RestApiId: !Ref Api, ResourceId: !Ref Health, HttpMethod: GET, AuthorizationType: NONE } }
`,
  'sam.yaml': `Transform: AWS::Serverless-2016-10-31
Resources:
  Shop:
    Type: AWS::Serverless::Api
    Properties: { StageName: live, Auth: { DefaultAuthorizer: auth, Authorizers: { auth: { FunctionArn: !GetAtt AuthFunction.Arn, Identity: { ReauthorizeEvery: 0 } } } } }
  AuthFunction: { Type: AWS::Serverless::Function, Properties: { Handler: a.b, Runtime: nodejs20.x, InlineCode: x } }
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Runtime: nodejs20.x
      InlineCode: x
      Events:
        Pet: { Type: Api, Properties: { RestApiId: !Ref Shop, Path: "/pets/{id}", Method: get } }
        Health: { Type: Api, Properties: { RestApiId: !Ref Shop, Path: /health, Method: get, Auth: { Authorizer: NONE } } }
`,
  'serverless.yml': `service: shop
provider: { name: aws, runtime: nodejs20.x }
functions:
  auth: { handler: a.auth }
  pet: { handler: a.pet, events: [{ http: { path: "/pets/{id}", method: get, authorizer: { name: auth, resultTtlInSeconds: 0 } } }] }
  health: { handler: a.health, events: [{ http: GET health }] }
`,
  'main.tf': `resource "aws_api_gateway_rest_api" "api" { name = "shop" }
resource "aws_api_gateway_resource" "pets" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "pets"
}
resource "aws_api_gateway_resource" "pet" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_resource.pets.id
  path_part   = "{id}"
}
resource "aws_api_gateway_resource" "health" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "health"
}
resource "aws_api_gateway_authorizer" "auth" {
  name                             = "auth"
  rest_api_id                      = aws_api_gateway_rest_api.api.id
  authorizer_uri                   = aws_lambda_function.f.invoke_arn
  authorizer_result_ttl_in_seconds = 0
}
resource "aws_api_gateway_method" "pet" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.pet.id
  http_method   = "GET"
  authorization = "CUSTOM"
  authorizer_id = aws_api_gateway_authorizer.auth.id
}
resource "aws_api_gateway_method" "health" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.health.id
  http_method   = "GET"
  authorization = "NONE"
}
`,
  'chat.yaml': `Resources:
  Chat: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: chat, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action } }
  auth: { Type: AWS::ApiGatewayV2::Authorizer, Properties: { ApiId: !Ref Chat, Name: a, AuthorizerType: REQUEST, IdentitySource: [route.request.header.Authorization], AuthorizerUri: "${URI}" } }
  Connect: { Type: AWS::ApiGatewayV2::Route, Properties: { ApiId: !Ref Chat, RouteKey: $connect, AuthorizationType: CUSTOM, AuthorizerId: !Ref auth } }
`,
}

const folder = new CommandFolder({
  ...DEFINITIONS,
  'auth.cjs': HANDLER,
  'lower.cjs': HANDLER.replace('headers.authorization', 'headers.Authorization'),
  'keys.json': [{ id: 'acme', value: 'k'.repeat(24) }],
  'package.json': {},
})

const textOf = (data: RawData): string => (data as Buffer).toString()

/** The service behind the guard: it records what reaches it. */
const received: IncomingMessage[] = []
let service: Server
beforeAll(async () => {
  service = createServer((request, response) => {
    received.push(request)
    response.setHeader('content-type', 'text/plain').end(`service ${request.url}`)
  })
  const sockets = new WebSocketServer({ server: service })
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`echo ${textOf(data)}`)))
  await new Promise<void>((resolve) => void service.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  folder.remove()
  service.closeAllConnections()
  service.close()
})

const upstream = (): string => `http://127.0.0.1:${(service.address() as AddressInfo).port}`

interface Running {
  readonly port: number
  readonly output: () => string
  readonly ended: Promise<Printed>
  readonly stop: () => void
}

/** Starts the command, and waits until it listens. */
const start = async (
  args: readonly string[],
  surroundings: Surroundings = {},
  target: string = upstream(),
): Promise<Running> => {
  const controller = new AbortController()
  let text = ''
  const listening = new Deferred<number>()
  const onOutput = (piece: string): void => {
    text += piece
    const port = /http:\/\/127\.0\.0\.1:(\d+)(?= guards|", "upstream")/.exec(text)?.[1]
    if (port !== undefined) listening.resolve(Number(port))
  }
  const ended = folder.run(['serve', ...args, '--upstream', target, '--port', '0'], {
    ...surroundings,
    signal: controller.signal,
    onOutput,
  })
  onTestFinished(async () => {
    controller.abort()
    await ended
  })
  const port = await Promise.race([listening.promise, ended.then(({ stderr }) => Promise.reject(new Error(stderr)))])
  return { port, output: () => text, ended, stop: () => controller.abort() }
}

const HANDLERS = ['--handler', 'auth=auth.cjs', '--open', 'as-declared']
const as = (token: string): { headers: (readonly [string, string])[] } => ({ headers: [['Authorization', token]] })

describe('one definition of each format', () => {
  test.each([
    ['rest.yaml', '{"message":"Missing Authentication Token"}', 403],
    ['http.yaml', '{"message":"Not Found"}', 404],
    ['template.yaml', '{"message":"Missing Authentication Token"}', 403],
    ['sam.yaml', '{"message":"Missing Authentication Token"}', 403],
    ['serverless.yml', '{"message":"Missing Authentication Token"}', 403],
    ['main.tf', '{"message":"Missing Authentication Token"}', 403],
  ])('%s: guarded, open and other routes get the responses of the gateway', async (file, body, status) => {
    const handler = file === 'http.yaml' ? ['--handler', 'auth=lower.cjs', '--open', 'as-declared'] : HANDLERS
    const { port } = await start([file, ...handler])
    const answers = []
    for (const [target, request] of [
      ['/pets/7?a=1', as('ann')],
      ['/pets/7', as('bob')],
      ['/pets/7', {}],
      ['/health', {}],
      ['/other', as('ann')],
    ] as const) {
      const response = await sendRequest(port, { target, ...request })
      answers.push([response.status, response.body])
    }
    const unauthorized =
      file === 'http.yaml' ? [500, '{"message":"Internal Server Error"}'] : [401, '{"message":"Unauthorized"}']
    expect(answers).toEqual([
      [200, 'service /pets/7?a=1'],
      unauthorized,
      [401, '{"message":"Unauthorized"}'],
      [200, 'service /health'],
      [status, body],
    ])
  })

  test('chat.yaml: handshakes are guarded and forwarded, and other requests are rejected', async () => {
    const { port } = await start(['chat.yaml', '--handler', 'auth=lower.cjs'])
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { Authorization: 'ann' } })
    const reply = await new Promise<string>((resolve, reject) => {
      socket.on('error', reject)
      socket.on('open', () => socket.send('hello'))
      socket.on('message', (data) => resolve(textOf(data)))
    })
    socket.close()
    expect(reply).toBe('echo hello')
    const rejected = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { Authorization: 'bob' } })
    const status = await new Promise((resolve) => {
      rejected.on('unexpected-response', (_, response) => resolve(response.statusCode))
      rejected.on('error', () => undefined)
    })
    expect(status).toBe(401)
    expect((await sendRequest(port, { target: '/', ...as('ann') })).status).toBe(426)
  })
})

describe('what reaches the service', () => {
  test('SEC-17 mapped headers have values of the result, and those of the client are removed', async () => {
    const { port } = await start([
      'rest.yaml',
      ...HANDLERS,
      '--context-header',
      'x-user=principalId',
      '--context-header',
      'x-role=context.role',
    ])
    received.length = 0
    await sendRequest(port, {
      target: '/pets/7',
      headers: [
        ['Authorization', 'ann'],
        ['X-User', 'root'],
      ],
    })
    await sendRequest(port, {
      target: '/health',
      headers: [
        ['X-User', 'root'],
        ['x_role', 'root'],
      ],
    })
    expect(received.map(({ headers }) => [headers['x-user'], headers['x-role'], headers['x_role']])).toEqual([
      ['ann', 'admin', undefined],
      // An open route has no principal.
      ['', undefined, undefined],
    ])
  })

  test('SEC-05 an ambiguous target does not', async () => {
    const { port } = await start(['rest.yaml', ...HANDLERS])
    received.length = 0
    for (const target of ['//health', '/health/../pets/7', '/pets/%2e%2e/health', '/pets\\7'])
      expect((await sendRequest(port, { target })).status).toBe(400)
    expect((await sendRequest(port, { target: 'http://other.test/health' })).status).not.toBe(200)
    expect(received).toEqual([])
  })

  test('a service that cannot be reached gives the response of the gateway', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => void closed.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`
    await new Promise((resolve) => closed.close(resolve))
    const { port, stop, ended } = await start(['rest.yaml', ...HANDLERS], {}, url)
    const response = await sendRequest(port, { target: '/health' })
    expect([response.status, response.body]).toEqual([504, '{"message": "Network error communicating with endpoint"}'])
    stop()
    expect((await ended).code).toBe(0)
  })
})

describe('messages that an earlier version mishandled', () => {
  test('SEC-134 a body that is framed by a dropped header line does not become a request of its own', async () => {
    const { port } = await start(['rest.yaml', ...HANDLERS])
    received.length = 0
    const smuggled = 'GET /pets/7 HTTP/1.1\r\nHost: a\r\nx-user: evil\r\n\r\n'
    const headers = [
      ...Array.from({ length: 1000 }, () => ['a', 'b'] as const),
      ['Content-Length', String(smuggled.length)] as const,
    ]
    expect((await sendRequest(port, { target: '/health', headers, body: smuggled })).status).toBe(400)
    expect((await sendRequest(port, { target: '/health' })).status).toBe(200)
    expect(received.map(({ url }) => url)).toEqual(['/health'])
  })

  test.each<[name: string, headers: [string, string][]]>([
    ['Trailer', [['Trailer', 'x']]],
    ['TE', [['TE', 'trailers']]],
    ['Proxy-Authorization', [['Proxy-Authorization', 'Basic x']]],
    ['X-Forwarded-For', [['X-Forwarded-For', '10.0.0.1']]],
  ])('%s of a client neither ends the server nor reaches the service', async (name, headers) => {
    const { port } = await start(['rest.yaml', ...HANDLERS])
    received.length = 0
    for (const method of ['GET', 'POST'])
      await sendRequest(port, { method, target: '/health', headers, ...(method === 'POST' && { body: 'x' }) })
    expect((await sendRequest(port, { target: '/health' })).status).toBe(200)
    const seen = received.map((request) => request.headers[name.toLowerCase()])
    expect(seen).not.toContain(headers[0]?.[1])
  })

  test.each([
    ['a status that HTTP does not have', 'HTTP/1.1 099 x\r\nContent-Length: 1\r\n\r\nx', 502],
    ['control characters in the reason', 'HTTP/1.1 200 a\u0001b\r\nContent-Length: 1\r\n\r\nx', 200],
    ['Trailer beside Content-Length', 'HTTP/1.1 200 OK\r\nTrailer: x\r\nContent-Length: 1\r\n\r\nx', 200],
  ])('a response with %s does not end the server', async (_, bytes, status) => {
    const raw = createTcpServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.end(bytes, 'latin1'))
    })
    await new Promise<void>((resolve) => void raw.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void raw.close())
    const url = `http://127.0.0.1:${(raw.address() as AddressInfo).port}`
    const { port } = await start(['rest.yaml', ...HANDLERS], {}, url)
    const first = await sendRequest(port, { target: '/health' })
    expect([502, 504, status]).toContain(first.status)
    expect((await sendRequest(port, { target: '/other' })).status).toBe(403)
  })

  test('permission to connect to a WebSocket API is no permission for other paths of the service', async () => {
    const { port } = await start(['chat.yaml', '--handler', 'auth=lower.cjs'])
    received.length = 0
    const handshake = [
      ['Authorization', 'ann'],
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
      ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ] as const
    expect((await sendRequest(port, { target: '/admin', headers: handshake })).status).toBe(404)
    expect((await sendRequest(port, { target: 'http://x/', headers: handshake })).status).not.toBe(101)
    expect(received).toEqual([])
  })
})

describe('output', () => {
  test('prints a line for each decision, without the credential', async () => {
    const { port, output } = await start(['rest.yaml', ...HANDLERS])
    await sendRequest(port, { target: '/pets/7', ...as('ann') })
    await sendRequest(port, { target: '/pets/7', ...as('sekrit') })
    await sendRequest(port, { target: '/other' })
    expect(output()).toMatch(/guards http:\/\/127\.0\.0\.1:\d+: 2 routes, 1 open\n/)
    expect(output()).toMatch(/auth +GET +\/pets\/7 +allow/)
    expect(output()).toMatch(/auth +GET +\/pets\/7 +deny 401 +UNAUTHORIZED/)
    expect(output()).toMatch(/shop +GET +\/other +deny 403 +ROUTE_NOT_FOUND/)
    expect(output()).not.toContain('sekrit')
  })

  test('--json prints one object per line', async () => {
    const { port, output, stop, ended } = await start(['rest.yaml', ...HANDLERS, '--json'])
    await sendRequest(port, { target: '/health' })
    await sendRequest(port, { target: '/other' })
    stop()
    expect((await ended).code).toBe(0)
    const events = output()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(events.map((each) => each['event'])).toEqual(['listening', 'decision'])
    expect(events[1]).toMatchObject({ version: 1, command: 'serve', reason: 'ROUTE_NOT_FOUND', status: 403 })
  })
})

describe('--watch', () => {
  test('reads definition and functions again, and goes on with the old ones if they are wrong', async () => {
    const changed: (() => void)[] = []
    const watch: Surroundings['watch'] = (paths, listener) => {
      expect(paths.map((path) => path.slice(folder.path.length + 1))).toEqual(['watched.yaml', 'watched.cjs'])
      changed.push(listener)
      return () => undefined
    }
    folder.write('watched.yaml', DEFINITIONS['rest.yaml'])
    folder.write('watched.cjs', HANDLER)
    const { port, output } = await start(
      ['watched.yaml', '--handler', 'auth=watched.cjs', '--open', 'GET /health', '--watch'],
      { watch },
    )
    const until = async (text: string): Promise<void> => {
      while (!output().includes(text)) await new Promise((resolve) => void setImmediate(resolve))
    }
    folder.write('watched.yaml', (DEFINITIONS['rest.yaml'] ?? '').replace('/health', '/alive'))
    changed.at(-1)?.()
    expect((await sendRequest(port, { target: '/health' })).status).toBe(200)
    folder.write('watched.yaml', (DEFINITIONS['rest.yaml'] ?? '').replace('/pets/{id}', '/dogs/{id}'))
    changed.at(-1)?.()
    await until('Reloaded: 2 routes, 1 open')
    expect((await sendRequest(port, { target: '/pets/7', ...as('ann') })).status).toBe(403)
    expect((await sendRequest(port, { target: '/dogs/7', ...as('ann') })).status).toBe(200)
  })
})

describe('--inspect', () => {
  test('serves the inspector on another port, behind its token', async () => {
    const { port, output } = await start(['rest.yaml', ...HANDLERS, '--inspect'])
    const url = new URL(/Inspector: (\S+)/.exec(output())?.[1] ?? '')
    expect(Number(url.port)).not.toBe(port)
    await sendRequest(port, { target: '/other' })
    expect((await fetch(new URL('/__authorizer/', url))).status).toBe(401)
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(303)
  })
})

describe('problems', () => {
  test.each<[args: readonly string[], message: string]>([
    [['rest.yaml'], '--handler auth=FILE is needed'],
    [['rest.yaml', '--handler', 'auth=auth.cjs'], "--open 'GET /health'"],
    [['rest.yaml', ...HANDLERS, '--handler', 'other=auth.cjs'], 'authorizers: "other" is not an authorizer'],
    [['rest.yaml', ...HANDLERS, '--accept', 'x'], '--accept is not CODE@AT'],
    [['rest.yaml', ...HANDLERS, '--accept', 'DEF-CFN-17@GET /pets'], 'no finding DEF-CFN-17'],
    [['rest.yaml', ...HANDLERS, '--keys', 'package.json'], 'package.json is not a list of keys'],
    [['rest.yaml', ...HANDLERS, '--base-path', 'v1'], 'guardApi.basePath'],
    [['rest.yaml', ...HANDLERS, '--gateway', 'colour=red'], 'colour is not an option'],
    [['rest.yaml', ...HANDLERS, '--context-header', 'host=principalId'], 'contextHeaders'],
    [['none.yaml', ...HANDLERS], 'none.yaml does not exist'],
    [['rest.yaml', '--handler', 'auth=none.cjs'], 'none.cjs does not exist'],
  ])('%j ends with 2 before anything is served', async (args, message) => {
    const { code, stderr } = await folder.run(['serve', ...args, '--upstream', upstream(), '--port', '0'])
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })

  test.each([
    [['rest.yaml'], '--upstream is missing'],
    [['rest.yaml', '--upstream', 'localhost:80'], '--upstream is not an origin'],
    [['rest.yaml', '--upstream', 'http://a.test/path'], '--upstream is not an origin'],
    [['rest.yaml', '--upstream', 'http://u:p@a.test'], '--upstream is not an origin'],
  ])('%j ends with 2', async (args, message) => {
    const { code, stderr } = await folder.run(['serve', ...args])
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })

  test('a port that is taken is named', async () => {
    const { port } = service.address() as AddressInfo
    const { code, stderr } = await folder.run([
      'serve',
      'rest.yaml',
      ...HANDLERS,
      '--upstream',
      upstream(),
      '--port',
      String(port),
    ])
    expect([code, stderr]).toEqual([2, expect.stringContaining(`port ${port} cannot be used: EADDRINUSE`)])
    rmSync(join(folder.path, 'none'), { force: true })
  })
})
