/** Authorizers of Amazon API Gateway in security schemes (DEF-OAS-02 to DEF-OAS-09). @module */
import { splitSources, wrongSource } from '../../building/settings.ts'
import type { AuthorizerDefinition, Protocol } from '../../definition.ts'
import { itemsOf, member, type Node, textOf } from '../../document/node.ts'
import type { SchemeReading } from '../scheme-reading.ts'

type Read = (reading: SchemeReading, settings: Node) => AuthorizerDefinition | undefined

const HEADER = 'method.request.header.'
const TTL = 'authorizerResultTtlInSeconds'
const HTTP_ONLY = ['authorizerPayloadFormatVersion', 'enableSimpleResponses', 'jwtConfiguration'] as const
const DISCOVERY = /\/\.well-known\/openid-configuration$/

/** What every authorizer has. */
const common = (
  reading: SchemeReading,
  settings: Node,
): Pick<AuthorizerDefinition, 'name' | 'origin' | 'function'> => ({
  name: reading.name,
  origin: reading.scheme.origin,
  ...reading.functionName(member(settings, 'authorizerUri')),
})

/** The header that the scheme names: the source of TOKEN and Cognito authorizers. */
const headerSource = (reading: SchemeReading): string | undefined => {
  const name = reading.text(member(reading.scheme, 'name'), 'the name')
  const place = reading.text(member(reading.scheme, 'in'), 'the place')
  if (!reading.isComplete) return undefined
  if (name !== undefined && name !== '' && place === 'header') return `${HEADER}${name}`
  const advice = 'Write type: apiKey, in: header and the name of the header into the scheme.'
  return reading.fail('invalid', 'DEF-OAS-03', 'does not name the header that identifies the caller', advice)
}

const sources = (reading: SchemeReading, settings: Node): readonly string[] => {
  const node = member(settings, 'identitySource')
  const texts = splitSources(reading.texts(node, 'the identity source') ?? [])
  const wrong = wrongSource(texts, reading.protocol)
  if (wrong !== undefined) {
    const advice =
      reading.protocol === 'HTTP'
        ? 'Write $request.header.NAME, $request.querystring.NAME, $context.NAME or $stageVariables.NAME.'
        : 'Write method.request.header.NAME, method.request.querystring.NAME, context.NAME or stageVariables.NAME.'
    const message = `the identity source ${JSON.stringify(wrong)} is not in the notation of ${reading.protocol} APIs`
    reading.stop('invalid', 'DEF-DEF-03', message, advice, node)
  }
  return texts
}

const token: Read = (reading, settings) => {
  const source = headerSource(reading)
  if (source === undefined) return undefined
  const node = member(settings, 'identitySource')
  const other = reading.text(node, 'the identity source')?.trim() ?? ''
  if (other !== '' && other.toLowerCase() !== source.toLowerCase()) {
    const message = 'the name of the header and identitySource differ, and it is not documented which of them counts'
    const advice = 'Make them equal, or remove identitySource: it is for request and jwt authorizers.'
    reading.stop('ambiguous', 'DEF-OAS-04', message, advice, node)
  }
  reading.ignored('DEF-OAS-05', settings, HTTP_ONLY, 'has no effect on a TOKEN authorizer')
  const expression = reading.text(member(settings, 'identityValidationExpression'), 'the validation expression')
  const ttl = reading.seconds(member(settings, TTL), 'the time to live', 300)
  return {
    ...common(reading, settings),
    kind: 'TOKEN',
    identitySource: [source],
    ...(expression !== undefined && expression !== '' && { identityValidationExpression: expression }),
    authorizerResultTtlInSeconds: ttl,
  }
}

const noExpression = (reading: SchemeReading, settings: Node): void =>
  reading.ignored('DEF-OAS-07', settings, ['identityValidationExpression'], 'has an effect on TOKEN authorizers only')

const request: Read = (reading, settings) => {
  const identitySource = sources(reading, settings)
  const isHttp = reading.protocol === 'HTTP'
  const ttl = reading.seconds(member(settings, TTL), 'the time to live', isHttp ? 0 : 300)
  noExpression(reading, settings)
  if (ttl > 0 && identitySource.length === 0) {
    const advice = `Write an identitySource, or ${TTL}: 0.`
    reading.stop('invalid', 'DEF-OAS-06', 'results are cached, but no identity source says for whom', advice)
  }
  const all = { ...common(reading, settings), kind: 'REQUEST', identitySource } as const
  if (isHttp) return { ...all, authorizerResultTtlInSeconds: ttl, ...payload(reading, settings) }
  reading.ignored('DEF-OAS-05', settings, HTTP_ONLY, 'has no effect on a REST API')
  return { ...all, authorizerResultTtlInSeconds: ttl }
}

const VERSIONS = new Map<string | undefined, '1.0' | '2.0'>([
  ['1', '1.0'],
  ['1.0', '1.0'],
  ['2', '2.0'],
  ['2.0', '2.0'],
])

/** Format of event and result of an HTTP API's authorizer. */
const payload = (
  reading: SchemeReading,
  settings: Node,
): { authorizerPayloadFormatVersion?: '1.0' | '2.0'; enableSimpleResponses?: boolean } => {
  const node = member(settings, 'authorizerPayloadFormatVersion')
  const version = VERSIONS.get(reading.text(node, 'the payload version'))
  const simple = reading.flag(member(settings, 'enableSimpleResponses'), 'enableSimpleResponses')
  if (version === undefined) {
    if (reading.isComplete)
      reading.fail('invalid', 'DEF-OAS-05', 'authorizerPayloadFormatVersion is not 1.0 or 2.0', 'Write "2.0".', node)
    return {}
  }
  if (simple === true && version === '1.0') {
    const message = 'enableSimpleResponses needs the payload version 2.0'
    reading.stop('invalid', 'DEF-OAS-05', message, 'Write authorizerPayloadFormatVersion: "2.0".')
  }
  return {
    authorizerPayloadFormatVersion: version,
    ...(simple !== undefined && { enableSimpleResponses: simple }),
  }
}

const jwt: Read = (reading, settings) => {
  const identitySource = sources(reading, settings)
  const configuration = reading.known(member(settings, 'jwtConfiguration'), 'jwtConfiguration')
  const audience = reading.texts(member(configuration, 'audience'), 'the audience') ?? []
  const issuer = reading.text(member(configuration, 'issuer'), 'the issuer') ?? discoveredIssuer(reading)
  noExpression(reading, settings)
  if (!reading.isComplete) return undefined
  const [source, second] = identitySource
  const advice = 'Write identitySource: $request.header.Authorization, and jwtConfiguration with issuer and audience.'
  if (source === undefined || second !== undefined)
    return reading.fail('invalid', 'DEF-OAS-08', 'a jwt authorizer needs exactly one identity source', advice)
  if (issuer === undefined || issuer === '' || audience.length === 0)
    return reading.fail('invalid', 'DEF-OAS-08', 'a jwt authorizer needs an issuer and an audience', advice)
  return {
    ...common(reading, settings),
    kind: 'JWT',
    identitySource: [source],
    jwtConfiguration: { issuer, audience },
  }
}

const discoveredIssuer = (reading: SchemeReading): string | undefined => {
  if (textOf(member(reading.scheme, 'type')) !== 'openIdConnect') return undefined
  const url = reading.text(member(reading.scheme, 'openIdConnectUrl'), 'openIdConnectUrl')
  return url !== undefined && DISCOVERY.test(url) ? url.replace(DISCOVERY, '') : undefined
}

const cognito: Read = (reading, settings) => {
  const source = headerSource(reading)
  if (source === undefined) return undefined
  const pools = itemsOf(member(settings, 'providerARNs')).map((each) =>
    each.kind === 'unknown' ? each.text : each.kind === 'reference' ? each.resource : (textOf(each) ?? ''),
  )
  return { ...common(reading, settings), kind: 'COGNITO_USER_POOLS', identitySource: [source], providerARNs: pools }
}

const KINDS = new Map<string, { readonly protocols: readonly Protocol[]; readonly read: Read }>([
  ['token', { protocols: ['REST'], read: token }],
  ['request', { protocols: ['REST', 'HTTP'], read: request }],
  ['jwt', { protocols: ['HTTP'], read: jwt }],
  ['cognito_user_pools', { protocols: ['REST'], read: cognito }],
])

/** The authorizer of `x-amazon-apigateway-authorizer`; `undefined` if a finding says why it cannot be read. */
export const readAwsAuthorizer = (reading: SchemeReading, settings: Node): AuthorizerDefinition | undefined => {
  const unknown = (message: string): undefined =>
    reading.fail('unknown-authorizer', 'DEF-OAS-02', message, 'Write type: token, request, jwt or cognito_user_pools.')
  const known = reading.known(settings, 'x-amazon-apigateway-authorizer')
  if (known === undefined && !reading.isComplete) return undefined
  if (known?.kind !== 'map') return unknown('x-amazon-apigateway-authorizer is not a map')
  const type = reading.text(member(known, 'type'), 'the type of authorizer')
  if (type === undefined) return reading.isComplete ? unknown('an authorizer without a type') : undefined
  const kind = KINDS.get(type.toLowerCase())
  if (kind === undefined) return unknown(`the type of authorizer ${JSON.stringify(type)} does not exist`)
  if (!kind.protocols.includes(reading.protocol)) {
    const message = `${reading.protocol} APIs have no authorizers of type ${type.toLowerCase()}`
    return reading.fail('invalid', 'DEF-OAS-02', message, 'Use another type of authorizer, or another kind of API.')
  }
  const authorizer = kind.read(reading, known)
  return reading.isComplete ? authorizer : undefined
}
