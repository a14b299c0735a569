/** `http` events: routes of the REST API of a service (DEF-SLS-01 to -08). @module */
import type { ApiBuilder, RouteGuard } from '../../building/api-builder.ts'
import { methodName } from '../../building/paths.ts'
import { isAbsent, member, type Node, textOf } from '../../document/node.ts'
import { type ApiEvent, decided } from '../events.ts'
import { arnName } from '../functions.ts'
import { checkKeys } from '../keys.ts'
import { LogicalIds, partId } from '../logical-ids.ts'
import { readRestSettings, RestAuthorizers } from './authorizers.ts'
import { dependsOnDefault, hasUndecidedMember, isUndecided, type Service } from '../service.ts'

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'OPTIONS', 'HEAD', 'DELETE', 'ANY'])
const KEYS = new Set(
  'async authorizer connectionId connectionType cors integration method operationId path private request response documentation'.split(
    ' ',
  ),
)
const REQUEST_KEYS = new Set('contentHandling method parameters passThrough schema schemas template uri'.split(' '))
const AUTHORIZER_KEYS = new Set(
  'arn authorizerId claims identitySource identityValidationExpression managedExternally name resultTtlInSeconds scopes type'.split(
    ' ',
  ),
)

/** Reads all `http` events into an API. */
export const readRestRoutes = (events: readonly ApiEvent[], api: ApiBuilder, service: Service): void => {
  const authorizers = new RestAuthorizers(service)
  const ids = new LogicalIds()
  const preflights = new Map<string, Node>()
  for (const event of events) {
    const target = readTarget(event, service)
    if (target === undefined) continue
    const { method, path } = target
    const routes = [`${method} ${path}`]
    event.checkNeighbours(routes)
    checkKeys(event.value, KEYS, { where: 'an http event', routes, context: service.context })
    checkKeys(member(event.value, 'request'), REQUEST_KEYS, {
      where: 'request of an http event',
      routes,
      context: service.context,
    })
    checkIds(ids, path, { event, routes, service })
    const guard = decided(event.value, readGuard(event, routes, { api, authorizers, service }), service)
    const isPrivate = readPrivate(member(event.value, 'private'), routes, service)
    api.addRoute(
      { method, path, guard, origin: event.origin, ...(isPrivate && { apiKeyRequired: true }) },
      'DEF-SLS-01',
    )
    const cors = member(event.value, 'cors')
    const isPreflight = cors !== undefined && (isTrue(cors) || isUndecided(cors, service.context))
    if (isPreflight && !preflights.has(path)) preflights.set(path, cors)
  }
  for (const [path, cors] of preflights) addPreflight(path, cors, api, service)
  authorizers.finish(api)
}

/** As JavaScript reads it: the text `'false'` is true. A value that is not known counts as true. */
const isTrue = (node: Node): boolean => node.kind !== 'scalar' || Boolean(node.value)

const readTarget = (
  { value, functionName }: ApiEvent,
  { context }: Service,
): { readonly method: string; readonly path: string } | undefined => {
  const { values, findings } = context
  const what = `an http event of the function ${JSON.stringify(functionName)}`
  const invalid = (message: string): undefined => {
    const advice = "Use 'METHOD path', or path and method."
    findings.stop('invalid', 'DEF-SLS-01', value, { message: `${what} ${message}`, advice })
  }
  if (value.kind !== 'map') values.known(value, { role: 'decides', what })
  if (value.kind === 'unknown') return undefined
  const text = textOf(value)
  const [, shortMethod, shortPath] = /^(\S+) (\S+)$/.exec(text ?? '') ?? []
  if (value.kind !== 'map' && shortMethod === undefined) return invalid('has no method and path')
  const method = shortMethod ?? values.text(member(value, 'method'), { role: 'decides', what: `method of ${what}` })
  const path = shortPath ?? values.text(member(value, 'path'), { role: 'decides', what: `path of ${what}` })
  if (method === undefined || path === undefined) {
    const missing = ['method', 'path'].find((key) => isAbsent(member(value, key)))
    return missing === undefined ? undefined : invalid(`has no ${missing}`)
  }
  const name = methodName(method)
  if (!METHODS.has(name)) invalid(`has the method ${JSON.stringify(method)}`)
  return { method: name, path: `/${path.replace(/^\//, '').replace(/\/$/, '')}` }
}

interface Place {
  readonly api: ApiBuilder
  readonly authorizers: RestAuthorizers
  readonly service: Service
}

const readGuard = (event: ApiEvent, routes: readonly string[], { api, authorizers, service }: Place): RouteGuard => {
  const { values, findings } = service.context
  const node = member(event.value, 'authorizer')
  if (node === undefined) return { open: 'omitted' }
  if (!isTrue(node)) return isUndecided(node, service.context) ? undecided(node, routes, service) : { open: 'declared' }
  // An ARN with parts that are not known still names a function.
  const isFunction =
    node.kind === 'unknown' && node.text.startsWith('arn:aws:lambda:') && arnName(node, '-') !== undefined
  const isCertain = isFunction && !(node.assumed !== undefined && service.context.options.useDefaults !== true)
  const wanted = { role: 'decides', what: `the authorizer of ${routes.join(', ')}`, routes } as const
  const known = isCertain ? node : values.known(node, wanted)
  if (known === undefined) return 'undecided'
  checkKeys(known, AUTHORIZER_KEYS, { where: 'an authorizer', routes, context: service.context })
  const place = { what: wanted.what, routes, context: service.context }
  if (hasUndecidedMember(known, ['arn', 'authorizerId', 'name', 'type'], place)) return 'undecided'
  if (known.kind === 'scalar' && typeof known.value !== 'string') {
    const message = `the authorizer of ${routes.join(', ')} is not the name of a function`
    findings.stop('invalid', 'DEF-SLS-03', known, { message, advice: 'Name a function, or set arn.', routes })
    return 'undecided'
  }
  const typeNode = member(known, 'type')
  const type = (textOf(known) ?? readType(typeNode, routes, service))?.toUpperCase()
  if (typeNode !== undefined && isTrue(typeNode) && type === undefined) return 'undecided'
  const idNode = member(known, 'authorizerId')
  const isForeign = idNode !== undefined && isTrue(idNode) && type !== undefined && type !== ''
  if (isForeign && type !== 'AWS_IAM') return foreign(idNode, routes, service)
  if (type === 'AWS_IAM') {
    api.addAuthorizer({ name: 'aws_iam', kind: 'AWS_IAM', origin: known.origin })
    return { authorizer: 'aws_iam' }
  }
  const settings = readRestSettings(known, routes, service)
  if (settings === undefined) return 'undecided'
  const scopes = values.texts(member(known, 'scopes'), {
    role: 'decides',
    what: `scopes of ${routes.join(', ')}`,
    routes,
  })
  const authorizer = authorizers.add(settings, routes)
  return settings.kind === 'COGNITO_USER_POOLS' && scopes !== undefined
    ? { authorizer, authorizationScopes: scopes }
    : { authorizer }
}

const readType = (node: Node | undefined, routes: readonly string[], { context }: Service): string | undefined =>
  context.values.text(node, { role: 'decides', what: `the authorizer type of ${routes.join(', ')}`, routes })

const undecided = (node: Node, routes: readonly string[], { context }: Service): 'undecided' => {
  context.values.known(node, { role: 'decides', what: `the authorizer of ${routes.join(', ')}`, routes })
  return 'undecided'
}

/** An authorizer of another stack (DEF-SLS-06). */
const foreign = (node: Node, routes: readonly string[], { context }: Service): 'undecided' => {
  const message = `the authorizer of ${routes.join(', ')} is one of another stack, named by authorizerId`
  const advice = 'Give the file of that stack, or the exported API, instead.'
  context.findings.stop('external', 'DEF-SLS-06', node, { message, advice, routes })
  return 'undecided'
}

const readPrivate = (node: Node | undefined, routes: readonly string[], { context }: Service): boolean => {
  if (node === undefined) return false
  context.values.known(node, { role: 'decides', what: `private of ${routes.join(', ')}`, routes })
  if (textOf(node)?.toLowerCase() === 'false' && isTrue(node)) {
    const message = `private of ${routes.join(', ')} is the text 'false', which is true unless the framework validates the file`
    const advice = 'Write false without quotation marks.'
    context.findings.stop('ambiguous', 'DEF-SLS-08', node, { message, advice, routes })
  }
  // Another stage may require a key.
  return isTrue(node) || dependsOnDefault(node, context)
}

/** Two paths with one logical ID are one resource when they are deployed. */
const checkIds = (
  ids: LogicalIds,
  path: string,
  {
    event,
    routes,
    service,
  }: { readonly event: ApiEvent; readonly routes: readonly string[]; readonly service: Service },
): void => {
  let id = ''
  let prefix = ''
  for (const segment of path.slice(1).split('/')) {
    id += partId(segment)
    prefix += `/${segment}`
    const other = ids.add(id, prefix)
    if (other === undefined) continue
    const message = `the paths ${other} and ${prefix} have the same generated name, and become one path when they are deployed`
    const advice = 'Rename one of them.'
    service.context.findings.stop('conflict', 'DEF-SLS-01', event.value, { message, advice, routes })
    return
  }
}

/** The method that `cors` generates, unless the service declares one. */
const addPreflight = (path: string, cors: Node, api: ApiBuilder, { context }: Service): void => {
  const key = `OPTIONS ${path}`
  if (api.route(key) !== undefined) return
  context.values.known(cors, { role: 'decides', what: `cors of ${path}`, routes: [key] })
  const isCertain = !isUndecided(cors, context)
  const guard = isCertain ? ({ open: 'generated' } as const) : 'undecided'
  api.addRoute({ method: 'OPTIONS', path, guard, generated: 'cors', origin: cors.origin })
  if (!isCertain) return
  const message = `cors adds ${key}, which is open`
  const advice = 'Confirm it with the other open routes.'
  context.findings.report('cors-preflight', 'DEF-SLS-07', cors, { message, advice, routes: [key] })
}
