/** `Auth.Authorizers` of REST and HTTP APIs (DEF-SAM-02 to DEF-SAM-04). @module */
import { isDeclared } from '../building/declared.ts'
import { functionOf } from '../building/settings.ts'
import type { Role, Wanted } from '../building/values.ts'
import type { AuthorizerDefinition } from '../definition.ts'
import { entriesOf, map, member, type Node, textOf } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { type Decided, isGiven, namesOf, UNDECIDED } from './deciding.ts'

/** An authorizer as declared under `Authorizers`. */
interface Declared {
  readonly name: string
  readonly node: Node
  readonly context: ReadContext
}

type Common = Pick<AuthorizerDefinition, 'name' | 'origin' | 'function'>

/** Default of the service for REST APIs (AWS-KIND-20). */
const REST_TTL_SECONDS = 300

/** Lists of identity sources in the order in which SAM writes them, with the prefixes of each kind of API. */
const SOURCES = [
  ['Headers', 'method.request.header.', '$request.header.'],
  ['QueryStrings', 'method.request.querystring.', '$request.querystring.'],
  ['StageVariables', 'stageVariables.', '$stageVariables.'],
  ['Context', 'context.', '$context.'],
] as const

/** Members that SAM knows, by kind of API. Others are ignored. */
const MEMBERS = {
  REST: namesOf(
    'FunctionArn FunctionPayloadType FunctionInvokeRole Identity UserPoolArn AuthorizationScopes DisableFunctionDefaultPermissions',
  ),
  HTTP: namesOf(
    'FunctionArn FunctionInvokeRole Identity IdentitySource JwtConfiguration AuthorizationScopes AuthorizerPayloadFormatVersion EnableSimpleResponses EnableFunctionDefaultPermissions',
  ),
} as const

const IDENTITY_MEMBERS = namesOf(
  'Header Headers QueryStrings StageVariables Context ReauthorizeEvery ValidationExpression',
)

/** Settings that need not be known. */
const INFORMING: ReadonlySet<string> = namesOf('FunctionArn FunctionInvokeRole UserPoolArn ReauthorizeEvery')

/** Whether a value that decides is known only when the template is deployed. */
const hasUnknown = (node: Node): boolean => {
  if (node.kind === 'unknown' || node.kind === 'reference') return true
  if (node.kind === 'map') return [...node.entries].some(([key, value]) => !INFORMING.has(key) && hasUnknown(value))
  return node.kind === 'list' && node.items.some(hasUnknown)
}

/**
 * Reads one authorizer. It is complete even if SAM would reject it: then a finding stops.
 *
 * @returns `undefined` if a setting that decides is not known; a finding says so
 */
export const readAuthorizer = (
  name: string,
  node: Node,
  protocol: 'REST' | 'HTTP',
  context: ReadContext,
): AuthorizerDefinition | undefined => {
  const known = context.values.map(node, { role: 'decides', what: `the authorizer ${JSON.stringify(name)}` })
  if (known === undefined) {
    if (isDeclared(node)) return undefined
    invalid({ name, node, context }, 'has no settings')
    return undefined
  }
  const declared = { name, node: known, context }
  reportIgnored(declared, known, MEMBERS[protocol])
  const functionName = functionOf(member(known, 'FunctionArn'))
  const common = { name, origin: node.origin, ...(functionName !== undefined && { function: functionName }) }
  const authorizer = protocol === 'REST' ? restAuthorizer(declared, common) : httpAuthorizer(declared, common)
  return hasUnknown(known) ? undefined : authorizer
}

const invalid = ({ name, node, context }: Declared, problem: string): void => {
  const message = `the authorizer ${JSON.stringify(name)} ${problem}`
  context.findings.stop('invalid', 'DEF-SAM-04', node, { message, advice: 'Correct it: SAM rejects the template.' })
}

const wanted = ({ name }: Declared, what: string, role: Role = 'decides'): { role: Role; what: string } => ({
  role,
  what: `${what} of the authorizer ${JSON.stringify(name)}`,
})

const reportIgnored = ({ name, context }: Declared, node: Node, members: ReadonlySet<string>): void => {
  for (const [key, value] of entriesOf(node)) {
    if (members.has(key)) continue
    const message = `SAM ignores ${JSON.stringify(key)} of the authorizer ${JSON.stringify(name)}`
    context.findings.report('ignored', 'DEF-SAM-03', value, { message, advice: 'Remove it, or correct its name.' })
  }
}

/** `Identity`; an empty map if it is absent. */
const identityOf = (declared: Declared): Node => {
  const identity = declared.context.values.map(member(declared.node, 'Identity'), wanted(declared, 'Identity'))
  if (identity === undefined) return map([], declared.node.origin)
  reportIgnored(declared, identity, IDENTITY_MEMBERS)
  return identity
}

const sourcesOf = (declared: Declared, identity: Node, protocol: 'REST' | 'HTTP'): readonly string[] =>
  SOURCES.flatMap(([list, rest, http]) => {
    const node = member(identity, list)
    const texts = declared.context.values.texts(node, wanted(declared, list)) ?? []
    return texts.map((text) => `${protocol === 'REST' ? rest : http}${text}`)
  })

const restAuthorizer = (declared: Declared, common: Common): AuthorizerDefinition => {
  const { node, context } = declared
  const { values } = context
  const identity = identityOf(declared)
  const header = values.text(member(identity, 'Header'), wanted(declared, 'Header')) ?? ''
  const source = `method.request.header.${header === '' ? 'Authorization' : header}`
  if (isGiven(member(node, 'UserPoolArn'))) {
    // A default that is empty decides: SAM then makes a Lambda authorizer.
    const role = textOf(member(node, 'UserPoolArn')) === '' ? 'decides' : 'informs'
    const providerARNs = values.texts(member(node, 'UserPoolArn'), wanted(declared, 'UserPoolArn', role)) ?? []
    return { ...common, kind: 'COGNITO_USER_POOLS', identitySource: [source], providerARNs }
  }
  if (!isDeclared(member(node, 'FunctionArn'))) invalid(declared, 'names neither FunctionArn nor UserPoolArn')
  const type = values.text(member(node, 'FunctionPayloadType'), wanted(declared, 'FunctionPayloadType'))
  const authorizerResultTtlInSeconds = values.integer(
    member(identity, 'ReauthorizeEvery'),
    wanted(declared, 'ReauthorizeEvery'),
    { fallback: REST_TTL_SECONDS, unresolved: 0 },
  )
  if (type === 'REQUEST') {
    const identitySource = sourcesOf(declared, identity, 'REST')
    if (identitySource.length === 0 && authorizerResultTtlInSeconds > 0)
      invalid(declared, 'is cached, but has none of Headers, QueryStrings, StageVariables and Context')
    return { ...common, kind: 'REQUEST', identitySource, authorizerResultTtlInSeconds }
  }
  if (type !== undefined && type !== 'TOKEN') invalid(declared, 'has a FunctionPayloadType other than TOKEN or REQUEST')
  for (const [list] of SOURCES) {
    const ignored = member(identity, list)
    if (!isGiven(ignored)) continue
    const message = `SAM ignores ${list} of the TOKEN authorizer ${JSON.stringify(declared.name)}: its identity source is ${source}`
    const advice = 'Use Identity.Header, or FunctionPayloadType: REQUEST.'
    context.findings.report('ignored', 'DEF-SAM-03', ignored, { message, advice })
  }
  const expression = values.text(member(identity, 'ValidationExpression'), wanted(declared, 'ValidationExpression'))
  return {
    ...common,
    kind: 'TOKEN',
    identitySource: [source],
    ...(expression !== undefined && expression !== '' && { identityValidationExpression: expression }),
    authorizerResultTtlInSeconds,
  }
}

const httpAuthorizer = (declared: Declared, common: Common): AuthorizerDefinition => {
  const { node, context } = declared
  const { values } = context
  if (isGiven(member(node, 'JwtConfiguration'))) return jwtAuthorizer(declared, common)
  if (isDeclared(member(node, 'IdentitySource'))) invalid(declared, 'has IdentitySource without JwtConfiguration')
  if (!isGiven(member(node, 'FunctionArn'))) invalid(declared, 'needs JwtConfiguration or FunctionArn')
  const identity = identityOf(declared)
  const version = values.text(
    member(node, 'AuthorizerPayloadFormatVersion'),
    wanted(declared, 'AuthorizerPayloadFormatVersion'),
  )
  const payload =
    version === '1' || version === '1.0' ? '1.0' : version === '2' || version === '2.0' ? '2.0' : undefined
  if (payload === undefined) invalid(declared, 'needs AuthorizerPayloadFormatVersion 1.0 or 2.0')
  const simple = values.flag(member(node, 'EnableSimpleResponses'), wanted(declared, 'EnableSimpleResponses'))
  const identitySource = sourcesOf(declared, identity, 'HTTP')
  // Nothing is cached without ReauthorizeEvery.
  const authorizerResultTtlInSeconds = values.integer(
    member(identity, 'ReauthorizeEvery'),
    wanted(declared, 'ReauthorizeEvery'),
    { fallback: 0, unresolved: 0 },
  )
  if (authorizerResultTtlInSeconds > 0 && identitySource.length === 0)
    invalid(declared, 'is cached, but has no identity source')
  return {
    ...common,
    kind: 'REQUEST',
    identitySource,
    authorizerResultTtlInSeconds,
    authorizerPayloadFormatVersion: payload ?? '1.0',
    enableSimpleResponses: simple ?? false,
  }
}

const jwtAuthorizer = (declared: Declared, common: Common): AuthorizerDefinition => {
  const { node, context } = declared
  const { values } = context
  for (const name of ['FunctionArn', 'Identity', 'AuthorizerPayloadFormatVersion', 'EnableSimpleResponses'])
    if (isDeclared(member(node, name))) invalid(declared, `has ${name} beside JwtConfiguration`)
  const configuration = values.map(member(node, 'JwtConfiguration'), wanted(declared, 'JwtConfiguration'))
  // Keys in any letter case.
  const settings = new Map(entriesOf(configuration).map(([key, value]) => [key.toLowerCase(), value]))
  const source = values.text(member(node, 'IdentitySource'), wanted(declared, 'IdentitySource'))
  const issuer = values.text(settings.get('issuer'), wanted(declared, 'issuer'))
  const audience = values.texts(settings.get('audience'), wanted(declared, 'audience')) ?? []
  if (source === undefined) invalid(declared, 'needs IdentitySource')
  if (configuration !== undefined && (issuer === undefined || audience.length === 0))
    invalid(declared, 'needs an issuer and an audience')
  return {
    ...common,
    kind: 'JWT',
    identitySource: [source ?? '$request.header.Authorization'],
    jwtConfiguration: { issuer: issuer ?? '', audience },
  }
}

/** `AuthorizationScopes` of an authorizer or an event. */
export const scopesOf = (
  node: Node | undefined,
  what: Omit<Wanted, 'role'>,
  context: ReadContext,
): Decided<readonly string[]> => {
  const list = member(node, 'AuthorizationScopes')
  if (!isDeclared(list)) return undefined
  return context.values.texts(list, { ...what, role: 'decides' }) ?? UNDECIDED
}
