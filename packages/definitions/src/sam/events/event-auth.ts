/** `Auth` of an event (DEF-SAM-05, DEF-SAM-06, DEF-SAM-14). @module */
import { entriesOf, member, type MapNode } from '../../document/node.ts'
import type { ReadContext } from '../../reading/read-context.ts'
import { type ApiAuth, checkPolicy, NONE, stopUnreadable } from '../auth.ts'
import { scopesOf } from '../authorizers.ts'
import { type Decided, decidingText, isGiven, namesOf, samFlag, UNDECIDED } from '../deciding.ts'
import type { ApiEvent } from './read-events.ts'
import { KEY, NO_KEY, type Requirement, requirement } from '../operations.ts'

/** Members of an event's `Auth` that SAM knows. It ignores all others. */
const AUTH_MEMBERS: ReadonlySet<string> = namesOf(
  'Authorizer AuthorizationScopes ApiKeyRequired InvokeRole OverrideApiAuth ResourcePolicy',
)

/** Adds a stop for each member of an event's `Auth` that SAM ignores, such as a misspelt one. */
const checkAuthMembers = ({ auth, key }: ApiEvent, { findings }: ReadContext): void => {
  if (auth === undefined || auth === UNDECIDED) return
  for (const [name, node] of entriesOf(auth)) {
    if (AUTH_MEMBERS.has(name)) continue
    const message = `SAM ignores ${JSON.stringify(name)} in the Auth of ${key}`
    const advice = 'Correct its name, or move it to the Auth of the API.'
    findings.stop('misplaced', 'DEF-GEN-10', node, { message, advice, routes: [key] })
  }
}

/** The requirements that the `Auth` of an event adds to its operation; undecided if a finding says why they are not known. */
export const requirementsOf = (
  event: ApiEvent,
  auth: ApiAuth,
  context: ReadContext,
): readonly Requirement[] | typeof UNDECIDED => {
  const { auth: own, origin } = event
  if (own === UNDECIDED || event.isUndecided) return UNDECIDED
  if (own === undefined || own.entries.size === 0) return []
  checkAuthMembers(event, context)
  if (event.protocol === 'REST') checkPolicy(member(own, 'ResourcePolicy'), context.findings)
  checkOverride(event, own, context)
  const name = authorizerOf(event, own, auth, context)
  if (name === UNDECIDED) return UNDECIDED
  const scopes = scopesFor(event, own, name, context)
  if (scopes === UNDECIDED) return UNDECIDED
  const key = keyOf(event, own, auth, context)
  if (key === UNDECIDED) return UNDECIDED
  if (name === undefined) return key
  const effective = scopes ?? auth.scopes.get(name)
  return effective === UNDECIDED ? UNDECIDED : [requirement(name, effective ?? [], origin), ...key]
}

const reject = (event: ApiEvent, context: ReadContext, message: string, advice: string): void =>
  context.findings.stop('invalid', 'DEF-SAM-06', event, { message, advice, routes: [event.key] })

/** SAM rejects `OverrideApiAuth` with nothing to override. */
const checkOverride = (event: ApiEvent, own: MapNode, context: ReadContext): void => {
  if (!event.isOfFunction || event.protocol === 'HTTP' || !isGiven(member(own, 'OverrideApiAuth'))) return
  if (['Authorizer', 'ApiKeyRequired', 'ResourcePolicy'].some((each) => isGiven(member(own, each)))) return
  reject(event, context, `${event.key} has OverrideApiAuth, but nothing that overrides`, 'Remove OverrideApiAuth.')
}

const authorizerOf = (event: ApiEvent, own: MapNode, auth: ApiAuth, context: ReadContext): Decided<string> => {
  const { key, protocol } = event
  const node = member(own, 'Authorizer')
  const name = decidingText(context, node, { what: `the authorizer of ${key}`, routes: [key] })
  if (name === UNDECIDED) return UNDECIDED
  if (name === undefined || name === '') {
    if (protocol === 'REST') return undefined
    // On HTTP APIs an Auth without Authorizer takes the default, for OPTIONS too.
    if (auth.default === undefined)
      reject(event, context, `Auth of ${key} names no authorizer, and its API has no default`, 'Name one.')
    return auth.default ?? UNDECIDED
  }
  if (name === NONE) {
    if (auth.default === undefined)
      reject(event, context, `${key} opts out with NONE, but its API has no DefaultAuthorizer`, 'Remove NONE.')
    return name
  }
  const found = auth.authorizers.get(name)
  if (found === UNDECIDED) stopUnreadable(name, { node: event, routes: [key] }, context.findings)
  if (found !== undefined) return found === UNDECIDED ? UNDECIDED : name
  const message = `${key} names the authorizer ${JSON.stringify(name)}, which is not one of the Authorizers of its API`
  const details = { message, advice: 'Declare it under Auth.Authorizers, or correct the name.', routes: [key] }
  context.findings.stop('unknown-authorizer', 'DEF-SAM-06', node ?? event, details)
  return UNDECIDED
}

/** Scopes of an event replace those of its authorizer. An empty list does so on REST APIs only. */
const scopesFor = (
  event: ApiEvent,
  own: MapNode,
  name: string | undefined,
  context: ReadContext,
): Decided<readonly string[]> => {
  const what = { what: `the scopes of ${event.key}`, routes: [event.key] }
  const scopes = scopesOf(own, what, context)
  if (scopes === undefined || scopes === UNDECIDED) return scopes
  if (scopes.length === 0) return event.protocol === 'REST' ? scopes : undefined
  if (name === undefined) {
    reject(event, context, `${event.key} has scopes, but names no authorizer`, 'Name the authorizer, too.')
    return UNDECIDED
  }
  return scopes
}

const keyOf = (
  event: ApiEvent,
  own: MapNode,
  auth: ApiAuth,
  context: ReadContext,
): readonly Requirement[] | typeof UNDECIDED => {
  if (event.protocol === 'HTTP') return []
  const what = { what: `whether ${event.key} requires an API key`, routes: [event.key] }
  const isRequired = samFlag(context, member(own, 'ApiKeyRequired'), what)
  if (isRequired === UNDECIDED) return UNDECIDED
  if (isRequired === undefined) return []
  if (!isRequired && auth.apiKeyRequired !== true && auth.apiKeyRequired !== UNDECIDED)
    reject(event, context, `${event.key} needs no API key, but no route of its API does`, 'Remove ApiKeyRequired.')
  return [requirement(isRequired ? KEY : NO_KEY, [], event.origin)]
}

/** What an event says that protects, without effect if the API has a body. */
export const protects = ({ auth }: ApiEvent): { readonly authorizer: boolean; readonly key: boolean } => {
  if (auth === undefined || auth === UNDECIDED) return { authorizer: auth === UNDECIDED, key: false }
  const authorizer = member(auth, 'Authorizer')
  return {
    authorizer: isGiven(authorizer) && !(authorizer.kind === 'scalar' && authorizer.value === NONE),
    key: isGiven(member(auth, 'ApiKeyRequired')),
  }
}
