/** The $connect event and the resource that policies are matched against, with ws and Hono (AWS-EVT-80 to 83). */
import type * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { describeIntegrations } from './servers.ts'
import { allow, CONNECT, deny, tryConnect } from './harness.ts'

const ID = expect.stringMatching(/^[\w+/]{15}=$/) as string
const TRACE = 'Root=1-65427734-2b31dd1a026c08fe246a86f7'
const STAGE = 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod'
const NOW = Date.UTC(2030, 0, 1, 12)

describeIntegrations('$connect', (integration) => {
  test('AWS-EVT-80 AWS-EVT-81 AWS-EVT-82 AWS-EVT-83 AWS-ARN-03 the event has exactly these members', async () => {
    const service = await integration.open(async () => allow(), { stageVariables: { color: 'blue' } })
    const headers = [
      ['User-Agent', 'wscat'],
      ['X-Amzn-Trace-Id', TRACE],
      ['X-A', '1'],
      ['x-a', '2'],
    ] as const
    expect((await tryConnect(service, { target: '/chat?room=1&room=2&e=', headers })).status).toBe(101)
    const lines = {
      Host: 'chat.example.com',
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version': '13',
      'User-Agent': 'wscat',
      'X-Amzn-Trace-Id': TRACE,
      'X-Forwarded-For': '127.0.0.1',
      'X-Forwarded-Port': '443',
      'X-Forwarded-Proto': 'https',
      'content-length': '0',
    }
    const single = Object.fromEntries(Object.entries(lines).map(([name, value]) => [name, [value]]))
    const expected: aws.WebSocketEvent = {
      type: 'REQUEST',
      methodArn: CONNECT,
      headers: { ...lines, 'X-A': '2' },
      multiValueHeaders: { ...single, 'X-A': ['1', '2'] },
      queryStringParameters: { room: '2', e: '' },
      multiValueQueryStringParameters: { room: ['1', '2'], e: [''] },
      stageVariables: { color: 'blue' },
      requestContext: {
        routeKey: '$connect',
        eventType: 'CONNECT',
        extendedRequestId: ID,
        requestTime: '01/Jan/2030:12:00:00 +0000',
        messageDirection: 'IN',
        stage: 'prod',
        connectedAt: NOW,
        requestTimeEpoch: NOW,
        identity: { sourceIp: '127.0.0.1', userAgent: 'wscat' },
        requestId: ID,
        domainName: 'chat.example.com',
        connectionId: ID,
        apiId: 'abcdef123',
      },
    }
    expect(service.events).toStrictEqual([expected])
  })

  const RESOURCES: readonly [resource: string, covers: boolean][] = [
    [`${STAGE}/$connect`, true],
    [`${STAGE}/*`, true],
    [`${STAGE}/$conn*`, true],
    [`${STAGE}/*/*`, false],
    [`${STAGE}/$connect/`, false],
    [`${STAGE}/$CONNECT`, false],
    [`${STAGE}/GET/chat`, false],
    [`${STAGE}/`, false],
    ['arn:aws:execute-api:*', true],
  ]

  test.each(RESOURCES)(
    'AWS-POL-28 AWS-WSX-02 AWS-ARN-03 the resource %s matches $connect: %s',
    async (resource, covers) => {
      const open = await integration.open(async () => allow(resource))
      expect((await tryConnect(open)).status).toBe(covers ? 101 : 403)
      const { policyDocument, ...rest } = deny(resource) as { policyDocument: { Statement: object[] } }
      const everything = { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '*' }
      const Statement = [everything, ...policyDocument.Statement]
      const closed = await integration.open(async () => ({ ...rest, policyDocument: { ...policyDocument, Statement } }))
      expect((await tryConnect(closed)).status).toBe(covers ? 403 : 101)
    },
  )
})
