/** The routes of an API with their guards, and the decision for a request. @module */
import type { Allowed, Authorizer, Denied, EvaluateOptions, GatewayRequest, Outcome } from '@custom-authorizer/core'
import { andThen, createContext, type Evaluated, markAnonymous } from '@custom-authorizer/core/contract'
import type { Cors } from './cors.ts'
import type { Selectable, Selecting, Selection } from './route-selection.ts'
import { holdsScope } from './scopes.ts'

/** What guards a route. */
export type Guard =
  | { readonly kind: 'open' }
  | { readonly kind: 'authorizer'; readonly authorizer: Authorizer }
  /** Every request is denied, because the definition does not say who may call the route. */
  | { readonly kind: 'undecided' }

/** A route with its guard. */
export interface GuardedRoute extends Selectable {
  /** Such as `GET /pets`. */
  readonly key: string
  /** Name of the API. */
  readonly name: string
  readonly guard: Guard
  readonly apiKeyRequired: boolean
  /** The caller needs one of them, and the authorizer does not check it itself. */
  readonly scopes: readonly string[]
  /** The API that it belongs to. */
  readonly api: RouteApi
}

/** What routes need of their API. */
interface RouteApi {
  /** Builds denials in the format of the gateway. */
  readonly responder: Authorizer
  readonly cors: Cors | undefined
}

/** Settings of {@link GuardedRoutes}. */
export interface RouteSettings {
  readonly selection: Selecting<GuardedRoute>
  /** The API that answers for requests without a route. */
  readonly api: RouteApi
  readonly unmatched: 'deny' | 'next'
  /** Whether a usage plan checks API keys. Without one, a route that requires a key denies every request. */
  readonly checksKeys: boolean
}

/** The results of the authorizers of one request. */
type Grants = Map<Authorizer, Allowed>

/** One evaluation. */
interface Evaluating {
  readonly request: GatewayRequest
  readonly options: EvaluateOptions | undefined
  /** Filled if a route has scopes. */
  readonly grants: Grants | undefined
}

const ANONYMOUS = Object.freeze({ principalId: '', context: Object.freeze({}) })

/** The outcome of an open route. */
const pass = (): Allowed => ({
  allowed: true,
  authorizer: markAnonymous(createContext(ANONYMOUS, () => ({ principalId: '' }))),
})

/** The routes of an API. */
export class GuardedRoutes {
  readonly #settings: RouteSettings

  constructor(settings: RouteSettings) {
    this.#settings = settings
  }

  /** Whether a request needs an API key: any route under which it may be served counts. */
  requiresKey(request: GatewayRequest): boolean {
    return request.problem === undefined && this.#select(request).all.some((route) => route.apiKeyRequired)
  }

  /** Whether an authorizer decides on a request. */
  isGuarded(request: GatewayRequest): boolean {
    return request.problem === undefined && this.#select(request).all.some(({ guard }) => guard.kind !== 'open')
  }

  /**
   * Decides on a request. If looser routers may serve it under several routes, every guard of them has to allow it, and the
   * result of the route that the gateway selects counts.
   */
  evaluate(request: GatewayRequest, options?: EvaluateOptions): Evaluated {
    const { api, unmatched } = this.#settings
    if (request.problem !== undefined) return api.responder.deny(request, 'MALFORMED_REQUEST')
    const selection = this.#select(request)
    const preflight = this.#preflight(request, selection)
    if (preflight !== undefined) return preflight
    const { route, all, isPartlyUnknown } = selection
    if (unmatched === 'deny') {
      if (route === undefined || isPartlyUnknown) return api.responder.deny(request, 'ROUTE_NOT_FOUND')
    } else if (all.length === 0) return pass()
    const undecided = all.find(({ guard }) => guard.kind === 'undecided')
    if (undecided !== undefined) return undecided.api.responder.deny(request, 'ROUTE_UNDECIDED')
    // Most requests have one route, whose authorizer checks the scopes itself.
    const grants: Grants | undefined = all.some(({ scopes }) => scopes.length > 0) ? new Map() : undefined
    return andThen(this.#evaluateGuards(all, { request, options, grants }), (outcome) =>
      this.#finish(request, selection, outcome, grants),
    )
  }

  #finish(
    request: GatewayRequest,
    { route, all }: Selection<GuardedRoute>,
    outcome: Outcome,
    grants: Grants | undefined,
  ): Outcome {
    if (!outcome.allowed) return outcome
    const denied = grants && this.#checkScopes(request, all, grants)
    if (denied !== undefined) return denied
    const checked = this.#checkKey(request, all, outcome)
    const { cors } = (route ?? all[0])?.api ?? this.#settings.api
    return checked.allowed && cors !== undefined ? cors.grant(request, checked) : checked
  }

  #evaluateGuards(routes: readonly GuardedRoute[], evaluating: Evaluating): Evaluated {
    const [only, second] = routes
    if (only !== undefined && second === undefined && evaluating.grants === undefined)
      return only.guard.kind === 'authorizer'
        ? only.guard.authorizer.evaluate(evaluating.request, evaluating.options)
        : pass()
    const guards = routes.flatMap(({ guard }) => (guard.kind === 'authorizer' ? [guard.authorizer] : []))
    return this.#evaluateAll([...new Set(guards)], evaluating)
  }

  #select(request: GatewayRequest): Selection<GuardedRoute> {
    return this.#settings.selection.select(request)
  }

  /** Preflights are answered by the gateway, unless `$default` is guarded and nothing else serves them (AWS-FLOW-08). */
  #preflight(request: GatewayRequest, { route }: Selection<GuardedRoute>): Denied | undefined {
    const { cors } = this.#settings.api
    if (cors === undefined) return undefined
    return route?.path === '$default' && route.guard.kind !== 'open' ? undefined : cors.answer(request)
  }

  /** Calls the authorizers in order until one denies; the first result counts. */
  #evaluateAll(authorizers: readonly Authorizer[], { request, options, grants }: Evaluating): Evaluated {
    const [first, ...others] = authorizers
    if (first === undefined) return pass()
    const ask = (authorizer: Authorizer, then: (granted: Allowed) => Evaluated): Evaluated =>
      andThen(authorizer.evaluate(request, options), (outcome) => {
        if (!outcome.allowed) return outcome
        grants?.set(authorizer, outcome)
        return then(outcome)
      })
    const next = (index: number, result: Allowed): Evaluated => {
      const authorizer = others[index]
      return authorizer === undefined ? result : ask(authorizer, () => next(index + 1, result))
    }
    return ask(first, (result) => next(0, result))
  }

  /**
   * Scopes of routes whose authorizer the caller has given: the gateway compares them with the result of that authorizer. A route
   * with scopes and without a result denies.
   */
  #checkScopes(request: GatewayRequest, routes: readonly GuardedRoute[], grants: Grants): Denied | undefined {
    for (const { guard, scopes, api } of routes) {
      if (scopes.length === 0) continue
      const granted = guard.kind === 'authorizer' ? grants.get(guard.authorizer)?.authorizer : undefined
      if (granted === undefined || !holdsScope(granted, scopes))
        return api.responder.deny(request, 'INSUFFICIENT_SCOPE', granted, undefined, { requiredScopes: scopes })
    }
    return undefined
  }

  #checkKey(request: GatewayRequest, routes: readonly GuardedRoute[], outcome: Allowed): Outcome {
    if (this.#settings.checksKeys) return outcome
    const needing = routes.find((route) => route.apiKeyRequired)
    if (needing === undefined) return outcome
    const reason = request.header('x-api-key') === undefined ? 'API_KEY_MISSING' : 'API_KEY_INVALID'
    return needing.api.responder.deny(request, reason, outcome.authorizer)
  }
}
