/** `guardApi`: guards the routes of a definition as its gateway does. @module */
import type { Authorizer } from '@custom-authorizer/core'
import { check, composeAuthorizers, markOutermost } from '@custom-authorizer/core/contract'
import { type PlannedAuthorizer, usagePlan } from '@custom-authorizer/core/usage-plan'
import { routeKey } from '../building/paths.ts'
import type { ApiDefinition, Definition, RouteDefinition } from '../definition.ts'
import { checkAnswers } from './answers.ts'
import { ApiAuthorizers } from './authorizers.ts'
import { chooseApis } from './chosen-apis.ts'
import { type Guard, type GuardedRoute, GuardedRoutes } from './guarded-routes.ts'
import { GUARD_CHECKS, type GuardApiOptions } from './options.ts'
import { plansOf } from './plans.ts'
import { JoinedSelection, RouteSelection, type Selecting } from './route-selection.ts'

/** One route of a {@link GuardedApi}. */
export interface ApiRoute {
  /** Such as `GET /pets/{id}`, `$default` or `$connect`. */
  readonly route: string
  /** Name of the authorizer, or why there is none. */
  readonly guard: { readonly authorizer: string } | 'open' | 'denied'
  readonly apiKeyRequired: boolean
}

/** An API whose routes are guarded. Mount it with `customAuthorizer(api)` or `guardUpgrade(api)`. */
export interface GuardedApi extends Authorizer {
  /** Every route, with what guards it. */
  readonly routes: readonly ApiRoute[]
  /** Reads what an API key has used. Absent without `usagePlan`. */
  readonly usageOf?: PlannedAuthorizer['usageOf']
}

const guardOf = (route: RouteDefinition, authorizers: ApiAuthorizers): Guard => {
  const authorizer = authorizers.of(route)
  if (authorizer !== undefined) return { kind: 'authorizer', authorizer }
  return route.authorizer === null ? { kind: 'open' } : { kind: 'undecided' }
}

const compile = (api: ApiDefinition, authorizers: ApiAuthorizers): readonly GuardedRoute[] =>
  api.routes.map((route) => ({
    key: routeKey(route),
    name: api.name,
    method: route.method === 'ANY' ? undefined : route.method,
    path: route.path,
    isPrefix: route.match === 'prefix',
    guard: guardOf(route, authorizers),
    apiKeyRequired: route.apiKeyRequired === true,
    scopes: authorizers.checksScopes(route) ? [] : (route.authorizationScopes ?? []),
    api: authorizers,
  }))

/** One selection for each API, because each has a base path of its own. */
const selectionOf = (
  apis: readonly ApiDefinition[],
  routes: readonly GuardedRoute[],
  basePath: string | undefined,
): Selecting<GuardedRoute> => {
  const baseOf = (api: ApiDefinition): string => basePath ?? api.basePath ?? ''
  const byBase = apis.toSorted((a, b) => baseOf(b).length - baseOf(a).length)
  const selections = byBase.map((api) => {
    const own = routes.filter((route) => route.name === api.name)
    return new RouteSelection(api.protocol, baseOf(api), own)
  })
  const [only, second] = selections
  return only !== undefined && second === undefined ? only : new JoinedSelection(selections)
}

const describe = ({ key, guard, apiKeyRequired }: GuardedRoute): ApiRoute => ({
  route: key,
  guard:
    guard.kind === 'authorizer' ? { authorizer: guard.authorizer.name } : guard.kind === 'open' ? 'open' : 'denied',
  apiKeyRequired,
})

/**
 * Guards the routes of a definition with its settings: each route by its authorizer, requests without a route as the gateway
 * answers them, with its gateway responses, CORS, API keys and usage plans. The result is an authorizer.
 *
 * Nothing is mounted unless everything that is in doubt has an answer: findings that stop, open routes, and routes whose guard
 * is not known.
 *
 * @throws {AuthorizerError} `ERR_OPTION` if an option is invalid; `ERR_DEFINITION` with everything that needs an answer
 * @example
 * const { definition } = await readDefinition('template.yaml')
 * app.use(customAuthorizer(guardApi(definition, { authorizers: { auth: handler }, open: ['GET /health'] })))
 */
export const guardApi = (definition: Definition, options: GuardApiOptions = {}): GuardedApi => {
  const checked = check.checkOptions<GuardApiOptions>('guardApi', options, GUARD_CHECKS)
  const apis = chooseApis(definition, checked)
  checkAnswers(apis, definition.stops, checked)
  const [first] = apis
  if (first === undefined) throw check.optionError('guardApi.definition', definition, 'a definition with an API')
  const authorizers = new Map(apis.map((api) => [api, new ApiAuthorizers(api, checked)] as const))
  const main = authorizers.get(first) as ApiAuthorizers
  const routes = apis.flatMap((api) => compile(api, authorizers.get(api) as ApiAuthorizers))
  const guarded = new GuardedRoutes({
    selection: selectionOf(apis, routes, checked.basePath),
    api: main,
    unmatched: checked.unmatched ?? 'deny',
    checksKeys: checked.usagePlan !== undefined && !('subject' in checked.usagePlan),
  })
  const { responder } = main
  const built = [...authorizers.values()].flatMap((each) => each.all)
  const composed: Authorizer = {
    ...composeAuthorizers('guardApi', built.length === 0 ? [responder] : built, (request, given) => {
      try {
        return guarded.evaluate(request, given)
      } catch {
        return responder.deny(request, 'INTERNAL_ERROR')
      }
    }),
    name: responder.name,
    deny: (...denial) => responder.deny(...denial),
    report: (...problem) => responder.report(...problem),
    isSourceOf: (message) => [responder, ...built].some((each) => each.isSourceOf?.(message) === true),
    ...(checked.clock && { clock: checked.clock }),
  }
  const described = { routes: Object.freeze(routes.map(describe)) }
  if (checked.usagePlan === undefined) return { ...composed, ...described }
  const planned = usagePlan(composed, plansOf(apis, checked.usagePlan))
  const isCounted = 'subject' in checked.usagePlan ? 'isGuarded' : 'requiresKey'
  const api: GuardedApi = {
    ...composed,
    ...described,
    evaluate: (request, given) =>
      guarded[isCounted](request) ? planned.evaluate(request, given) : composed.evaluate(request, given),
    usageOf: (planId, subject) => planned.usageOf(planId, subject),
  }
  markOutermost(api)
  return api
}
