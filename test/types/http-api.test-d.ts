/** The types of `aws.httpApi()` and `aws.webSocket()`: events by format, answers by mode, contexts by inference. */
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
  test('follow the payload format', () => {
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
        expectTypeOf(event).toEqualTypeOf<aws.HttpRequestEventV1>()
        // @ts-expect-error -- format 1.0 has methodArn
        void event.routeArn
        return { policyDocument }
      },
    })
    createAuthorizer({
      contract: aws.webSocket(),
      authorize: async (event) => {
        expectTypeOf(event).toEqualTypeOf<aws.WebSocketEvent>()
        // @ts-expect-error -- a handshake has no path
        void event.path
        return { principalId: 'u', policyDocument }
      },
    })
  })

  test('AWS-EVT-47 hold identity values where there are identity sources, and nothing to read elsewhere', () => {
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
        // @ts-expect-error -- there are no identity sources, so that the event holds null
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

  test('are those that handlers are written for', () => {
    expectTypeOf<aws.HttpRequestEvent<string[]>>().toExtend<APIGatewayRequestAuthorizerEventV2>()
    expectTypeOf<aws.HttpRequestEvent['identitySource']>().toEqualTypeOf<string[] | null>()
    expectTypeOf<aws.HttpRequestEventV1['identitySource']>().toEqualTypeOf<string>()
    expectTypeOf<aws.HttpRequestEventV1['authorizationToken']>().toEqualTypeOf<string>()
  })
})

describe('contexts', () => {
  test('keep their types on HTTP APIs', () => {
    const authorizer = createAuthorizer({
      contract: simple,
      authorize: async () => ({ isAuthorized: true, context: { n: 1, list: ['x'], deep: { k: true } } }),
    })
    const { context } = getAuthorizer(incoming, authorizer)
    expectTypeOf(context).toEqualTypeOf<{ n: number; list: string[]; deep: { k: boolean } }>()
  })

  test('keep their types with policies as well', () => {
    const authorizer = createAuthorizer({
      contract: aws.httpApi(),
      authorize: async () => ({ policyDocument, context: { n: 1 } }),
    })
    expectTypeOf(getAuthorizer(incoming, authorizer).context).toEqualTypeOf<{ n: number }>()
  })

  test('are text on WebSocket APIs', () => {
    const guard = guardUpgrade(async () => ({ principalId: 'u', policyDocument, context: { n: 1, admin: true } }), {
      contract: aws.webSocket(),
    })
    expectTypeOf(getAuthorizer(incoming, guard).context).toEqualTypeOf<{ n: string; admin: string }>()
  })

  test('reach the handlers of Express', () => {
    const guard = express.customAuthorizer(async () => ({ isAuthorized: true, context: { n: 1 } }), {
      contract: simple,
    })
    expectTypeOf(express.getAuthorizer(request, guard).context).toEqualTypeOf<{ n: number }>()
  })
})

describe('wrong answers do not compile', () => {
  test('of HTTP APIs', () => {
    // @ts-expect-error -- a policy is no simple response
    createAuthorizer({ contract: simple, authorize: async () => ({ principalId: 'u', policyDocument }) })
    // @ts-expect-error -- a simple response is no policy
    createAuthorizer({ contract: aws.httpApi(), authorize: async () => ({ isAuthorized: true }) })
    // @ts-expect-error -- isAuthorized is a boolean
    createAuthorizer({ contract: simple, authorize: async () => ({ isAuthorized: 'true' }) })
    // @ts-expect-error -- a handler answers with a promise or by its callback
    createAuthorizer({ contract: simple, authorize: () => ({ isAuthorized: true }) })
    // @ts-expect-error -- allow() with a policy missing
    createAuthorizer({ contract: aws.httpApi(), authorize: async () => allow() })
    // @ts-expect-error -- a context is an object
    createAuthorizer({ contract: simple, authorize: async () => ({ isAuthorized: true, context: 'x' }) })
  })

  test('of WebSocket APIs', () => {
    // @ts-expect-error -- principalId is required
    createAuthorizer({ contract: aws.webSocket(), authorize: async () => ({ policyDocument }) })
    // @ts-expect-error -- context values are scalars
    guardUpgrade(async () => ({ principalId: 'u', policyDocument, context: { a: [1] } }), { contract: aws.webSocket() })
  })
})

describe('wrong options do not compile', () => {
  test('of contracts', () => {
    // @ts-expect-error -- simple responses take format 2.0
    aws.httpApi({ authorizerPayloadFormatVersion: '1.0', enableSimpleResponses: true })
    // @ts-expect-error -- there is no such format
    aws.httpApi({ authorizerPayloadFormatVersion: '3.0' })
    // @ts-expect-error -- the native contract's name
    aws.httpApi({ resultTtlSeconds: 1 })
    // @ts-expect-error -- nothing is kept for WebSocket APIs
    aws.webSocket({ authorizerResultTtlInSeconds: 1 })
    // @ts-expect-error -- WebSocket APIs have no formats
    aws.webSocket({ authorizerPayloadFormatVersion: '2.0' })
  })

  test('of guardUpgrade', () => {
    // @ts-expect-error -- no upgrade passes unasked
    guardUpgrade(() => true, { skip: ['/open'] })
    // @ts-expect-error -- a list of origins
    guardUpgrade(() => true, { origins: 'https://app.example.com' })
    // @ts-expect-error -- options of the authorizer belong to the authorizer
    guardUpgrade(createAuthorizer({ authorize: () => true }), { timeoutMs: 1 })
  })
})

declare const handler: APIGatewayRequestSimpleAuthorizerHandlerV2
declare const handlerWithContext: APIGatewayRequestSimpleAuthorizerHandlerV2WithContext<{ n: number }>
declare const handlerWithPolicy: APIGatewayRequestIAMAuthorizerHandlerV2
declare const plain: (event: APIGatewayRequestAuthorizerEventV2) => Promise<{ isAuthorized: boolean }>
declare const old: (event: aws.HttpRequestEventV1) => Promise<APIGatewayAuthorizerResult>
declare const connect: (event: aws.WebSocketEvent) => Promise<APIGatewayAuthorizerResult>

describe('handlers typed with @types/aws-lambda are taken as they are', () => {
  test('simple responses', () => {
    createAuthorizer({ contract: simple, authorize: handler })
    createAuthorizer({ contract: simple, authorize: plain })
    const authorizer = createAuthorizer({ contract: simple, authorize: handlerWithContext })
    expectTypeOf(getAuthorizer(incoming, authorizer).context).toEqualTypeOf<{ n: number }>()
  })

  test('policies', () => {
    createAuthorizer({ contract: aws.httpApi(), authorize: handlerWithPolicy })
    createAuthorizer({ contract: aws.httpApi({ authorizerPayloadFormatVersion: '1.0' }), authorize: old })
    createAuthorizer({ contract: aws.webSocket(), authorize: connect })
    guardUpgrade(connect, { contract: aws.webSocket() })
  })

  test('but not under a contract that they were not written for', () => {
    // @ts-expect-error -- a policy where a yes or no is expected
    createAuthorizer({ contract: simple, authorize: handlerWithPolicy })
    // @ts-expect-error -- a yes or no where a policy is expected
    createAuthorizer({ contract: aws.httpApi(), authorize: handler })
    // @ts-expect-error -- an event of the other format
    createAuthorizer({ contract: aws.httpApi(), authorize: old })
  })
})
