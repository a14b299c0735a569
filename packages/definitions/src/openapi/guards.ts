/** Who guards a route: from what `security` requires and what its schemes mean (DEF-OAS-12 to DEF-OAS-16). @module */
import type { RouteGuard } from '../building/api-builder.ts'
import { isDeclared } from '../building/declared.ts'
import type { AuthorizerDefinition } from '../definition.ts'
import { member, type Node } from '../document/node.ts'
import type { StopClass } from '../finding.ts'
import type { ReadContext } from '../reading/read-context.ts'
import type { SchemeMeaning } from './schemes.ts'
import type { NeededScheme, Requirement } from './security.ts'

/** The guard of a route. */
export interface DecidedGuard {
  readonly guard: RouteGuard
  readonly apiKeyRequired: boolean
}

const UNDECIDED: DecidedGuard = { guard: 'undecided', apiKeyRequired: false }

/** Kinds of authorizers that compare scopes, and protection of the caller's own. */
const WITH_SCOPES: ReadonlySet<AuthorizerDefinition['kind']> = new Set(['JWT', 'COGNITO_USER_POOLS', 'OTHER'])

/** Name of the authorizer for operations with `x-amazon-apigateway-auth: { type: AWS_IAM }`. */
export const IAM = 'AWS_IAM'

/** Decides who guards the routes that share one `security`. */
export class GuardDecision {
  readonly #meanings: ReadonlyMap<string, SchemeMeaning>
  readonly #context: ReadContext

  constructor(meanings: ReadonlyMap<string, SchemeMeaning>, context: ReadContext) {
    this.#meanings = meanings
    this.#context = context
  }

  decide(requirement: Requirement, routes: readonly string[]): DecidedGuard {
    if (requirement.kind === 'unreadable') return UNDECIDED
    if (requirement.kind === 'open') return { guard: { open: requirement.open }, apiKeyRequired: false }
    const { alternatives, node } = requirement
    const needed = alternatives.flat()
    const missing = needed.filter(({ name }) => !this.#meanings.has(name))
    for (const each of missing) this.#unknown(each, routes)
    if (missing.length > 0 || needed.some((each) => this.#meaningOf(each)?.kind === 'unreadable')) return UNDECIDED
    const guarding = alternatives.map((each) => each.filter((one) => this.#meaningOf(one)?.kind === 'authorizer'))
    const [guard, second] = guarding.flat()
    if (alternatives.some((each) => each.length === 0))
      return this.#ambiguous('an empty alternative of security lets everyone pass', node, routes)
    if (second !== undefined) return this.#ambiguous('security names more than one authorizer', node, routes)
    const apiKeyRequired = needed.some((each) => this.#meaningOf(each)?.kind === 'key')
    if (guard === undefined) return { guard: { open: 'declared' }, apiKeyRequired }
    if (alternatives.length > 1) this.#reportBoth(guard, node, routes)
    return { guard: this.#authorizer(guard, routes), apiKeyRequired }
  }

  /** Applies `x-amazon-apigateway-auth` of one operation (DEF-OAS-16). */
  override(decided: DecidedGuard, operation: Node, route: string): DecidedGuard {
    const { values } = this.#context
    const routes = [route]
    const node = member(operation, 'x-amazon-apigateway-auth')
    if (node === undefined) return decided
    const settings = values.known(node, { role: 'decides', what: `x-amazon-apigateway-auth of ${route}`, routes })
    if (settings === undefined && isDeclared(node)) return UNDECIDED
    const typeNode = member(settings, 'type')
    const type = values
      .text(typeNode, { role: 'decides', what: `the authorization of ${route}`, routes })
      ?.toUpperCase()
    if (type === undefined && isDeclared(typeNode)) return UNDECIDED
    const advice = 'Remove x-amazon-apigateway-auth, or the requirement of security.'
    const stop = (kind: StopClass, message: string): void =>
      this.#context.findings.stop(kind, 'DEF-OAS-16', node, { message, advice, routes })
    const { guard } = decided
    if (guard === 'undecided') return decided
    const isOpen = 'open' in guard
    if (type === 'NONE') {
      if (isOpen) return { ...decided, guard: { open: 'declared' } }
      stop('ambiguous', `${route} has an authorizer, and x-amazon-apigateway-auth with the type NONE`)
      return decided
    }
    if (type !== 'AWS_IAM') {
      stop('unknown-authorizer', `x-amazon-apigateway-auth of ${route} has no type, or one that does not exist`)
      return UNDECIDED
    }
    if (isOpen) return { ...decided, guard: { authorizer: IAM } }
    const meaning = this.#meanings.get(guard.authorizer)
    if (meaning?.kind === 'authorizer' && meaning.authorizer.kind === 'AWS_IAM') return decided
    stop('ambiguous', `${route} has an authorizer, and x-amazon-apigateway-auth with the type AWS_IAM`)
    return UNDECIDED
  }

  #meaningOf({ name }: NeededScheme): SchemeMeaning | undefined {
    return this.#meanings.get(name)
  }

  #authorizer({ name, scopes, node }: NeededScheme, routes: readonly string[]): RouteGuard {
    const meaning = this.#meanings.get(name)
    if (scopes.length === 0 || meaning?.kind !== 'authorizer') return { authorizer: name }
    if (WITH_SCOPES.has(meaning.authorizer.kind)) return { authorizer: name, authorizationScopes: scopes }
    const message = `the scopes of ${JSON.stringify(name)} have no effect: gateways compare scopes of JWT and Cognito authorizers only`
    const advice = 'Remove the scopes, and check them in the authorizer function or with requireScopes.'
    this.#context.findings.stop('ignored-protection', 'DEF-GEN-10', node, { message, advice, routes })
    return { authorizer: name }
  }

  #unknown({ name, node }: NeededScheme, routes: readonly string[]): void {
    const message = `security names ${JSON.stringify(name)}, which is not a declared scheme`
    const advice = 'Declare it in components.securitySchemes (Swagger 2.0: securityDefinitions), or correct the name.'
    this.#context.findings.stop('unknown-authorizer', 'DEF-OAS-12', node, { message, advice, routes })
  }

  #ambiguous(message: string, node: Node, routes: readonly string[]): DecidedGuard {
    const advice = 'Require one authorizer: security: [{ name: [] }], or [] for an open route.'
    this.#context.findings.stop('ambiguous', 'DEF-OAS-13', node, { message, advice, routes })
    return UNDECIDED
  }

  /** Exports of API Gateway write an authorizer and the API key as alternatives, and the gateway requires both. */
  #reportBoth({ name }: NeededScheme, node: Node, routes: readonly string[]): void {
    const message = `${JSON.stringify(name)} and the API key are alternatives in OpenAPI, but a REST API requires both`
    const details = { message, advice: 'Write them into one requirement.', routes }
    this.#context.findings.report('differs', 'DEF-OAS-14', node, details)
  }
}
