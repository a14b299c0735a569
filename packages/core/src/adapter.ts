/** For authors of adapters: `import … from '@custom-authorizer/core/adapter'`. @module */
export { CUMULATIVE_HEADERS, REPRESENTATION_HEADERS, writableResponse } from './kernel/contract/gateway-response.ts'
export { reportProblem } from './kernel/decision/problems.ts'
export * as coverage from './kernel/coverage/report.ts'
export {
  attach,
  type AttachedMount,
  type AuthorizerReference,
  type CurrentRequest,
  isBoundTo,
  readAuthorizer,
  type RoutedState,
} from './kernel/mount/attachment.ts'
export { ContextHeaders } from './kernel/mount/context-headers.ts'
export { DeniedError, type Denying } from './kernel/mount/denied-error.ts'
export { frameworkObject } from './kernel/mount/framework-object.ts'
export { createMount, type GuardResult, type Mount, type RequestReadOptions } from './kernel/mount/mount.ts'
export { editTarget, targetEdits } from './kernel/mount/request-mapping.ts'
export { contextRequirement, type Requirement, scopeRequirement } from './kernel/mount/requirements.ts'
export type { CustomAuthorizer, Guarded, MiddlewareOf, MiddlewareType } from './kernel/mount/signatures.ts'
export { type FrameworkTarget, type MountPath, type RoutedTarget, routedTarget } from './kernel/mount/routed-target.ts'
export type { BodyProblem, BodyReader, BodyTerms, GatewayRequestInit } from './kernel/request/request-init.ts'
export { withoutCredentials } from './kernel/request/subprotocol.ts'
export type { RequestProblem } from './kernel/request/target.ts'
