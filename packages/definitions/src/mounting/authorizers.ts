/** Builds the authorizers of an API: one for each name, with one cache for all its routes (DEF-CLI-03). @module */
import {
  type Authorizer,
  type Contract,
  createAuthorizer,
  type DenialCors,
  type NativeAuthorize,
} from '@custom-authorizer/core'
import { checkAuthorizers } from '@custom-authorizer/core/contract'
import * as huawei from '@custom-authorizer/core/huawei'
import { awsJwtAuthorizer } from '@custom-authorizer/jwt'
import { routeKey } from '../building/paths.ts'
import type { ApiDefinition, AuthorizerDefinition, Protocol, RouteDefinition } from '../definition.ts'
import { contractOf, type ContractSettings, jwtOptions } from './contracts.ts'
import { huaweiResponsesOf } from './gateway-responses.ts'
import { Cors } from './cors.ts'
import { type Binding, type GuardApiOptions, KERNEL_OPTIONS } from './options.ts'

type Kernel = Pick<GuardApiOptions, (typeof KERNEL_OPTIONS)[number]> & { denialCors?: DenialCors }

/** A record without some of its members. */
const without = <T extends object>(record: T, ...names: readonly (keyof T)[]): T =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name as keyof T))) as T

/** The options that every authorizer of the API shares. */
const kernelOf = (options: Readonly<GuardApiOptions>): Kernel =>
  Object.fromEntries(KERNEL_OPTIONS.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])))

/** What contracts need to know of the API. */
const settingsOf = (api: ApiDefinition, { gateway, basePath }: Readonly<GuardApiOptions>): ContractSettings => {
  const { protocol, stage, stageVariables, gatewayResponses, endpointType, routes } = api
  const keys = routes
    .filter(({ path }) => path.startsWith('/'))
    .map(({ method, path }) => (method === undefined ? path : `${method} ${path}`))
  const base = basePath ?? api.basePath ?? ''
  const common = {
    ...(stageVariables && { stageVariables }),
    ...(keys.length > 0 && protocol !== 'WEBSOCKET' && { routes: keys }),
  }
  if (protocol === 'HUAWEI')
    return {
      ...common,
      ...(gatewayResponses && { huaweiResponses: huaweiResponsesOf(gatewayResponses) }),
      huaweiApi: { ...(stage !== undefined && { stage }), ...gateway },
    }
  return {
    ...common,
    api: {
      ...(stage !== undefined && { stage }),
      ...(base !== '' && { basePath: base }),
      ...gateway,
    },
    ...(gatewayResponses && protocol === 'REST' && { gatewayResponses }),
    ...(endpointType === 'EDGE' && { endpointType }),
  }
}

/** The settings of an authorizer without a function, by kind of API: its contract answers for the API itself. */
const RESPONDERS = {
  REST: { kind: 'REQUEST', identitySource: [], authorizerResultTtlInSeconds: 0 },
  HTTP: { kind: 'REQUEST', identitySource: [], authorizerResultTtlInSeconds: 0 },
  WEBSOCKET: { kind: 'REQUEST', identitySource: [] },
  HUAWEI: { kind: 'FRONTEND', identities: [], ttl: 0, needBody: false },
} as const

/** The contract that answers requests without a route, undecided routes and missing API keys. */
const responderOf = (protocol: Protocol, settings: ContractSettings): Contract => {
  const definition = { name: 'api', origin: { file: '', line: 0, pointer: '' }, ...RESPONDERS[protocol] }
  return contractOf(definition, protocol, without(settings, 'routes')) as Contract
}

/** Never called: the responder only builds denials. */
const reject = (): never => {
  throw new Error('not an authorizer')
}

/** The authorizers of one API. */
export class ApiAuthorizers {
  /** Builds denials in the format of the gateway. */
  readonly responder: Authorizer
  readonly cors: Cors | undefined
  readonly #api: ApiDefinition
  readonly #options: Readonly<GuardApiOptions>
  readonly #settings: ContractSettings
  readonly #kernel: Kernel
  readonly #built = new Map<string, Authorizer>()

  constructor(api: ApiDefinition, options: Readonly<GuardApiOptions>) {
    this.#api = api
    this.#options = options
    this.#settings = settingsOf(api, options)
    this.cors = api.cors && api.protocol === 'HTTP' ? new Cors(api.cors) : undefined
    const denialCors = this.cors?.denialCors
    this.#kernel = { ...kernelOf(options), ...(denialCors && { denialCors }) }
    const contract = responderOf(api.protocol, this.#settings)
    const responding = without(this.#kernel, 'store', 'maxEntries')
    this.responder = createAuthorizer({ ...responding, authorize: reject, contract, name: nameOf(api.name) })
  }

  /** All authorizers that were built. */
  get all(): readonly Authorizer[] {
    return [...new Set(this.#built.values())]
  }

  /** The authorizer of a route; `undefined` if the route is open. Undecided routes have one only if the caller gave it. */
  of(route: RouteDefinition): Authorizer | undefined {
    const { authorizer, backendAuthorizer } = route
    if (authorizer === undefined) return this.#undecided(routeKey(route))
    if (backendAuthorizer === undefined) return authorizer === null ? undefined : this.#named(authorizer, route)
    if (authorizer === null) return this.#named(backendAuthorizer, route)
    return this.#once(
      JSON.stringify([authorizer, backendAuthorizer]),
      () =>
        huawei.both({
          frontend: this.#named(authorizer, route),
          backend: this.#named(backendAuthorizer, route),
        }) as unknown as Authorizer,
    )
  }

  /** Whether the authorizer of a route checks its scopes. One that the caller has given does not know them. */
  checksScopes({ authorizer }: RouteDefinition): boolean {
    return typeof authorizer === 'string' && this.#binding(authorizer) === undefined
  }

  #undecided(key: string): Authorizer | undefined {
    const { undecided } = this.#options
    const bound = undecided === 'deny' || undecided === undefined ? undefined : undecided[key]
    if (bound === undefined) return undefined
    return this.#once(`undecided ${key}`, () => {
      if (typeof bound !== 'function') return checked(bound, key)
      return createAuthorizer({ ...this.#kernel, authorize: bound as NativeAuthorize, name: nameOf(key) })
    })
  }

  #named(name: string, route: RouteDefinition): Authorizer {
    const definition = this.#api.authorizers[name] as AuthorizerDefinition
    const bound = this.#binding(name)
    if (definition.kind !== 'JWT' || bound !== undefined) return this.#once(name, () => this.#build(definition, bound))
    const scopes = route.authorizationScopes ?? []
    return this.#once(JSON.stringify([name, ...scopes]), () => {
      const kernel = without(this.#kernel, 'store', 'maxEntries', 'timeoutMs')
      return awsJwtAuthorizer({
        ...kernel,
        name: nameOf(name),
        ...jwtOptions(definition),
        ...(scopes.length > 0 && { authorizationScopes: scopes }),
      })
    })
  }

  #binding(name: string): Binding | undefined {
    const { authorizers } = this.#options
    return authorizers !== undefined && Object.hasOwn(authorizers, name) ? authorizers[name] : undefined
  }

  #build(definition: AuthorizerDefinition, bound: Binding | undefined): Authorizer {
    if (typeof bound !== 'function') return checked(bound, definition.name)
    const contract = contractOf(definition, this.#api.protocol, this.#settings)
    const timeoutMs = 'timeoutMs' in definition ? definition.timeoutMs : undefined
    return createAuthorizer({
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...this.#kernel,
      authorize: bound,
      // A kind without a contract gets a function of the caller's own, called as a native authorizer.
      ...(contract && { contract }),
      name: nameOf(definition.name),
    })
  }

  #once(key: string, build: () => Authorizer): Authorizer {
    const earlier = this.#built.get(key)
    if (earlier !== undefined) return earlier
    const authorizer = build()
    this.#built.set(key, authorizer)
    return authorizer
  }
}

const checked = (bound: unknown, name: string): Authorizer => {
  const [authorizer] = checkAuthorizers(`guardApi.authorizers[${JSON.stringify(name)}]`, [bound])
  return authorizer as Authorizer
}

/** A name that authorizers can have: visible ASCII. */
const nameOf = (text: string): string => text.replaceAll(/[^\x21-\x7e]/g, '_').slice(0, 64) || 'api'
