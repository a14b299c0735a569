/** Every reason for a denial, with its gateway response type and what it means to a developer. One row per reason. @module */
import type { GatewayResponseType } from './gateway-response.ts'

/** One reason for a denial. */
export interface DenialRow {
  /** The gateway response that the client receives. */
  readonly type: GatewayResponseType
  /** What happened, for `decision.explain().summary`. */
  readonly summary: string
  /** The usual cause. */
  readonly cause: string
  /** What to change. */
  readonly fix: string
}

/** In the order in which an evaluation can meet them. */
const ROWS = {
  MALFORMED_REQUEST: {
    type: 'BAD_REQUEST',
    summary: 'the request is ambiguous or malformed, so it was rejected before the authorizer ran',
    cause:
      'The request target has an ambiguous spelling (`//`, dot segments, `\\`, `#`, malformed escapes), `Host` is invalid, `Connection` names a header that is not hop-by-hop, Node.js has dropped header lines, or `repeatedParameters: "reject"` applies.',
    fix: 'Correct the client. If the framework rewrites the path, set `mountPath`. `ambiguousTargets: "allow"` accepts ambiguous targets and weakens the guard.',
  },
  RESOURCE_TOO_LONG: {
    type: 'URI_TOO_LONG',
    summary: 'the method ARN is longer than 1600 bytes',
    cause: 'The path is too long for API Gateway, which accepts method ARNs of at most 1600 bytes.',
    fix: 'Shorten the path, or move data from the path to the query or the body.',
  },
  OUTSIDE_BASE_PATH: {
    type: 'ACCESS_DENIED',
    summary: 'the path is not below the base path of the API',
    cause: '`api.basePath` is set and the request has another path.',
    fix: 'Mount the guard below the base path, or correct `api.basePath`.',
  },
  FOREIGN_ORIGIN: {
    type: 'ACCESS_DENIED',
    summary: 'another site may have caused this request of a browser',
    cause:
      'A page of another origin sent a request with a cookie credential and an unsafe method, or opened a WebSocket with one; or `origins` of `guardUpgrade` does not contain the origin.',
    fix: 'Add the origin to `trustedOrigins` of `native` or `jwtAuthorizer`, and to `origins` of `guardUpgrade` if you set it. Clients without `Origin` and `Sec-Fetch-Site` have to send their credential in a header.',
  },
  ROUTE_NOT_FOUND: {
    type: 'MISSING_AUTHENTICATION_TOKEN',
    summary: 'the API has no route for this method and path, so no authorizer was called',
    cause:
      'The definition does not declare the route, or declares it below another base path. A CORS preflight that the gateway answers itself has this reason and status 204.',
    fix: 'Add the route to the definition, or set `basePath` or `unmatched` of `guardApi`.',
  },
  ROUTE_UNDECIDED: {
    type: 'AUTHORIZER_CONFIGURATION_ERROR',
    summary: 'the definition does not say who may call this route, so every request is denied',
    cause:
      'The authorizer of the route depends on a value or a file that was not given, and `undecided: "deny"` is set.',
    fix: 'Give the value to `readDefinition`, or bind a guard to the route with `undecided`.',
  },
  IDENTITY_SOURCE_MISSING: {
    type: 'UNAUTHORIZED',
    summary: 'an identity source is missing or empty, so the authorizer was not called',
    cause: 'The client sent no credential, or sent it in another header or parameter.',
    fix: 'Send every configured identity source, or change `identitySource`.',
  },
  IDENTITY_SOURCE_REPEATED: {
    type: 'UNAUTHORIZED',
    summary: 'a credential was sent more than once, so the authorizer was not called',
    cause: 'Two lines of the same credential header, or a repeated query parameter.',
    fix: 'Send the credential once; check proxies that append a header instead of replacing it.',
  },
  IDENTITY_SOURCE_INVALID: {
    type: 'UNAUTHORIZED',
    summary: 'an identity source is too long or is not text, so the authorizer was not called',
    cause: 'The value is longer than the limit, has control characters, or is not valid UTF-8.',
    fix: 'Raise `limits.credentialCharacters`, or correct the client.',
  },
  IDENTITY_VALIDATION_FAILED: {
    type: 'UNAUTHORIZED',
    summary: 'an identity source does not match its validation expression, so the authorizer was not called',
    cause: 'The credential does not match `identityValidationExpression` (AWS) or `validation` (Huawei).',
    fix: 'Check the expression: it has to match the whole value, including a scheme such as `Bearer `.',
  },
  BODY_TOO_LARGE: {
    type: 'REQUEST_TOO_LARGE',
    summary: 'the body is larger than the authorizer may receive',
    cause: 'The authorizer function receives the body, and this body is over the limit of the contract.',
    fix: 'Send a smaller body, or use an authorizer that does not need the body.',
  },
  BODY_TIMEOUT: {
    type: 'REQUEST_TIMEOUT',
    summary: 'the body did not arrive within limits.bodyTimeoutMs, so the authorizer was not called',
    cause: 'A slow or stalled client, while the authorizer function needs the body.',
    fix: 'Raise `limits.bodyTimeoutMs`.',
  },
  BODY_UNAVAILABLE: {
    type: 'AUTHORIZER_CONFIGURATION_ERROR',
    summary: 'the authorizer needs the body, which other middleware has read already or which was cut off',
    cause: 'A body parser is registered before the guard, or the client closed the connection.',
    fix: 'Register the guard before body parsers.',
  },
  UNAUTHORIZED: {
    type: 'UNAUTHORIZED',
    summary: 'the authorizer rejected the credential',
    cause: 'The function failed with exactly `Unauthorized`, or returned `unauthorized()`.',
    fix: 'Send a valid credential.',
  },
  DENIED: {
    type: 'ACCESS_DENIED',
    summary: 'the authorizer denied the request',
    cause: 'The function returned `false`, `deny()`, `isAuthorized: false` or `status: "deny"`.',
    fix: 'Check why the function denies this caller.',
  },
  EXPLICIT_DENY: {
    type: 'ACCESS_DENIED',
    summary: 'a Deny statement of the policy matches this request',
    cause: 'The policy has a statement with `Effect: Deny` that matches the action, the resource and all conditions.',
    fix: '`decision.explain().policy` shows the statement.',
  },
  IMPLICIT_DENY: {
    type: 'ACCESS_DENIED',
    summary: 'no Allow statement of the policy matches this request',
    cause:
      'The policy was issued for another route and then cached, or its resources name another region, account, API or stage.',
    fix: '`decision.explain()` shows the first field that differs. Return a policy for every route that the caller may use, or set `api`.',
  },
  API_KEY_MISSING: {
    type: 'INVALID_API_KEY',
    summary: 'the route requires an API key, and the request has none',
    cause:
      'The client sent no `x-api-key`, or sent it more than once; with `apiKeySource: "AUTHORIZER"`, the result has no `usageIdentifierKey`.',
    fix: 'Send the key, or return it from the authorizer.',
  },
  API_KEY_INVALID: {
    type: 'INVALID_API_KEY',
    summary: 'the API key is unknown, disabled, or in no usage plan of this stage',
    cause: 'The key is not among `keys`, has `enabled: false`, or none of its plans has this API and stage.',
    fix: 'Add the key to a usage plan of this stage. Clients get the same response in all these cases.',
  },
  THROTTLED: {
    type: 'THROTTLED',
    summary: 'the caller sends requests faster than its usage plan allows',
    cause: 'A bucket of the plan, of the method or of the source address is empty.',
    fix: 'Wait for `Retry-After`, or raise `rateLimit` and `burstLimit`.',
  },
  QUOTA_EXCEEDED: {
    type: 'QUOTA_EXCEEDED',
    summary: 'the caller has used up the quota of its usage plan',
    cause: 'The plan has counted as many requests in this day, week or month as its quota allows.',
    fix: 'Wait for the next period, or raise `quota.limit`.',
  },
  PLAN_SUBJECT_MISSING: {
    type: 'AUTHORIZER_CONFIGURATION_ERROR',
    summary: 'the usage plan counts by a value that the result does not have',
    cause: 'The principal ID is empty, or `subject` or `planOf` returned nothing, or no plan with that ID exists.',
    fix: 'Return the value from the authorizer. No caller is ever without a limit.',
  },
  PLAN_UNAVAILABLE: {
    type: 'OVERLOADED',
    summary: 'the usage plan of the caller cannot be determined or counted',
    cause: '`load` or `findKey` failed or did not respond in time, and there is no earlier value; or the store failed.',
    fix: 'Restore the service that provides keys, plans or counters.',
  },
  CONTEXT_MISMATCH: {
    type: 'ACCESS_DENIED',
    summary: 'the authorizer context does not have the value that the route requires',
    cause: '`requireContext` compares values exactly; the AWS contracts deliver text, so `true` is `"true"`.',
    fix: 'Compare with the value as the contract delivers it.',
  },
  INSUFFICIENT_SCOPE: {
    type: 'ACCESS_DENIED',
    summary: 'the caller does not have the scopes that the route requires',
    cause: 'The result has no such scope in `scope`, `scp` or `scopes`.',
    fix: 'Request the scope when the token is issued, or change `requireScopes`.',
  },
  AUTHORIZER_ERROR: {
    type: 'AUTHORIZER_CONFIGURATION_ERROR',
    summary: 'the authorizer function failed',
    cause: 'The function threw an error, or its promise rejected.',
    fix: 'The log has the class of the error and the line; `onAuthorizerError` receives the error itself.',
  },
  AUTHORIZER_TIMEOUT: {
    type: 'AUTHORIZER_CONFIGURATION_ERROR',
    summary: 'the authorizer function did not respond in time',
    cause: 'The function took longer than `timeoutMs`, or never called its callback.',
    fix: 'Make the function faster, or raise `timeoutMs`.',
  },
  AUTHORIZER_UNREACHABLE: {
    type: 'AUTHORIZER_CONFIGURATION_ERROR',
    summary: 'the remote authorizer function could not be reached',
    cause: 'No connection, no response in time, or status 500 or 503 from the gateway of the function.',
    fix: 'Check the address and the network. `failureMode: "allow"` lets requests pass during an outage.',
  },
  AUTHORIZER_UNAVAILABLE: {
    type: 'OVERLOADED',
    summary: 'the authorizer cannot decide, because a service that it depends on is unavailable',
    cause: 'The function returned `unavailable()`, the circuit breaker is open, or no verification keys are available.',
    fix: 'Restore the service that the authorizer depends on.',
  },
  BAD_RESULT: {
    type: 'AUTHORIZER_CONFIGURATION_ERROR',
    summary: 'the result of the authorizer function does not have the form that the contract requires',
    cause:
      'The result has a missing or wrong member, an invalid policy, or a context that the gateway does not accept.',
    fix: 'The log names the member and what is allowed.',
  },
  BAD_MAPPED_VALUE: {
    type: 'AUTHORIZER_CONFIGURATION_ERROR',
    summary: 'a value cannot be written to the header, query or path that it is mapped to',
    cause: 'A context value has line breaks or other characters that the target cannot hold, or is too long.',
    fix: 'Encode the value in the authorizer, or map another one.',
  },
  NOT_GUARDED: {
    type: 'AUTHORIZER_CONFIGURATION_ERROR',
    summary: 'no authorizer has allowed this request',
    cause:
      '`requireContext` or `requireScopes` is registered before `customAuthorizer`, or method or path have changed since.',
    fix: 'Register `customAuthorizer` first, and do not change method or path afterwards.',
  },
  INTERNAL_ERROR: {
    type: 'AUTHORIZER_FAILURE',
    summary: 'the library or the contract failed',
    cause: 'A bug in this library, in a contract or in a custom store.',
    fix: 'Report it with the log line.',
  },
  OVERLOADED: {
    type: 'OVERLOADED',
    summary: 'too many requests are waiting for the authorizer',
    cause: '`maxInFlight` calls, `maxConcurrency` remote calls, or one of `limits` is reached.',
    fix: 'Make the function faster, cache its results, or raise the limit.',
  },
  ABORTED: {
    type: 'OVERLOADED',
    summary: 'the client disconnected before the decision',
    cause: 'The client closed the connection, or the signal passed to `evaluate` was aborted.',
    fix: 'Nothing: the client does not receive the response.',
  },
} as const

/** Why a request was denied. */
export type DenialReason = keyof typeof ROWS

/** What a check knows about its denial besides the reason. */
export interface DenialDetails {
  /** The scopes that `requireScopes` requires, if the reason is `INSUFFICIENT_SCOPE`. */
  readonly requiredScopes?: readonly string[] | undefined
  /** Whole seconds after which the request may succeed, for `Retry-After`. Default: not known. */
  readonly retryAfterSeconds?: number | undefined
}

/** One row for each denial reason. */
export const DENIALS: Readonly<Record<DenialReason, DenialRow>> = ROWS
