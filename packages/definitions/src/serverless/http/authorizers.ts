/** `provider.httpApi.authorizers`: Lambda and JWT authorizers of the HTTP API (DEF-SLS-11). @module */
import type { ApiBuilder } from '../../building/api-builder.ts'
import { functionOf, splitSources, wrongSource } from '../../building/settings.ts'
import type { AuthorizerDefinition } from '../../definition.ts'
import { at, entriesOf, isAbsent, member, type Node, textOf } from '../../document/node.ts'
import { authorizerFunction } from '../functions.ts'
import { checkKeys } from '../keys.ts'
import { LogicalIds, nameId } from '../logical-ids.ts'
import { hasUndecidedMember, isUndecided, type Service } from '../service.ts'

const KEYS = {
  request: new Set(
    'type name functionName functionArn managedExternally resultTtlInSeconds enableSimpleResponses payloadVersion identitySource'.split(
      ' ',
    ),
  ),
  jwt: new Set('type name identitySource issuerUrl audience'.split(' ')),
}

const VERSIONS: Readonly<Record<string, '1.0' | '2.0'>> = { '1': '1.0', '1.0': '1.0', '2': '2.0', '2.0': '2.0' }

/** Names of authorizers that were declared, but could not be read. */
export type Unreadable = ReadonlySet<string>

/** Adds the declared authorizers to the API. */
export const readHttpAuthorizers = (api: ApiBuilder, service: Service): Unreadable => {
  const { values } = service.context
  const unreadable = new Set<string>()
  const ids = new LogicalIds()
  const declared = at(service.provider, 'httpApi', 'authorizers')
  values.known(declared, { role: 'decides', what: 'the authorizers of the HTTP API' })
  for (const [name, node] of entriesOf(declared)) {
    const what = `the authorizer ${JSON.stringify(name)}`
    const definition = isUndecided(node, service.context)
      ? values.known(node, { role: 'decides', what }) && undefined
      : readAuthorizer(name, node, { what, service })
    if (definition === undefined) unreadable.add(name)
    else api.addAuthorizer(definition)
    checkLabel(ids, name, node, service)
    // With one authorizer, no other can have its label.
    if (entriesOf(declared).length > 1)
      hasUndecidedMember(node, ['name'], { what, routes: [], context: service.context })
  }
  return unreadable
}

/** `name` is a label, from which the framework makes the name of the resource: equal labels are one authorizer. */
const checkLabel = (ids: LogicalIds, name: string, node: Node, { context }: Service): void => {
  const label = textOf(member(node, 'name')) ?? name
  const earlier = ids.add(nameId(label), name)
  if (earlier === undefined) return
  const message = `the authorizers ${JSON.stringify(earlier)} and ${JSON.stringify(name)} have one name, and become one authorizer when they are deployed`
  context.findings.stop('conflict', 'DEF-SLS-13', node, { message, advice: 'Give each another name.' })
}

interface Place {
  readonly what: string
  readonly service: Service
}

const readAuthorizer = (name: string, node: Node, place: Place): AuthorizerDefinition | undefined => {
  const { what, service } = place
  const { values, findings } = service.context
  if (node.kind !== 'map') {
    findings.stop('invalid', 'DEF-SLS-11', node, { message: `${what} is not a map`, advice: 'Declare its settings.' })
    return undefined
  }
  const typeNode = member(node, 'type')
  const type = values.text(typeNode, { role: 'decides', what: `the type of ${what}` })
  if (type === undefined && !isAbsent(typeNode)) return undefined
  const isRequest = type === 'request'
  checkKeys(node, isRequest ? KEYS.request : KEYS.jwt, { where: what, context: service.context })
  return isRequest ? readRequest(name, node, place) : readJwt(name, node, place)
}

const invalid = (node: Node, message: string, advice: string, { service }: Place): undefined => {
  service.context.findings.stop('invalid', 'DEF-SLS-11', node, { message, advice })
}

const readSources = (node: Node, place: Place): readonly string[] | undefined => {
  const { what, service } = place
  const sourceNode = member(node, 'identitySource')
  const texts = service.context.values.texts(sourceNode, { role: 'decides', what: `identitySource of ${what}` })
  if (texts === undefined) return isAbsent(sourceNode) ? [] : undefined
  const sources = splitSources(texts)
  const wrong = wrongSource(sources, 'HTTP')
  if (wrong !== undefined)
    invalid(
      sourceNode ?? node,
      `${what} has the identity source ${JSON.stringify(wrong)}`,
      'Use $request.header.NAME.',
      place,
    )
  return sources
}

const readRequest = (name: string, node: Node, place: Place): AuthorizerDefinition | undefined => {
  const { what, service } = place
  const { values } = service.context
  const functionName = values.text(member(node, 'functionName'), { role: 'informs', what: `functionName of ${what}` })
  const arn = member(node, 'functionArn')
  const hasName = !isAbsent(member(node, 'functionName'))
  if (hasName === !isAbsent(arn))
    return invalid(node, `${what} needs either functionName or functionArn`, 'Set one of them.', place)
  if (functionName !== undefined && authorizerFunction(functionName, node, { what, routes: [], service }) === undefined)
    return undefined
  const sources = readSources(node, place)
  if (sources === undefined) return undefined
  const ttl = values.integer(
    member(node, 'resultTtlInSeconds'),
    { role: 'informs', what: `resultTtlInSeconds of ${what}` },
    { fallback: 0, unresolved: 0 },
  )
  if (ttl > 0 && sources.length === 0)
    invalid(
      node,
      `${what} caches results, and has no identitySource`,
      'Set identitySource, or no resultTtlInSeconds.',
      place,
    )
  const versionNode = member(node, 'payloadVersion')
  const version = values.text(versionNode, { role: 'decides', what: `payloadVersion of ${what}` }) ?? '2.0'
  const authorizerPayloadFormatVersion = VERSIONS[versionNode?.kind === 'scalar' ? versionNode.text : version]
  if (authorizerPayloadFormatVersion === undefined)
    return invalid(versionNode ?? node, `${what} has an unknown payloadVersion`, "Use '1.0' or '2.0'.", place)
  const simple = values.flag(member(node, 'enableSimpleResponses'), {
    role: 'decides',
    what: `enableSimpleResponses of ${what}`,
  })
  const local = arn?.kind === 'unknown' ? service.functionsById.get(arn.references[0]?.resource ?? '') : undefined
  const named = functionName ?? local ?? functionOf(arn)
  return {
    name,
    kind: 'REQUEST',
    origin: node.origin,
    ...(named !== undefined && { function: named }),
    identitySource: sources,
    authorizerResultTtlInSeconds: ttl,
    authorizerPayloadFormatVersion,
    enableSimpleResponses: simple ?? false,
  }
}

const readJwt = (name: string, node: Node, place: Place): AuthorizerDefinition | undefined => {
  const { what, service } = place
  const { values } = service.context
  const before = service.context.findings.list.length
  const issuer = values.text(member(node, 'issuerUrl'), { role: 'decides', what: `issuerUrl of ${what}` })
  const audience = values.texts(member(node, 'audience'), { role: 'decides', what: `audience of ${what}` })
  const sources = readSources(node, place)
  const hasFinding = service.context.findings.list.length > before
  const [source, another] = sources ?? []
  const isComplete = issuer !== undefined && audience !== undefined && audience.length > 0 && source !== undefined
  if (!isComplete && !hasFinding)
    invalid(node, `${what} needs issuerUrl, audience and identitySource`, 'Set all three, or type: request.', place)
  else if (another !== undefined) invalid(node, `${what} has more than one identity source`, 'Use one.', place)
  if (!isComplete) return undefined
  return { name, kind: 'JWT', origin: node.origin, identitySource: [source], jwtConfiguration: { issuer, audience } }
}
