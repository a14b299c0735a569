/** For applications: build authorizers, combine them, and read their decisions. @module */
export { type Authorizer, createAuthorizer, type InvalidateSelector } from './kernel/authorizer/authorizer.ts'
export type { EvaluateOptions } from './kernel/authorizer/evaluate-options.ts'
export { allOf, anyOf, firstOf, optional } from './kernel/authorizer/compose.ts'
export type { AuthorizerLimits, AuthorizerOptions, DenialCors, KernelOptions } from './kernel/authorizer/options.ts'
export { gatewayDecision, type GatewayDecisionOptions } from './kernel/shadow/gateway-decision.ts'
export { shadow, type ShadowAuthorizer } from './kernel/shadow/shadow.ts'
export type { DifferenceKind } from './kernel/shadow/compare.ts'
export type { ComparedDecision, Difference, DifferenceSample } from './kernel/shadow/difference.ts'
export type { DecisionObserver, ObservedDecision } from './kernel/shadow/observer.ts'
export type { ShadowOptions } from './kernel/shadow/options.ts'
export type { Differences, SafeAfter, ShadowReport, SkipReason } from './kernel/shadow/report.ts'
export { native, type NativeAuthorizeBody, type NativeOptions } from './kernel/native/native.ts'
export {
  allow,
  type Allow,
  type AllowOptions,
  deny,
  type Deny,
  type DenialResponse,
  type NativeAnswer,
  type NativeAuthorize,
  type NativeCall,
  redirect,
  type Redirect,
  type RedirectOptions,
  type ResponseHeaders,
  unauthorized,
  type Unauthorized,
  unavailable,
  type Unavailable,
} from './kernel/native/answers.ts'
export { type Decision, DECISION_CHANNEL } from './kernel/decision/decision.ts'
export type { CacheReport, Explanation } from './kernel/decision/explanation.ts'
export { formatDecision } from './kernel/decision/format.ts'
export { type Problem, PROBLEM_CHANNEL } from './kernel/decision/problems.ts'
export type {
  InvalidationMark,
  SharedResults,
  SharedScope,
  SharedSelector,
  SharedStore,
  SharedValue,
  UsableResults,
} from './kernel/cache/shared-store.ts'
export type { Store, StoredResult, StoreHit, StoreSelector } from './kernel/cache/store.ts'
export { MemoryStore, type MemoryStoreOptions } from './kernel/cache/memory-store.ts'
export { AuthorizerError, type AuthorizerErrorCode, type AuthorizerErrorOptions } from './kernel/util/errors.ts'

export type { ContextOf } from './kernel/contract/context-type.ts'
export type { AuthorizerContext, AuthorizerResult, Usage } from './kernel/contract/context.ts'
export type {
  AnyFunction,
  ContextValues,
  Contract,
  PolicyExplanation,
  ResourceDifference,
  StatementExplanation,
} from './kernel/contract/contract.ts'
export type { GatewayResponse, GatewayResponseType } from './kernel/contract/gateway-response.ts'
export type { Allowed, CacheState, Denied, DenialReason, Outcome } from './kernel/contract/outcome.ts'
export type { AssertGuardedOptions } from './kernel/coverage/report.ts'
export type { ContextHeaderOptions } from './kernel/mount/context-headers.ts'
export { DeniedError } from './kernel/mount/denied-error.ts'
export type { MountOptions } from './kernel/mount/options.ts'
export type { QueryEdit, RequestEdits, RequestMapping } from './kernel/mount/request-mapping.ts'
export type { ContextRequirement, Expected, ScopeRequirement } from './kernel/mount/requirements.ts'
export type { CredentialReader } from './kernel/request/browser-sources.ts'
export type { GatewayRequest } from './kernel/request/gateway-request.ts'
export type { Routing } from './kernel/request/request-init.ts'
export type { IdentitySourceState } from './kernel/request/identity-source.ts'
export type { CrossOriginOptions } from './kernel/request/origin.ts'
export type { QueryParameter } from './kernel/request/query.ts'
export type { Route } from './kernel/request/route.ts'
export type { Clock } from './kernel/util/clock.ts'
export type { Json } from './kernel/util/json.ts'
export type { LogFields, Logger, ProblemKind } from './kernel/util/logger.ts'
