/** Reads API definitions, and guards the routes that they declare. @module */
export type {
  ApiDefinition,
  AuthorizerDefinition,
  BackendParameterDefinition,
  CorsDefinition,
  Definition,
  GatewayResponseEntry,
  HuaweiIdentity,
  OpenReason,
  Origin,
  Protocol,
  RouteDefinition,
  UsagePlanDefinition,
} from './definition.ts'
export type { Finding, ReportClass, Severity, StopClass } from './finding.ts'
export type { Format, ReadOptions } from './reading/options.ts'
export { type DefinitionFile, readDefinition, type ReadResult } from './reading/read-definition.ts'
export type { Source } from './document/parse.ts'
export { type ApiRoute, guardApi, type GuardedApi } from './mounting/guard-api.ts'
export type { Acceptance, Binding, DefinedPlanOptions, GuardApiOptions } from './mounting/options.ts'
