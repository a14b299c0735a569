import type * as aws from '@custom-authorizer/core/aws'
import type { APIGatewayRequestAuthorizerEvent, APIGatewayTokenAuthorizerEvent } from 'aws-lambda'
import { expectTypeOf, test } from 'vitest'

test('AWS-EVT-10 REST events are assignable to the event types of @types/aws-lambda', () => {
  expectTypeOf<aws.TokenEvent>().toExtend<APIGatewayTokenAuthorizerEvent>()
  expectTypeOf<aws.RequestEvent>().toExtend<APIGatewayRequestAuthorizerEvent>()
})
