/** The authorizer context: what the authorizer said about the caller, for the code behind it. @module */
import type { Json } from '../util/json.ts'

/** Data of a result that all contracts share. Plain frozen JSON, so that any store can hold it. */
export interface AuthorizerResult {
  readonly principalId: string
  readonly context: { readonly [key: string]: Json }
  /** The API key by which a usage plan counts (AWS-UP-01). */
  readonly usageIdentifierKey?: string
  /** Scopes of the caller, where the contract knows them better than the context's text. For `requireScopes`. */
  readonly heldScopes?: readonly string[]
  /** Milliseconds since the epoch after which the result must not be used, whatever the TTL says (SEC-59). */
  readonly expiresAt?: number
}

/** What handlers read: `res.locals.authorizer`, `ctx.state.authorizer`, `c.var.authorizer`, `getAuthorizer()`. */
export interface AuthorizerContext<TContext = Record<string, unknown>> {
  /** Who is calling; `''` when the authorizer named no principal. */
  readonly principalId: string
  /** The authorizer's `context`. A copy: changing it affects this request only. */
  readonly context: TContext
  /** For code moved from Lambda: `requestContext.authorizer` exactly as the contract's gateway builds it. */
  readonly requestContext: { readonly authorizer: Readonly<Record<string, unknown>> }
}

/** Builds `requestContext.authorizer`; `latencyMs` is 0 when no function was called. */
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

export class AuthorizedContext implements AuthorizerContext {
  readonly principalId: string
  readonly context: Record<string, unknown>
  readonly #result: AuthorizerResult
  readonly #latencyMs: number
  readonly #contract: RequestContextBuilder

  constructor(result: AuthorizerResult, latencyMs: number, contract: RequestContextBuilder) {
    this.principalId = result.principalId
    this.context = copyJson(result.context) as Record<string, unknown>
    this.#result = result
    this.#latencyMs = latencyMs
    this.#contract = contract
  }

  get requestContext(): { readonly authorizer: Readonly<Record<string, unknown>> } {
    const authorizer = copyJson(this.#contract.requestContext(this.#result, this.#latencyMs))
    return { authorizer: authorizer as Record<string, unknown> }
  }

  /** The result behind a context, whatever a handler has written into its copy. */
  static resultOf(context: AuthorizerContext): AuthorizerResult | undefined {
    return #result in context ? context.#result : undefined
  }
}
