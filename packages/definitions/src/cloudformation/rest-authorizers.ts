/** `AWS::ApiGateway::Authorizer` (DEF-CFN-02). @module */
import type { ApiBuilder } from '../building/api-builder.ts'
import { functionOf, splitSources, wrongSource } from '../building/settings.ts'
import type { AuthorizerDefinition } from '../definition.ts'
import { at, member } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import type { Resource } from './template.ts'

/** Default of the service (AWS-KIND-20). */
const TTL_SECONDS = 300

/** Adds an authorizer of a REST API. One that cannot be read has a finding, and routes that name it stay undecided. */
export const addRestAuthorizer = (
  { id, properties, origin }: Resource,
  api: ApiBuilder,
  context: ReadContext,
): void => {
  const { values, findings } = context
  const invalid = (message: string): void =>
    findings.stop('invalid', 'DEF-CFN-02', { origin }, { message, advice: 'Correct the authorizer.' })
  const what = (name: string): { role: 'decides'; what: string } => ({
    role: 'decides',
    what: `${name} of the authorizer ${id}`,
  })
  const type = values.text(member(properties, 'Type'), what('Type'))?.toUpperCase()
  const functionName = functionOf(member(properties, 'AuthorizerUri'))
  const common = { name: id, origin, ...(functionName !== undefined && { function: functionName }) }
  const texts = values.texts(member(properties, 'IdentitySource'), what('IdentitySource'))
  const sources = splitSources(texts ?? [])
  const wrong = wrongSource(sources, 'REST')
  if (wrong !== undefined) invalid(`the identity source ${JSON.stringify(wrong)} is not one of a REST API`)
  if (type === 'COGNITO_USER_POOLS') {
    const providerARNs =
      values.texts(member(properties, 'ProviderARNs'), { role: 'informs', what: 'ProviderARNs' }) ?? []
    const [source] = sources
    api.addAuthorizer({
      ...common,
      kind: type,
      providerARNs,
      ...(source !== undefined && { identitySource: [source] }),
    })
    return
  }
  if (type !== 'TOKEN' && type !== 'REQUEST') {
    if (at(properties, 'Type')?.kind === 'scalar' || at(properties, 'Type') === undefined)
      findings.stop(
        'unknown-authorizer',
        'DEF-CFN-02',
        { origin },
        {
          message: `the authorizer ${id} is neither TOKEN, REQUEST nor COGNITO_USER_POOLS`,
          advice: 'Set Type.',
        },
      )
    return
  }
  const authorizerResultTtlInSeconds = values.integer(
    member(properties, 'AuthorizerResultTtlInSeconds'),
    what('AuthorizerResultTtlInSeconds'),
    { fallback: TTL_SECONDS, unresolved: 0 },
  )
  if (type === 'REQUEST') {
    api.addAuthorizer({ ...common, kind: type, identitySource: sources, authorizerResultTtlInSeconds })
    return
  }
  const [source, second] = sources
  if (source === undefined || second !== undefined) {
    invalid(`the TOKEN authorizer ${id} needs exactly one identity source`)
    return
  }
  const expression = values.text(
    member(properties, 'IdentityValidationExpression'),
    what('IdentityValidationExpression'),
  )
  const token: AuthorizerDefinition = {
    ...common,
    kind: type,
    identitySource: [source],
    ...(expression !== undefined && { identityValidationExpression: expression }),
    authorizerResultTtlInSeconds,
  }
  api.addAuthorizer(token)
}
