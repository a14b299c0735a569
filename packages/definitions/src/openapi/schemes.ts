/** What each security scheme means: an authorizer, an API key, or protection that is not a function. @module */
import type { AuthorizerDefinition, Protocol } from '../definition.ts'
import { entriesOf, member, type Node, textOf } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { readAwsAuthorizer } from './aws/authorizers.ts'
import { readHuaweiAuthorizer } from './huawei/authorizers.ts'
import type { References } from './references.ts'
import { SchemeReading } from './scheme-reading.ts'

/** What a scheme means. `unreadable`: a finding says why, and routes that require it are undecided. */
export type SchemeMeaning =
  | { readonly kind: 'authorizer'; readonly authorizer: AuthorizerDefinition }
  /** The API key of a usage plan. */
  | { readonly kind: 'key' }
  | { readonly kind: 'unreadable' }

const AWS_AUTHORIZER = 'x-amazon-apigateway-authorizer'
const HUAWEI_AUTHORIZER = 'x-apigateway-authorizer'

/** Kind of protection that `x-apigateway-auth-type` names (DEF-HWO-02). */
const HUAWEI_TYPES = new Map<string, 'APP' | 'IAM'>([
  ['appsigv1', 'APP'],
  ['iam', 'IAM'],
  ['iam_none', 'IAM'],
])

/**
 * Reads a security scheme.
 *
 * @param scheme the scheme itself, not a `$ref`
 * @param routes keys of the routes that require the scheme, for findings
 */
export const authorizerOfScheme = (
  name: string,
  scheme: Node,
  protocol: Protocol,
  context: ReadContext,
  routes: readonly string[] = [],
): SchemeMeaning => {
  const reading = new SchemeReading(scheme, { name, protocol, context, routes })
  const known = reading.known(scheme, 'the value')
  if (known?.kind !== 'map') {
    if (reading.isComplete) reading.fail('invalid', 'DEF-OAS-12', 'is not a map', 'Write a security scheme.')
    return { kind: 'unreadable' }
  }
  return protocol === 'HUAWEI' ? huaweiScheme(reading, known) : awsScheme(reading, known)
}

const outcome = (reading: SchemeReading, authorizer: AuthorizerDefinition | undefined): SchemeMeaning =>
  authorizer === undefined || !reading.isComplete ? { kind: 'unreadable' } : { kind: 'authorizer', authorizer }

const other = ({ name, scheme }: SchemeReading, kind: 'AWS_IAM' | 'APP' | 'IAM' | 'OTHER'): AuthorizerDefinition => ({
  kind,
  name,
  origin: scheme.origin,
})

const awsScheme = (reading: SchemeReading, scheme: Node): SchemeMeaning => {
  const settings = member(scheme, AWS_AUTHORIZER)
  const label = member(scheme, 'x-amazon-apigateway-authtype')
  const isReserved = /^aws/i.test(textOf(label) ?? '')
  if (settings !== undefined) {
    // Any other label of an authorizer is information (DEF-OAS-09).
    if (isReserved) {
      const advice = 'Remove x-amazon-apigateway-authtype, or the authorizer.'
      reading.stop('ambiguous', 'DEF-OAS-15', 'is an authorizer and IAM authorization', advice, label)
    }
    return outcome(reading, readAwsAuthorizer(reading, settings))
  }
  reading.text(label, 'x-amazon-apigateway-authtype')
  if (isReserved) return outcome(reading, other(reading, 'AWS_IAM'))
  if (isKey(reading, scheme)) return { kind: 'key' }
  return outcome(reading, other(reading, 'OTHER'))
}

/** An API key for usage plans, which only REST APIs have (DEF-OAS-14). */
const isKey = (reading: SchemeReading, scheme: Node): boolean => {
  const read = (key: string): string | undefined => reading.text(member(scheme, key), key, 'decides')?.toLowerCase()
  const [type, place, name] = [read('type'), read('in'), read('name')]
  return (
    reading.protocol === 'REST' && reading.isComplete && type === 'apikey' && place === 'header' && name === 'x-api-key'
  )
}

const huaweiScheme = (reading: SchemeReading, scheme: Node): SchemeMeaning => {
  const settings = member(scheme, HUAWEI_AUTHORIZER)
  if (settings !== undefined) return outcome(reading, readHuaweiAuthorizer(reading, settings))
  const type = reading.text(member(scheme, 'x-apigateway-auth-type'), 'x-apigateway-auth-type')
  if (type?.toUpperCase() === 'AUTHORIZER') {
    const advice = 'Add x-apigateway-authorizer.'
    return outcome(reading, reading.fail('unknown-authorizer', 'DEF-HWO-01', 'an authorizer without settings', advice))
  }
  return outcome(reading, other(reading, HUAWEI_TYPES.get(type?.toLowerCase() ?? '') ?? 'OTHER'))
}

/** The schemes of a document, which are read when all routes that require them are known. */
export class Schemes {
  readonly #declared: ReadonlyMap<string, Node>
  readonly #references: References
  readonly #protocol: Protocol
  readonly #context: ReadContext

  constructor(declared: Node | undefined, references: References, protocol: Protocol, context: ReadContext) {
    const wanted = { role: 'decides', what: 'the list of security schemes' } as const
    this.#declared = new Map(entriesOf(context.values.known(declared, wanted)))
    this.#references = references
    this.#protocol = protocol
    this.#context = context
  }

  /**
   * Reads all schemes that are authorizers or are required.
   *
   * @param uses routes that require each scheme
   */
  readAll(uses: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, SchemeMeaning> {
    const meanings = new Map<string, SchemeMeaning>()
    for (const [name, declared] of this.#declared) {
      const routes = uses.get(name)
      const scheme = this.#references.resolve(declared, routes)
      const isAuthorizer = [AWS_AUTHORIZER, HUAWEI_AUTHORIZER].some((each) => member(scheme, each) !== undefined)
      if (routes === undefined && !isAuthorizer) continue
      const meaning: SchemeMeaning =
        scheme === undefined
          ? { kind: 'unreadable' }
          : authorizerOfScheme(name, scheme, this.#protocol, this.#context, routes)
      meanings.set(name, meaning)
    }
    return meanings
  }
}

/** The schemes that a document declares, by the place of its version. */
export const schemesOf = (document: Node): Node | undefined =>
  member(document, 'swagger') !== undefined
    ? member(document, 'securityDefinitions')
    : member(member(document, 'components'), 'securitySchemes')
