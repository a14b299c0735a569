/** Options of a mount, their checks, and the values that relax a rule. @module */
import { blocks } from '../request/source-ip.ts'
import type { Routing } from '../request/request-init.ts'
import { type Check, type Checks, isRecord, oneOf } from '../util/check.ts'
import { unsafeOption, type UnsafeOptions } from '../util/unsafe-options.ts'
import { type ContextHeaderOptions, contextHeaders } from './context-headers.ts'
import type { RequestMapping } from './request-mapping.ts'
import { parseMountPath } from './routed-target.ts'
import { skipRules } from './skip.ts'

/** Options of a mount. They depend on the place in the application, not on the authorizer. */
export interface MountOptions {
  /**
   * Paths that need no authorizer: exact (`'/health'`), all paths below (`'/public/*'`), or a regular expression that has to
   * match the whole path. The query is never compared (SEC-13). Default: none.
   */
  skip?: readonly (string | RegExp)[]
  /** `'skip'` lets CORS preflights pass: `OPTIONS` with `Origin` and `Access-Control-Request-Method`. Default `'authorize'`. */
  preflight?: 'authorize' | 'skip'
  /** Request headers that carry the authorizer's context. Headers of these names sent by the client are removed. Default: none. */
  contextHeaders?: ContextHeaderOptions
  /**
   * Changes to the request in the syntax of a gateway: `aws.parameterMapping`, `huawei.backendParameters`. Cannot be combined
   * with `contextHeaders`. Default: none.
   */
  parameterMapping?: RequestMapping
  /** Addresses or CIDR blocks of proxies whose `X-Forwarded-For` is trusted. Default: none (SEC-26). */
  trustedProxies?: readonly string[]
  /** Whether to accept a request target that two layers may read differently: `//`, dot segments, `\`, `#`, … Default `'reject'`. */
  ambiguousTargets?: 'reject' | 'allow'
  /**
   * How to treat `%2F` in a path. `'data'`: a policy has to allow the path both as written and with a slash. `'reject'`: 400,
   * also for `%25` before two hexadecimal digits; use it if a proxy behind the guard decodes paths. Default `'data'`
   * (SEC-06, SEC-07).
   */
  encodedSlash?: 'reject' | 'data'
  /**
   * The path at which the guard's router is mounted, such as `'/api'` or `'/tenants/:tenantId'`. Needed where the framework
   * does not report it: Connect, nested `koa-mount`, a Hono application inside of another one's `mount()`. `'/'` states that
   * the path is not shortened. A path with parameters requires the original target: code that shortens `req.url` by itself has
   * to keep it in `req.originalUrl`. Default: the path that the framework reports. A request with another difference is
   * rejected (SEC-12).
   */
  mountPath?: string
  /**
   * Paths, from the root, at which routers behind the guard are mounted. Needed where the framework does not report them (see
   * {@link mountPath}), so that `getAuthorizer`, `requireContext` and `requireScopes` work below them. Default: none.
   */
  mountedPaths?: readonly string[]
  /**
   * How to treat a repeated query parameter. `'reject'`: 400, also for names that a parser with brackets reads as one, such as
   * `a`, `a[]` and `a[0]`. `'allow'`: the handler may read another value than the authorizer. Default `'allow'`.
   */
  repeatedParameters?: 'reject' | 'allow'
  /**
   * What happens if other code changes method or path after the decision. `'accessors'`: `getAuthorizer` throws, and
   * `requireContext` and `requireScopes` deny. `'strict'`: the assignment throws as well, which costs several microseconds per
   * request (Express, Koa and `node:http`; Hono routes before any guard runs). Default `'accessors'` (SEC-14).
   */
  bind?: 'accessors' | 'strict'
  /**
   * What happens during an outage of the authorizer: it does not respond in time, it is a remote function that cannot be
   * reached, or it returns `unavailable()`. `'allow'` lets the request pass without a principal, for routes where availability
   * matters more than access control. An error that the function throws is not an outage. Default `'deny'` (SEC-87).
   */
  failureMode?: 'deny' | 'allow'
  /**
   * How a denial reaches the client. `'respond'`: the guard sends the gateway's response. `'error'`: the framework's error
   * handling receives a `DeniedError` instead, so that the application has one format for all errors: `next(error)` in Express
   * and Connect, an exception in Koa and Hono. `requireContext` and `requireScopes` behave like the authorizer before them. An
   * error handler must end the request; one that calls `next()` without the error continues after the guard (SEC-128). Default
   * `'respond'`.
   */
  onDenied?: 'respond' | 'error'
  /** How the router behind the guard compares paths. Default: as loosely as the framework may (SEC-11). */
  routing?: Partial<Routing>
}

const routingCheck: Check = (value) =>
  isRecord(value) &&
  Object.entries(value).every(
    ([key, each]) => ['caseSensitive', 'strict', 'decodes', 'looseMounts'].includes(key) && typeof each === 'boolean',
  )
    ? undefined
    : '{ caseSensitive?: boolean, strict?: boolean, decodes?: boolean, looseMounts?: boolean }'

/** One row per option. */
export const MOUNT_CHECKS: Checks<MountOptions> = {
  skip: skipRules,
  preflight: oneOf('authorize', 'skip'),
  contextHeaders,
  parameterMapping: (value) =>
    isRecord(value) &&
    typeof value['ownsHeader'] === 'function' &&
    typeof value['edit'] === 'function' &&
    ['withoutOwnedHeaders', 'complete'].includes(value['authorizerView'] as string)
      ? undefined
      : 'what aws.parameterMapping or huawei.backendParameters returns',
  trustedProxies: blocks,
  ambiguousTargets: oneOf('reject', 'allow'),
  encodedSlash: oneOf('reject', 'data'),
  mountPath: (value) =>
    typeof value === 'string' && parseMountPath(value) !== undefined
      ? undefined
      : 'a path such as "/api" or "/tenants/:tenantId", without a slash at its end',
  mountedPaths: (value) =>
    Array.isArray(value) && value.every((each) => typeof each === 'string' && parseMountPath(each) !== undefined)
      ? undefined
      : 'a list of paths such as ["/api", "/tenants/:tenantId"]',
  repeatedParameters: oneOf('reject', 'allow'),
  bind: oneOf('accessors', 'strict'),
  onDenied: oneOf('respond', 'error'),
  failureMode: oneOf('deny', 'allow'),
  routing: routingCheck,
}

// `looseMounts: true` widens the paths that a policy matches; the other members narrow them.
const isNarrower = (value: unknown): boolean =>
  isRecord(value) && Object.entries(value).some(([key, each]) => each === (key !== 'looseMounts'))

/** Option values that relax a rule (SEC-109). */
export const MOUNT_UNSAFE_OPTIONS: UnsafeOptions = {
  ambiguousTargets: unsafeOption(
    'allow',
    ['SEC-04', 'SEC-05', 'SEC-06', 'SEC-07', 'SEC-08', 'SEC-10'],
    'targets pass that two layers may read differently',
  ),
  preflight: unsafeOption('skip', ['SEC-14'], 'CORS preflights pass without an authorizer'),
  failureMode: unsafeOption(
    'allow',
    ['SEC-87'],
    'requests pass without a principal during an outage of the authorizer',
  ),
  routing: {
    value: '{ … true } or { looseMounts: false }',
    relaxes: ['SEC-11'],
    effect: 'policies cover fewer spellings of a path, which is wrong where the router serves more',
    applies: isNarrower,
  },
}
