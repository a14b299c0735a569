/** The routes that SAM deploys for the operations of an API. @module */
import type { ApiBuilder, FoundRoute, RouteGuard } from '../building/api-builder.ts'
import { deployedPath, routeKey } from '../building/paths.ts'
import { itemsOf, type MapNode, textOf } from '../document/node.ts'
import { readOpenApiInto } from '../openapi/read-openapi.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { type ApiAuth, IAM, NONE, stopUnreadable } from './auth.ts'
import { completed, keySchemes, schemesIn } from './body.ts'
import { UNDECIDED } from './deciding.ts'
import { KEY, NO_KEY, type Operation, undecided } from './operations.ts'

interface Deployed {
  /** `undefined` if it is not known. Then all operations are undecided. */
  readonly auth: ApiAuth | undefined
  readonly body: MapNode | undefined
}

/** Kinds of authorizers that check scopes. */
const WITH_SCOPES: ReadonlySet<string> = new Set(['JWT', 'COGNITO_USER_POOLS'])

/** Adds the operations of an API as routes, and its authorizers. */
export const addOperations = (
  api: ApiBuilder,
  operations: readonly Operation[],
  { auth, body }: Deployed,
  context: ReadContext,
): void => {
  const authorizers = [...(auth?.authorizers.values() ?? [])].filter((each) => each !== UNDECIDED)
  const own = authorizers.filter((each) => each.kind !== IAM || isNamed(operations, each.name))
  const judged =
    body === undefined || auth === undefined ? operations : checkSchemes(operations, { auth, body }, context)
  const certain = judged.filter((each) => each.isUndecided !== true)
  for (const each of judged.filter((operation) => operation.isUndecided === true)) {
    api.addRoute({ ...routeOf(each), guard: 'undecided' }, 'DEF-SAM-01')
    if (each.generated !== undefined) stopPreflight(each, context)
  }
  if (body === undefined) {
    for (const each of own) api.addAuthorizer(each, 'DEF-SAM-02')
    for (const each of certain) addRoute(api, each, auth, context)
  } else {
    readOpenApiInto(api, completed(body, certain, { authorizers: own, hasKeys: api.protocol === 'REST' }), context)
    for (const each of own) api.replaceAuthorizer(each)
    for (const each of certain) markRoute(api, each)
  }
  if (auth === undefined) return
  const open = certain.filter((each) => isOpen(deployedRoute(api, each)))
  reportPreflights(api, open, context)
  for (const each of open) reportOpen(each, auth, context)
}

const stopPreflight = ({ key, origin }: Operation, { findings }: ReadContext): void => {
  const message = `nothing is known about the preflight route ${key}, because the other routes of its path are not known`
  const advice = 'Answer the findings of the other routes.'
  findings.stop('unresolved', 'DEF-SAM-07', { origin }, { message, advice, routes: [key] })
}

const isNamed = (operations: readonly Operation[], name: string): boolean =>
  operations.some(({ security = [] }) => security.some((each) => each.has(name)))

const routeOf = ({ method, path, origin, generated }: Operation): Omit<FoundRoute, 'guard'> => ({
  ...(method !== undefined && { method }),
  path,
  origin,
  ...(generated !== undefined && { generated }),
})

const namesOf = ({ security = [] }: Operation): readonly string[] => [
  ...new Set(security.flatMap((each) => [...each.keys()])),
]

/** A route of an API without a body. */
const addRoute = (api: ApiBuilder, operation: Operation, auth: ApiAuth | undefined, context: ReadContext): void => {
  const names = namesOf(operation)
  const guard = guardOf(
    operation,
    names.filter((each) => each !== KEY && each !== NO_KEY && each !== NONE),
    auth,
    context,
  )
  const route = { ...routeOf(operation), guard, ...(names.includes(KEY) && { apiKeyRequired: true }) }
  api.addRoute(route, 'DEF-SAM-01')
}

const guardOf = (
  operation: Operation,
  names: readonly string[],
  auth: ApiAuth | undefined,
  { findings }: ReadContext,
): RouteGuard => {
  const { security = [], key, generated, isOpened } = operation
  const [name, second] = names
  if (second !== undefined) return 'undecided'
  if (name === undefined) {
    if (generated !== undefined) return { open: 'generated' }
    return { open: isOpened === true || namesOf(operation).includes(NONE) ? 'declared' : 'omitted' }
  }
  const scopes = itemsOf(security.find((each) => each.has(name))?.get(name)).flatMap((each) => textOf(each) ?? [])
  const authorizer = auth?.authorizers.get(name)
  if (scopes.length === 0 || authorizer === undefined || authorizer === UNDECIDED) return { authorizer: name }
  if (WITH_SCOPES.has(authorizer.kind)) return { authorizer: name, authorizationScopes: scopes }
  const message = `${JSON.stringify(name)} guards ${key} with scopes, which only Cognito and JWT authorizers check`
  const details = { message, advice: 'Check the scopes in the authorizer, and remove them here.', routes: [key] }
  findings.stop('ignored-protection', 'DEF-SAM-05', operation, details)
  return { authorizer: name }
}

const deployedRoute = (api: ApiBuilder, { method, path }: Operation): FoundRoute | undefined =>
  api.route(routeKey({ method, path: deployedPath(path, api.protocol) }))

/** What a document does not say: that CORS added a route, and that `NONE` opened it. */
const markRoute = (api: ApiBuilder, operation: Operation): void => {
  const route = deployedRoute(api, operation)
  if (route === undefined || operation.generated === undefined) return
  api.replaceRoute({ ...route, generated: operation.generated, ...(isOpen(route) && { guard: { open: 'generated' } }) })
}

/**
 * Operations that name schemes of the body beside those of `Auth`. SAM replaces the schemes of OpenAPI 3 bodies of REST APIs, so
 * that the operation is deployed with a scheme that does not exist; and it adds the default authorizer (DEF-SAM-12).
 */
const checkSchemes = (
  operations: readonly Operation[],
  { auth, body }: { auth: ApiAuth; body: MapNode },
  { findings }: ReadContext,
): readonly Operation[] => {
  const keys = keySchemes(body)
  const schemes = schemesIn(body)
  const isOwn = (name: string): boolean =>
    !auth.authorizers.has(name) && !keys.has(name) && name !== NONE && name !== NO_KEY
  const replaces = [...auth.authorizers.values()].some((each) => each === UNDECIDED || each.kind !== IAM)
  return operations.map((operation) => {
    if (operation.isUndecided === true) return operation
    const names = namesOf(operation)
    const unread = names.find((each) => auth.authorizers.get(each) === UNDECIDED)
    if (unread !== undefined) {
      stopUnreadable(unread, { node: operation, routes: [operation.key] }, findings)
      return undecided(operation)
    }
    const own = names.find(isOwn)
    if (own === undefined || !schemes.has(own)) return operation
    const other = names.find((each) => auth.authorizers.has(each))
    if (other === undefined && !replaces) return operation
    const { key } = operation
    const message =
      other === undefined
        ? `${key} names the scheme ${JSON.stringify(own)} of the body, which SAM may replace by the Authorizers of the API`
        : `${key} names the scheme ${JSON.stringify(own)} of the body, and SAM adds the authorizer ${JSON.stringify(other)}`
    const advice = 'Declare all authorizers in one place: under Auth.Authorizers, or in the body.'
    findings.stop('ambiguous', 'DEF-SAM-12', operation, { message, advice, routes: [key] })
    return undecided(operation)
  })
}

const isOpen = (route: FoundRoute | undefined): boolean => typeof route?.guard === 'object' && 'open' in route.guard

const reportPreflights = (api: ApiBuilder, open: readonly Operation[], { findings }: ReadContext): void => {
  const generated = open.filter((each) => each.generated !== undefined)
  const [first] = generated
  if (first === undefined) return
  const message = `Cors of ${api.name} adds open preflight routes`
  const routes = generated.map(({ key }) => key)
  const details = { message, advice: 'Nothing has to be done if the service answers preflights.', routes }
  findings.report('cors-preflight', 'DEF-SAM-07', first, details)
}

/** An open route that looks guarded, because its API has a default authorizer. */
const reportOpen = (operation: Operation, auth: ApiAuth, { findings }: ReadContext): void => {
  const { key, generated, hasIntegration, method, isOpened } = operation
  if (generated !== undefined || auth.default === undefined || isOpened === true) return
  const routes = [key]
  if (!hasIntegration) {
    const message = `${key} has no integration, so that SAM does not give it the default authorizer`
    findings.report('no-integration', 'DEF-SAM-09', operation, { message, advice: 'Add the integration.', routes })
  } else if (method === 'OPTIONS') {
    const message = `the default authorizer does not reach ${key}`
    const advice = 'Name the authorizer in the Auth of its event.'
    findings.report('open-options', 'DEF-SAM-10', operation, { message, advice, routes })
  }
}
