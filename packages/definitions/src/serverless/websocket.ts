/** `websocket` events: routes of the WebSocket API of a service (DEF-SLS-12). @module */
import type { ApiBuilder, RouteGuard } from '../building/api-builder.ts'
import { functionOf, splitSources, wrongSource } from '../building/settings.ts'
import type { AuthorizerDefinition } from '../definition.ts'
import { isAbsent, member, type Node, textOf } from '../document/node.ts'
import { type ApiEvent, decided } from './events.ts'
import { arnName, authorizerFunction } from './functions.ts'
import { checkKeys } from './keys.ts'
import { hasUndecidedMember, isUndecided, type Service } from './service.ts'

const KEYS = new Set(['route', 'authorizer', 'routeResponseSelectionExpression'])
const AUTHORIZER_KEYS = new Set(['name', 'arn', 'identitySource'])
const DEFAULT_SOURCE = 'route.request.header.Auth'

/** Reads all `websocket` events into an API. */
export const readWebSocketRoutes = (events: readonly ApiEvent[], api: ApiBuilder, service: Service): void => {
  const { values, findings } = service.context
  if (service.stage !== undefined) api.settings.stage = service.stage
  for (const event of events) {
    const { value, functionName } = event
    const what = `a websocket event of the function ${JSON.stringify(functionName)}`
    const node = value.kind === 'map' ? member(value, 'route') : value
    const path = values.text(node, { role: 'decides', what: `the route of ${what}` })
    if (path === undefined) {
      const details = { message: `${what} has no route`, advice: "Use 'route', or { route }." }
      if (isAbsent(node)) findings.stop('invalid', 'DEF-SLS-12', value, details)
      continue
    }
    const routes = [path]
    event.checkNeighbours(routes)
    checkKeys(value, KEYS, { where: 'a websocket event', routes, context: service.context })
    const guard = decided(value, readGuard(value, path, api, service), service)
    api.addRoute({ path, guard, origin: event.origin }, 'DEF-SLS-12')
  }
}

const readGuard = (value: Node, path: string, api: ApiBuilder, service: Service): RouteGuard => {
  const { values, findings } = service.context
  const node = member(value, 'authorizer')
  if (node === undefined) return { open: 'omitted' }
  const routes = [path]
  const what = `the authorizer of ${path}`
  const known = values.known(node, { role: 'decides', what, routes })
  if (known === undefined) return isUndecided(node, service.context) ? 'undecided' : { open: 'declared' }
  // The framework reads texts and objects only: a number or `true` is no authorizer.
  if (known.kind === 'scalar' && typeof known.value !== 'string') {
    findings.stop('invalid', 'DEF-SLS-12', known, {
      message: `${what} is not a name`,
      advice: 'Name a function.',
      routes,
    })
    return 'undecided'
  }
  if (path !== '$connect') {
    const message = `${path} has an authorizer, which only $connect can have`
    findings.stop('invalid', 'DEF-SLS-12', known, { message, advice: 'Move it to the route $connect.', routes })
  }
  checkKeys(known, AUTHORIZER_KEYS, { where: 'an authorizer', routes, context: service.context })
  if (hasUndecidedMember(known, ['arn', 'name'], { what, routes, context: service.context })) return 'undecided'
  const authorizer = readAuthorizer(known, { what, routes, service })
  if (authorizer === undefined) return 'undecided'
  api.addAuthorizer(authorizer, 'DEF-SLS-13')
  return { authorizer: authorizer.name }
}

const readAuthorizer = (
  node: Node,
  { what, routes, service }: { readonly what: string; readonly routes: readonly string[]; readonly service: Service },
): AuthorizerDefinition | undefined => {
  const { values, findings } = service.context
  const text = textOf(node)
  const arnNode = text === undefined ? member(node, 'arn') : text.includes(':') ? node : undefined
  const arn = isAbsent(arnNode) ? undefined : arnNode
  const given = values.text(member(node, 'name'), { role: 'decides', what: `the name of ${what}`, routes })
  // A name beside an ARN counts only if the ARN is a function of CloudFormation.
  const name = arn === undefined ? (text ?? given) : (arnName(arn) ?? (arn.kind === 'unknown' ? given : undefined))
  if (name === undefined || name === '') {
    findings.stop('invalid', 'DEF-SLS-12', node, {
      message: `${what} has no name`,
      advice: 'Name a function, or set arn and name.',
      routes,
    })
    return undefined
  }
  if (arn === undefined && authorizerFunction(name, node, { what, routes, service }) === undefined) return undefined
  const sourceNode = member(node, 'identitySource')
  const written = values.texts(sourceNode, { role: 'decides', what: `identitySource of ${what}`, routes })
  if (written === undefined && !isAbsent(sourceNode)) return undefined
  const identitySource = written === undefined ? [DEFAULT_SOURCE] : splitSources(written)
  const wrong = wrongSource(identitySource, 'WEBSOCKET')
  if (wrong !== undefined) {
    const message = `${what} has the identity source ${JSON.stringify(wrong)}`
    findings.stop('invalid', 'DEF-SLS-12', sourceNode ?? node, {
      message,
      advice: 'Use route.request.header.NAME.',
      routes,
    })
  }
  const [reference] = arn?.kind === 'unknown' ? arn.references : []
  const local = reference === undefined ? undefined : service.functionsById.get(reference.resource)
  const named = arn === undefined ? name : (local ?? functionOf(arn))
  return { name, kind: 'REQUEST', origin: node.origin, ...(named !== undefined && { function: named }), identitySource }
}
