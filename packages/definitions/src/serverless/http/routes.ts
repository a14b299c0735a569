/** `httpApi` events: routes of the HTTP API of a service (DEF-SLS-10, DEF-SLS-11). @module */
import type { ApiBuilder, RouteGuard } from '../../building/api-builder.ts'
import { routeKey } from '../../building/paths.ts'
import { at, isAbsent, member, type Node, textOf } from '../../document/node.ts'
import { type ApiEvent, decided } from '../events.ts'
import { checkKeys } from '../keys.ts'
import { LogicalIds, pathId } from '../logical-ids.ts'
import { hasUndecidedMember, isUndecided, type Service } from '../service.ts'
import { readHttpAuthorizers, type Unreadable } from './authorizers.ts'

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'OPTIONS', 'HEAD', 'DELETE', 'ANY'])
const KEYS = new Set(['authorizer', 'method', 'path'])
const AUTHORIZER_KEYS = new Set(['id', 'name', 'scopes', 'type'])

/** Reads all `httpApi` events into an API. */
export const readHttpRoutes = (events: readonly ApiEvent[], api: ApiBuilder, service: Service): void => {
  const { findings } = service.context
  const unreadable = readHttpAuthorizers(api, service)
  const ids = new LogicalIds()
  for (const event of events) {
    const target = readTarget(event, service)
    if (target === undefined) continue
    const key = routeKey(target)
    const routes = [key]
    event.checkNeighbours(routes)
    checkKeys(event.value, KEYS, { where: 'an httpApi event', routes, context: service.context })
    const guard = decided(event.value, readGuard(event, routes, { api, unreadable, service }), service)
    const earlier = api.route(key)
    const other = ids.add(pathId(key), key)
    if (earlier !== undefined) {
      const message = `the route ${key} is declared twice, in line ${earlier.origin.line} and line ${event.origin.line}`
      findings.stop('conflict', 'DEF-SLS-10', event.value, { message, advice: 'Remove one of them.', routes })
      if (JSON.stringify(earlier.guard) !== JSON.stringify(guard)) api.replaceRoute({ ...earlier, guard: 'undecided' })
      continue
    }
    if (other !== undefined) {
      const message = `the routes ${other} and ${key} have the same generated name, and become one route when they are deployed`
      findings.stop('conflict', 'DEF-SLS-10', event.value, {
        message,
        advice: 'Rename one of them.',
        routes: [key, other],
      })
    }
    api.addRoute({ ...target, guard, origin: event.origin })
  }
}

const DEFAULT = { path: '$default' } as const

const readTarget = (
  { value, functionName }: ApiEvent,
  { context }: Service,
): { readonly method?: string; readonly path: string } | undefined => {
  const { values, findings } = context
  const what = `an httpApi event of the function ${JSON.stringify(functionName)}`
  const invalid = (message: string): undefined => {
    const advice = "Use 'METHOD /path', '*', or path and method."
    findings.stop('invalid', 'DEF-SLS-10', value, { message: `${what} ${message}`, advice })
  }
  if (value.kind !== 'map') values.known(value, { role: 'decides', what })
  if (value.kind === 'unknown') return undefined
  const text = textOf(value)
  if (text === '*') return DEFAULT
  const [, shortMethod, shortPath] = /^(\S+) (\/\S*)$/.exec(text ?? '') ?? []
  if (value.kind !== 'map' && shortMethod === undefined) return invalid('has no method and path')
  const methodNode = member(value, 'method')
  const written = shortMethod ?? values.text(methodNode, { role: 'decides', what: `method of ${what}` })
  const path = shortPath ?? values.text(member(value, 'path'), { role: 'decides', what: `path of ${what}` })
  if (path === undefined) return isAbsent(member(value, 'path')) ? invalid('has no path') : undefined
  if (written === undefined && !isAbsent(methodNode)) return undefined
  if (path === '*')
    return written === undefined || written === '' || written === '*'
      ? DEFAULT
      : invalid("has a method and the path '*'")
  if (written === undefined || written === '') return invalid('has no method')
  const method = written === '*' && shortMethod === undefined ? 'ANY' : written.toUpperCase()
  return METHODS.has(method) ? { method, path } : invalid(`has the method ${JSON.stringify(written)}`)
}

interface Place {
  readonly api: ApiBuilder
  readonly unreadable: Unreadable
  readonly service: Service
}

const readGuard = (event: ApiEvent, routes: readonly string[], place: Place): RouteGuard => {
  const { context } = place.service
  const node = member(event.value, 'authorizer')
  if (node === undefined) return { open: 'omitted' }
  const what = `the authorizer of ${routes.join(', ')}`
  const known = context.values.known(node, { role: 'decides', what, routes })
  if (known === undefined) return isUndecided(node, context) ? 'undecided' : { open: 'declared' }
  if (known.kind === 'scalar')
    return known.value ? named(known, String(known.value), routes, place) : { open: 'declared' }
  checkKeys(known, AUTHORIZER_KEYS, { where: 'an authorizer', routes, context })
  return readObject(known, what, routes, place)
}

const readObject = (node: Node, what: string, routes: readonly string[], place: Place): RouteGuard => {
  const { service, api } = place
  const { values, findings } = service.context
  const part = (key: string): string | undefined =>
    values.text(member(node, key), { role: 'decides', what: `${key} of ${what}`, routes })
  const isGiven = (key: string): boolean => {
    const each = member(node, key)
    return each !== undefined && (each.kind !== 'scalar' || Boolean(each.value))
  }
  if (hasUndecidedMember(node, ['id', 'name', 'type'], { what, routes, context: service.context })) return 'undecided'
  const type = part('type')
  if (isGiven('type') && type === undefined) return 'undecided'
  const isIam = type === 'aws_iam'
  if (isIam ? ['id', 'name', 'scopes'].some(isGiven) : !isGiven('id') && !isGiven('name')) {
    const message = isIam ? `${what} has aws_iam and other settings` : `${what} has no name`
    findings.stop('invalid', 'DEF-SLS-11', node, {
      message,
      advice: 'Use a name, { name, scopes } or { type: aws_iam }.',
      routes,
    })
    return 'undecided'
  }
  if (isIam) {
    api.addAuthorizer({ name: 'aws_iam', kind: 'AWS_IAM', origin: node.origin })
    return { authorizer: 'aws_iam' }
  }
  if (isGiven('id')) return foreign(node, what, routes, service)
  const name = part('name')
  if (name === undefined) return 'undecided'
  const guard = named(node, name, routes, place)
  const scopeNode = member(node, 'scopes')
  const scopes = values.texts(scopeNode, { role: 'decides', what: `scopes of ${what}`, routes })
  if (typeof guard === 'string' || 'open' in guard || scopes === undefined || scopes.length === 0) return guard
  if (api.authorizer(name)?.kind === 'JWT') return { ...guard, authorizationScopes: [...new Set(scopes)] }
  const message = `${what} has scopes, which only JWT authorizers check`
  findings.stop('ignored-protection', 'DEF-SLS-11', scopeNode ?? node, {
    message,
    advice: 'Check scopes in the function.',
    routes,
  })
  return guard
}

/** An authorizer of another stack (DEF-SLS-06). The framework accepts it only for an API of another stack. */
const foreign = (node: Node, what: string, routes: readonly string[], { context, provider }: Service): 'undecided' => {
  const isForeignApi = !isAbsent(at(provider, 'httpApi', 'id'))
  const message = `${what} is one of another stack, named by its id`
  const advice = isForeignApi
    ? 'Give the file of that stack instead.'
    : 'Name an authorizer of provider.httpApi.authorizers.'
  context.findings.stop(isForeignApi ? 'external' : 'invalid', 'DEF-SLS-06', node, { message, advice, routes })
  return 'undecided'
}

const named = (
  node: Node,
  name: string,
  routes: readonly string[],
  { api, unreadable, service }: Place,
): RouteGuard => {
  if (api.authorizer(name) !== undefined && name !== 'aws_iam') return { authorizer: name }
  const declared = at(service.provider, 'httpApi', 'authorizers')
  // A finding says why it could not be read, but not yet for which routes.
  if (unreadable.has(name) || isUndecided(declared, service.context)) {
    const message = `the authorizer ${JSON.stringify(name)} of ${routes.join(', ')} could not be read`
    service.context.findings.stop('unresolved', 'DEF-SLS-11', node, {
      message,
      advice: 'See the finding of the authorizer.',
      routes,
    })
    return 'undecided'
  }
  const message = `the authorizer of ${routes.join(', ')} is ${JSON.stringify(name)}, which provider.httpApi.authorizers does not have`
  service.context.findings.stop('unknown-authorizer', 'DEF-SLS-11', node, {
    message,
    advice: 'Declare it, or correct the name.',
    routes,
  })
  return 'undecided'
}
