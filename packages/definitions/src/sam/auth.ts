/** `Auth` of an API (DEF-SAM-05 to DEF-SAM-07, DEF-SAM-13 to DEF-SAM-15). @module */
import type { Findings, Placed } from '../building/findings.ts'
import { checkResourcePolicy } from '../building/resource-policy.ts'
import type { AuthorizerDefinition, Origin } from '../definition.ts'
import { entriesOf, itemsOf, map, member, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { readAuthorizer, scopesOf } from './authorizers.ts'
import {
  type Decided,
  decidingFlag,
  decidingMap,
  decidingText,
  isGiven,
  namesOf,
  samFlag,
  UNDECIDED,
} from './deciding.ts'

/** What the `Auth` of an API says. */
export interface ApiAuth {
  /** By name. `undecided`: declared, but a setting is not known. */
  readonly authorizers: ReadonlyMap<string, AuthorizerDefinition | typeof UNDECIDED>
  readonly scopes: ReadonlyMap<string, Decided<readonly string[]>>
  readonly default: Decided<string>
  /** Whether the default guards `OPTIONS`. */
  readonly guardsPreflight: Decided<boolean>
  readonly apiKeyRequired: Decided<boolean>
  readonly keyForPreflight: Decided<boolean>
  readonly origin: Origin
}

/** The API whose `Auth` is read. */
export interface AuthPlace {
  readonly id: string
  readonly protocol: 'REST' | 'HTTP'
  /** Keys of its routes. */
  readonly routes: readonly string[]
}

/** Name of the authorizer that SAM provides itself. */
export const IAM = 'AWS_IAM'

/** Name that opens a route. */
export const NONE = 'NONE'

/** Members that SAM accepts; it rejects all others. */
const MEMBERS = {
  REST: namesOf(
    'Authorizers DefaultAuthorizer InvokeRole AddDefaultAuthorizerToCorsPreflight ApiKeyRequired AddApiKeyRequiredToCorsPreflight ResourcePolicy UsagePlan',
  ),
  HTTP: namesOf('Authorizers DefaultAuthorizer EnableIamAuthorizer'),
} as const

/** Reads `Auth`. Undecided if it cannot be read: then nothing is known about any route of the API. */
export const readAuth = (
  node: Node | undefined,
  { id, protocol, routes }: AuthPlace,
  context: ReadContext,
): ApiAuth | typeof UNDECIDED => {
  const declared = decidingMap(context, node, { what: `Auth of ${id}`, routes })
  if (declared === UNDECIDED) return UNDECIDED
  const auth = declared ?? map([], node?.origin ?? { file: '', line: 0, pointer: '' })
  const what = (name: string): { what: string; routes: readonly string[] } => ({ what: `${name} of ${id}`, routes })
  checkMembers(auth, { id, protocol, routes }, context.findings)
  const entries = decidingMap(context, member(auth, 'Authorizers'), what('Authorizers'))
  if (entries === UNDECIDED) return UNDECIDED
  const authorizers = new Map<string, AuthorizerDefinition | typeof UNDECIDED>(
    entriesOf(entries).map(([name, each]) => [name, readAuthorizer(name, each, protocol, context) ?? UNDECIDED]),
  )
  const scopes = new Map<string, Decided<readonly string[]>>(
    entriesOf(entries).map(([name, each]) => [name, scopesOf(each, what(`the scopes of ${name}`), context)]),
  )
  if (protocol === 'HTTP')
    addIam(authorizers, decidingFlag(context, member(auth, 'EnableIamAuthorizer'), what('EnableIamAuthorizer')), auth)
  else if (!authorizers.has(IAM)) addIam(authorizers, true, auth)
  if (protocol === 'REST') checkPolicy(member(auth, 'ResourcePolicy'), context.findings)
  const flag = (name: string): Decided<boolean> => samFlag(context, member(auth, name), what(name))
  return {
    authorizers,
    scopes,
    default: defaultOf(auth, authorizers, { id, protocol, routes }, context),
    guardsPreflight: protocol === 'HTTP' ? false : (flag('AddDefaultAuthorizerToCorsPreflight') ?? true),
    apiKeyRequired: protocol === 'HTTP' ? false : flag('ApiKeyRequired'),
    keyForPreflight: protocol === 'HTTP' ? false : (flag('AddApiKeyRequiredToCorsPreflight') ?? true),
    origin: auth.origin,
  }
}

/** Adds the stop for routes whose authorizer is declared, but cannot be read. */
export const stopUnreadable = (
  name: string,
  { node, routes }: { readonly node: Placed; readonly routes: readonly string[] },
  findings: Findings,
): void => {
  const message = `the authorizer ${JSON.stringify(name)} cannot be read, so that nothing is known about routes with it`
  findings.stop('unresolved', 'DEF-SAM-02', node, { message, advice: 'Correct the authorizer.', routes })
}

const addIam = (
  authorizers: Map<string, AuthorizerDefinition | typeof UNDECIDED>,
  enabled: Decided<boolean>,
  { origin }: Node,
): void => {
  if (enabled === UNDECIDED) authorizers.set(IAM, UNDECIDED)
  else if (enabled === true) authorizers.set(IAM, { name: IAM, kind: IAM, origin })
}

const checkMembers = (auth: Node, { id, protocol, routes }: AuthPlace, findings: Findings): void => {
  for (const [name, value] of entriesOf(auth)) {
    if (MEMBERS[protocol].has(name)) continue
    const message = `Auth of ${id} has the member ${JSON.stringify(name)}, which SAM rejects`
    findings.stop('invalid', 'DEF-GEN-10', value, { message, advice: 'Remove it, or correct its name.', routes })
  }
}

const defaultOf = (
  auth: Node,
  authorizers: ApiAuth['authorizers'],
  { id, routes }: AuthPlace,
  context: ReadContext,
): Decided<string> => {
  const node = member(auth, 'DefaultAuthorizer')
  const name = decidingText(context, node, { what: `DefaultAuthorizer of ${id}`, routes })
  if (typeof name !== 'string' || name === '') return name === '' ? undefined : name
  const found = authorizers.get(name)
  if (found === UNDECIDED) stopUnreadable(name, { node: node ?? auth, routes }, context.findings)
  if (found !== undefined) return found === UNDECIDED ? UNDECIDED : name
  const message = `DefaultAuthorizer of ${id} is ${JSON.stringify(name)}, which is not one of its Authorizers`
  const details = { message, advice: 'Declare it under Auth.Authorizers, or correct the name.', routes }
  context.findings.stop('unknown-authorizer', 'DEF-SAM-06', node ?? auth, details)
  return UNDECIDED
}

/** Whether a list or map of a policy has any entry. */
const hasStatements = (policy: Node | undefined): boolean =>
  policy !== undefined &&
  (policy.kind !== 'map' || entriesOf(policy).some(([, value]) => isGiven(value) || itemsOf(value).length > 0))

/** Adds the finding for a resource policy of an API or an event (DEF-SAM-13). */
export const checkPolicy = (policy: Node | undefined, findings: Findings): void => {
  if (policy === undefined || !isGiven(policy)) return
  const others = entriesOf(policy).filter(([name]) => name !== 'CustomStatements')
  const statements = member(policy, 'CustomStatements')
  const isOnlyCustom = policy.kind === 'map' && !others.some(([, value]) => isGiven(value))
  if (!hasStatements(policy)) return
  if (isOnlyCustom && statements !== undefined)
    checkResourcePolicy(map([['Statement', statements]], policy.origin), 'DEF-SAM-13', findings)
  else checkResourcePolicy(policy, 'DEF-SAM-13', findings)
}
