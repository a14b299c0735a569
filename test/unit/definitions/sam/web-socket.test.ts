/** `AWS::Serverless::WebSocketApi`, and function URLs. */
import { expect, test } from 'vitest'
import { event, FUNCTION_ARN, GUARDED, read, type ReadSummary, templateOf } from './read.ts'

const ROUTES = { $connect: { FunctionArn: FUNCTION_ARN }, send: { FunctionArn: FUNCTION_ARN } }
const CUSTOM = { AuthType: 'CUSTOM', AuthArn: FUNCTION_ARN, IdentitySource: ['route.request.header.Auth'] }

const readApi = (properties: object, more: object = {}): Promise<ReadSummary> =>
  read(
    templateOf(
      {
        W: {
          Type: 'AWS::Serverless::WebSocketApi',
          Properties: { RouteSelectionExpression: '$request.body.action', Routes: ROUTES, ...properties },
        },
      },
      more,
    ),
  )

test('DEF-SAM-17 a CUSTOM authorizer guards $connect, and the messages behind it', async () => {
  const { api, routes, stops, confirmed } = await readApi({ Auth: CUSTOM })
  expect(routes).toEqual(['$connect -> WConnectAuthorizer', 'send -> NONE'])
  expect([stops, confirmed]).toEqual([[], []])
  expect(api).toMatchObject({ protocol: 'WEBSOCKET', stage: 'default' })
  expect(api.authorizers['WConnectAuthorizer']).toMatchObject({
    kind: 'REQUEST',
    function: 'Authorize',
    identitySource: ['route.request.header.Auth'],
  })
})

test('DEF-SAM-17 without Auth, or with NONE, all routes are open', async () => {
  expect((await readApi({})).confirmed).toEqual(['$connect', 'send'])
  const { api, confirmed } = await readApi({ Auth: { AuthType: 'NONE' } })
  expect(confirmed).toEqual(['$connect', 'send'])
  expect(api.routes[0]?.open).toBe('declared')
})

test('DEF-SAM-17 AWS_IAM needs a guard of the caller', async () => {
  const { routes, stops } = await readApi({ Auth: { AuthType: 'AWS_IAM' } })
  expect(routes[0]).toBe('$connect -> AWS_IAM')
  expect(stops).toEqual(['DEF-DEF-05 unsupported-authorizer $connect'])
})

test('DEF-SAM-17 an AuthType in another letter case stops: SAM accepts it, and deploys $connect open', async () => {
  const { routes, stops } = await readApi({ Auth: { ...CUSTOM, AuthType: 'Custom' } })
  expect(routes[0]).toBe('$connect -> ?')
  expect(stops).toEqual(['DEF-SAM-17 ignored-protection $connect'])
})

test.each([
  ['an unknown type', { ...CUSTOM, AuthType: 'JWT' }],
  ['no type', { AuthArn: FUNCTION_ARN }],
  ['members beside NONE', { ...CUSTOM, AuthType: 'NONE' }],
  ['a type of another stack', { ...CUSTOM, AuthType: { 'Fn::ImportValue': 'x' } }],
  ['a source of another stack', { ...CUSTOM, IdentitySource: { 'Fn::ImportValue': 'x' } }],
  ['a list', [CUSTOM]],
  ['a condition', { 'Fn::If': ['Secure', CUSTOM, { Ref: 'AWS::NoValue' }] }],
])('DEF-SAM-17 Auth with %s leaves $connect undecided', async (_, Auth) => {
  const { routes, stops } = await readApi({ Auth })
  expect(routes[0]).toBe('$connect -> ?')
  expect(stops).toEqual([expect.stringMatching(/ \$connect$/)])
})

test.each([
  ['no function', { AuthType: 'CUSTOM' }, 'DEF-SAM-17 invalid $connect'],
  ['a source of a REST API', { ...CUSTOM, IdentitySource: ['method.request.header.A'] }, 'DEF-SAM-17 invalid $connect'],
  ['an unknown member', { ...CUSTOM, DefaultAuthorizer: 'A' }, 'DEF-GEN-10 invalid $connect'],
])('DEF-SAM-17 Auth with %s stops', async (_, Auth, expected) => {
  expect((await readApi({ Auth })).stops).toEqual([expected])
})

test('DEF-SAM-17 Auth without a route $connect stops; SAM rejects Auth in Globals', async () => {
  const { stops } = await readApi({ Routes: { send: {} }, Auth: CUSTOM })
  expect(stops).toEqual(['DEF-SAM-17 invalid'])
  const global = await readApi({}, { Globals: { WebSocketApi: { Auth: CUSTOM } } })
  expect([global.stops, global.confirmed]).toEqual([['DEF-SAM-11 invalid'], ['$connect', 'send']])
})

test('DEF-SAM-18 a function URL that is open to everyone is reported', async () => {
  const F = {
    Type: 'AWS::Serverless::Function',
    Properties: { FunctionUrlConfig: { AuthType: 'NONE' }, Events: { e: event() } },
  }
  const X = { Type: 'AWS::Serverless::Api', Properties: { StageName: 's', Auth: GUARDED } }
  const { reports } = await read(templateOf({ X, F }))
  expect(reports).toContain('DEF-SAM-18 not-carried')
})
