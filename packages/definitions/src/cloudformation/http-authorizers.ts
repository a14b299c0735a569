/** `AWS::ApiGatewayV2::Authorizer` (DEF-CFN-11, DEF-CFN-12). @module */
import type { ApiBuilder } from '../building/api-builder.ts'
import { functionOf, splitSources, wrongSource } from '../building/settings.ts'
import { at, member } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import type { Resource } from './template.ts'

/** Adds an authorizer of an HTTP or WebSocket API. One that cannot be read has a finding. */
export const addHttpAuthorizer = (
  { id, properties, origin }: Resource,
  api: ApiBuilder,
  context: ReadContext,
): void => {
  const { values, findings } = context
  const invalid = (message: string, code = 'DEF-CFN-11'): void =>
    findings.stop('invalid', code, { origin }, { message, advice: 'Correct the authorizer.' })
  const what = (name: string): { role: 'decides'; what: string } => ({
    role: 'decides',
    what: `${name} of the authorizer ${id}`,
  })
  const type = values.text(member(properties, 'AuthorizerType'), what('AuthorizerType'))?.toUpperCase()
  const sources = splitSources(values.texts(member(properties, 'IdentitySource'), what('IdentitySource')) ?? [])
  const wrong = wrongSource(sources, api.protocol)
  if (wrong !== undefined) invalid(`the identity source ${JSON.stringify(wrong)} is not one of this kind of API`)
  const functionName = functionOf(member(properties, 'AuthorizerUri'))
  const common = { name: id, origin, ...(functionName !== undefined && { function: functionName }) }
  if (type === 'JWT') {
    const [source, second] = sources
    const issuer = values.text(at(properties, 'JwtConfiguration', 'Issuer'), what('Issuer'))
    const audience = values.texts(at(properties, 'JwtConfiguration', 'Audience'), what('Audience'))
    if (
      source === undefined ||
      second !== undefined ||
      issuer === undefined ||
      audience === undefined ||
      audience.length === 0
    ) {
      invalid(`the JWT authorizer ${id} needs one identity source, an issuer and an audience`)
      return
    }
    api.addAuthorizer({ ...common, kind: 'JWT', identitySource: [source], jwtConfiguration: { issuer, audience } })
    return
  }
  if (type !== 'REQUEST') {
    const declared = at(properties, 'AuthorizerType')
    if (declared === undefined || declared.kind === 'scalar')
      findings.stop(
        'unknown-authorizer',
        'DEF-CFN-10',
        { origin },
        {
          message: `the authorizer ${id} is neither REQUEST nor JWT`,
          advice: 'Set AuthorizerType.',
        },
      )
    return
  }
  if (api.protocol === 'WEBSOCKET') {
    api.addAuthorizer({ ...common, kind: 'REQUEST', identitySource: sources })
    return
  }
  const version = payloadVersion(
    values.text(member(properties, 'AuthorizerPayloadFormatVersion'), what('AuthorizerPayloadFormatVersion')),
  )
  if (version === undefined) invalid(`the authorizer ${id} needs AuthorizerPayloadFormatVersion 1.0 or 2.0`)
  const simple = values.flag(member(properties, 'EnableSimpleResponses'), what('EnableSimpleResponses')) ?? false
  const ttl = values.integer(member(properties, 'AuthorizerResultTtlInSeconds'), what('AuthorizerResultTtlInSeconds'), {
    fallback: 0,
    unresolved: 0,
  })
  if (ttl > 0 && sources.length === 0) invalid(`the authorizer ${id} caches results, but has no identity source`)
  if (simple && version === '1.0') invalid(`the authorizer ${id} has simple responses, which need payload format 2.0`)
  api.addAuthorizer({
    ...common,
    kind: 'REQUEST',
    identitySource: sources,
    authorizerResultTtlInSeconds: ttl,
    authorizerPayloadFormatVersion: version ?? '2.0',
    enableSimpleResponses: simple,
  })
}

/** The payload format version as text; YAML reads `2.0` as the number 2. */
const payloadVersion = (text: string | undefined): '1.0' | '2.0' | undefined =>
  text === '1' || text === '1.0' ? '1.0' : text === '2' || text === '2.0' ? '2.0' : undefined
