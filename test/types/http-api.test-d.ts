/** Types of `aws.httpApi()` and `aws.webSocket()`: events by format, results by mode, inferred contexts. */
import { allow, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { getAuthorizer, guardUpgrade } from '@custom-authorizer/core/node'
import * as express from '@custom-authorizer/express'
import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewayRequestIAMAuthorizerHandlerV2,
  APIGatewayRequestSimpleAuthorizerHandlerV2,
  APIGatewayRequestSimpleAuthorizerHandlerV2WithContext,
} from 'aws-lambda'
import type { Request } from 'express'
import type { IncomingMessage } from 'node:http'
import { describe, expectTypeOf, test } from 'vitest'

const policyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const simple = aws.httpApi({ enableSimpleResponses: true })
declare const read: (event: aws.HttpRequestEvent) => Promise<aws.SimpleResponse>
declare const incoming: IncomingMessage
declare const request: Request

describe('events', () => {
  test('the event type follows contract and payload format', () => {
    createAuthorizer({
      contract: aws.httpApi(),
      authorize: async (event) => {
        expectTypeOf(event).toExtend<aws.HttpRequestEvent>()
        expectTypeOf(event.version).toEqualTypeOf<'2.0'>()
        // @ts-expect-error -- format 2.0 has routeArn
        void event.methodArn
        return { policyDocument }
      },
    })
    createAuthorizer({
      contract: aws.httpApi({ authorizerPayloadFormatVersion: '1.0' }),
      authorize: async (event) => {
        expectTypeOf(event).toExtend<aws.HttpRequestEventV1>()
        // @ts-expect-error -- format 1.0 has methodArn
        void event.routeArn
        return { policyDocument }
      },
    })
    createAuthorizer({
      contract: aws.webSocket(),
      authorize: async (event) => {
        expectTypeOf(event).toExtend<aws.WebSocketEvent>()
        // @ts-expect-error -- format 2.0 has routeArn
        void event.routeArn
        return { principalId: 'u', policyDocument }
      },
    })
  })

  test('AWS-EVT-47 identitySource is string[] with identity sources and null otherwise', () => {
    const source = '$request.header.Authorization'
    for (const identitySource of [source, [source]] as const) {
      createAuthorizer({
        contract: aws.httpApi({ enableSimpleResponses: true, identitySource }),
        authorize: async (event) => {
          expectTypeOf(event.identitySource).toEqualTypeOf<string[]>()
          return { isAuthorized: true }
        },
      })
    }
    createAuthorizer({
      contract: aws.httpApi(),
      authorize: async (event) => {
        // @ts-expect-error -- identitySource is null without identity sources
        void event.identitySource.length
        return { policyDocument }
      },
    })
    createAuthorizer({ contract: simple, authorize: read })
    createAuthorizer({
      contract: aws.httpApi({ enableSimpleResponses: true, identitySource: [source] }),
      authorize: read,
    })
  })

  test('the types of identitySource follow the format', () => {
    expectTypeOf<aws.HttpRequestEvent['identitySource']>().toEqualTypeOf<string[] | null>()
    expectTypeOf<aws.HttpRequestEventV1['identitySource']>().toEqualTypeOf<string>()
    expectTypeOf<aws.HttpRequestEventV1['authorizationToken']>().toEqualTypeOf<string>()
  })
})

describe('contexts', () => {
  test('context values of simple responses keep their types', () => {
    const authorizer = createAuthorizer({
      contract: simple,
      authorize: async () => ({ isAuthorized: true, context: { n: 1, list: ['x'], deep: { k: true } } }),
    })
    const { context } = getAuthorizer(incoming, authorizer)
    expectTypeOf(context).toEqualTypeOf<{ n: number; list: string[]; deep: { k: boolean } }>()
  })

  test('context values of policies keep their types', () => {
    const authorizer = createAuthorizer({
      contract: aws.httpApi(),
      authorize: async () => ({ policyDocument, context: { n: 1 } }),
    })
    expectTypeOf(getAuthorizer(incoming, authorizer).context).toEqualTypeOf<{ n: number }>()
  })

  test('context values of WebSocket APIs are strings', () => {
    const guard = guardUpgrade(async () => ({ principalId: 'u', policyDocument, context: { n: 1, admin: true } }), {
      contract: aws.webSocket(),
    })
    expectTypeOf(getAuthorizer(incoming, guard).context).toEqualTypeOf<{ n: string; admin: string }>()
  })

  test('Express handlers get the context type', () => {
    const guard = express.customAuthorizer(async () => ({ isAuthorized: true, context: { n: 1 } }), {
      contract: simple,
    })
    expectTypeOf(express.getAuthorizer(request, guard).context).toEqualTypeOf<{ n: number }>()
  })
})

describe('invalid results', () => {
  test('invalid results of HTTP APIs do not compile', () => {
    // @ts-expect-error -- a policy is not a simple response
    createAuthorizer({ contract: simple, authorize: async () => ({ principalId: 'u', policyDocument }) })
    // @ts-expect-error -- a simple response is not a policy
    createAuthorizer({ contract: aws.httpApi(), authorize: async () => ({ isAuthorized: true }) })
    // @ts-expect-error -- isAuthorized is a boolean
    createAuthorizer({ contract: simple, authorize: async () => ({ isAuthorized: 'true' }) })
    // @ts-expect-error -- a handler must return a promise or use its callback
    createAuthorizer({ contract: simple, authorize: () => ({ isAuthorized: true }) })
    // @ts-expect-error -- allow() is not a policy
    createAuthorizer({ contract: aws.httpApi(), authorize: async () => allow() })
    // @ts-expect-error -- a context is an object
    createAuthorizer({ contract: simple, authorize: async () => ({ isAuthorized: true, context: 'x' }) })
  })

  test('invalid results of WebSocket APIs do not compile', () => {
    // @ts-expect-error -- principalId is required
    createAuthorizer({ contract: aws.webSocket(), authorize: async () => ({ policyDocument }) })
    // @ts-expect-error -- context values are scalars
    guardUpgrade(async () => ({ principalId: 'u', policyDocument, context: { a: [1] } }), { contract: aws.webSocket() })
  })
})

describe('invalid options', () => {
  test('invalid options of the contracts do not compile', () => {
    // @ts-expect-error -- simple responses take format 2.0
    aws.httpApi({ authorizerPayloadFormatVersion: '1.0', enableSimpleResponses: true })
    // @ts-expect-error -- unknown format
    aws.httpApi({ authorizerPayloadFormatVersion: '3.0' })
    // @ts-expect-error -- an option of the native contract
    aws.httpApi({ resultTtlSeconds: 1 })
    // @ts-expect-error -- WebSocket APIs cache no results
    aws.webSocket({ authorizerResultTtlInSeconds: 1 })
    // @ts-expect-error -- WebSocket APIs have no formats
    aws.webSocket({ authorizerPayloadFormatVersion: '2.0' })
  })

  test('invalid options of guardUpgrade do not compile', () => {
    // @ts-expect-error -- guardUpgrade has no skip option
    guardUpgrade(() => true, { skip: ['/open'] })
    // @ts-expect-error -- must be a list
    guardUpgrade(() => true, { origins: 'https://app.example.com' })
    // @ts-expect-error -- an option of createAuthorizer
    guardUpgrade(createAuthorizer({ authorize: () => true }), { timeoutMs: 1 })
  })
})

declare const handler: APIGatewayRequestSimpleAuthorizerHandlerV2
declare const handlerWithContext: APIGatewayRequestSimpleAuthorizerHandlerV2WithContext<{ n: number }>
declare const handlerWithPolicy: APIGatewayRequestIAMAuthorizerHandlerV2
declare const plain: (event: APIGatewayRequestAuthorizerEventV2) => Promise<{ isAuthorized: boolean }>
declare const formatOne: (event: aws.HttpRequestEventV1) => Promise<APIGatewayAuthorizerResult>
declare const connect: (event: aws.WebSocketEvent) => Promise<APIGatewayAuthorizerResult>

describe('handlers typed with @types/aws-lambda', () => {
  test('handlers with simple responses are accepted', () => {
    createAuthorizer({ contract: simple, authorize: handler })
    createAuthorizer({ contract: simple, authorize: plain })
    const authorizer = createAuthorizer({ contract: simple, authorize: handlerWithContext })
    expectTypeOf(getAuthorizer(incoming, authorizer).context).toEqualTypeOf<{ n: number }>()
  })

  test('handlers with policies are accepted', () => {
    createAuthorizer({ contract: aws.httpApi(), authorize: handlerWithPolicy })
    createAuthorizer({ contract: aws.httpApi({ authorizerPayloadFormatVersion: '1.0' }), authorize: formatOne })
    createAuthorizer({ contract: aws.webSocket(), authorize: connect })
    guardUpgrade(connect, { contract: aws.webSocket() })
  })

  test('handlers for another contract do not compile', () => {
    // @ts-expect-error -- a policy is not a simple response
    createAuthorizer({ contract: simple, authorize: handlerWithPolicy })
    // @ts-expect-error -- a simple response is not a policy
    createAuthorizer({ contract: aws.httpApi(), authorize: handler })
    // @ts-expect-error -- an event of the other format
    createAuthorizer({ contract: aws.httpApi(), authorize: formatOne })
  })
})
