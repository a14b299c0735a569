/** The public root: everything here is for users, or for authors of contracts, stores and adapters. @module */
export { type Authorizer, createAuthorizer, type InvalidateSelector } from './authorizer.ts'
export { allOf, anyOf, firstOf, optional } from './compose.ts'
export type { AuthorizerLimits, AuthorizerOptions, DenialCors, KernelOptions } from './options.ts'
export type { ContextOf } from './types.ts'
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
} from './simple.ts'
export { AuthorizerError, type AuthorizerErrorCode, type AuthorizerErrorOptions } from './errors.ts'
export type { AuthorizerContext, AuthorizerResult, Json } from './context.ts'
export { type Allowed, type CacheState, DENIALS, type Denied, type DenialReason, type Outcome } from './outcome.ts'
export {
  GATEWAY_RESPONSES,
  type GatewayResponse,
  type GatewayResponseType,
  jsonResponse,
  STALE_HEADERS,
  writableResponse,
} from './gateway-response.ts'
export {
  type CacheReport,
  type Decision,
  DECISION_CHANNEL,
  type Explanation,
  type Problem,
  PROBLEM_CHANNEL,
} from './decision.ts'
export { functionConsole, type Logger } from './logger.ts'
export { type Clock, systemClock } from './clock.ts'
export {
  MemoryStore,
  type MemoryStoreOptions,
  type Store,
  type StoredResult,
  type StoreHit,
  type StoreSelector,
} from './store.ts'

// For authors of authorizers made of authorizers.
export * as composition from './composition.ts'

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
} from './contract.ts'
export {
  headerSource,
  type IdentityLimits,
  type IdentitySource,
  type IdentitySourceState,
  querySource,
  REPEATED,
  SOURCE_NAME,
} from './identity-source.ts'
export { identityHeadersOf, noteIdentityHeaders } from './identity-headers.ts'
export { isGatewayResponse } from './denial.ts'
export { digestSecret, FUNCTION_IDENTITY, type FunctionIdentity, identifyFunction } from './function-identity.ts'
export { above, type Danger, danger, type Dangers, dangersIn } from './dangers.ts'
export { JsonProblem, memberPath, toJson } from './json.ts'
export { JsonNumber, omitJsonNumbers, spellNumbers, throughJson } from './json-number.ts'
export { parseExactJson, parseJson } from './strict-json.ts'
export { isThenable } from './thenable.ts'
export { receivesAtMost } from './parameters.ts'
export * as check from './check.ts'
export type { Check, Checks } from './check.ts'
export { type Block, inBlock, parseAddress, parseBlock } from './source-ip.ts'
export { type Route, RouteTable, toTemplate } from './route.ts'

// For authors of adapters.
export { asciiLower } from './ascii.ts'
export {
  type BodyProblem,
  type BodyReader,
  type BodyTerms,
  GatewayRequest,
  type GatewayRequestInit,
  type Routing,
} from './request.ts'
export type { QueryParameter } from './query.ts'
export { decodeSlashes, hasEncodedSlash, type RequestProblem } from './target.ts'
export type { AssertGuardedOptions } from './guarded.ts'
export * as guarded from './guarded.ts'
export { createMount, type Entry, type Mount, type MountOptions, type Reading } from './mount.ts'
export { type ContextHeaderOptions, ContextHeaders } from './context-headers.ts'
export {
  type MappedParameter,
  type MappedPart,
  type MappingRules,
  type MappingScope,
  ParameterMapping,
} from './parameter-mapping.ts'
export { editTarget, type QueryEdit, type RequestEdits, type RequestMapping, targetEdits } from './request-mapping.ts'
export { attach, type AuthorizerReference, type CurrentRequest, isBoundTo, readAuthorizer } from './attachment.ts'
export { type FrameworkTarget, type MountPath, type RoutedTarget, routedTarget } from './routed-target.ts'
export {
  contextGuard,
  type ContextRequirement,
  type Expected,
  type Guard,
  scopeGuard,
  type ScopeRequirement,
} from './guards.ts'
