/** Bodies of SAM APIs: OpenAPI documents that SAM completes (DEF-SAM-08, DEF-SAM-09, DEF-SAM-12, DEF-SAM-16). @module */
import { isDeclared } from '../building/declared.ts'
import { routeKey } from '../building/paths.ts'
import type { AuthorizerDefinition } from '../definition.ts'
import { at, entriesOf, map, member, type MapNode, type Node, textOf } from '../document/node.ts'
import { operationsOf } from '../openapi/operations.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { type Decided, decidingMap, decidingText, isGiven, UNDECIDED } from './deciding.ts'
import { KEY, type Operation, securityNode, securityOf, undecided } from './operations.ts'
import { keyScheme, schemeOf } from './schemes.ts'

/** The body of an API: its document, or undecided with a finding that stops. */
export const readBody = (
  id: string,
  properties: Node,
  routes: readonly string[],
  context: ReadContext,
): Decided<MapNode> => {
  const uri = member(properties, 'DefinitionUri')
  const body = member(properties, 'DefinitionBody')
  if (isGiven(uri)) {
    if (isGiven(body)) {
      const message = `${id} has DefinitionUri and DefinitionBody, which SAM rejects`
      context.findings.stop('invalid', 'DEF-SAM-16', uri, { message, advice: 'Remove one of them.', routes })
      return UNDECIDED
    }
    return readUri(id, uri, routes, context)
  }
  if (!isGiven(body)) return undefined
  return decidingMap(context, body, { what: `DefinitionBody of ${id}`, routes })
}

/** A local file below the base directory. Its functions are not evaluated: the gateway reads the file itself. */
const readUri = (id: string, uri: Node, routes: readonly string[], context: ReadContext): Decided<MapNode> => {
  if (uri.kind === 'map') {
    const message = `the routes of ${id} are in an S3 object`
    const advice = 'Give the OpenAPI document to the importer.'
    context.findings.stop('external', 'DEF-SAM-16', uri, { message, advice, routes })
    return UNDECIDED
  }
  const text = decidingText(context, uri, { what: `DefinitionUri of ${id}`, routes })
  if (text === undefined || text === UNDECIDED) return UNDECIDED
  const document = context.attempt(() => context.parse(context.files.readReferenced(text, uri.origin)))
  if (document === undefined) {
    const message = `the routes of ${id} are in a file that cannot be read`
    const advice = 'Give the OpenAPI document to the importer, below the base directory.'
    context.findings.stop('external', 'DEF-SAM-16', uri, { message, advice, routes })
    return UNDECIDED
  }
  return decidingMap(context, document, { what: `the document of ${id}`, routes }) ?? UNDECIDED
}

/** The operations of a body. */
export const bodyOperations = (
  document: MapNode,
  protocol: 'REST' | 'HTTP',
  context: ReadContext,
): readonly Operation[] => {
  const found = operationsOf(document, context).map(({ method, path, node, hasIntegration, isReadable }) => {
    const isDefault = protocol === 'HTTP' && method === 'ANY' && (path === '/$default' || path === '$default')
    const route = isDefault ? { path: '$default' } : { method, path }
    const common = { key: routeKey(route), origin: node.origin, hasIntegration, node }
    const operation: Operation = Object.assign(route, common, securityOf(node))
    return isReadable ? operation : undecided(operation)
  })
  const count = new Map<string, number>()
  for (const { key } of found) count.set(key, (count.get(key) ?? 0) + 1)
  const isTwice = (key: string): boolean => (count.get(key) ?? 0) > 1
  for (const { key, origin } of found) {
    if (!isTwice(key)) continue
    const details = { message: `${key} is declared twice`, advice: 'Remove one of them.', routes: [key] }
    context.findings.stop('conflict', 'DEF-SAM-16', { origin }, details)
  }
  return found.map((each) => (isTwice(each.key) ? undecided(each) : each))
}

/** Whether a scheme is an API key, which is needed beside an authorizer. */
const isKeyScheme = (scheme: Node): boolean =>
  textOf(member(scheme, 'type')) === 'apiKey' &&
  textOf(member(scheme, 'in')) === 'header' &&
  textOf(member(scheme, 'name'))?.toLowerCase() === 'x-api-key' &&
  !isDeclared(member(scheme, 'x-amazon-apigateway-authorizer'))

/** The schemes of a document, under either name. */
export const schemesIn = (document: Node): ReadonlyMap<string, Node> =>
  new Map([
    ...entriesOf(member(document, 'securityDefinitions')),
    ...entriesOf(at(document, 'components', 'securitySchemes')),
  ])

/** Names of schemes that are API keys. */
export const keySchemes = (document: Node): ReadonlySet<string> =>
  new Set([KEY, ...[...schemesIn(document)].filter(([, scheme]) => isKeyScheme(scheme)).map(([name]) => name)])

/** The document as SAM deploys it: with the operations as they are now, and with the schemes of `Auth`. */
export const completed = (
  document: MapNode,
  operations: readonly Operation[],
  { authorizers, hasKeys }: { readonly authorizers: readonly AuthorizerDefinition[]; readonly hasKeys: boolean },
): Node => {
  const { origin } = document
  const paths = new Map<string, Map<string, Node>>()
  for (const { path, method, node, security, malformed, origin: place } of operations) {
    const methods = paths.get(path) ?? new Map<string, Node>()
    const written = malformed ?? (security && securityNode(security, place))
    const members = entriesOf(node).filter(([name]) => name !== 'security')
    const all = written === undefined ? members : [...members, ['security', written] as const]
    const isAny = method === undefined || method === 'ANY'
    methods.set(isAny ? 'x-amazon-apigateway-any-method' : method.toLowerCase(), map(all, place))
    paths.set(path, methods)
  }
  const pathNodes = [...paths].map(
    ([path, methods]) => [path === '$default' ? '/$default' : path, map(methods, origin)] as const,
  )
  const schemes = new Map(schemesIn(document))
  const isKeyNamed = operations.some(({ security = [] }) => security.some((each) => each.has(KEY)))
  if (hasKeys && isKeyNamed && !schemes.has(KEY)) schemes.set(KEY, keyScheme(origin))
  for (const each of authorizers) schemes.set(each.name, schemeOf(each))
  const others = entriesOf(document).filter(([name]) => name !== 'paths' && name !== 'securityDefinitions')
  const entries = new Map<string, Node>([...others, ['paths', map(pathNodes, origin)]])
  if (isDeclared(member(document, 'swagger'))) entries.set('securityDefinitions', map(schemes, origin))
  else {
    const components = entriesOf(member(document, 'components'))
    entries.set('components', map([...components, ['securitySchemes', map(schemes, origin)]], origin))
  }
  return { ...document, entries }
}
