/** The native contract: a function that receives the request and returns whether it is allowed. @module */
import type { Contract, Settled, Verdict } from '../contract/contract.ts'
import { GATEWAY_RESPONSES, jsonResponse } from '../contract/gateway-response.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { MAX_SOURCES, parseIdentitySource } from '../request/identity-source.ts'
import { checkOptions, type Checks, integer, listOf, oneOf, optionError, text } from '../util/check.ts'
import { unsafeOption, type UnsafeOptions, unsafeOptionsIn } from '../util/unsafe-options.ts'
import { bad, type NativeAuthorize, type NativeResult, parseAnswer, reviveAnswer } from './answers.ts'

/** Options of {@link native}. */
export interface NativeOptions {
  /**
   * `$request.header.NAME`, `$request.querystring.NAME`. A request without one of them gets 401. Required for caching.
   * Default: none.
   */
  identitySources?: readonly string[]
  /** How long a result is cached, in seconds: 0 to 3600. Default 0, no cache. */
  resultTtlSeconds?: number
  /**
   * What a cached result applies to. `'request'`: the same caller, method, path and query. `'identity'`: all requests of the
   * same caller, so the function must not depend on method or path. Default `'request'` (SEC-52).
   */
  cachePer?: 'request' | 'identity'
}

const CHECKS: Checks<NativeOptions> = {
  identitySources: listOf(text(), MAX_SOURCES),
  resultTtlSeconds: integer(0, 3600, 'seconds'),
  cachePer: oneOf('request', 'identity'),
}

/** Option values that relax a rule (SEC-109). */
export const NATIVE_UNSAFE_OPTIONS: UnsafeOptions = {
  cachePer: unsafeOption('identity', ['SEC-52'], 'a result for one method and path is used for all'),
}

const ALLOWED: Verdict = { allowed: true }

/**
 * The native contract, used by default. The function receives the {@link GatewayRequest} and returns `true`, `false`,
 * `{ isAuthorized, principalId, context }`, or the result of `allow`, `deny`, `unauthorized` or `unavailable`.
 *
 * @throws {AuthorizerError} `ERR_OPTION` if an option is invalid
 */
export const native = (options: NativeOptions = {}): Contract<NativeAuthorize, 'typed'> => {
  const checked = checkOptions('native', options, CHECKS)
  const { identitySources = [], resultTtlSeconds = 0, cachePer = 'request' } = checked
  const sources = identitySources.map((each, index) => parseIdentitySource(`native.identitySources[${index}]`, each))
  if (resultTtlSeconds > 0 && sources.length === 0) {
    throw optionError(
      'native.resultTtlSeconds',
      resultTtlSeconds,
      '0 unless identitySources is set: a cached result needs an identity',
    )
  }
  const contract: Contract<NativeAuthorize, 'typed', NativeResult> = {
    name: 'native',
    fingerprint: JSON.stringify([identitySources, cachePer]),
    warnings: unsafeOptionsIn('native', checked, NATIVE_UNSAFE_OPTIONS),
    identitySources: sources,
    resultTtlSeconds,
    timeoutMs: 10_000,
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
        return parseAnswer(settled.value)
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
