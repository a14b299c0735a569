/** The authorizer context: the authorizer's result, as downstream handlers receive it. @module */
import { Itself } from '../runtime/itself.ts'
import type { Json } from '../util/json.ts'

/** The part of a result that all contracts have. Plain frozen JSON, so that any store can hold it. */
export interface AuthorizerResult {
  readonly principalId: string
  readonly context: { readonly [key: string]: Json }
  /** The API key for usage plans (AWS-UP-01). */
  readonly usageIdentifierKey?: string
  /** Scopes of the caller, for `requireScopes`. Default: those in `scope`, `scp` or `scopes` of the context. */
  readonly heldScopes?: readonly string[]
  /** Milliseconds since the epoch after which the result must not be used, even within its TTL (SEC-59). */
  readonly expiresAt?: number
  /** Headers that adapters add to the handler's response, in the order in which they are sent. Default: none. */
  readonly responseHeaders?: readonly (readonly [name: string, value: string])[]
}

/** An API key, as events and integrations receive it (AWS-EVT-19, AWS-UP-18). */
export interface ApiKeyIdentity {
  readonly value: string
  readonly id: string
}

/** How a usage plan has counted a request. */
export interface Usage {
  readonly planId: string
  /** ID of the API key; absent if the plan counts by another subject. */
  readonly keyId?: string
  /** Requests left in the period; absent if the plan has no quota, or the store does not know. */
  readonly remaining?: number
  /** End of the period in milliseconds since the epoch; absent if the plan has no quota. */
  readonly resetsAt?: number
  /** `'unavailable'` if the shared store failed, so that the process has counted the request by itself. */
  readonly store?: 'unavailable'
}

/** What handlers receive: `res.locals.authorizer`, `ctx.state.authorizer`, `c.var.authorizer`, `getAuthorizer()`. */
export interface AuthorizerContext<TContext = Record<string, unknown>> {
  /** The principal ID; `''` if the authorizer named no principal. */
  readonly principalId: string
  /** The authorizer's `context`. A copy: changing it affects this request only. */
  readonly context: TContext
  /** For code ported from Lambda: `requestContext.authorizer` exactly as the contract's gateway builds it. */
  readonly requestContext: {
    readonly authorizer: Readonly<Record<string, unknown>>
    /** The API key that a usage plan has counted. Absent without a usage plan, or if the route requires no key. */
    readonly identity?: { readonly apiKey: string; readonly apiKeyId: string }
  }
  /** How a usage plan has counted the request. Absent without a usage plan, or if the route requires no key. */
  readonly usage?: Usage
}

/** Builds `requestContext.authorizer`; `latencyMs` is 0 if no function was called. */
interface RequestContextBuilder {
  requestContext(result: AuthorizerResult, latencyMs: number): Record<string, unknown>
}

const copyJson = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyJson)
  const copy = { ...value } as Record<string, unknown>
  for (const key in copy) if (typeof copy[key] === 'object') copy[key] = copyJson(copy[key])
  return copy
}

type Members = Record<string, unknown>

/** A result that never changes, with a copy of its context that is not frozen: V8 copies frozen objects much more slowly. */
class Template extends Itself {
  /** `undefined` if the context has objects, or if it is not frozen. */
  readonly #members: Members | undefined

  constructor(result: AuthorizerResult) {
    super(result)
    const { context } = result
    const isFixed = Object.isFrozen(result) && Object.isFrozen(context)
    this.#members =
      isFixed && Object.values(context).every((each) => each === null || typeof each !== 'object')
        ? { ...context }
        : undefined
  }

  /** A copy of the context of a result. */
  static copy(result: AuthorizerResult): Members {
    const members = #members in result ? result.#members : new Template(result).#members
    return members === undefined ? (copyJson(result.context) as Members) : { ...members }
  }
}

/** The context that this library creates for a result. */
export class AuthorizedContext implements AuthorizerContext {
  /** Whether this library created a context. Never throws. */
  static isOwn(context: unknown): boolean {
    return typeof context === 'object' && context !== null && #result in context
  }

  readonly principalId: string
  readonly context: Record<string, unknown>
  readonly #result: AuthorizerResult
  readonly #latencyMs: number
  readonly #contract: RequestContextBuilder
  /** Set by {@link count}. Declared only, because most requests are not counted. */
  declare usage?: Usage
  #apiKey: ApiKeyIdentity | undefined = undefined

  /**
   * Notes how a usage plan has counted a request, and returns the context of that request. It is a copy if the context has
   * been counted before: an authorizer that returns one context for several requests must not pass a key to another caller.
   */
  static count(context: AuthorizedContext, usage: Usage, apiKey: ApiKeyIdentity | undefined): AuthorizedContext {
    const own =
      context.usage === undefined
        ? context
        : new AuthorizedContext(context.#result, context.#latencyMs, context.#contract)
    own.#apiKey = apiKey
    own.usage = usage
    return own
  }

  constructor(result: AuthorizerResult, latencyMs: number, contract: RequestContextBuilder) {
    this.principalId = result.principalId
    this.context = Template.copy(result)
    this.#result = result
    this.#latencyMs = latencyMs
    this.#contract = contract
  }

  get requestContext(): AuthorizerContext['requestContext'] {
    const authorizer = copyJson(this.#contract.requestContext(this.#result, this.#latencyMs)) as Record<string, unknown>
    const apiKey = this.#apiKey
    return apiKey === undefined
      ? { authorizer }
      : { authorizer, identity: { apiKey: apiKey.value, apiKeyId: apiKey.id } }
  }

  /** The original result, unaffected by changes to the context; `undefined` if this library did not create the context. */
  static resultOf(context: AuthorizerContext): AuthorizerResult | undefined {
    return #result in context ? context.#result : undefined
  }
}
