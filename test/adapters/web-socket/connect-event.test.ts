/** The $connect event of a WebSocket API (AWS-EVT-80 to 84, AWS-ARN-03, AWS-WSX-02). */
import { expect, test } from 'vitest'
import { type ConnectOptions, startGuardedServer, tryConnect, allow, API, CONNECT } from './harness.ts'
import type * as aws from '@custom-authorizer/core/aws'

const ID = expect.stringMatching(/^[\w+/]{15}=$/) as string

const eventFor = async (request: ConnectOptions, options: aws.WebSocketOptions = {}): Promise<aws.WebSocketEvent> => {
  const service = await startGuardedServer(async () => allow('*'), options)
  expect((await tryConnect(service, request)).status).toBe(101)
  return service.events[0] as aws.WebSocketEvent
}

const TRACE = ['x-amzn-trace-id', 'Root=1-65427734-2b31dd1a026c08fe246a86f7'] as const

test('AWS-EVT-80 AWS-EVT-81 AWS-EVT-82 the event has exactly these members', async () => {
  const headers = [
    ['User-Agent', 'wscat'],
    ['Sec-WebSocket-Extensions', 'permessage-deflate'],
    TRACE,
    ['X-A', '1'],
    ['x-a', '2'],
  ] as const
  const event = await eventFor(
    { target: '/chat?token=a%20b&room=1&room=2', headers },
    { stageVariables: { color: 'blue' } },
  )
  const lines = {
    Host: 'chat.example.com',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    'User-Agent': 'wscat',
    'Sec-WebSocket-Extensions': 'permessage-deflate',
    'X-Amzn-Trace-Id': 'Root=1-65427734-2b31dd1a026c08fe246a86f7',
    'X-Forwarded-For': '127.0.0.1',
    'X-Forwarded-Port': '443',
    'X-Forwarded-Proto': 'https',
    'content-length': '0',
  }
  expect(event).toStrictEqual({
    type: 'REQUEST',
    methodArn: CONNECT,
    headers: { ...lines, 'X-A': '2' },
    multiValueHeaders: {
      ...Object.fromEntries(Object.entries(lines).map(([name, value]) => [name, [value]])),
      'X-A': ['1', '2'],
    },
    queryStringParameters: { token: 'a b', room: '2' },
    multiValueQueryStringParameters: { token: ['a b'], room: ['1', '2'] },
    stageVariables: { color: 'blue' },
    requestContext: {
      routeKey: '$connect',
      eventType: 'CONNECT',
      extendedRequestId: ID,
      requestTime: '01/Jan/2030:12:00:00 +0000',
      messageDirection: 'IN',
      stage: 'prod',
      connectedAt: Date.UTC(2030, 0, 1, 12),
      requestTimeEpoch: Date.UTC(2030, 0, 1, 12),
      identity: { sourceIp: '127.0.0.1', userAgent: 'wscat' },
      requestId: ID,
      domainName: 'chat.example.com',
      connectionId: ID,
      apiId: 'abcdef123',
    },
  })
})

test('AWS-EVT-80 the event has no members of REST or HTTP APIs', async () => {
  const event = await eventFor({})
  expect(Object.keys(event)).toEqual([
    'type',
    'methodArn',
    'headers',
    'multiValueHeaders',
    'queryStringParameters',
    'multiValueQueryStringParameters',
    'stageVariables',
    'requestContext',
  ])
})

test('AWS-EVT-81 AWS-EVT-83 values that the client did not send are empty or absent', async () => {
  const event = await eventFor({})
  expect(event).toMatchObject({
    queryStringParameters: {},
    multiValueQueryStringParameters: {},
    stageVariables: {},
  })
  expect(event.requestContext.identity).toStrictEqual({ sourceIp: '127.0.0.1' })
})

test.each(['sec-websocket-protocol', 'Sec-WebSocket-Protocol', 'SEC-WEBSOCKET-PROTOCOL'])(
  'AWS-EVT-83 a header sent as %s keeps its spelling',
  async (name) => {
    const { headers } = await eventFor({ headers: [[name, 'chat']] })
    expect(headers[name]).toBe('chat')
  },
)

test('AWS-EVT-84 the authorizer result cannot choose a subprotocol', async () => {
  const service = await startGuardedServer(async () => allow('*', { context: { 'Sec-WebSocket-Protocol': 'other' } }))
  const response = await tryConnect(service, { headers: [['Sec-WebSocket-Protocol', 'chat']] })
  expect([response.status, response.header('Sec-WebSocket-Protocol')]).toEqual([101, 'chat'])
})

const ARNS: readonly [api: aws.ApiOptions, arn: string][] = [
  [API, 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/$connect'],
  [{ ...API, stage: 'dev' }, 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/dev/$connect'],
  [{ ...API, region: 'cn-north-1' }, 'arn:aws-cn:execute-api:cn-north-1:123456789012:abcdef123/prod/$connect'],
  [{ ...API, domainName: 'ws.example.com', basePath: 'v1' }, CONNECT],
]

test.each(ARNS)('AWS-ARN-03 the methodArn for the API %j is %s', async (api, arn) => {
  for (const target of ['/', '/chat/7?a=b']) expect((await eventFor({ target }, { api })).methodArn).toBe(arn)
})

test('AWS-EVT-81 every connection has new IDs', async () => {
  const service = await startGuardedServer(async () => allow())
  await tryConnect(service)
  await tryConnect(service)
  const ids = service.events.flatMap(({ requestContext: { requestId, connectionId } }) => [requestId, connectionId])
  expect(new Set(ids).size).toBe(4)
})
