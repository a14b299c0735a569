/** Authorizers of the AWS provider: REST APIs, HTTP APIs and WebSocket APIs (DEF-TF-02, DEF-TF-05). @module */
import type { Wanted } from '../../building/values.ts'
import { functionOf, splitSources, wrongSource } from '../../building/settings.ts'
import type { AuthorizerDefinition, Protocol } from '../../definition.ts'
import { isAbsent, itemsOf, member, type Node } from '../../document/node.ts'
import type { Reading } from './reading.ts'
import type { Resource } from './resource.ts'

type Kind = AuthorizerDefinition['kind']

interface Common {
  readonly name: string
  readonly origin: Resource['origin']
  readonly function?: string
}

/** Reads attributes of one authorizer. */
class Attributes {
  readonly #reading: Reading
  readonly #resource: Resource
  readonly name: string

  constructor(reading: Reading, resource: Resource) {
    this.#reading = reading
    this.#resource = resource
    this.name = reading.nameOf(resource)
  }

  get(name: string): Node | undefined {
    const node = member(this.#resource.attributes, name)
    return this.#reading.isUnset(node) ? undefined : node
  }

  wanted(attribute: string, role: Wanted['role'] = 'decides'): Wanted {
    return { role, what: `${attribute} of ${this.#resource.address}` }
  }

  text(name: string): string | undefined {
    return this.#reading.context.values.text(this.get(name), this.wanted(name))
  }

  texts(name: string): readonly string[] | undefined {
    return this.#reading.context.values.texts(this.get(name), this.wanted(name))
  }

  ttl(name: string, fallback: number): number {
    const ttl = { fallback, unresolved: 0 }
    return this.#reading.context.values.integer(this.get(name), this.wanted(name, 'informs'), ttl)
  }

  invalid(message: string, advice: string): void {
    const { address, origin } = this.#resource
    this.#reading.stop('invalid', 'DEF-TF-05', { origin }, { message: `${address}: ${message}`, advice })
  }

  ignored(attribute: string, why: string): void {
    if (this.get(attribute) === undefined) return
    const message = `${attribute} of ${this.#resource.address} has no effect: ${why}`
    this.#reading.context.findings.report('ignored', 'DEF-TF-02', this.#resource, { message, advice: 'Remove it.' })
  }

  sources(texts: readonly string[], protocol: Protocol): readonly string[] {
    const sources = splitSources(texts)
    const wrong = wrongSource(sources, protocol)
    if (wrong !== undefined)
      this.invalid(
        `the identity source ${JSON.stringify(wrong)} is not in the notation of ${protocol} APIs`,
        'Correct it.',
      )
    return sources
  }

  get common(): Common {
    const called = functionOf(this.get('authorizer_uri'))
    return { name: this.name, origin: this.#resource.origin, ...(called !== undefined && { function: called }) }
  }
}

const DEFAULT_SOURCE = 'method.request.header.Authorization'

/** The authorizer of a REST API; `undefined` if a finding stops. */
export const restAuthorizer = (reading: Reading, resource: Resource): AuthorizerDefinition | undefined => {
  const from = new Attributes(reading, resource)
  const type = from.get('type') === undefined ? 'TOKEN' : from.text('type')
  const { common } = from
  const source = (): readonly string[] | undefined => {
    if (from.get('identity_source') === undefined) return [DEFAULT_SOURCE]
    const text = from.text('identity_source')
    return text === undefined ? undefined : from.sources([text], 'REST')
  }
  if (type === undefined) return undefined
  if (type === 'COGNITO_USER_POOLS') {
    const arns = itemsOf(member(resource.attributes, 'provider_arns')).map((item) => textIn(item))
    const [first = DEFAULT_SOURCE] = source() ?? []
    return { ...common, kind: type, identitySource: [first], providerARNs: arns }
  }
  if (type !== 'TOKEN' && type !== 'REQUEST') {
    const message = `type of ${resource.address} is not TOKEN, REQUEST or COGNITO_USER_POOLS`
    reading.stop('unknown-authorizer', 'DEF-TF-02', resource, { message, advice: 'Correct the type.' })
    return undefined
  }
  const ttl = from.ttl('authorizer_result_ttl_in_seconds', 300)
  const identitySource = source()
  if (identitySource === undefined) return undefined
  if (type === 'REQUEST') {
    from.ignored('identity_validation_expression', 'it is for authorizers of the type TOKEN')
    return { ...common, kind: type, identitySource, authorizerResultTtlInSeconds: ttl }
  }
  const [first, ...more] = identitySource
  if (first === undefined || more.length > 0) {
    from.invalid('an authorizer of the type TOKEN has exactly one identity source', 'Correct identity_source.')
    return undefined
  }
  const expression = from.text('identity_validation_expression')
  if (expression === undefined && from.get('identity_validation_expression') !== undefined) return undefined
  return {
    ...common,
    kind: type,
    identitySource: [first],
    ...(expression !== undefined && { identityValidationExpression: expression }),
    authorizerResultTtlInSeconds: ttl,
  }
}

const textIn = (node: Node): string =>
  node.kind === 'reference'
    ? node.resource
    : node.kind === 'scalar'
      ? node.text
      : node.kind === 'unknown'
        ? node.text
        : ''

/** The authorizer of an HTTP API or a WebSocket API; `undefined` if a finding stops. */
export const v2Authorizer = (
  reading: Reading,
  resource: Resource,
  protocol: Protocol,
): AuthorizerDefinition | undefined => {
  const from = new Attributes(reading, resource)
  const type = from.text('authorizer_type')
  if (type === undefined && from.get('authorizer_type') !== undefined) return undefined
  const given = from.get('identity_sources') === undefined ? [] : from.texts('identity_sources')
  if (given === undefined) return undefined
  const identitySource = from.sources(given, protocol)
  if (type === 'JWT' && protocol === 'HTTP') return jwtAuthorizer(reading, resource, from, identitySource)
  if (type !== 'REQUEST') {
    const message = `authorizer_type of ${resource.address} is not a type of ${protocol} APIs`
    reading.stop('unknown-authorizer', 'DEF-TF-05', resource, { message, advice: 'Correct it.' })
    return undefined
  }
  const kind: Kind = 'REQUEST'
  if (protocol === 'WEBSOCKET') return { ...from.common, kind, identitySource }
  return httpAuthorizer(reading, from, identitySource)
}

const httpAuthorizer = (
  reading: Reading,
  from: Attributes,
  identitySource: readonly string[],
): AuthorizerDefinition | undefined => {
  const version = from.text('authorizer_payload_format_version')
  const isSimple = from.get('enable_simple_responses')
  const simple = reading.context.values.flag(isSimple, from.wanted('enable_simple_responses'))
  if (isSimple !== undefined && simple === undefined) return undefined
  const unknownVersion = version === undefined && from.get('authorizer_payload_format_version') !== undefined
  if (unknownVersion) return undefined
  if (version !== '1.0' && version !== '2.0') {
    from.invalid('authorizer_payload_format_version has to be "1.0" or "2.0"', 'Set it.')
    return undefined
  }
  if (version === '1.0' && simple === true)
    from.invalid('enable_simple_responses needs the payload format version 2.0', 'Set the version to "2.0".')
  const ttlGiven = from.get('authorizer_result_ttl_in_seconds')
  // The provider sends 300 if there are sources and no lifetime (DEF-TF-05).
  const ttl = from.ttl('authorizer_result_ttl_in_seconds', identitySource.length > 0 ? 300 : 0)
  if (ttlGiven !== undefined && ttl > 0 && identitySource.length === 0)
    from.invalid('results cannot be cached without an identity source', 'Set identity_sources.')
  return {
    ...from.common,
    kind: 'REQUEST',
    identitySource,
    authorizerResultTtlInSeconds: ttl,
    authorizerPayloadFormatVersion: version,
    enableSimpleResponses: simple ?? false,
  }
}

const jwtAuthorizer = (
  reading: Reading,
  resource: Resource,
  from: Attributes,
  identitySource: readonly string[],
): AuthorizerDefinition | undefined => {
  const { values } = reading.context
  const configuration = member(resource.attributes, 'jwt_configuration')
  const known = values.known(configuration, from.wanted('jwt_configuration'))
  if (configuration !== undefined && !isAbsent(configuration) && known === undefined) return undefined
  const block = known?.kind === 'list' ? known.items[0] : known
  const issuerNode = member(block, 'issuer')
  const audienceNode = member(block, 'audience')
  const issuer = values.text(issuerNode, from.wanted('the issuer'))
  const audience = values.texts(audienceNode, from.wanted('the audience'))
  const isUnknown =
    (issuer === undefined && !reading.isUnset(issuerNode)) || (audience === undefined && !reading.isUnset(audienceNode))
  const [source, ...more] = identitySource
  if (isUnknown) return undefined
  if (issuer === undefined || audience === undefined || audience.length === 0)
    from.invalid('a JWT authorizer needs an issuer and an audience', 'Set both in jwt_configuration.')
  if (source === undefined || more.length > 0) {
    from.invalid('a JWT authorizer has exactly one identity source', 'Correct identity_sources.')
    return undefined
  }
  return {
    ...from.common,
    kind: 'JWT',
    identitySource: [source],
    jwtConfiguration: { issuer: issuer ?? '', audience: audience ?? [] },
  }
}
