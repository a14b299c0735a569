/** The native contract: a function that receives the request and returns whether it is allowed. @module */
import type { Contract, Settled, Verdict } from '../contract/contract.ts'
import { GATEWAY_RESPONSES, jsonResponse } from '../contract/gateway-response.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import {
  CROSS_ORIGIN_CHECKS,
  CROSS_ORIGIN_UNSAFE_OPTIONS,
  type CrossOriginOptions,
  crossOriginRules,
} from '../request/origin.ts'
import { MAX_SOURCES } from '../request/identity-source.ts'
import { parseIdentitySource } from '../request/source-notation.ts'
import { checkOptions, type Checks, integer, listOf, oneOf, optionError, text } from '../util/check.ts'
import { unsafeOption, type UnsafeOptions, unsafeOptionsIn } from '../util/unsafe-options.ts'
import type { NativeAnswer, NativeAuthorize, NativeCall } from './answers.ts'
import { isSerializedOrigin } from '../util/url.ts'
import { bad, type NativeResult, readAnswer, reviveAnswer } from './read-answer.ts'

/** Options of {@link native}. */
export interface NativeOptions extends CrossOriginOptions {
  /**
   * `$request.header.NAME`, `$request.querystring.NAME`, `$request.cookie.NAME`, `$request.subprotocol.NAME` (the entry after
   * `NAME` in `Sec-WebSocket-Protocol`). A request without one of them gets 401. Required for caching. Default: none.
   */
  identitySources?: readonly string[]
  /** How long a result is cached, in seconds: 0 to 3600. Default 0, no cache. */
  resultTtlSeconds?: number
  /**
   * What a cached result applies to. `'request'`: the same caller, method, path and query. `'identity'`: all requests of the
   * same caller, so the function must not depend on method or path. Default `'request'` (SEC-52).
   */
  cachePer?: 'request' | 'identity'
  /**
   * Maximum size of the body in bytes, 1 to 16 MiB. The function receives the body in `call.body`, as the client sent it;
   * handlers can still read it. A larger body gets 413. Cannot be combined with `resultTtlSeconds`, because a result that
   * depends on the body applies to this request only. Default: the body is not read.
   */
  maxBodyBytes?: number
  /**
   * Origins to which `redirect` may send the client, such as `'https://login.example.com'`, besides paths of this site
   * (SEC-126). Default: none.
   */
  redirectOrigins?: readonly string[]
  /**
   * Whether the function reads cookies itself. Requests with a `Cookie` header are then checked like those with a cookie among
   * the identity sources (see `crossOrigin`). Default false.
   */
  readsCookies?: boolean
}

const CHECKS: Checks<NativeOptions> = {
  identitySources: listOf(text(), MAX_SOURCES),
  resultTtlSeconds: integer(0, 3600, 'seconds'),
  cachePer: oneOf('request', 'identity'),
  maxBodyBytes: integer(1, 16_777_216, 'bytes'),
  redirectOrigins: listOf((value) =>
    typeof value === 'string' && /^https?:/.test(value) && isSerializedOrigin(value)
      ? undefined
      : 'an http or https origin such as "https://login.example.com", in lower case and without a default port',
  ),
  readsCookies: oneOf(true, false),
  ...CROSS_ORIGIN_CHECKS,
}

/** Option values that relax a rule (SEC-109). */
export const NATIVE_UNSAFE_OPTIONS: UnsafeOptions = {
  cachePer: unsafeOption('identity', ['SEC-52'], 'a result for one method and path is used for all'),
  ...CROSS_ORIGIN_UNSAFE_OPTIONS,
}

const ALLOWED: Verdict = { allowed: true }

/** A native authorizer function that receives the body. */
export type NativeAuthorizeBody = (
  request: GatewayRequest,
  call: NativeCall & { readonly body: Uint8Array },
) => NativeAnswer | Promise<NativeAnswer>

interface Native {
  (options: NativeOptions & { readonly maxBodyBytes: number }): Contract<NativeAuthorizeBody, 'typed'>
  (options?: NativeOptions): Contract<NativeAuthorize, 'typed'>
}

/**
 * The native contract, used by default. The function receives the {@link GatewayRequest} and returns `true`, `false`,
 * `{ isAuthorized, principalId, context }`, or the result of `allow`, `deny`, `unauthorized` or `unavailable`.
 *
 * @throws {AuthorizerError} `ERR_OPTION` if an option is invalid
 */
export const native: Native = (options?: NativeOptions): Contract<NativeAuthorize, 'typed'> => {
  const checked = checkOptions('native', options, CHECKS)
  const {
    identitySources = [],
    resultTtlSeconds = 0,
    cachePer = 'request',
    readsCookies = false,
    maxBodyBytes,
    redirectOrigins = [],
  } = checked
  const origins = [...redirectOrigins]
  const sources = identitySources.map((each, index) => parseIdentitySource(`native.identitySources[${index}]`, each))
  if (resultTtlSeconds > 0 && sources.length === 0) {
    throw optionError(
      'native.resultTtlSeconds',
      resultTtlSeconds,
      '0 unless identitySources is set: a cached result needs an identity',
    )
  }
  if (maxBodyBytes !== undefined && resultTtlSeconds > 0) {
    throw optionError(
      'native.maxBodyBytes',
      maxBodyBytes,
      'nothing if resultTtlSeconds is set: a result that depends on the body is not cached',
    )
  }
  const contract: Contract<NativeAuthorize, 'typed', NativeResult> = {
    name: 'native',
    fingerprint: JSON.stringify([identitySources, cachePer]),
    warnings: unsafeOptionsIn('native', checked, NATIVE_UNSAFE_OPTIONS),
    identitySources: sources,
    readsCookies,
    ...crossOriginRules(checked),
    resultTtlSeconds,
    timeoutMs: 10_000,
    ...(maxBodyBytes !== undefined && { maxBodyBytes }),
    contextValues: 'typed',
    ...(cachePer === 'request' && {
      extraKeyParts: (request: GatewayRequest) => [
        request.authority ?? '',
        request.method,
        request.path,
        request.queryString,
        // The function may also read the target that the client sent before a rewrite.
        ...(request.received === undefined ? [] : [request.received.path, request.received.queryString]),
      ],
    }),
    // Frozen, so that the function cannot change what later steps read (SEC-01).
    toEvent: (request) => Object.freeze(request),
    parseResult: (settled: Settled) => {
      if (settled.status === 'timedOut') return { accepted: false, reason: 'AUTHORIZER_TIMEOUT' }
      if (settled.status === 'failed') return { accepted: false, reason: 'AUTHORIZER_ERROR' }
      try {
        const parsed = readAnswer(settled.value, origins)
        return parsed.accepted && parsed.uncached === true && resultTtlSeconds > 0
          ? { ...parsed, notes: ['a result with Set-Cookie is not cached'] }
          : parsed
      } catch {
        return bad('reading the result threw an error')
      }
    },
    reviveResult: reviveAnswer,
    decide: (result) =>
      result.isAuthorized
        ? ALLOWED
        : { allowed: false, reason: 'DENIED', ...(result.response && { response: result.response }) },
    respond: ({ type }) => {
      const { status, message } = GATEWAY_RESPONSES[type]
      return jsonResponse(status, JSON.stringify({ message }), type === 'OVERLOADED' ? [['Retry-After', '1']] : [])
    },
    requestContext: (result) => ({ principalId: result.principalId, ...result.context }),
  }
  return contract
}
