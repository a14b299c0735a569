/** Contracts of Huawei Cloud API Gateway: `import * as huawei from '@custom-authorizer/core/huawei'`. @module */
export { frontend, type FrontendCompatibility, type FrontendOptions } from './frontend.ts'
export { backend, type BackendOptions } from './backend.ts'
export { both, type BackendPolicy, type BothContext, type BothOptions, type PolicyCondition } from './both.ts'
export { type BackendParameter, type BackendParameterOptions, backendParameters } from './backend-parameters.ts'
export type { CommonCompatibility, CommonOptions } from './common-contract.ts'
export type { ApiOptions } from './api.ts'
export type { BackendEvent, FrontendEvent } from './event.ts'
export type {
  FunctionCallback,
  FunctionContext,
  FunctionGraphHandler,
  FunctionLogger,
  FunctionOptions,
} from './function-graph.ts'
export type { ErrorType, GatewayResponseDefinition, GatewayResponseDefinitions } from './gateway-responses.ts'
export type { Identity } from './identities.ts'
