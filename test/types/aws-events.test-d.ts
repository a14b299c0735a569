/** The events of handlers, compared with the types of `@types/aws-lambda`. */
import type { Contract } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import type {
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewayTokenAuthorizerEvent,
} from 'aws-lambda'
import { expectTypeOf, test } from 'vitest'

const identitySource = ['$request.header.Authorization'] as const
const contracts = {
  token: aws.token(),
  request: aws.request(),
  format1: aws.httpApi({ authorizerPayloadFormatVersion: '1.0' }),
  format2: aws.httpApi({ identitySource }),
  simple: aws.httpApi({ identitySource, enableSimpleResponses: true }),
  webSocket: aws.webSocket(),
}
type Contracts = typeof contracts
type EventOf<TName extends keyof Contracts> =
  Contracts[TName] extends Contract<infer THandler, infer _> ? Parameters<THandler>[0] : never

test('AWS-EVT-10 the events of handlers are assignable to the event types of @types/aws-lambda', () => {
  expectTypeOf<EventOf<'token'>>().toExtend<APIGatewayTokenAuthorizerEvent>()
  expectTypeOf<EventOf<'request'>>().toExtend<APIGatewayRequestAuthorizerEvent>()
  expectTypeOf<EventOf<'format1'>>().toExtend<APIGatewayRequestAuthorizerEvent>()
  expectTypeOf<EventOf<'format2'>>().toExtend<APIGatewayRequestAuthorizerEventV2>()
  expectTypeOf<EventOf<'simple'>>().toExtend<APIGatewayRequestAuthorizerEventV2>()
  expectTypeOf<EventOf<'webSocket'>>().toExtend<APIGatewayRequestAuthorizerEvent>()
})

test('the events of handlers are assignable to the exported types', () => {
  expectTypeOf<EventOf<'token'>>().toEqualTypeOf<aws.TokenEvent>()
  expectTypeOf<EventOf<'request'>>().toExtend<aws.RequestEvent>()
  expectTypeOf<EventOf<'format1'>>().toExtend<aws.HttpRequestEventV1>()
  expectTypeOf<EventOf<'format2'>>().toExtend<aws.HttpRequestEvent>()
  expectTypeOf<EventOf<'webSocket'>>().toExtend<aws.WebSocketEvent>()
})

test('AWS-EVT-18 AWS-EVT-42 the exported types have only members that the gateway sends, and optional ones are optional', () => {
  expectTypeOf<aws.HttpRequestEvent['cookies']>().toEqualTypeOf<string[] | undefined>()
  expectTypeOf<aws.RequestEvent['requestContext']>().not.toHaveProperty('authorizer')
  expectTypeOf<aws.RequestEvent['requestContext']['identity']['apiKey']>().toEqualTypeOf<string | undefined>()
  expectTypeOf<aws.HttpRequestEventV1['requestContext']>().not.toHaveProperty('authorizer')
  expectTypeOf<aws.WebSocketEvent>().not.toHaveProperty('path')
})

test('members that an event never has cannot be used as a value', () => {
  expectTypeOf<EventOf<'request'>['requestContext']['authorizer']>().toBeNever()
  expectTypeOf<EventOf<'webSocket'>['path']>().toBeNever()
})
