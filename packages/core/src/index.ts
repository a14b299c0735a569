/** The public root: everything here is for users, or for authors of contracts, stores and adapters. @module */
export { type Authorizer, createAuthorizer, type InvalidateSelector } from './kernel/authorizer/authorizer.ts'
export { allOf, anyOf, firstOf, optional } from './kernel/authorizer/compose.ts'
export type { AuthorizerLimits, AuthorizerOptions, DenialCors, KernelOptions } from './kernel/authorizer/options.ts'
export type { ContextOf } from './kernel/contract/context-type.ts'
export {
  allow,
  type Allow,
  deny,
  type Deny,
  type DenialResponse,
  simple,
  type SimpleAnswer,
  type SimpleAuthorize,
  type SimpleOptions,
  unauthorized,
  type Unauthorized,
  unavailable,
  type Unavailable,
} from './kernel/native/native.ts'
export { AuthorizerError, type AuthorizerErrorCode, type AuthorizerErrorOptions } from './kernel/util/errors.ts'
export type { AuthorizerContext, AuthorizerResult } from './kernel/contract/context.ts'
export {
  type Allowed,
  type CacheState,
  DENIALS,
  type Denied,
  type DenialReason,
  type Outcome,
} from './kernel/contract/outcome.ts'
export {
  GATEWAY_RESPONSES,
  isGatewayResponse,
  type GatewayResponse,
  type GatewayResponseType,
  jsonResponse,
  STALE_HEADERS,
  writableResponse,
} from './kernel/contract/gateway-response.ts'
export {
  type CacheReport,
  type Decision,
  DECISION_CHANNEL,
  type Explanation,
  type Problem,
  PROBLEM_CHANNEL,
} from './kernel/decision/decision.ts'
export { functionConsole, type Logger } from './kernel/util/logger.ts'
export { type Clock, systemClock } from './kernel/util/clock.ts'
export {
  MemoryStore,
  type MemoryStoreOptions,
  type Store,
  type StoredResult,
  type StoreHit,
  type StoreSelector,
} from './kernel/cache/store.ts'

// For authors of authorizers made of authorizers.
export * as composition from './kernel/authorizer/composite.ts'

// For authors of contracts.
export type {
  AnyFunction,
  ContextValues,
  Contract,
  Denial,
  Invocation,
  Parsed,
  PolicyExplanation,
  Preparation,
  Prepared,
  ResourceDifference,
  Settled,
  StatementExplanation,
  Verdict,
} from './kernel/contract/contract.ts'
export {
  headerSource,
  type IdentityLimits,
  type IdentitySource,
  type IdentitySourceState,
  querySource,
  REPEATED,
  SOURCE_NAME,
} from './kernel/request/identity-source.ts'
export { identityHeadersOf, noteIdentityHeaders } from './kernel/contract/identity-headers.ts'
export {
  digestSecret,
  FUNCTION_IDENTITY,
  type FunctionIdentity,
  identifyFunction,
} from './kernel/contract/function-identity.ts'
export { above, type Danger, danger, type Dangers, dangersIn } from './kernel/util/unsafe-options.ts'
export { type Json, JsonProblem, memberPath, toJson } from './kernel/util/json.ts'
export { JsonNumber, omitJsonNumbers, spellNumbers, throughJson } from './kernel/util/json-number.ts'
export { parseExactJson, parseJson } from './kernel/util/strict-json.ts'
export { isThenable } from './kernel/util/thenable.ts'
export { receivesAtMost } from './kernel/contract/parameter-count.ts'
export * as check from './kernel/util/check.ts'
export type { Check, Checks } from './kernel/util/check.ts'
export { type Block, inBlock, parseAddress, parseBlock } from './kernel/request/source-ip.ts'
export { type Route, RouteTable, toTemplate } from './kernel/request/route.ts'

// For authors of adapters.
export { asciiLower } from './kernel/util/ascii.ts'
export {
  type BodyProblem,
  type BodyReader,
  type BodyTerms,
  GatewayRequest,
  type GatewayRequestInit,
  type Routing,
} from './kernel/request/gateway-request.ts'
export type { QueryParameter } from './kernel/request/query.ts'
export { decodeSlashes, hasEncodedSlash, type RequestProblem } from './kernel/request/target.ts'
export type { AssertGuardedOptions } from './kernel/coverage/report.ts'
export * as guarded from './kernel/coverage/report.ts'
export { createMount, type Entry, type Mount, type MountOptions, type Reading } from './kernel/mount/mount.ts'
export { type ContextHeaderOptions, ContextHeaders } from './kernel/mount/context-headers.ts'
export {
  type MappedParameter,
  type MappedPart,
  type MappingRules,
  type MappingScope,
  ParameterMapping,
} from './kernel/mount/parameter-mapping.ts'
export {
  editTarget,
  type QueryEdit,
  type RequestEdits,
  type RequestMapping,
  targetEdits,
} from './kernel/mount/request-mapping.ts'
export {
  attach,
  type AuthorizerReference,
  type CurrentRequest,
  isBoundTo,
  readAuthorizer,
} from './kernel/mount/attachment.ts'
export { type FrameworkTarget, type MountPath, type RoutedTarget, routedTarget } from './kernel/mount/routed-target.ts'
export {
  contextGuard,
  type ContextRequirement,
  type Expected,
  type Guard,
  scopeGuard,
  type ScopeRequirement,
} from './kernel/mount/requirements.ts'
