/** Which authorizer guards a Method or a Route (DEF-CFN-02 to DEF-CFN-05). @module */
import type { ApiBuilder, RouteGuard } from '../building/api-builder.ts'
import { isDeclared, resourceOf } from '../building/declared.ts'
import { member, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import type { Resources } from './template.ts'

/** The route whose guard is wanted. */
export interface GuardedPlace {
  /** Such as `GET /pets`. */
  readonly key: string
  /** Properties of the Method or Route. */
  readonly properties: Node
  readonly origin: Node['origin']
}

/** The API of a route, and the resources that the route may refer to. */
export interface GuardingApi {
  readonly api: ApiBuilder
  readonly template: Resources
}

/** Types of authorization that name an authorizer. */
const WITH_AUTHORIZER: ReadonlySet<string> = new Set(['CUSTOM', 'COGNITO_USER_POOLS', 'JWT'])

/** The guard of a route. Everything that is in doubt is undecided, with a finding. */
export const guardOf = (place: GuardedPlace, guarding: GuardingApi, context: ReadContext): RouteGuard => {
  const { key, properties, origin } = place
  const { api } = guarding
  const { values, findings } = context
  const routes = [key]
  const declaredType = member(properties, 'AuthorizationType')
  const authorizer = member(properties, 'AuthorizerId')
  const type = values
    .text(declaredType, { role: 'decides', what: `the authorization of ${key}`, routes })
    ?.toUpperCase()
  if (isDeclared(declaredType) && type === undefined) return 'undecided'
  if (type === undefined || type === 'NONE') {
    if (isDeclared(authorizer)) {
      const message = `${key} has an authorizer, but its authorization type is ${type ?? 'not set'}`
      findings.stop(
        'ambiguous',
        'DEF-CFN-05',
        { origin },
        { message, advice: 'Set CUSTOM, or remove the authorizer.', routes },
      )
      return 'undecided'
    }
    if (type === 'NONE') return { open: 'declared' }
    const message = `${key} has no AuthorizationType, and is deployed open`
    findings.report('open-by-omission', 'DEF-CFN-05', { origin }, { message, advice: 'Set AuthorizationType.', routes })
    return { open: 'omitted' }
  }
  if (type === 'AWS_IAM') {
    api.addAuthorizer({ name: type, kind: type, origin })
    return { authorizer: type }
  }
  if (!WITH_AUTHORIZER.has(type)) {
    const message = `${key} has the authorization type ${JSON.stringify(type)}, which API Gateway does not have`
    findings.stop('invalid', 'DEF-CFN-05', { origin }, { message, advice: 'Correct AuthorizationType.', routes })
    return 'undecided'
  }
  const name = authorizerOf(authorizer, { key, origin }, guarding, context)
  if (name === undefined) return 'undecided'
  const declaredScopes = member(properties, 'AuthorizationScopes')
  const scopes = values.texts(declaredScopes, {
    role: 'decides',
    what: `the scopes of ${key}`,
    routes,
  })
  if (scopes === undefined && isDeclared(declaredScopes)) return 'undecided'
  return { authorizer: name, ...(scopes !== undefined && scopes.length > 0 && { authorizationScopes: scopes }) }
}

const authorizerOf = (
  declared: Node | undefined,
  { key, origin }: Pick<GuardedPlace, 'key' | 'origin'>,
  { api, template }: GuardingApi,
  context: ReadContext,
): string | undefined => {
  const { values, findings } = context
  const routes = [key]
  if (!isDeclared(declared)) {
    const message = `${key} needs an authorizer, but names none`
    findings.stop('unresolved', 'DEF-CFN-03', { origin }, { message, advice: 'Set AuthorizerId.', routes })
    return undefined
  }
  const known = values.known(declared, { role: 'decides', what: `the authorizer of ${key}`, routes })
  if (known === undefined) return undefined
  const id = resourceOf(known, 'AuthorizerId')
  if (id === undefined) {
    const message = `${key} names an authorizer that is not in this file`
    const advice = 'Give the file that declares it, or refer to it with Ref.'
    findings.stop(known.kind === 'scalar' ? 'external' : 'unresolved', 'DEF-CFN-03', declared, {
      message,
      advice,
      routes,
    })
    return undefined
  }
  const resource = template.resource(id)
  // The same resource: another template may have an authorizer of the same name.
  if (resource !== undefined && api.authorizer(resource.id)?.origin === resource.origin) return resource.id
  const message = `${key} names the authorizer ${JSON.stringify(id)}, which this API does not have or which cannot be read`
  findings.stop('unresolved', 'DEF-CFN-03', declared, { message, advice: 'Correct the authorizer.', routes })
  return undefined
}
