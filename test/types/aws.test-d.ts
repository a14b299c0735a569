/** Types of the REST and HTTP API contracts, of their options and of unmodified handlers. */
import { allow, type Authorizer, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerHandler,
  APIGatewayTokenAuthorizerEvent,
  APIGatewayTokenAuthorizerHandler,
  APIGatewayTokenAuthorizerWithContextHandler,
  Callback,
  Context,
} from 'aws-lambda'
import { describe, expectTypeOf, test } from 'vitest'

declare const count: number
type ContextOf<T> = T extends Authorizer<infer TContext> ? TContext : never

const policyDocument: aws.PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
}
const identitySource = 'method.request.header.Authorization'

describe('context types of Lambda authorizers', () => {
  test('an async handler delivers its context values as strings', () => {
    const authorizer = createAuthorizer({
      authorize: async () => ({ principalId: 'alice', policyDocument, context: { level: 3, admin: true, role: 'a' } }),
      contract: aws.token(),
    })
    expectTypeOf<ContextOf<typeof authorizer>>().toEqualTypeOf<{ level: string; admin: string; role: string }>()
  })

  test('AWS-OUT-13 a context value that may be null stays nullable', () => {
    const authorizer = createAuthorizer({
      authorize: async (event: aws.TokenEvent) => ({
        principalId: 'alice',
        policyDocument,
        context: { n: 1, team: event.methodArn === '' ? null : 'a' },
      }),
      contract: aws.token(),
    })
    expectTypeOf<ContextOf<typeof authorizer>>().toEqualTypeOf<{ n: string; team: string | null }>()
  })

  test('an async handler with a typed event delivers its context values as strings', () => {
    const authorizer = createAuthorizer({
      authorize: async (event: aws.TokenEvent) => ({ principalId: event.methodArn, policyDocument, context: { n: 1 } }),
      contract: aws.token(),
    })
    expectTypeOf<ContextOf<typeof authorizer>>().toEqualTypeOf<{ n: string }>()
  })

  test('a handler typed as AuthorizerResponse has an open context', () => {
    const authorizer = createAuthorizer({
      authorize: async (): Promise<aws.AuthorizerResponse> => ({ principalId: 'alice', policyDocument }),
      contract: aws.token(),
    })
    expectTypeOf<ContextOf<typeof authorizer>>().toEqualTypeOf<Record<string, string | null>>()
  })

  test('a callback handler has an open context', () => {
    const authorizer = createAuthorizer({
      authorize: (_event: aws.TokenEvent, _context: aws.LambdaContext, callback: aws.LambdaCallback) =>
        callback(null, { principalId: 'alice', policyDocument }),
      contract: aws.token(),
    })
    expectTypeOf<ContextOf<typeof authorizer>>().toEqualTypeOf<Record<string, string | null>>()
  })

  test('a REQUEST handler delivers its context values as strings', () => {
    const authorizer = createAuthorizer({
      authorize: async ({ headers }: aws.RequestEvent) => ({
        principalId: 'alice',
        policyDocument,
        context: { agent: headers['User-Agent'] },
      }),
      contract: aws.request({ identitySource }),
    })
    expectTypeOf<ContextOf<typeof authorizer>>().toEqualTypeOf<{ agent: string }>()
  })
})

test('event, Lambda context and callback are inferred from the contract', () => {
  createAuthorizer({
    authorize: async (event, context, callback) => {
      expectTypeOf(event).toEqualTypeOf<aws.TokenEvent>()
      expectTypeOf(event.authorizationToken).toEqualTypeOf<string>()
      expectTypeOf(context.getRemainingTimeInMillis()).toEqualTypeOf<number>()
      expectTypeOf(callback).toEqualTypeOf<aws.LambdaCallback>()
      return { principalId: 'alice', policyDocument }
    },
    contract: aws.token(),
  })
  createAuthorizer({
    authorize: async (event) => {
      expectTypeOf(event).toExtend<aws.RequestEvent>()
      expectTypeOf(event.requestContext.identity.sourceIp).toEqualTypeOf<string>()
      return { principalId: 'alice', policyDocument }
    },
    contract: aws.request({ identitySource }),
  })
})

const asyncToken: APIGatewayTokenAuthorizerHandler = async (event) => ({
  principalId: event.authorizationToken,
  policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: event.methodArn }] },
})
const callbackToken: APIGatewayTokenAuthorizerHandler = (_event, _context, callback) => callback('Unauthorized')
const withContext: APIGatewayTokenAuthorizerWithContextHandler<{ role: string }> = async (event) => ({
  principalId: 'alice',
  policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: event.methodArn }] },
  context: { role: 'admin' },
})
const asyncRequest: APIGatewayRequestAuthorizerHandler = async ({ headers, methodArn }) => ({
  principalId: headers?.['authorization'] ?? '',
  policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: methodArn }] },
})
declare const byCallback: (
  event: APIGatewayTokenAuthorizerEvent,
  context: Context,
  callback: Callback<APIGatewayAuthorizerResult>,
) => void
declare const byPromise: (event: APIGatewayRequestAuthorizerEvent) => Promise<APIGatewayAuthorizerResult>
declare const tokenHandler: (event: aws.TokenEvent) => Promise<aws.AuthorizerResponse>
declare const untyped: (event: aws.TokenEvent) => ReturnType<typeof JSON.parse>

describe('handlers typed with @types/aws-lambda', () => {
  test('TOKEN handlers are accepted', () => {
    for (const authorize of [asyncToken, callbackToken]) {
      const authorizer = createAuthorizer({ authorize, contract: aws.token() })
      expectTypeOf<ContextOf<typeof authorizer>>().toEqualTypeOf<Record<string, string | null>>()
    }
    const authorizer = createAuthorizer({ authorize: withContext, contract: aws.token() })
    expectTypeOf<ContextOf<typeof authorizer>>().toEqualTypeOf<{ role: string }>()
  })

  test('REQUEST handlers are accepted', () => {
    const authorizer = createAuthorizer({ authorize: asyncRequest, contract: aws.request({ identitySource }) })
    expectTypeOf<ContextOf<typeof authorizer>>().toEqualTypeOf<Record<string, string | null>>()
  })

  test('functions with typed parameters only are accepted', () => {
    createAuthorizer({ authorize: byCallback, contract: aws.token() })
    createAuthorizer({ authorize: byPromise, contract: aws.request({ identitySource }) })
  })

  test('functions of plain JavaScript are accepted', () => {
    const authorizer = createAuthorizer({ authorize: untyped, contract: aws.token() })
    expectTypeOf<ContextOf<typeof authorizer>>().toEqualTypeOf<Record<string, string | null>>()
  })
})

describe('HTTP APIs', () => {
  test('context values keep their types', () => {
    const simple = createAuthorizer({
      authorize: async () => ({ isAuthorized: true, context: { level: count, tags: ['a'] } }),
      contract: aws.httpApi({ enableSimpleResponses: true }),
    })
    expectTypeOf<ContextOf<typeof simple>>().toEqualTypeOf<{ level: number; tags: string[] }>()
    const policy = createAuthorizer({
      authorize: async (event) => {
        expectTypeOf(event).toExtend<aws.HttpRequestEvent>()
        return { principalId: 'alice', policyDocument, context: { level: count } }
      },
      contract: aws.httpApi(),
    })
    expectTypeOf<ContextOf<typeof policy>>().toEqualTypeOf<{ level: number }>()
  })

  test('the event type follows the payload format', () => {
    createAuthorizer({
      authorize: async (event) => {
        expectTypeOf(event).toExtend<aws.HttpRequestEventV1>()
        return { principalId: 'alice', policyDocument }
      },
      contract: aws.httpApi({ authorizerPayloadFormatVersion: '1.0' }),
    })
  })
})

describe('type errors', () => {
  test('invalid options of the contracts do not compile', () => {
    // @ts-expect-error -- only a REQUEST authorizer takes a list
    aws.token({ identitySource: [identitySource] })
    // @ts-expect-error -- misspelled
    aws.token({ identitySources: identitySource })
    // @ts-expect-error -- an option of the native contract
    aws.token({ resultTtlSeconds: 300 })
    // @ts-expect-error -- a number of seconds
    aws.token({ authorizerResultTtlInSeconds: '300' })
    // @ts-expect-error -- text, not a RegExp
    aws.token({ identityValidationExpression: /^Bearer/ })
    // @ts-expect-error -- 12 digits as text
    aws.token({ api: { accountId: 123_456_789_012 } })
    // @ts-expect-error -- misspelled member of an option
    aws.token({ api: { restApiId: 'abcdef1234' } })
    // @ts-expect-error -- an option of TOKEN authorizers
    aws.request({ identityValidationExpression: '^Bearer' })
    // @ts-expect-error -- unknown type of gateway response
    aws.request({ identitySource, gatewayResponses: { FORBIDDEN: {} } })
    // @ts-expect-error -- misspelled member of a gateway response
    aws.request({ identitySource, gatewayResponses: { UNAUTHORIZED: { status: 401 } } })
    // @ts-expect-error -- must be 'EDGE' or 'REGIONAL'
    aws.request({ identitySource, endpointType: 'PRIVATE' })
    // @ts-expect-error -- must be a boolean
    aws.httpApi({ enableSimpleResponses: 'yes' })
  })

  test('results of another contract do not compile', () => {
    const contract = aws.token()
    // @ts-expect-error -- a boolean is not a policy
    createAuthorizer({ authorize: async () => true, contract })
    // @ts-expect-error -- allow() is a result of the native contract
    createAuthorizer({ authorize: async () => allow({ principalId: 'alice' }), contract })
    // @ts-expect-error -- a simple response is not a policy
    createAuthorizer({ authorize: async () => ({ isAuthorized: true }), contract })
    // @ts-expect-error -- a proxy response is not a policy
    createAuthorizer({ authorize: async () => ({ statusCode: 200, body: '' }), contract })
    // @ts-expect-error -- principalId is missing
    createAuthorizer({ authorize: async () => ({ policyDocument }), contract })
    // @ts-expect-error -- policyDocument is missing
    createAuthorizer({ authorize: async () => ({ principalId: 'alice' }), contract })
    // @ts-expect-error -- a REST context is flat
    createAuthorizer({ authorize: async () => ({ principalId: 'a', policyDocument, context: { a: {} } }), contract })
    // @ts-expect-error -- Lambda ignores a value returned without a promise
    createAuthorizer({ authorize: () => ({ principalId: 'alice', policyDocument }), contract })
    const simple = aws.httpApi({ enableSimpleResponses: true })
    // @ts-expect-error -- a policy is not a simple response
    createAuthorizer({ authorize: async () => ({ principalId: 'alice', policyDocument }), contract: simple })
  })

  test('handlers for events of another contract do not compile', () => {
    // @ts-expect-error -- a REQUEST event has no authorizationToken
    createAuthorizer({ authorize: tokenHandler, contract: aws.request({ identitySource }) })
    // @ts-expect-error -- the request of the native contract has no authorizationToken
    createAuthorizer({ authorize: tokenHandler })
  })

  test('invalid policies do not compile', () => {
    const statement = { Effect: 'Allow', Action: '*', Resource: '*' } as const
    aws.evaluatePolicy({ Statement: statement }, { resource: 'arn' })
    // @ts-expect-error -- misspelled
    aws.evaluatePolicy({ Statements: [statement] }, { resource: 'arn' })
    // @ts-expect-error -- resource is missing
    aws.evaluatePolicy({ Statement: statement }, { action: '*' })
  })
})
