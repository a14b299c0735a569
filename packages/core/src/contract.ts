/** For authors of contracts, authorizers, request mappings and stores: `import … from '@custom-authorizer/core/contract'`. @module */
export type { Denial, Invocation, Parsed, Preparation, Prepared, Settled, Verdict } from './kernel/contract/contract.ts'
export {
  digestSecret,
  FUNCTION_IDENTITY,
  type FunctionIdentity,
  identifyFunction,
  lengthPrefixed,
} from './kernel/contract/function-identity.ts'
export { GATEWAY_RESPONSES, isGatewayResponse, jsonResponse } from './kernel/contract/gateway-response.ts'
export { type ApiKeyIdentity, AuthorizedContext } from './kernel/contract/context.ts'
export { scopesOf } from './kernel/contract/result-scopes.ts'
export { identityHeadersOf, noteIdentityHeaders } from './kernel/contract/identity-headers.ts'
export { type DenialDetails, type DenialRow, DENIALS } from './kernel/contract/denials.ts'
export { RepeatedLines } from './kernel/decision/repeated-lines.ts'
export { receivesAtMost } from './kernel/contract/parameter-count.ts'
export { byteLength, isLongerThan } from './kernel/runtime/byte-length.ts'
export { ownText } from './kernel/runtime/own-text.ts'
export { Itself } from './kernel/runtime/itself.ts'
export { isNode, nodeBuiltin } from './kernel/runtime/node-builtin.ts'
export { type Sha256, sha256For } from './kernel/runtime/sha-256.ts'

export {
  andThen,
  checkAuthorizers,
  composeAuthorizers,
  createContext,
  type Evaluated,
  isAnonymous,
  isAuthorizer,
  markAnonymous,
  markOutermost,
  resultOfContext,
  trustedContext,
} from './kernel/authorizer/composite.ts'
export { type Waited, waitFor } from './kernel/authorizer/waiting.ts'
export {
  type MappedParameter,
  type MappedPart,
  type MappingRules,
  type MappingScope,
  ParameterMapping,
} from './kernel/mount/parameter-mapping.ts'

export {
  cookieSource,
  type CredentialReader,
  functionSource,
  subprotocolSource,
} from './kernel/request/browser-sources.ts'
export { CROSS_ORIGIN_CHECKS, CROSS_ORIGIN_UNSAFE_OPTIONS, crossOriginRules } from './kernel/request/origin.ts'
export {
  headerSource,
  type IdentityLimits,
  type IdentitySource,
  querySource,
  SOURCE_NAME,
} from './kernel/request/identity-source.ts'
export { identitySourceOption, parseIdentitySource } from './kernel/request/source-notation.ts'
export { GatewayRequest } from './kernel/request/gateway-request.ts'
export { REPEATED } from './kernel/request/headers.ts'
export { RouteTable, toTemplate } from './kernel/request/route.ts'
export { decodeSlashes, hasEncodedSlash } from './kernel/request/target.ts'
export { type Block, inBlock, parseAddress, parseBlock } from './kernel/request/source-ip.ts'

export { asciiLower } from './kernel/util/ascii.ts'
export * as check from './kernel/util/check.ts'
export { ownMember } from './kernel/util/check.ts'
export type { Check, Checks } from './kernel/util/check.ts'
export { systemClock } from './kernel/util/clock.ts'
export { ASCII_FIELD_VALUE, FIELD_NAME, FIELD_VALUE, type HeaderRole, headersFor } from './kernel/util/http-headers.ts'
export { JsonProblem, memberPath, toJson } from './kernel/util/json.ts'
export { JsonNumber, omitJsonNumbers, spellNumbers, throughJson } from './kernel/util/json-number.ts'
export { functionConsole } from './kernel/util/logger.ts'
export { checkGroupedOptions, type GroupChecks, type Grouped } from './kernel/util/option-groups.ts'
export { parseExactJson, parseJson } from './kernel/util/strict-json.ts'
export { type BreakerSettings, CircuitBreaker, type ReportOutcome, STORE_BREAKER } from './kernel/util/breaker.ts'
export { type Reply, replyWithin } from './kernel/cache/reply.ts'
export { type BodyBounds, type BodyFailure, readBoundedBody } from './kernel/runtime/bounded-body.ts'
export { isThenable, withoutRejection } from './kernel/util/thenable.ts'
export { isLoopback, ORIGIN } from './kernel/util/url.ts'
export { type UnsafeOption, unsafeOption, type UnsafeOptions, unsafeOptionsIn } from './kernel/util/unsafe-options.ts'
