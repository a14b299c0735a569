/** Adds the routes and authorizers of a document to an API. @module */
import type { ApiBuilder } from '../building/api-builder.ts'
import { isDeclared } from '../building/declared.ts'
import { deployedPath, routeKey } from '../building/paths.ts'
import type { Protocol } from '../definition.ts'
import { itemsOf, member, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { type BasePathMode, basePathPrefix } from './base-path.ts'
import { type DecidedGuard, GuardDecision, IAM } from './guards.ts'
import {
  backendParametersOf,
  checkHuaweiOperation,
  matchOf,
  readHuaweiResponses,
  responseNameOf,
} from './huawei/operations.ts'
import { reportMappedContext } from './aws/mapped-context.ts'
import type { OpenApiOperation } from './operations.ts'
import type { References } from './references.ts'
import { Schemes, schemesOf } from './schemes.ts'
import { type Requirement, requirementOf } from './security.ts'

/** An operation and the route that it is deployed as. */
interface Candidate {
  readonly operation: OpenApiOperation
  readonly method?: string
  readonly path: string
  readonly key: string
  /** `false` if a finding says that the route itself is not certain. */
  readonly isCertain: boolean
}

/** Routes that share one `security`. */
interface Group {
  readonly security: Node | undefined
  readonly routes: string[]
  /** Whether `security` is that of the document. */
  readonly isRoot: boolean
}

const DEFAULT_PATH = '/$default'

/** The `$default` route of an HTTP API, or the route as written (DEF-OAS-21). */
const candidateOf = (
  operation: OpenApiOperation,
  { protocol, prefix, context }: { protocol: Protocol; prefix: string; context: ReadContext },
): Candidate => {
  const { method, path: written, node } = operation
  const path = deployedPath(written === '/' && prefix !== '' ? prefix : `${prefix}${written}`, protocol)
  const key = routeKey({ method, path })
  const plain: Candidate = { operation, method, path, key, isCertain: true }
  const mark = member(node, 'isDefaultRoute')
  const wanted = { role: 'decides', what: `isDefaultRoute of ${key}`, routes: [key] } as const
  const isDefault = context.values.flag(mark, wanted)
  if (isDefault === undefined && isDeclared(mark)) return { ...plain, isCertain: false }
  if (protocol !== 'HTTP') {
    const message = `isDefaultRoute of ${key} has no effect on ${protocol} APIs`
    const details = { message, advice: 'Remove it, or use an HTTP API.', routes: [key] }
    if (isDefault === true) context.findings.report('ignored', 'DEF-OAS-21', node, details)
    return plain
  }
  if (written === DEFAULT_PATH && method === 'ANY')
    return { operation, path: '$default', key: '$default', isCertain: true }
  if (written !== DEFAULT_PATH && isDefault !== true) return plain
  const message = `${key} may be the default route, or one of its own`
  const advice = `Write the default route as x-amazon-apigateway-any-method of ${DEFAULT_PATH}.`
  context.findings.stop('ambiguous', 'DEF-OAS-21', node, { message, advice, routes: [key] })
  return { ...plain, isCertain: false }
}

/** Groups routes by what secures them; operations without `security` share that of the document. */
const groupsOf = (document: Node, candidates: readonly Candidate[]): ReadonlyMap<Candidate, Group> => {
  const root: Group = { security: member(document, 'security'), routes: [], isRoot: true }
  const groups = new Map<Candidate, Group>()
  for (const candidate of candidates) {
    if (!candidate.operation.isReadable) continue
    const { security } = candidate.operation
    const group = security === undefined ? root : { security, routes: [], isRoot: false }
    group.routes.push(candidate.key)
    groups.set(candidate, group)
  }
  return groups
}

/** The documentation says that gateways ignore the security of the document; the service applies it (DEF-OAS-10, -11). */
const reportRoot = (document: Node, { routes, security }: Group, { findings }: ReadContext): void => {
  if (security === undefined || itemsOf(security).length === 0) return
  const isSwagger = member(document, 'swagger') !== undefined
  const message = isSwagger
    ? 'security of the document guards operations without their own; the gateway may ignore it in Swagger 2.0, and the deployed routes may be open'
    : 'security of the document guards operations without their own, although the manual says that it is ignored'
  const details = { message, advice: 'Write security into each operation.', routes }
  findings.report('differs', isSwagger ? 'DEF-OAS-11' : 'DEF-OAS-10', security, details)
}

/** Adds a document's operations to an API. */
export const readRoutes = (
  api: ApiBuilder,
  document: Node,
  operations: readonly OpenApiOperation[],
  {
    references,
    context,
    basePathMode,
  }: {
    readonly references: References
    readonly context: ReadContext
    readonly basePathMode: BasePathMode | undefined
  },
): void => {
  const { protocol } = api
  const prefix = basePathPrefix(document, protocol, context, basePathMode)
  const candidates = operations.map((each) => candidateOf(each, { protocol, prefix, context }))
  const groups = groupsOf(document, candidates)
  const requirements = new Map<Group, Requirement>()
  const uses = new Map<string, Set<string>>()
  for (const group of new Set(groups.values())) {
    const requirement = requirementOf(group.security, group.routes, context)
    requirements.set(group, requirement)
    if (group.isRoot) reportRoot(document, group, context)
    if (requirement.kind !== 'schemes') continue
    for (const { name } of requirement.alternatives.flat()) {
      const routes = uses.get(name) ?? new Set()
      for (const route of group.routes) routes.add(route)
      uses.set(name, routes)
    }
  }
  const lists = new Map([...uses].map(([name, routes]) => [name, [...routes]] as const))
  const meanings = new Schemes(schemesOf(document), references, protocol, context).readAll(lists)
  for (const meaning of meanings.values()) if (meaning.kind === 'authorizer') api.addAuthorizer(meaning.authorizer)
  const decision = new GuardDecision(meanings, context)
  const decided = new Map<Group, DecidedGuard>()
  for (const [group, requirement] of requirements) decided.set(group, decision.decide(requirement, group.routes))
  const responses = new Map<string, string[]>()
  for (const candidate of candidates) {
    const group = groups.get(candidate)
    const found: DecidedGuard = (group && decided.get(group)) ?? { guard: 'undecided', apiKeyRequired: false }
    const guard = group === undefined ? found : decision.override(found, candidate.operation.node, candidate.key)
    addRoute(api, candidate, guard, context)
    if (protocol !== 'HUAWEI') continue
    const name = responseNameOf(candidate.operation.node)
    const named = responses.get(name)
    if (named === undefined) responses.set(name, [candidate.key])
    else named.push(candidate.key)
  }
  if (protocol === 'HUAWEI') readHuaweiResponses(api, document, responses, context)
}

const addRoute = (api: ApiBuilder, candidate: Candidate, decided: DecidedGuard, context: ReadContext): void => {
  const { operation, method, path, key, isCertain } = candidate
  const { node } = operation
  const { guard } = decided
  if (guard !== 'undecided' && 'authorizer' in guard && guard.authorizer === IAM && api.authorizer(IAM) === undefined)
    api.addAuthorizer({ kind: 'AWS_IAM', name: IAM, origin: node.origin })
  const isHuawei = api.protocol === 'HUAWEI'
  const match = isHuawei ? matchOf(node, key, context) : 'exact'
  const parameters = isHuawei ? backendParametersOf(node) : []
  if (isHuawei) checkHuaweiOperation(node, key, context)
  else checkAwsOperation(node, key, context)
  api.addRoute(
    {
      ...(method !== undefined && { method }),
      path,
      guard: isCertain && match !== undefined ? guard : 'undecided',
      ...(decided.apiKeyRequired && { apiKeyRequired: true }),
      ...(match === 'prefix' && { match }),
      ...(parameters.length > 0 && { backendParameters: parameters }),
      origin: node.origin,
    },
    'DEF-GEN-14',
  )
}

const checkAwsOperation = (node: Node, key: string, context: ReadContext): void => {
  reportMappedContext(node, key, context)
  const source = member(node, 'x-amazon-apigateway-api-key-source')
  if (source === undefined) return
  const message = `x-amazon-apigateway-api-key-source in ${key} has no effect`
  const details = { message, advice: 'Move it to the top of the document.', routes: [key] }
  context.findings.report('ignored', 'DEF-OAS-25', source, details)
}
