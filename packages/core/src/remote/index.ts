/** Handlers that call remote functions, in any language: behind an HTTP endpoint, or on AWS Lambda. And the decisions of a gateway. @module */
export { gatewayResponse, type GatewayResponseOptions } from './gateway-response.ts'
export { httpFunction, type HttpFunctionOptions, type MappedStatus } from './http-function.ts'
export {
  type DeployedLambda,
  type LambdaEndpoint,
  lambdaFunction,
  type LambdaFunctionOptions,
  type LambdaInvocation,
  type LambdaInvoker,
  type LambdaResult,
} from './lambda-function.ts'
export type { BreakerOptions, RemoteContext, RemoteFunction, RemoteOptions } from './options.ts'
export type { AddressOptions } from './address.ts'
export type { Fetch } from './exchange.ts'
