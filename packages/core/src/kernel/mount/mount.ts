/** A mounted authorizer: skip rules, evaluation and request edits, shared by all adapters. @module */
import { assembleAuthorizer, type Authorizer } from '../authorizer/authorizer.ts'
import { isAuthorizer, isOutermost, trustedContext } from '../authorizer/composite.ts'
import { KERNEL_CHECKS, type KernelOptions } from '../authorizer/options.ts'
import { AuthorizedContext, type AuthorizerContext } from '../contract/context.ts'
import type { AnyFunction, ContextValues } from '../contract/contract.ts'
import type { Denied, DenialReason } from '../contract/outcome.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { repeatsParameter } from '../request/query.ts'
import type { GatewayRequestInit, Routing } from '../request/request-init.ts'
import { parseBlocks } from '../request/source-ip.ts'
import { checkOptions, optionError } from '../util/check.ts'
import { unsafeOptionsIn } from '../util/unsafe-options.ts'
import { ContextHeaders } from './context-headers.ts'
import { MOUNT_CHECKS, MOUNT_UNSAFE_OPTIONS, type MountOptions } from './options.ts'
import { NO_EDITS, type RequestEdits, type RequestMapping } from './request-mapping.ts'
import { type MountPath, parseMountPath } from './routed-target.ts'
import { type Denying, denyingOf } from './denied-error.ts'
import { compileSkipRule, isPreflight, isSkipped, type SkipRule } from './skip.ts'

/**
 * The outages to which `failureMode` applies. An error that a local function throws is not an outage, because a caller's own
 * credential could cause it. Neither is overload, which callers can cause together, nor a bug in this library (SEC-87).
 */
const OUTAGES: ReadonlySet<DenialReason> = new Set([
  'AUTHORIZER_TIMEOUT',
  'AUTHORIZER_UNREACHABLE',
  'AUTHORIZER_UNAVAILABLE',
])

/** The result of a mount for one request. */
export type GuardResult<TContext> =
  /** Passes without a principal. `failure`: the outage, if `failureMode: 'allow'` let the request pass. */
  | { readonly kind: 'skipped'; readonly edits: RequestEdits; readonly failure?: DenialReason }
  | {
      readonly kind: 'allowed'
      readonly authorizer: AuthorizerContext<TContext>
      readonly edits: RequestEdits
      /** Headers that the adapter adds to the response before the handler runs. */
      readonly responseHeaders: readonly (readonly [name: string, value: string])[]
    }
  | Denying

const NO_HEADERS = Object.freeze([])
const SKIPPED: GuardResult<never> = { kind: 'skipped', edits: NO_EDITS }

/** Options that an adapter needs to build a request. */
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
  /** For the adapter's `toGatewayRequest`. */
  readonly readOptions: RequestReadOptions
  /** Changes to requests that pass; `undefined` if there are none. */
  readonly mapping: RequestMapping | undefined
  /** Whether a change of method or path after the decision throws. */
  readonly bindsStrictly: boolean
  /** Whether a denial is passed to the framework's error handling. */
  readonly throwsDenials: boolean
  /** The option `mountedPaths`, parsed. */
  readonly mountedPaths: readonly MountPath[]
  readonly #skip: readonly SkipRule[]
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
        'nothing: contextHeaders cannot be combined with parameterMapping',
      )
    }
    this.mapping = headers === undefined ? parameterMapping : new ContextHeaders(headers)
    const { mountPath, mountedPaths = [] } = options
    const known = mountPath === undefined ? mountedPaths : [mountPath, ...mountedPaths]
    this.mountedPaths = known.map((each) => parseMountPath(each) as MountPath)
    this.#skip = skip.map(compileSkipRule)
    this.#skipPreflight = preflight === 'skip'
    this.#rejectsRepeated = options.repeatedParameters === 'reject'
    this.throwsDenials = options.onDenied === 'error'
    this.bindsStrictly = options.bind === 'strict'
    this.#failsOpen = options.failureMode === 'allow'
    if (this.#failsOpen && isOutermost(authorizer)) {
      const allowed = '"deny" with a usage plan: requests that pass without a principal could not be counted'
      throw optionError('customAuthorizer.failureMode', options.failureMode, allowed)
    }
    for (const line of unsafeOptionsIn('customAuthorizer', options, MOUNT_UNSAFE_OPTIONS))
      authorizer.report('NOTE', line)
  }

  /** Decides on a request. Synchronous if `evaluate` is. */
  handle(request: GatewayRequest): GuardResult<TContext> | Promise<GuardResult<TContext>> {
    if (request.problem === 'UNEXPLAINED_TARGET') this.#reportTarget()
    if (this.#rejectsRepeated && request.problem === undefined && repeatsParameter(request.queryParameters)) {
      const problem = 'a query parameter is sent more than once (repeatedParameters)'
      return this.denying(this.authorizer.deny(request, 'MALFORMED_REQUEST', undefined, problem))
    }
    if (this.#isSkipped(request)) return this.#pass(request)
    const outcome = this.authorizer.evaluate(request)
    if (outcome instanceof Promise) return outcome.then((settled) => this.#finish(request, settled))
    return this.#finish(request, outcome)
  }

  /** A denial of this mount. */
  denying(denied: Denied): Denying {
    return denyingOf(denied, this.throwsDenials)
  }

  #reportTarget(): void {
    if (this.#reportedTarget) return
    this.#reportedTarget = true
    const line =
      'a request was rejected: the framework routes another path than the one received and does not report why; set the option mountPath to the path at which the guard is mounted'
    this.authorizer.report('NOTE', line)
  }

  #finish(
    request: GatewayRequest,
    outcome: Awaited<ReturnType<Authorizer<TContext>['evaluate']>>,
  ): GuardResult<TContext> {
    if (!outcome.allowed) return this.#deny(request, outcome)
    const given = outcome.authorizer as unknown as AuthorizerContext
    const trusted = AuthorizedContext.isOwn(given) ? given : trustedContext(given)
    if (trusted === undefined) {
      const problem = 'the authorizer returned a context that is not JSON data'
      return this.denying(this.authorizer.deny(request, 'BAD_RESULT', undefined, problem))
    }
    const authorizer = trusted as unknown as AuthorizerContext<TContext>
    const responseHeaders = AuthorizedContext.resultOf(trusted)?.responseHeaders ?? NO_HEADERS
    if (this.mapping === undefined) return { kind: 'allowed', authorizer, edits: NO_EDITS, responseHeaders }
    const edits = this.#edit(request, trusted)
    return 'kind' in edits ? edits : { kind: 'allowed', authorizer, edits, responseHeaders }
  }

  #deny(request: GatewayRequest, denied: Denied): GuardResult<TContext> {
    if (!this.#failsOpen || !OUTAGES.has(denied.reason)) return this.denying(denied)
    this.authorizer.report('FAILED_OPEN', `${denied.reason}: failureMode let a request pass without a principal`)
    const result = this.#pass(request)
    return result.kind === 'skipped' ? { ...result, failure: denied.reason } : result
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
    return this.denying(this.authorizer.deny(request, 'BAD_MAPPED_VALUE', authorizer, edits))
  }

  #isSkipped(request: GatewayRequest): boolean {
    if (request.problem !== undefined) return false
    if (this.#skipPreflight && isPreflight(request)) return true
    return this.#skip.length > 0 && isSkipped(request, this.#skip)
  }
}

/**
 * Makes a mount from the two arguments that `customAuthorizer` takes in every adapter: a function with the options of
 * `createAuthorizer`, or an authorizer, each with the options of the mount.
 *
 * @throws {AuthorizerError} `ERR_OPTION` if an option is invalid
 */
export const createMount = <TContext>(
  guarded: AnyFunction | Authorizer<TContext>,
  options: object | undefined,
  routing: Routing,
): Mount<TContext> => {
  if (typeof guarded === 'function') {
    const all = checkOptions<MountOptions & KernelOptions<AnyFunction, ContextValues>>('customAuthorizer', options, {
      ...KERNEL_CHECKS,
      ...MOUNT_CHECKS,
    })
    const kernel = Object.fromEntries(Object.entries(all).filter(([name]) => Object.hasOwn(KERNEL_CHECKS, name)))
    const authorizer = assembleAuthorizer({ ...kernel, authorize: guarded })
    return new Mount(authorizer as unknown as Authorizer<TContext>, all, routing)
  }
  if (!isAuthorizer(guarded))
    throw optionError('customAuthorizer', guarded, 'an authorizer function, or what createAuthorizer returns')
  const misplaced = Object.keys(options ?? {}).find((name) => Object.hasOwn(KERNEL_CHECKS, name))
  if (misplaced !== undefined) {
    throw optionError(
      `customAuthorizer.${misplaced}`,
      (options as Record<string, unknown>)[misplaced],
      'nothing here: it belongs to createAuthorizer, which has already built this authorizer',
    )
  }
  return new Mount(guarded, checkOptions('customAuthorizer', options, MOUNT_CHECKS), routing)
}
