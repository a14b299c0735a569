/** Builds one API of a definition from what a reader finds, and adds the findings that every format has in common. @module */
import type {
  ApiDefinition,
  AuthorizerDefinition,
  CorsDefinition,
  GatewayResponseEntry,
  OpenReason,
  Origin,
  Protocol,
  RouteDefinition,
  UsagePlanDefinition,
} from '../definition.ts'
import { contractProblem } from '../mounting/contracts.ts'
import { responseProblem } from '../mounting/gateway-responses.ts'
import type { Node } from '../document/node.ts'
import type { Findings } from './findings.ts'
import { deployedPath, pathProblem, routeKey } from './paths.ts'
import { UNSUPPORTED } from './unsupported.ts'

/** Members of an API besides its routes and authorizers. */
export interface ApiSettings {
  stage?: string
  basePath?: string
  stageVariables?: Readonly<Record<string, string>>
  endpointType?: 'REGIONAL' | 'EDGE' | 'PRIVATE'
  apiKeySource?: 'HEADER' | 'AUTHORIZER'
  cors?: CorsDefinition
  gatewayResponses?: Record<string, GatewayResponseEntry>
  usagePlans?: UsagePlanDefinition[]
}

/** What guards a route: an authorizer, nothing, or undecided, and then the reader has added a finding that stops. */
export type RouteGuard =
  | { readonly authorizer: string; readonly authorizationScopes?: readonly string[] }
  | { readonly open: OpenReason }
  | 'undecided'

/** A route as a reader found it. */
export interface FoundRoute extends Pick<
  RouteDefinition,
  'method' | 'path' | 'apiKeyRequired' | 'match' | 'generated' | 'backendAuthorizer' | 'backendParameters' | 'origin'
> {
  readonly guard: RouteGuard
}

/** Builds one API. */
export class ApiBuilder {
  readonly name: string
  readonly protocol: Protocol
  /** Settings that readers fill in. */
  readonly settings: ApiSettings = {}
  /** The value of the stage in {@link settings}. */
  stageFrom: Node | undefined
  /** The base paths that the files declare. */
  readonly basePaths: Set<string> = new Set()
  readonly #findings: Findings
  readonly #origin: Origin
  readonly #authorizers = new Map<string, AuthorizerDefinition>()
  readonly #routes = new Map<string, FoundRoute>()

  constructor(name: string, protocol: Protocol, { findings, origin }: { findings: Findings; origin: Origin }) {
    this.name = name
    this.protocol = protocol
    this.#findings = findings
    this.#origin = origin
  }

  /** The authorizer of this name, if a reader has added one. */
  authorizer(name: string): AuthorizerDefinition | undefined {
    return this.#authorizers.get(name)
  }

  /** The route of this key, if a reader has added one. */
  route(key: string): FoundRoute | undefined {
    return this.#routes.get(key)
  }

  get routes(): readonly FoundRoute[] {
    return [...this.#routes.values()]
  }

  /** Adds an authorizer. The same name with other settings is a conflict (`code` names the rule). */
  addAuthorizer(added: AuthorizerDefinition, code = 'DEF-GEN-12'): void {
    const earlier = this.#authorizers.get(added.name)
    if (earlier === undefined) this.#authorizers.set(added.name, added)
    else if (settingsOf(earlier) !== settingsOf(added)) {
      const name = JSON.stringify(added.name)
      const message = `the authorizer ${name} has different settings in line ${earlier.origin.line} and line ${added.origin.line}`
      this.#findings.stop('conflict', code, added, { message, advice: 'Use another name for one of them.' })
    }
  }

  /** Replaces an authorizer, where the deploying tool does so. */
  replaceAuthorizer(replacing: AuthorizerDefinition): void {
    this.#authorizers.set(replacing.name, replacing)
  }

  /** Adds a route. The same route twice is a conflict, unless both are guarded alike. */
  addRoute(found: FoundRoute, code = 'DEF-TF-09'): void {
    const route = { ...found, path: deployedPath(found.path, this.protocol) }
    const key = routeKey(route)
    const problem = pathProblem(route.path, this.protocol)
    if (problem !== undefined) {
      const message = `the path ${JSON.stringify(route.path)} ${problem}`
      const advice = 'Use a path as the gateway accepts it: whole segments, parameters in braces.'
      this.#findings.stop('invalid', 'DEF-GEN-13', route, { message, advice, routes: [key] })
    }
    const earlier = this.#routes.get(key)
    if (earlier !== undefined && protectionOf(earlier) !== protectionOf(route)) {
      const message = `the route ${key} is declared twice, in line ${earlier.origin.line} and line ${route.origin.line}`
      this.#findings.stop('conflict', code, route, { message, advice: 'Remove one of them.', routes: [key] })
      // Undecided, so that neither of the two is mounted by mistake.
      this.#routes.set(key, { ...route, guard: 'undecided' })
      return
    }
    if (earlier === undefined) this.#routes.set(key, route)
  }

  /** Replaces a route, where the deploying tool does so. */
  replaceRoute(route: FoundRoute): void {
    this.#routes.set(routeKey(route), route)
  }

  /** The API, with findings about everything that formats have in common. */
  build(): ApiDefinition {
    this.#dropResponses()
    const routes = this.#sortedRoutes().map((route) => this.#finished(route))
    this.#checkAuthorizers(routes)
    this.#checkOpenRoutes(routes)
    this.#reportKeys(routes)
    const authorizers = [...this.#authorizers].toSorted(([a], [b]) => (a < b ? -1 : 1))
    return {
      name: this.name,
      protocol: this.protocol,
      ...this.settings,
      authorizers: Object.fromEntries(authorizers),
      routes,
    }
  }

  /** Leaves out gateway responses that cannot be sent, with a report: the default response is sent instead. */
  #dropResponses(): void {
    const { gatewayResponses } = this.settings
    if (gatewayResponses === undefined) return
    const kept: [string, GatewayResponseEntry][] = []
    for (const [type, entry] of Object.entries(gatewayResponses)) {
      const problem = responseProblem(type, entry, this.protocol)
      if (problem === undefined) {
        kept.push([type, entry])
        continue
      }
      const message = `the gateway response ${type} cannot be sent: ${problem}`
      const advice = 'The default response is sent instead, unless you correct it.'
      this.#findings.report('not-carried', 'DEF-CFN-16', { origin: this.#origin }, { message, advice })
    }
    this.settings.gatewayResponses = Object.fromEntries(kept)
  }

  #sortedRoutes(): readonly FoundRoute[] {
    const order = (a: FoundRoute, b: FoundRoute): number =>
      a.path === b.path ? ((a.method ?? '') < (b.method ?? '') ? -1 : 1) : a.path < b.path ? -1 : 1
    return this.routes.toSorted(order)
  }

  #finished({ guard, ...route }: FoundRoute): RouteDefinition {
    if (guard === 'undecided') return route
    if ('authorizer' in guard) {
      const { authorizer, authorizationScopes: scopes } = guard
      if (!this.#authorizers.has(authorizer)) {
        const message = `the authorizer ${JSON.stringify(authorizer)} is not declared`
        const details = { message, advice: 'Declare it, or correct the name.', routes: [routeKey(route)] }
        this.#findings.stop('unknown-authorizer', 'DEF-DEF-06', route, details)
        return route
      }
      return { ...route, authorizer, ...(scopes !== undefined && scopes.length > 0 && { authorizationScopes: scopes }) }
    }
    return { ...route, authorizer: null, open: this.#openReason(route, guard.open) }
  }

  #openReason({ apiKeyRequired }: Pick<FoundRoute, 'apiKeyRequired'>, reason: OpenReason): OpenReason {
    if (apiKeyRequired === true) return 'key-only'
    return reason === 'omitted' && this.#authorizers.size === 0 ? 'no-authorizers' : reason
  }

  #checkAuthorizers(routes: readonly RouteDefinition[]): void {
    for (const authorizer of this.#authorizers.values()) {
      const used = routes.filter(
        (each) => each.authorizer === authorizer.name || each.backendAuthorizer === authorizer.name,
      )
      const keys = used.map(routeKey)
      const name = JSON.stringify(authorizer.name)
      const protection = UNSUPPORTED[authorizer.kind]
      if (used.length === 0) {
        const details = { message: `no route uses the authorizer ${name}`, advice: 'Nothing has to be done.' }
        this.#findings.report('unused-authorizer', 'DEF-STOP-03', authorizer, details)
      } else if (protection !== undefined) {
        const message = `${name} is ${protection}, which no authorizer function provides`
        const advice = `Bind a guard of your own: authorizers: { ${name}: … }.`
        this.#findings.stop('unsupported-authorizer', 'DEF-DEF-05', authorizer, { message, advice, routes: keys })
      } else {
        const problem = contractProblem(authorizer, this.protocol)
        const details = {
          message: `the authorizer ${name} cannot be built: ${problem}`,
          advice: 'Correct the setting.',
        }
        if (problem !== undefined && !this.#isStopped(authorizer))
          this.#findings.stop('invalid', 'DEF-DEF-05', authorizer, { ...details, routes: keys })
      }
    }
  }

  /** Whether a reader has found the settings of an authorizer invalid already. */
  #isStopped({ origin }: AuthorizerDefinition): boolean {
    return this.#findings.list.some(
      (each) =>
        each.severity === 'stop' &&
        each.class === 'invalid' &&
        each.origin.file === origin.file &&
        (each.origin.pointer === origin.pointer || each.origin.pointer.startsWith(`${origin.pointer}/`)),
    )
  }

  /** Open routes have to be confirmed. Messages of a guarded WebSocket connection do not (DEF-GEN-07, DEF-CFN-12). */
  #checkOpenRoutes(routes: readonly RouteDefinition[]): void {
    const connect = routes.find((each) => each.path === '$connect')
    const isGuarded = this.protocol === 'WEBSOCKET' && connect !== undefined && connect.authorizer !== null
    for (const route of routes) {
      if (route.authorizer !== null || isGuarded) continue
      const key = routeKey(route)
      const message = `${key} has no authorizer (${route.open})`
      const advice = `Name it in open: [${JSON.stringify(key)}], or guard it.`
      this.#findings.confirm('DEF-GEN-07', route, { message, advice, routes: [key] })
    }
  }

  #reportKeys(routes: readonly RouteDefinition[]): void {
    const keys = routes.filter((each) => each.apiKeyRequired === true).map(routeKey)
    if (keys.length === 0) return
    const message = 'routes require an API key'
    const advice = 'Give usagePlan to guardApi, otherwise requests to these routes get 403.'
    this.#findings.report('api-key', 'DEF-STOP-03', { origin: this.#origin }, { message, advice, routes: keys })
  }
}

/** Everything that protects a route. */
const protectionOf = ({ guard, apiKeyRequired = false, backendAuthorizer, match = 'exact' }: FoundRoute): string =>
  JSON.stringify([guard, apiKeyRequired, backendAuthorizer, match])

const settingsOf = (authorizer: AuthorizerDefinition): string => JSON.stringify({ ...authorizer, origin: undefined })
