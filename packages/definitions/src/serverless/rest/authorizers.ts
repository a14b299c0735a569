/** Authorizers of `http` events. Those of one name become one resource, and the last settings win (DEF-SLS-02, -03, -04, -13). @module */
import type { ApiBuilder } from '../../building/api-builder.ts'
import { functionOf, splitSources, wrongSource } from '../../building/settings.ts'
import type { AuthorizerDefinition, Origin } from '../../definition.ts'
import { member, type Node, textOf } from '../../document/node.ts'
import { arnName, authorizerFunction } from '../functions.ts'
import { nameId } from '../logical-ids.ts'
import { dependsOnDefault, type Service } from '../service.ts'

/** Settings of one authorizer as an event has them; what is not set keeps the value of an earlier event. */
export interface RestSettings {
  readonly name: string
  readonly origin: Origin
  readonly kind: 'TOKEN' | 'REQUEST' | 'COGNITO_USER_POOLS'
  /** ARN, or name of a function. */
  readonly target: string
  readonly function?: string
  readonly ttl?: number
  readonly source?: string
  readonly expression?: string
}

const DEFAULT_SOURCE = 'method.request.header.Authorization'
const DEFAULT_TTL = 300

/** The authorizers of one REST API. */
export class RestAuthorizers {
  readonly #service: Service
  readonly #byId = new Map<string, RestSettings>()

  constructor(service: Service) {
    this.#service = service
  }

  /** Adds the settings of an event. Returns the name of the authorizer. */
  add(added: RestSettings, routes: readonly string[]): string {
    const id = nameId(added.name)
    const earlier = this.#byId.get(id)
    if (earlier === undefined) {
      this.#byId.set(id, added)
      return added.name
    }
    if (compared(earlier) !== compared(added)) {
      const quoted = JSON.stringify(added.name)
      const message = `the authorizer ${quoted} has different settings in line ${earlier.origin.line} and line ${added.origin.line}; the last ones win when the service is deployed`
      const advice = 'Use the same settings, or another name for one of them.'
      this.#service.context.findings.stop('conflict', 'DEF-SLS-13', added, { message, advice, routes })
    }
    this.#byId.set(id, { ...earlier, ...added, name: earlier.name })
    return earlier.name
  }

  /** Adds all authorizers to the API, as they are deployed. */
  finish(api: ApiBuilder): void {
    for (const settings of this.#byId.values()) api.addAuthorizer(definitionOf(settings))
  }
}

/** The settings that an event would have alone, for comparison. */
const compared = ({ kind, target, source, expression, ttl = DEFAULT_TTL }: RestSettings): string =>
  JSON.stringify([kind, target, source ?? '', expression ?? '', kind === 'COGNITO_USER_POOLS' ? 0 : ttl])

const definitionOf = (settings: RestSettings): AuthorizerDefinition => {
  const { name, origin, kind, target, source, expression, ttl = DEFAULT_TTL } = settings
  const named = { name, origin, ...(settings.function !== undefined && { function: settings.function }) }
  const identitySource = source ?? DEFAULT_SOURCE
  if (kind === 'COGNITO_USER_POOLS') return { ...named, kind, identitySource: [identitySource], providerARNs: [target] }
  const shared = { ...named, authorizerResultTtlInSeconds: ttl }
  if (kind === 'REQUEST') return { ...shared, kind, identitySource: splitSources([source ?? '']) }
  const validation = expression === undefined ? {} : { identityValidationExpression: expression }
  return { ...shared, kind, identitySource: [identitySource], ...validation }
}

/** Reads `authorizer` of an event that is an object with a name or an ARN, or a text. `undefined` if a finding says why not. */
export const readRestSettings = (node: Node, routes: readonly string[], service: Service): RestSettings | undefined => {
  const { values, findings } = service.context
  const what = `the authorizer of ${routes.join(', ')}`
  const invalid = (message: string, advice: string): undefined => {
    findings.stop('invalid', 'DEF-SLS-03', node, { message: `${what} ${message}`, advice, routes })
  }
  const text = textOf(node)
  const isArn = node.kind === 'unknown' || text?.includes(':') === true
  const arn = isArn ? node : member(node, 'arn')
  const given = values.text(member(node, 'name'), { role: 'decides', what: `the name of ${what}`, routes })
  if (arn !== undefined && isSet(arn)) return readArn(node, arn, { given, what, routes, service })
  const name = text ?? given
  if (name === undefined || name === '') return invalid('has neither a name nor an ARN', 'Name a function, or set arn.')
  const target = authorizerFunction(name, node, { what, routes, service })
  if (target === undefined) return undefined
  return withSettings({ name, target: name, function: name, origin: node.origin }, node, { what, routes, service })
}

interface Place {
  readonly what: string
  readonly routes: readonly string[]
  readonly service: Service
}

const isSet = (node: Node): boolean => node.kind !== 'scalar' || Boolean(node.value)

const typeOf = (node: Node, { what, routes, service }: Place): string | undefined =>
  service.context.values
    .text(member(node, 'type'), { role: 'decides', what: `the type of ${what}`, routes })
    ?.toUpperCase()

const readArn = (
  node: Node,
  arn: Node,
  { given, ...place }: Place & { readonly given: string | undefined },
): RestSettings | undefined => {
  const { findings } = place.service.context
  const { what, routes } = place
  const text = arn.kind === 'unknown' ? arn.text : (textOf(arn) ?? '')
  const name = given ?? arnName(arn, '-')
  if (name === undefined) {
    const details = {
      message: `${what} has an ARN that is not known, and no name`,
      advice: 'Set name beside arn.',
      routes,
    }
    findings.stop(arn.kind === 'unknown' ? arn.why : 'invalid', 'DEF-SLS-03', arn, details)
    return undefined
  }
  const isCognito = typeOf(node, place) === 'COGNITO_USER_POOLS' || /^arn:[a-zA-Z-]*:cognito-idp/.test(text)
  if (arn.kind !== 'unknown' && !isCognito && !/^arn:[^:]*:lambda:/.test(text.replaceAll(/\$\{[^}]*\}/g, 'x'))) {
    const message = `${what} has an ARN of neither a Lambda function nor a Cognito user pool`
    findings.stop('unknown-authorizer', 'DEF-SLS-04', arn, { message, advice: 'Correct the ARN.', routes })
    return undefined
  }
  if (arn.kind === 'unknown') {
    const message = `the function of ${what} is not known: ${text}`
    const advice = `Bind a handler to the name ${JSON.stringify(name)}.`
    findings.report(arn.why === 'external' ? 'external' : 'unresolved', 'DEF-GEN-09', arn, { message, advice, routes })
  }
  const found = localFunction(arn, place.service) ?? functionOf(arn)
  const base = { name, target: text, origin: node.origin, ...(found !== undefined && { function: found }) }
  return withSettings(base, node, place, isCognito)
}

/** The function of this file that a reference names. */
const localFunction = (arn: Node, { functionsById }: Service): string | undefined => {
  const [reference] = arn.kind === 'unknown' ? arn.references : []
  return reference === undefined ? undefined : functionsById.get(reference.resource)
}

const KINDS: Readonly<Record<string, 'TOKEN' | 'REQUEST'>> = { TOKEN: 'TOKEN', REQUEST: 'REQUEST' }

const withSettings = (
  base: Pick<RestSettings, 'name' | 'origin' | 'target' | 'function'>,
  node: Node,
  place: Place,
  isCognito = false,
): RestSettings | undefined => {
  const { what, routes, service } = place
  const { values, findings } = service.context
  const type = typeOf(node, place)
  const declared = member(node, 'type')
  if (declared !== undefined && isSet(declared) && type === undefined) return undefined
  const invalid = (message: string, advice: string, at: Node = node): void => {
    findings.stop('invalid', 'DEF-SLS-03', at, { message: `${what} ${message}`, advice, routes })
  }
  const kind =
    isCognito || type === 'COGNITO_USER_POOLS'
      ? 'COGNITO_USER_POOLS'
      : KINDS[type === undefined || type === '' ? 'TOKEN' : type]
  if (kind === undefined) {
    invalid(`has the type ${JSON.stringify(type)}`, 'Use token or request.')
    return undefined
  }
  if (kind !== 'COGNITO_USER_POOLS' && isSet(member(node, 'scopes') ?? node) && member(node, 'scopes') !== undefined) {
    const message = `${what} has scopes, which only Cognito user pools check`
    findings.stop('ignored-protection', 'DEF-SLS-03', node, {
      message,
      advice: 'Check scopes in the function.',
      routes,
    })
  }
  const ttl = readTtl(member(node, 'resultTtlInSeconds'), node, place)
  const sourceNode = member(node, 'identitySource')
  if (sourceNode?.kind === 'list')
    invalid('has a list as identitySource', 'Use text, with commas between sources.', sourceNode)
  const written = values.texts(sourceNode, { role: 'decides', what: `identitySource of ${what}`, routes })?.join(',')
  const source =
    written !== undefined && written !== '' ? written : kind === 'REQUEST' && ttl === 0 ? undefined : DEFAULT_SOURCE
  const wrong = source === undefined ? undefined : wrongSource(splitSources([source]), 'REST')
  if (wrong !== undefined)
    invalid(`has the identity source ${JSON.stringify(wrong)}`, 'Use method.request.header.NAME.')
  const expressionNode = member(node, 'identityValidationExpression')
  const expression = values.text(expressionNode, {
    role: 'decides',
    what: `identityValidationExpression of ${what}`,
    routes,
  })
  if (expression !== undefined && kind !== 'TOKEN') {
    const message = `identityValidationExpression of ${what} has no effect: only TOKEN authorizers have one`
    findings.report('ignored', 'DEF-SLS-03', expressionNode ?? node, { message, advice: 'Remove it.', routes })
  }
  return {
    ...base,
    kind,
    ...(ttl !== undefined && { ttl }),
    ...(source !== undefined && { source }),
    ...(expression !== undefined && kind === 'TOKEN' && { expression }),
  }
}

/** `parseInt`, as the framework does; what is no number is 300. A text has no TTL of its own. */
const readTtl = (node: Node | undefined, authorizer: Node, { what, routes, service }: Place): number | undefined => {
  if (authorizer.kind !== 'map') return undefined
  const { values, findings } = service.context
  const wanted = { role: 'informs', what: `resultTtlInSeconds of ${what}`, routes } as const
  if (node === undefined || node.kind === 'unknown' || dependsOnDefault(node, service.context))
    return values.integer(node, wanted, { fallback: DEFAULT_TTL, unresolved: 0 })
  const text = textOf(node) ?? ''
  if (/^-?\d{1,9}(?:\.0+)?$/.test(text)) return values.integer(node, wanted, { fallback: DEFAULT_TTL, unresolved: 0 })
  const parsed = Number.parseInt(text, 10)
  const ttl = Number.isNaN(parsed) ? DEFAULT_TTL : parsed
  if (node.kind !== 'scalar' || node.value !== null) {
    const message = `resultTtlInSeconds of ${what} is not a whole number, and deployed as ${ttl}`
    findings.report('differs', 'DEF-SLS-03', node, { message, advice: 'Use a number of seconds.', routes })
  }
  if (ttl >= 0 && ttl <= 3600) return ttl
  findings.stop('invalid', 'DEF-GEN-15', node, {
    message: `resultTtlInSeconds of ${what} is not a whole number from 0 to 3600`,
    advice: 'Use a number from 0 to 3600.',
    routes,
  })
  return 0
}
