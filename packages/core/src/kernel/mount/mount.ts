/** An authorizer at a place in an application: what every adapter does, once. @module */
import { assembleAuthorizer, type Authorizer } from '../authorizer/authorizer.ts'
import { type Check, checkOptions, type Checks, isRecord, oneOf, optionError } from '../util/check.ts'
import { isAuthorizer, trustedContext } from '../authorizer/composite.ts'
import type { AuthorizerContext } from '../contract/context.ts'
import { type ContextHeaderOptions, ContextHeaders, contextHeaders } from './context-headers.ts'
import type { AnyFunction, ContextValues } from '../contract/contract.ts'
import { KERNEL_CHECKS, type KernelOptions } from '../authorizer/options.ts'
import { unsafeOption, type UnsafeOptions, unsafeOptionsIn } from '../util/unsafe-options.ts'
import type { Denied, DenialReason } from '../contract/outcome.ts'
import { repeatsParameter } from '../request/query.ts'
import { NO_EDITS, type RequestEdits, type RequestMapping } from './request-mapping.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { parseBlocks, blocks } from '../request/source-ip.ts'
import type { GatewayRequestInit, Routing } from '../request/request-init.ts'
import { type MountPath, parseMountPath } from './routed-target.ts'
import { hasEncodedSlash, isDoublyEncoded, parseTarget } from '../request/target.ts'

/** Options of a mount: what depends on the place in the application, not on the authorizer. */
export interface MountOptions {
  /**
   * Paths that need no authorizer: exact (`'/health'`), everything below (`'/public/*'`), or a regular expression that
   * has to match the whole path. They never see the query (SEC-13).
   */
  skip?: readonly (string | RegExp)[]
  /** `'skip'` lets CORS preflights pass: `OPTIONS` with `Origin` and `Access-Control-Request-Method`. Default `'authorize'`. */
  preflight?: 'authorize' | 'skip'
  /** Request headers that carry the authorizer's answer. A client's own are always removed. Default: none. */
  contextHeaders?: ContextHeaderOptions
  /**
   * Changes to the request in the words of a gateway: `aws.parameterMapping`, `huawei.backendParameters`. Not together
   * with `contextHeaders`. Default: none.
   */
  parameterMapping?: RequestMapping
  /** Peers whose `X-Forwarded-For` says where a request comes from, as addresses or CIDR blocks. Default: none (SEC-26). */
  trustedProxies?: readonly string[]
  /** What happens to a target that two layers may read differently: `//`, dot segments, `\`, `#`, … Default `'reject'`. */
  ambiguousTargets?: 'reject' | 'allow'
  /**
   * What `%2F` in a path is: data, which a policy has to allow both as it is written and as a slash, or a reason to reject
   * the request with 400. `'reject'` also rejects `%25` before two hexadecimal digits; use it where a proxy behind the
   * guard decodes paths. Default `'data'` (SEC-06, SEC-07).
   */
  encodedSlash?: 'reject' | 'data'
  /**
   * The path at which the guard's router is mounted, such as `'/api'` or `'/tenants/:tenantId'`, where the framework does
   * not report it: Connect, nested `koa-mount`, a Hono application inside of another one's `mount()`. `'/'` states that
   * nothing is cut off. A path with parameters needs the target that the client sent: code that cuts `req.url` by itself
   * has to keep it in `req.originalUrl`. Default: what the framework reports; a request that it does not explain is
   * rejected (SEC-12).
   */
  mountPath?: string
  /**
   * Paths, from the root, at which routers behind the guard are mounted, where the framework does not report it (see
   * {@link mountPath}). Below them `getAuthorizer`, `requireContext` and `requireScopes` know the request. Default: none.
   */
  mountedPaths?: readonly string[]
  /**
   * What happens to a query with a parameter that is sent more than once. `'reject'`: 400, also for names that a parser with
   * brackets reads as one, such as `a`, `a[]` and `a[0]`. `'allow'`: the handler may read another value than the authorizer.
   * Default `'allow'`.
   */
  repeatedParameters?: 'reject' | 'allow'
  /**
   * What a change of method or path after the decision does: `getAuthorizer` and the guards no longer know the request
   * (`'accessors'`), or it throws as well, at the cost of several microseconds a request (`'strict'`, in Express, Koa and
   * bare Node; Hono has routed before any guard runs). Default `'accessors'` (SEC-14).
   */
  bind?: 'accessors' | 'strict'
  /**
   * What happens during an outage of the authorizer: it does not respond in time, it is a remote function that cannot be
   * reached or whose circuit is open because of that, or it returns `unavailable()`. `'allow'` lets the request pass
   * without a principal: for single routes that are worth more open than closed. An error that the function throws is no
   * outage and is denied as ever. Default `'deny'` (SEC-87).
   */
  failureMode?: 'deny' | 'allow'
  /** How the router behind compares paths. Default: as loosely as the framework may (SEC-11). */
  routing?: Partial<Routing>
}

/** Whether a path rule can ever match: rules are held against canonical paths. */
const isCanonicalRule = (rule: string): boolean => {
  // Such a path is never skipped (SEC-06).
  if (hasEncodedSlash(rule) || isDoublyEncoded(rule)) return false
  const path = rule.endsWith('/*') ? rule.slice(0, -1) : rule
  const { path: canonical, ambiguous } = parseTarget('GET', path, { allowAmbiguous: true })
  return path.startsWith('/') && !/[*?#]/.test(path) && canonical === path && !ambiguous
}

const isSkipRule = (rule: unknown): boolean =>
  rule instanceof RegExp ? !/[gy]/.test(rule.flags) : typeof rule === 'string' && isCanonicalRule(rule)

const skipRule: Check = (value) => {
  const allowed = 'canonical paths such as "/health" or "/public/*", or regular expressions without the flags g and y'
  if (!Array.isArray(value)) return allowed
  const wrong = [...value].findIndex((each) => !isSkipRule(each))
  return wrong < 0 ? undefined : `${allowed} (element ${wrong} is not)`
}

const routingCheck: Check = (value) =>
  isRecord(value) &&
  Object.entries(value).every(
    ([key, each]) => ['caseSensitive', 'strict', 'decodes', 'looseMounts'].includes(key) && typeof each === 'boolean',
  )
    ? undefined
    : '{ caseSensitive?: boolean, strict?: boolean, decodes?: boolean, looseMounts?: boolean }'

const MOUNT_CHECKS: Checks<MountOptions> = {
  skip: skipRule,
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
  failureMode: oneOf('deny', 'allow'),
  routing: routingCheck,
}

// `looseMounts` alone is the wider one when it is true.
const isNarrower = (value: unknown): boolean =>
  isRecord(value) && Object.entries(value).some(([key, each]) => each === (key !== 'looseMounts'))

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

/**
 * Outages, which `failureMode` is about. An error that a local function throws is none: a caller's own credential could
 * bring it about. Neither is overload, which callers bring about together, a result, or a bug in this library (SEC-87).
 */
const OUTAGES: ReadonlySet<DenialReason> = new Set([
  'AUTHORIZER_TIMEOUT',
  'AUTHORIZER_UNREACHABLE',
  'AUTHORIZER_UNAVAILABLE',
])

type Skip = (path: string) => boolean
const compileSkip = (rule: string | RegExp): Skip => {
  if (rule instanceof RegExp) {
    const whole = new RegExp(`^(?:${rule.source})$`, rule.flags)
    return (path) => whole.test(path)
  }
  if (!rule.endsWith('/*')) return (path) => path === rule
  const prefix = rule.slice(0, -1)
  return (path) => path.length > prefix.length && path.startsWith(prefix)
}

/** What a mount says about a request. */
export type GuardResult<TContext> =
  /** `failure`: why a request that was not skipped passes without an answer of the authorizer (`failureMode: 'allow'`). */
  | { readonly kind: 'skipped'; readonly edits: RequestEdits; readonly failure?: DenialReason }
  | {
      readonly kind: 'allowed'
      readonly authorizer: AuthorizerContext<TContext>
      readonly edits: RequestEdits
    }
  | { readonly kind: 'denied'; readonly denied: Denied }

const SKIPPED: GuardResult<never> = { kind: 'skipped', edits: NO_EDITS }

/** What is read from the options when a request is built. */
export interface RequestReadOptions extends Pick<
  GatewayRequestInit,
  'routing' | 'ambiguousTargets' | 'encodedSlash' | 'trustedProxies'
> {
  /** The option `mountPath`, parsed. */
  readonly mountPath?: MountPath | undefined
}

/** An authorizer at one place of an application. */
export class Mount<TContext> {
  readonly authorizer: Authorizer<TContext>
  /** To be handed to the adapter's `toGatewayRequest`. */
  readonly readOptions: RequestReadOptions
  /** What is changed about requests that pass; `undefined` when nothing is. */
  readonly mapping: RequestMapping | undefined
  /** Whether a change of method or path after the decision throws. */
  readonly bindsStrictly: boolean
  /** The option `mountedPaths`, parsed. */
  readonly mountedPaths: readonly MountPath[]
  readonly #skip: readonly Skip[]
  readonly #skipPreflight: boolean
  readonly #rejectsRepeated: boolean
  readonly #failsOpen: boolean
  #reportedTarget = false

  constructor(authorizer: Authorizer<TContext>, options: Readonly<MountOptions>, routing: Routing) {
    this.authorizer = authorizer
    const { skip = [], preflight = 'authorize', trustedProxies = [], ambiguousTargets = 'reject' } = options
    this.readOptions = Object.freeze({
      routing: Object.freeze({ ...routing, ...options.routing }),
      ambiguousTargets,
      encodedSlash: options.encodedSlash,
      trustedProxies: parseBlocks(trustedProxies),
      mountPath: options.mountPath === undefined ? undefined : parseMountPath(options.mountPath),
    })
    const { contextHeaders: headers, parameterMapping } = options
    if (headers !== undefined && parameterMapping !== undefined) {
      throw optionError(
        'customAuthorizer.contextHeaders',
        headers,
        'nothing beside parameterMapping: it sets headers too',
      )
    }
    this.mapping = headers === undefined ? parameterMapping : new ContextHeaders(headers)
    const { mountPath, mountedPaths = [] } = options
    const known = mountPath === undefined ? mountedPaths : [mountPath, ...mountedPaths]
    this.mountedPaths = known.map((each) => parseMountPath(each) as MountPath)
    this.#skip = skip.map(compileSkip)
    this.#skipPreflight = preflight === 'skip'
    this.#rejectsRepeated = options.repeatedParameters === 'reject'
    this.bindsStrictly = options.bind === 'strict'
    this.#failsOpen = options.failureMode === 'allow'
    for (const line of unsafeOptionsIn('customAuthorizer', options, MOUNT_UNSAFE_OPTIONS))
      authorizer.report('NOTE', line)
  }

  /** Decides on a request; synchronous whenever `evaluate` is. */
  handle(request: GatewayRequest): GuardResult<TContext> | Promise<GuardResult<TContext>> {
    if (request.problem === 'UNEXPLAINED_TARGET') this.#reportTarget()
    if (this.#rejectsRepeated && request.problem === undefined && repeatsParameter(request.queryParameters)) {
      const problem = 'a query parameter is sent more than once (repeatedParameters)'
      return { kind: 'denied', denied: this.authorizer.deny(request, 'MALFORMED_REQUEST', undefined, problem) }
    }
    if (this.#skips(request)) return this.#pass(request)
    const outcome = this.authorizer.evaluate(request)
    if (outcome instanceof Promise) return outcome.then((settled) => this.#leave(request, settled))
    return this.#leave(request, outcome)
  }

  #reportTarget(): void {
    if (this.#reportedTarget) return
    this.#reportedTarget = true
    const line =
      'a request was rejected: the path that is routed is not the one that was received, and the framework does not report why; state the path at which the guard is mounted in the option mountPath'
    this.authorizer.report?.('NOTE', line)
  }

  #leave(
    request: GatewayRequest,
    outcome: Awaited<ReturnType<Authorizer<TContext>['evaluate']>>,
  ): GuardResult<TContext> {
    if (!outcome.allowed) return this.#refuse(request, outcome)
    const own = trustedContext(outcome.authorizer as unknown as AuthorizerContext)
    if (own === undefined) {
      const problem = 'the authorizer returned a context that is not JSON data'
      return { kind: 'denied', denied: this.authorizer.deny(request, 'BAD_RESULT', undefined, problem) }
    }
    const authorizer = own as unknown as AuthorizerContext<TContext>
    if (this.mapping === undefined) return { kind: 'allowed', authorizer, edits: NO_EDITS }
    const edits = this.#edit(request, authorizer as unknown as AuthorizerContext)
    return 'kind' in edits ? edits : { kind: 'allowed', authorizer, edits }
  }

  #refuse(request: GatewayRequest, denied: Denied): GuardResult<TContext> {
    if (!this.#failsOpen || !OUTAGES.has(denied.reason)) return { kind: 'denied', denied }
    this.authorizer.report('FAILED_OPEN', `${denied.reason}: failureMode let a request pass without a principal`)
    const entry = this.#pass(request)
    return entry.kind === 'skipped' ? { ...entry, failure: denied.reason } : entry
  }

  #pass(request: GatewayRequest): GuardResult<TContext> {
    if (this.mapping === undefined) return SKIPPED
    const edits = this.#edit(request, undefined)
    return 'kind' in edits ? edits : { kind: 'skipped', edits }
  }

  #edit(request: GatewayRequest, authorizer: AuthorizerContext | undefined): RequestEdits | GuardResult<TContext> {
    let edits: RequestEdits | string | undefined
    try {
      edits = this.mapping?.edit(request, authorizer)
    } catch {
      edits = 'the mapping failed'
    }
    if (typeof edits === 'object') return edits
    return { kind: 'denied', denied: this.authorizer.deny(request, 'BAD_MAPPED_VALUE', authorizer, edits) }
  }

  #skips(request: GatewayRequest): boolean {
    if (request.problem !== undefined) return false
    if (
      this.#skipPreflight &&
      request.method === 'OPTIONS' &&
      request.header('origin') !== undefined &&
      request.header('access-control-request-method') !== undefined
    ) {
      return true
    }
    return (
      this.#skip.length > 0 &&
      this.#isOnSkipList(request) &&
      (request.received === undefined || this.#isOnSkipList(request.received))
    )
  }

  /** A path that a layer behind may read differently never matches: not canonical, with `%2F` or doubly encoded (SEC-06). */
  #isOnSkipList({ isCanonical, path, resourcePath }: GatewayRequest): boolean {
    if (!isCanonical || hasEncodedSlash(path) || isDoublyEncoded(path)) return false
    return this.#skip.some((skips) => skips(resourcePath))
  }
}

/**
 * Makes a mount from the two arguments that `customAuthorizer` takes in every adapter: a function with the options of
 * `createAuthorizer`, or an authorizer, each with the options of the mount.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 */
export const createMount = <TContext>(
  given: AnyFunction | Authorizer<TContext>,
  options: object | undefined,
  routing: Routing,
): Mount<TContext> => {
  if (typeof given === 'function') {
    const all = checkOptions<MountOptions & KernelOptions<AnyFunction, ContextValues>>('customAuthorizer', options, {
      ...KERNEL_CHECKS,
      ...MOUNT_CHECKS,
    })
    const kernel = Object.fromEntries(Object.entries(all).filter(([name]) => Object.hasOwn(KERNEL_CHECKS, name)))
    const authorizer = assembleAuthorizer({ ...kernel, authorize: given })
    return new Mount(authorizer as unknown as Authorizer<TContext>, all, routing)
  }
  if (!isAuthorizer(given))
    throw optionError('customAuthorizer', given, 'an authorizer function, or what createAuthorizer returns')
  const misplaced = Object.keys(options ?? {}).find((name) => Object.hasOwn(KERNEL_CHECKS, name))
  if (misplaced !== undefined) {
    throw optionError(
      `customAuthorizer.${misplaced}`,
      (options as Record<string, unknown>)[misplaced],
      'nothing here: it belongs to createAuthorizer, which has already built this authorizer',
    )
  }
  return new Mount(given, checkOptions('customAuthorizer', options, MOUNT_CHECKS), routing)
}
