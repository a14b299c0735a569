/** Guards of routes of the AWS provider. @module */
import type { RouteGuard } from '../../building/api-builder.ts'
import type { AuthorizerDefinition } from '../../definition.ts'
import { member, type Node } from '../../document/node.ts'
import type { Api, Reading } from './reading.ts'
import type { Resource } from './resource.ts'

/** What leads from a route to its authorizer. */
export interface Lookup {
  /** The route. */
  readonly key: string
  readonly api: Api
  /** Kinds of authorizers that the type of authorization allows. */
  readonly kinds: readonly AuthorizerDefinition['kind'][]
  /** Type of the resources of authorizers. */
  readonly type: string
  /** By address, the API of each authorizer; `undefined` if a finding stops it. */
  readonly authorizers: ReadonlyMap<string, Api | undefined>
  readonly scopes: () => readonly string[] | 'undecided'
}

/** The guard of a route with an authorizer. */
export const authorizerGuard = (reading: Reading, resource: Resource, lookup: Lookup): RouteGuard => {
  const { key, api, kinds, type, authorizers } = lookup
  const { address, attributes } = resource
  const routes = [key]
  const id = member(attributes, 'authorizer_id')
  if (id === undefined || reading.isUnset(id)) {
    const message = `${address} needs an authorizer, and has no authorizer_id`
    return reading.stop('unresolved', 'DEF-CFN-03', resource, { message, advice: 'Set authorizer_id.', routes })
  }
  const wanted = { role: 'decides', what: `the authorizer of ${key}`, routes } as const
  if (reading.context.values.known(id, wanted) === undefined) return 'undecided'
  const target = reading.inventory.target(id, type)
  if (target === undefined) {
    const isReference = id.kind === 'reference'
    const message = `the authorizer of ${key} is not in the input`
    const advice = isReference
      ? 'Correct the reference, or give the files that declare it.'
      : 'Give the state that has the authorizer (terraform show -json), or refer to its resource.'
    const kind = isReference ? 'unknown-authorizer' : 'external'
    return reading.stop(kind, 'DEF-CFN-03', resource, { message, advice, routes })
  }
  const owner = authorizers.get(target.address)
  // A finding says why the authorizer cannot be read.
  if (owner === undefined) {
    const message = `the authorizer of ${key} cannot be read`
    const advice = `Correct ${target.address}.`
    return reading.stop('unresolved', 'DEF-DEF-06', resource, { message, advice, routes })
  }
  if (owner.builder !== api.builder) {
    const message = `${target.address} belongs to another API than ${address}`
    return reading.stop('invalid', 'DEF-TF-02', resource, {
      message,
      advice: 'Use an authorizer of the same API.',
      routes,
    })
  }
  const name = reading.nameOf(target)
  const kind = api.builder.authorizer(name)?.kind
  if (kind === undefined || !kinds.includes(kind)) {
    const message = `${target.address} is not of the kind that ${address} names`
    const advice = 'Correct the type of authorization, or of the authorizer.'
    return reading.stop('invalid', 'DEF-TF-02', resource, { message, advice, routes })
  }
  const scopes = lookup.scopes()
  if (scopes === 'undecided' || !reading.areCertain([target], routes)) return 'undecided'
  return { authorizer: name, ...(scopes.length > 0 && { authorizationScopes: scopes }) }
}

/** IAM authorization has no authorizer of its own (DEF-CFN-05). */
export const iamGuard = ({ builder }: Api, { origin }: Resource): RouteGuard => {
  const name = 'AWS_IAM'
  if (builder.authorizer(name) === undefined) builder.addAuthorizer({ name, origin, kind: 'AWS_IAM' })
  return { authorizer: name }
}

/** The scopes of a route. Scopes that are not known would let more requests pass. */
export const scopesOf = (
  reading: Reading,
  { attributes, address, origin }: Resource,
  { key, haveEffect }: { readonly key: string; readonly haveEffect: boolean },
): readonly string[] | 'undecided' => {
  const node = member(attributes, 'authorization_scopes')
  if (node === undefined || reading.isUnset(node)) return []
  if (!haveEffect) {
    if (node.kind === 'list' && node.items.length === 0) return []
    const message = `authorization_scopes of ${address} have no effect with a Lambda authorizer`
    reading.context.findings.report(
      'ignored',
      'DEF-TF-02',
      { origin },
      { message, advice: 'Remove them.', routes: [key] },
    )
    return []
  }
  const wanted = { role: 'decides', what: `the scopes of ${key}`, routes: [key] } as const
  return reading.context.values.texts(node, wanted) ?? 'undecided'
}

/** Whether a route needs an API key. If that is not known, it does. */
export const apiKeyRequired = (
  reading: Reading,
  node: Node | undefined,
  address: string,
  key: string,
): { readonly apiKeyRequired?: true } => {
  if (node === undefined || reading.isUnset(node)) return {}
  const wanted = { role: 'decides', what: `api_key_required of ${address}`, routes: [key] } as const
  return reading.context.values.flag(node, wanted) === false ? {} : { apiKeyRequired: true }
}
