/** `AWS::Serverless::WebSocketApi` (DEF-SAM-17). @module */
import type { ApiBuilder, RouteGuard } from '../building/api-builder.ts'
import { functionOf, splitSources, wrongSource } from '../building/settings.ts'
import type { Resource } from '../cloudformation/template.ts'
import type { AuthorizerDefinition } from '../definition.ts'
import { entriesOf, map, type MapNode, member, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { type Decided, decidingFlag, decidingMap, decidingText, isGiven, namesOf, UNDECIDED } from './deciding.ts'

/** Members of `Auth` that SAM knows. */
const MEMBERS: ReadonlySet<string> = namesOf('AuthType AuthArn IdentitySource InvokeRole Name')

/** Types of authorization, as SAM compares them. */
const TYPES: ReadonlySet<string> = new Set(['NONE', 'AWS_IAM', 'CUSTOM'])

/** Adds a WebSocket API with its routes; `undefined` if it does not exist. */
export const addWebSocketApi = (
  { id, exists: condition, origin }: Resource,
  merged: Node,
  context: ReadContext,
): ApiBuilder | undefined => {
  const properties = decidingMap(context, merged, { what: `the properties of ${id}` })
  const node = properties === UNDECIDED ? undefined : properties
  const routes = decidingMap(context, member(node, 'Routes'), { what: `Routes of ${id}` })
  const declared = entriesOf(routes === UNDECIDED ? member(node, 'Routes') : routes)
  const keys = declared.map(([key]) => key)
  const exists = decidingFlag(context, condition, { what: `whether ${id} exists`, routes: keys })
  if (exists === false) return undefined
  const api = context.addApi(id, 'WEBSOCKET', origin)
  const isKnown = exists === true && routes !== UNDECIDED && properties !== UNDECIDED
  const guard = connectGuard(api, member(node, 'Auth'), { id, keys }, context)
  for (const [key, route] of declared) {
    const settings = decidingMap(context, route, { what: `the route ${key}`, routes: [key] })
    const key$ =
      settings === UNDECIDED
        ? UNDECIDED
        : decidingFlag(context, member(settings, 'ApiKeyRequired'), {
            what: `ApiKeyRequired of ${key}`,
            routes: [key],
          })
    const own: RouteGuard = key === '$connect' ? guard : { open: 'omitted' }
    api.addRoute(
      {
        path: key,
        guard: isKnown && key$ !== UNDECIDED ? own : 'undecided',
        ...(key$ === true && { apiKeyRequired: true }),
        origin: route.origin,
      },
      'DEF-SAM-17',
    )
  }
  addSettings(api, node ?? map([], origin), context)
  return api
}

interface Place {
  readonly id: string
  readonly keys: readonly string[]
}

const connectGuard = (
  api: ApiBuilder,
  auth: Node | undefined,
  { id, keys }: Place,
  context: ReadContext,
): RouteGuard => {
  const routes = keys.filter((each) => each === '$connect')
  const known = decidingMap(context, auth, { what: `Auth of ${id}`, routes })
  if (known === UNDECIDED) return 'undecided'
  if (known === undefined || known.entries.size === 0) return { open: 'omitted' }
  const reject = (message: string, code = 'DEF-SAM-17'): 'undecided' => {
    context.findings.stop('invalid', code, known, { message, advice: 'Correct Auth.', routes })
    return 'undecided'
  }
  if (routes.length === 0) return reject(`${id} has Auth, but no route $connect: SAM rejects the template`)
  for (const [name] of entriesOf(known))
    if (!MEMBERS.has(name))
      reject(`Auth of ${id} has the member ${JSON.stringify(name)}, which does not exist`, 'DEF-GEN-10')
  const type = decidingText(context, member(known, 'AuthType'), { what: `AuthType of ${id}`, routes })
  if (type === UNDECIDED) return 'undecided'
  if (type === undefined || !TYPES.has(type.toUpperCase()))
    return reject(`AuthType of ${id} is not NONE, AWS_IAM or CUSTOM`)
  if (!TYPES.has(type)) {
    const message = `SAM accepts AuthType ${JSON.stringify(type)} of ${id}, but deploys $connect open`
    context.findings.stop('ignored-protection', 'DEF-SAM-17', known, {
      message,
      advice: 'Write it in capitals.',
      routes,
    })
    return 'undecided'
  }
  if (type !== 'CUSTOM' && known.entries.size > 1)
    return reject(`Auth of ${id} has members that AuthType ${type} does not take`)
  if (type === 'NONE') return { open: 'declared' }
  if (type === 'AWS_IAM') {
    api.addAuthorizer({ name: type, kind: type, origin: known.origin })
    return { authorizer: type }
  }
  const authorizer = customAuthorizer(known, { id, routes }, context)
  if (authorizer === undefined) return 'undecided'
  api.addAuthorizer(authorizer)
  return { authorizer: authorizer.name }
}

/** The authorizer has the logical ID that SAM generates. */
const customAuthorizer = (
  auth: MapNode,
  { id, routes }: { id: string; routes: readonly string[] },
  context: ReadContext,
): AuthorizerDefinition | undefined => {
  const invalid = (message: string): void =>
    context.findings.stop('invalid', 'DEF-SAM-17', auth, { message, advice: 'Correct Auth.', routes })
  const arn = member(auth, 'AuthArn')
  if (!isGiven(arn)) invalid(`${id} needs AuthArn for AuthType CUSTOM`)
  const node = member(auth, 'IdentitySource')
  const texts = context.values.texts(node, { role: 'decides', what: `IdentitySource of ${id}`, routes })
  if (texts === undefined && isGiven(node)) return undefined
  const identitySource = splitSources(texts ?? [])
  const wrong = wrongSource(identitySource, 'WEBSOCKET')
  if (wrong !== undefined) invalid(`the identity source ${JSON.stringify(wrong)} is not one of a WebSocket API`)
  const functionName = functionOf(arn)
  return {
    name: `${id}ConnectAuthorizer`,
    kind: 'REQUEST',
    identitySource,
    origin: auth.origin,
    ...(functionName !== undefined && { function: functionName }),
  }
}

const informs = (what: string): { role: 'informs'; what: string } => ({ role: 'informs', what })

const addSettings = (api: ApiBuilder, properties: Node, context: ReadContext): void => {
  api.settings.stage = context.values.text(member(properties, 'StageName'), informs('StageName')) ?? 'default'
  const pairs = entriesOf(member(properties, 'StageVariables')).flatMap(([name, value]) => {
    const found: Decided<string> = context.values.text(value, informs(`the stage variable ${name}`))
    return found === undefined ? [] : [[name, found] as const]
  })
  if (pairs.length > 0) api.settings.stageVariables = Object.fromEntries(pairs)
  const what = `ApiKeySelectionExpression of ${api.name}`
  const selection = context.values.text(member(properties, 'ApiKeySelectionExpression'), { role: 'decides', what })
  if (selection?.includes('usageIdentifierKey') === true) api.settings.apiKeySource = 'AUTHORIZER'
}
