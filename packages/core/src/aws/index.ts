/** Contracts of Amazon API Gateway: `import * as aws from '@custom-authorizer/core/aws'`. @module */
export { token, type TokenCompatibility, type TokenOptions } from './rest/token.ts'
export { request, type RequestOptions } from './rest/request.ts'
export { httpApi, type HttpApiCompatibility, type HttpApiOptions } from './http-api/http-api.ts'
export type { HttpPolicyResponse } from './http-api/policy-response.ts'
export type { HttpRequestEventV1 } from './http-api/payload-1.ts'
export type { HttpRequestEvent } from './http-api/payload-2.ts'
export type { SimpleResponse } from './http-api/simple-response.ts'
export { parameterMapping, type ParameterMappingOptions, type RequestParameters } from './http-api/parameter-mapping.ts'
export type { WebSocketEvent } from './web-socket/event.ts'
export { webSocket, type WebSocketCompatibility, type WebSocketOptions } from './web-socket/web-socket.ts'
export type { RestCompatibility, RestOptions } from './rest/rest.ts'
export type { CredentialLimits, LimitOptions } from './shared/shared-options.ts'
export { type ApiOptions, methodArn } from './shared/api.ts'
export type { RequestEvent, TokenEvent } from './rest/event.ts'
export type { WithCookies, WithRestMembers, WithRestRequest } from './shared/lambda-events.ts'
export type { LambdaCallback, LambdaContext, LambdaHandler } from './shared/lambda.ts'
export type { AuthorizerResponse } from './shared/result.ts'
export type {
  GatewayResponseDefinition,
  GatewayResponseDefinitions,
  RestGatewayResponseType,
} from './rest/gateway-response-definitions.ts'
export type { PolicyDecision } from './policy/decide.ts'
export { evaluatePolicy, type PolicyQuestion } from './policy/evaluate.ts'
export type { PolicyDocument, PolicyStatement } from './policy/document.ts'
