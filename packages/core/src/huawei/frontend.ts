/** The contract of frontend custom authentication: it decides whether a caller may use the API. @module */
import type { AnyFunction, Contract } from '../index.ts'
import { check, checkGroupedOptions, type Checks, RouteTable } from '../contract.ts'
import { frontendEvent, type FrontendEvent } from './event.ts'
import type { FunctionGraphHandler } from './function-graph.ts'
import { compileIdentities, identitiesOption, type Identity } from './identities.ts'
import type { FunctionResult } from './result.ts'
import {
  COMMON_CHECKS,
  COMMON_COMPATIBILITY_CHECKS,
  commonMembers,
  type CommonCompatibility,
  type CommonOptions,
} from './common-contract.ts'

/** Options of {@link frontend}. */
export interface FrontendOptions extends CommonOptions {
  /**
   * Identity sources, at most 8. A request without one of them gets 401. A header has the value that the event contains:
   * `x-forwarded-for` ends with the peer's address, and the gateway sets `x-request-id` (HW-FE-14). Required if results are
   * cached. Default: none (HW-CFG-08).
   */
  identities?: readonly Identity[]
  /** Whether the event contains the request body, at most 12 MiB. Default false (HW-CFG-12). */
  needBody?: boolean
  /** Whether the body in the event is Base64; bodies other than JSON always are. Default true (HW-CFG-20 to HW-CFG-22). */
  isSendFgBodyBase64?: boolean
  /** Parameter of the gateway: whether `event.path` is not percent-decoded. Default false (HW-FE-17, HW-FE-18). */
  api_uri_no_escape?: boolean
  /**
   * What a cached result applies to: all requests of the same identity, as on the gateway, or only requests with the same
   * method, path and query, for functions that read these. Default `'identity'` (HW-CACHE-05).
   */
  cachePer?: 'identity' | 'request'
  /** Allows `ttl` together with `needBody`: a result for one body is then reused for other bodies (HW-CACHE-11). Default false. */
  allowCacheAcrossBodies?: boolean
  /** Routes such as `/users/{id}`, which fill `pathParameters`. Default: the route that the framework matched. */
  routes?: readonly string[]
  /** Choices where the gateway's behaviour is undocumented or its manual contradicts itself. The defaults fit most functions. */
  compatibility?: FrontendCompatibility
}

/** Option `compatibility` of {@link frontend}. */
export interface FrontendCompatibility extends CommonCompatibility {
  /** Whether `validation` has to match the whole value or a part of it. Default `'whole'` (HW-ID-05). */
  validationMatch?: 'whole' | 'part'
  /** Whether the event contains all headers and query parameters or only the identity sources. Default `'all'` (HW-FE-05). */
  eventParameters?: 'all' | 'identities'
}

const CHECKS: Checks<Omit<FrontendOptions, 'compatibility'>> = {
  ...COMMON_CHECKS,
  identities: identitiesOption,
  needBody: check.oneOf(true, false),
  isSendFgBodyBase64: check.oneOf(true, false),
  api_uri_no_escape: check.oneOf(true, false),
  cachePer: check.oneOf('identity', 'request'),
  allowCacheAcrossBodies: check.oneOf(true, false),
  routes: check.listOf(check.text()),
}

const COMPATIBILITY_CHECKS: Checks<FrontendCompatibility> = {
  ...COMMON_COMPATIBILITY_CHECKS,
  validationMatch: check.oneOf('whole', 'part'),
  eventParameters: check.oneOf('all', 'identities'),
}

const WHERE = 'huawei.frontend'
/** HW-FE-20. */
const MAX_BODY_BYTES = 12 * 1024 * 1024

/**
 * Creates the contract of a frontend authorizer. The function receives headers, query and `user_data`, and returns
 * `{ statusCode: 200, body: '{"status":"allow","context":{…}}' }` (developer guide: "Creating a Function for Frontend
 * Custom Authentication"). Denials get 401 or 500 with the body of APIG.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * app.use(customAuthorizer(handler, { contract: huawei.frontend({ userData: 'tenant-a' }) }))
 */
export const frontend = (options: FrontendOptions = {}): Contract<FunctionGraphHandler<FrontendEvent>, 'typed'> => {
  const checked = checkGroupedOptions<FrontendOptions, 'compatibility'>(WHERE, options, CHECKS, {
    compatibility: COMPATIBILITY_CHECKS,
  })
  const { identities = [], needBody = false, ttl = 0, routes } = checked
  if (ttl > 0 && identities.length === 0) {
    throw check.optionError(
      `${WHERE}.identities`,
      checked.identities,
      'at least one, or ttl: 0; without an identity source, a cached result would apply to all callers',
    )
  }
  if (needBody && ttl > 0 && checked.allowCacheAcrossBodies !== true) {
    throw check.optionError(
      `${WHERE}.ttl`,
      ttl,
      '0 with needBody, or allowCacheAcrossBodies: true, since a result for one body would be reused for other bodies',
    )
  }
  const { api, ...common } = commonMembers('frontend', checked)
  const { sources, names, validate, mismatched } = compileIdentities(
    `${WHERE}.identities`,
    identities,
    checked.compatibility.validationMatch ?? 'whole',
  )
  const event = {
    api,
    userData: checked.userData ?? '',
    routes: routes === undefined ? undefined : new RouteTable(`${WHERE}.routes`, routes),
    base64: checked.isSendFgBodyBase64 ?? true,
    keepsEscapes: checked.api_uri_no_escape ?? false,
    only: checked.compatibility.eventParameters === 'identities' ? names : undefined,
  }
  const contract: Contract<AnyFunction, 'typed', FunctionResult> = {
    ...common,
    identitySources: sources,
    validateIdentity: validate,
    mismatchedSources: mismatched,
    toEvent: (request, { body }) => frontendEvent(event, request, body),
    ...(checked.cachePer === 'request' && {
      extraKeyParts: (request) => [request.method, request.path, request.queryString],
    }),
    ...(needBody && { maxBodyBytes: MAX_BODY_BYTES }),
  }
  return contract
}
