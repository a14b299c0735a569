/** Contracts of Amazon API Gateway: `import * as aws from '@custom-authorizer/core/aws'`. @module */
export { token, type TokenOptions } from './token.ts'
export { request, type RequestOptions } from './request.ts'
export { httpApi, type HttpApiOptions, type HttpPolicyResponse, type SimpleResponse } from './http-api.ts'
export type { HttpRequestEvent, HttpRequestEventV1 } from './http-event.ts'
export { parameterMapping, type ParameterMappingOptions, type RequestParameters } from './parameter-mapping.ts'
export { webSocket, type WebSocketEvent, type WebSocketOptions } from './web-socket.ts'
export type { RestOptions } from './rest.ts'
export type { LimitOptions } from './option-rows.ts'
export { type ApiOptions, methodArn } from './api.ts'
export type { RequestEvent, TokenEvent } from './event.ts'
export type { LambdaCallback, LambdaContext, LambdaHandler } from './lambda.ts'
export type { AuthorizerResponse } from './result.ts'
export type {
  GatewayResponseDefinition,
  GatewayResponseDefinitions,
  RestGatewayResponseType,
} from './gateway-responses.ts'
export { evaluatePolicy, type PolicyDecision, type PolicyQuestion } from './policy/evaluate.ts'
export type { PolicyDocument, PolicyStatement } from './policy/document.ts'
