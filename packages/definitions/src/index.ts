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
