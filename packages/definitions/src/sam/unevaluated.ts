/**
 * Functions that SAM does not evaluate (DEF-SAM-19). SAM writes most values into the template that it deploys, where
 * CloudFormation evaluates them. Other values it tests itself, and there a function is a map like any other: not empty, so that
 * it counts as true, and without the members that its value would have. Such functions become values that are not known.
 * @module
 */
import { at, entriesOf, type MapNode, member, type Node, textOf, unknown } from '../document/node.ts'

/**
 * Functions that a place may have. `parameters`: `Ref` of a parameter, which SAM replaces. `resources`: `Ref` of a resource.
 * `branches`: `Fn::If`, if both branches are as the place wants them. `values`: all that have a value, because CloudFormation
 * evaluates them. `all`: also those without a value.
 */
type Accepted = 'none' | 'parameters' | 'resources' | 'branches' | 'values' | 'all'

/** A place of a template, with those below it. */
interface Place {
  readonly accepted: Accepted
  readonly members: ReadonlyMap<string, Place>
  /** Other members, and items. */
  readonly others: Place | 'same'
}

const place = (
  accepted: Accepted,
  members: Readonly<Record<string, Place>> = {},
  others: Place['others'] = 'same',
): Place => ({ accepted, members: new Map(Object.entries(members)), others })

const ALL = place('all')
const VALUE = place('values')
const NONE = place('none')

const identity = (own: Accepted): Place =>
  place(own, { Header: VALUE, ReauthorizeEvery: VALUE, ValidationExpression: VALUE }, place(own))

const authorizer = (own: Accepted): Place =>
  place(
    own,
    {
      FunctionArn: VALUE,
      FunctionInvokeRole: ALL,
      UserPoolArn: VALUE,
      Identity: identity(own),
      IdentitySource: VALUE,
      JwtConfiguration: place(own, {}, VALUE),
      AuthorizationScopes: place(own, {}, VALUE),
      AuthorizerPayloadFormatVersion: VALUE,
      EnableSimpleResponses: VALUE,
    },
    place(own),
  )

const auth = (own: Accepted): Place =>
  place(
    own,
    {
      Authorizers: place(own, {}, authorizer(own)),
      InvokeRole: ALL,
      UsagePlan: place(own, { CreateUsagePlan: place(own) }, ALL),
    },
    place(own),
  )

/** SAM tests whether operations have an integration, and adds to their `security`: in each branch of one `Fn::If`. */
const OPERATION = place(
  'branches',
  { security: place('none', {}, place('none', {}, VALUE)), 'x-amazon-apigateway-integration': VALUE },
  ALL,
)
const BODY = place('branches', { paths: place('none', {}, place('branches', {}, OPERATION)) }, ALL)

/** SAM maps the API at the root if the base path is neither text nor a list. */
const DOMAIN = place('all', { BasePath: place('parameters'), NormalizeBasePath: place('parameters') }, ALL)

const REST_API = place(
  'none',
  {
    Domain: DOMAIN,
    Auth: auth('parameters'),
    Cors: place('none', {}, VALUE),
    MergeDefinitions: NONE,
    DefinitionBody: BODY,
  },
  ALL,
)

/** SAM replaces no parameters in the `Auth` of an HTTP API. */
const HTTP_API = place(
  'none',
  { Domain: DOMAIN, Auth: auth('none'), CorsConfiguration: place('parameters', {}, ALL), DefinitionBody: BODY },
  ALL,
)

const WEB_SOCKET_API = place(
  'none',
  {
    Auth: place('parameters', { AuthArn: VALUE, IdentitySource: VALUE, InvokeRole: ALL, Name: ALL }),
    Routes: place('parameters', {}, place('parameters', { ApiKeyRequired: VALUE }, ALL)),
  },
  ALL,
)

/** A function instead of the `Auth` itself has a finding of its own (DEF-SAM-06). */
const EVENT_AUTH = place('all', { AuthorizationScopes: place('none', {}, VALUE), InvokeRole: ALL }, NONE)

const EVENT_PROPERTIES = place(
  'none',
  { Path: NONE, Method: NONE, RestApiId: place('resources'), ApiId: place('resources'), Auth: EVENT_AUTH },
  ALL,
)

const EVENT = place('none', { Type: NONE, Properties: EVENT_PROPERTIES }, ALL)

const WITH_EVENTS = place('none', { Events: place('none', {}, EVENT) }, ALL)

/** Properties of resources, by type. */
const RESOURCES: ReadonlyMap<string, Place> = new Map([
  ['AWS::Serverless::Api', REST_API],
  ['AWS::Serverless::HttpApi', HTTP_API],
  ['AWS::Serverless::WebSocketApi', WEB_SOCKET_API],
  ['AWS::Serverless::Function', WITH_EVENTS],
  ['AWS::Serverless::StateMachine', WITH_EVENTS],
])

const GLOBALS = place('none', { Api: REST_API, HttpApi: HTTP_API, WebSocketApi: WEB_SOCKET_API }, ALL)

/** The function that a map is; `undefined` if it is none. Files to include are read before SAM sees the template. */
const functionIn = (node: MapNode): string | undefined => {
  const [name, another] = node.entries.keys()
  const isFunction = name !== undefined && another === undefined && (name === 'Ref' || name.startsWith('Fn::'))
  return isFunction && name !== 'Fn::Transform' ? name : undefined
}

const isNoValue = (node: Node): boolean => textOf(member(node, 'Ref')) === 'AWS::NoValue'

/** Whether a function may be `AWS::NoValue`: SAM takes the property for present then, and CloudFormation removes it. */
const mayVanish = (node: Node): boolean => {
  if (node.kind === 'list') return node.items.some(mayVanish)
  return isNoValue(node) || entriesOf(node).some(([, each]) => mayVanish(each))
}

/** Whether `Ref` names a parameter with one value. SAM replaces it by the text of a list, too. */
const isParameter = (name: string | undefined, document: Node): boolean => {
  const parameter = name === undefined ? undefined : at(document, 'Parameters', name)
  return parameter !== undefined && !/List/.test(textOf(member(parameter, 'Type')) ?? '')
}

const isAccepted = (node: MapNode, accepted: Accepted, document: Node): boolean => {
  if (accepted === 'all') return true
  if (accepted === 'values') return !mayVanish(node)
  const name = textOf(member(node, 'Ref'))
  if (accepted === 'parameters') return isParameter(name, document)
  return accepted === 'resources' && name !== undefined && at(document, 'Resources', name) !== undefined
}

const seen = (node: Node, current: Place, document: Node): Node => {
  if (current === ALL) return node
  const { accepted, members, others } = current
  const rest = others === 'same' ? current : others
  if (node.kind === 'list') return { ...node, items: node.items.map((each) => seen(each, rest, document)) }
  if (node.kind !== 'map') return node
  const name = functionIn(node)
  if (name !== undefined) {
    if (isAccepted(node, accepted, document)) return node
    if (accepted === 'branches' && name === 'Fn::If') return withBranches(node, current, document)
    const why = name === 'Fn::ImportValue' ? 'external' : 'unresolved'
    return unknown(why, `SAM does not evaluate ${name} here, so that the value has to be written itself`, node.origin)
  }
  const entries = [...node.entries].map(
    ([key, value]) => [key, seen(value, members.get(key) ?? rest, document)] as const,
  )
  return { ...node, entries: new Map(entries) }
}

/** The branches of `Fn::If`. SAM does not look into functions in them. */
const withBranches = (node: MapNode, current: Place, document: Node): Node =>
  replaced(node, 'Fn::If', (argument) => {
    if (argument.kind !== 'list') return argument
    const [condition, ...branches] = argument.items
    if (condition === undefined) return argument
    const inner: Place = { ...current, accepted: 'none' }
    const items = branches.map((each) => (isNoValue(each) ? each : seen(each, inner, document)))
    return { ...argument, items: [condition, ...items] }
  })

const replaced = (node: Node, key: string, change: (value: Node) => Node): Node => {
  const value = node.kind === 'map' ? node.entries.get(key) : undefined
  return node.kind !== 'map' || value === undefined
    ? node
    : { ...node, entries: new Map([...node.entries, [key, change(value)]]) }
}

/** The template as SAM sees it: functions that it does not evaluate are values that are not known. */
export const asSeenBySam = (document: Node): Node => {
  const withGlobals = replaced(document, 'Globals', (globals) => seen(globals, GLOBALS, document))
  return replaced(withGlobals, 'Resources', (resources) => {
    if (resources.kind !== 'map') return resources
    const entries = [...resources.entries].map(([id, resource]) => {
      const properties = RESOURCES.get(textOf(member(resource, 'Type')) ?? '')
      if (properties === undefined) return [id, resource] as const
      return [id, replaced(resource, 'Properties', (value) => seen(value, properties, document))] as const
    })
    return { ...resources, entries: new Map(entries) }
  })
}
