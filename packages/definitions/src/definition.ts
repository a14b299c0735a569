/**
 * The neutral definition: what every format is read into, and what `guardApi` mounts. Plain JSON with effective values: the
 * defaults of a format are filled in (DEF-DEF-02). Names of settings are those of the manuals (DEF-DEF-01).
 * @module
 */
import type { Finding } from './finding.ts'
import type { Origin } from './origin.ts'

export type { Origin } from './origin.ts'

/** Kind of API: REST, HTTP and WebSocket APIs of Amazon API Gateway, and APIs of Huawei Cloud APIG. */
export type Protocol = 'REST' | 'HTTP' | 'WEBSOCKET' | 'HUAWEI'

/** One identity of a Huawei custom authorizer. */
export interface HuaweiIdentity {
  readonly location: 'HEADER' | 'QUERY'
  readonly name: string
  /** Regular expression that the value has to match. Default: none. */
  readonly validation?: string
}

interface NamedAuthorizer {
  readonly name: string
  readonly origin: Origin
  /** Name of the authorizer function, for people: handlers are bound by the name of the authorizer (DEF-GEN-09). */
  readonly function?: string
}

/** One authorizer of an API. */
export type AuthorizerDefinition = NamedAuthorizer &
  (
    | {
        readonly kind: 'TOKEN'
        readonly identitySource: readonly [string]
        readonly identityValidationExpression?: string
        readonly authorizerResultTtlInSeconds: number
      }
    | {
        readonly kind: 'REQUEST'
        readonly identitySource: readonly string[]
        /** Absent on WebSocket APIs, which do not cache. */
        readonly authorizerResultTtlInSeconds?: number
        /** HTTP APIs only. */
        readonly authorizerPayloadFormatVersion?: '1.0' | '2.0'
        /** HTTP APIs only. */
        readonly enableSimpleResponses?: boolean
      }
    | {
        readonly kind: 'JWT'
        readonly identitySource: readonly [string]
        readonly jwtConfiguration: { readonly issuer: string; readonly audience: readonly string[] }
      }
    | {
        readonly kind: 'FRONTEND' | 'BACKEND'
        readonly identities: readonly HuaweiIdentity[]
        /** Seconds. */
        readonly ttl: number
        readonly needBody: boolean
        readonly userData?: string
        readonly relaxed?: boolean
        readonly timeoutMs?: number
      }
    | {
        readonly kind: 'COGNITO_USER_POOLS'
        readonly identitySource?: readonly [string]
        readonly providerARNs: readonly string[]
      }
    | { readonly kind: 'AWS_IAM' | 'APP' | 'IAM' | 'OTHER' }
  )

/** Why a route has no authorizer (DEF-GEN-07). */
export type OpenReason = 'declared' | 'omitted' | 'no-authorizers' | 'generated' | 'key-only'

/** A parameter of a Huawei backend that comes from the authorizer's context. */
export interface BackendParameterDefinition {
  readonly name: string
  readonly location: 'HEADER' | 'QUERY' | 'PATH'
  readonly value: string
}

/** One route of an API. */
export interface RouteDefinition {
  /** `'GET'`, `'ANY'`; absent for `$default` and the routes of WebSocket APIs. */
  readonly method?: string
  /** `/pets/{id}`, `/files/{proxy+}`, `$default`, `$connect`, or the key of a WebSocket route. */
  readonly path: string
  /** Name of an authorizer; `null` if the route is open; absent if undecided, and then a stop names it. */
  readonly authorizer?: string | null
  /** Name of the authorizer of the backend (Huawei). */
  readonly backendAuthorizer?: string
  /** Present if the route is open. */
  readonly open?: OpenReason
  readonly authorizationScopes?: readonly string[]
  readonly apiKeyRequired?: boolean
  /** `'prefix'`: the route serves every path below, in whole segments (Huawei). Default `'exact'`. */
  readonly match?: 'exact' | 'prefix'
  /** Present if the route was added for CORS. */
  readonly generated?: 'cors'
  readonly backendParameters?: readonly BackendParameterDefinition[]
  readonly origin: Origin
}

/** CORS settings of an HTTP API, whose gateway answers preflights (AWS-FLOW-08). */
export interface CorsDefinition {
  readonly allowOrigins?: readonly string[]
  readonly allowMethods?: readonly string[]
  readonly allowHeaders?: readonly string[]
  readonly exposeHeaders?: readonly string[]
  readonly allowCredentials?: boolean
  /** Seconds. */
  readonly maxAge?: number
}

/** A customized gateway response. */
export interface GatewayResponseEntry {
  readonly statusCode?: number
  readonly responseParameters?: Readonly<Record<string, string>>
  readonly responseTemplates?: Readonly<Record<string, string>>
}

/** A usage plan, without the values of its keys. */
export interface UsagePlanDefinition {
  /** Logical ID or name. */
  readonly name: string
  readonly throttle?: { readonly rateLimit?: number; readonly burstLimit?: number }
  readonly quota?: { readonly limit: number; readonly period: 'DAY' | 'WEEK' | 'MONTH'; readonly offset?: number }
  /** Names of the keys. */
  readonly keys: readonly string[]
}

/** One API. */
export interface ApiDefinition {
  /** Logical ID, title or name of the service. */
  readonly name: string
  readonly protocol: Protocol
  readonly stage?: string
  readonly basePath?: string
  readonly stageVariables?: Readonly<Record<string, string>>
  readonly endpointType?: 'REGIONAL' | 'EDGE' | 'PRIVATE'
  /** Where API keys come from. REST and WebSocket APIs. */
  readonly apiKeySource?: 'HEADER' | 'AUTHORIZER'
  readonly authorizers: Readonly<Record<string, AuthorizerDefinition>>
  /** Sorted by path, then by method. The order has no meaning (DEF-GEN-04). */
  readonly routes: readonly RouteDefinition[]
  readonly cors?: CorsDefinition
  readonly gatewayResponses?: Readonly<Record<string, GatewayResponseEntry>>
  readonly usagePlans?: readonly UsagePlanDefinition[]
}

/** The APIs of the files that were read. */
export interface Definition {
  readonly apis: readonly ApiDefinition[]
  /** What has to be answered before the APIs can be mounted (DEF-STOP-04). */
  readonly stops: readonly Finding[]
}
