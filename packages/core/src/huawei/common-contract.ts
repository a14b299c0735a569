/** The common part of frontend and backend authorizers. @module */
import type { AnyFunction, Contract } from '../index.ts'
import {
  check,
  type Check,
  type Checks,
  type Grouped,
  unsafeOption,
  type UnsafeOptions,
  unsafeOptionsIn,
  type Invocation,
} from '../contract.ts'
import { type Api, type ApiOptions, apiOption, resolveApi } from './api.ts'
import { type FunctionGraphHandler, type FunctionOptions, invokeFunction } from './function-graph.ts'
import {
  type AuthorizerKind,
  type GatewayResponseDefinitions,
  gatewayResponsesOption,
  respondAsApig,
  type ResponderOptions,
} from './gateway-responses.ts'
import {
  type FunctionResult,
  isDowngraded,
  parseFunctionResult,
  reviveFunctionResult,
  type ResultRules,
} from './result.ts'

/** Options of both kinds of authorizer, named as in the manual and as the gateway's features. */
export interface CommonOptions extends FunctionOptions {
  /** How long a result is cached, in seconds, 0 to 3600. Default 0: results are not cached (HW-CFG-07). */
  ttl?: number
  /** Passed to the function as `event.user_data`, at most 2048 characters. Default `''` (HW-CFG-11). */
  userData?: string
  /** Deadline of the function in milliseconds, 1 to 600,000. Default 5000 (HW-CFG-14). */
  timeout?: number
  /** Retries within the deadline when the function is unreachable, 0 to 10. Default 0 (HW-CFG-15). */
  retryAttempts?: number
  /**
   * Relaxed mode: if the function fails, is unreachable or returns `statusCode` 500 or 503, the request passes with an empty
   * context. Unsafe: a client that can make the function fail gets access. Default false (HW-RSP-14).
   */
  authDowngradeEnabled?: boolean
  /** Feature of the gateway: whether context values may be numbers and booleans. Default false (HW-RSP-07). */
  authorizer_context_support_num_bool?: boolean
  /** Customized gateway responses by error type. Default: none (HW-GWR-01 to HW-GWR-10). */
  gatewayResponses?: GatewayResponseDefinitions
  /** Values of `$context` variables and `requestContext`. */
  api?: ApiOptions
  /** Choices where the gateway's behaviour is undocumented or its manual contradicts itself. The defaults fit most functions. */
  compatibility?: CommonCompatibility
}

/** Option `compatibility` of both kinds of authorizer. */
export interface CommonCompatibility {
  /** What to do with an illegal context entry: `'reject'` the whole result (500), or `'drop'` the entry. Default `'reject'` (HW-RSP-17). */
  illegalContext?: 'reject' | 'drop'
  /** HTTP status of a denial. Default 401 (HW-ERR-11). */
  denyStatus?: 401 | 500
}

const loggerOption: Check = check.instance(
  'an object with info, warn, error and debug',
  'info',
  'warn',
  'error',
  'debug',
)

/** One row per shared option. */
export const COMMON_CHECKS: Checks<Omit<CommonOptions, 'compatibility'>> = {
  ttl: check.integer(0, 3600, 'seconds'),
  userData: check.text(/^[^]{0,2048}$/, 'text of at most 2048 characters'),
  timeout: check.integer(1, 600_000, 'milliseconds'),
  retryAttempts: check.integer(0, 10),
  authDowngradeEnabled: check.oneOf(true, false),
  authorizer_context_support_num_bool: check.oneOf(true, false),
  gatewayResponses: gatewayResponsesOption,
  api: apiOption,
  environmentVariables: check.mapOf(check.text(), check.text(/^[^]*$/, 'text')),
  functionLogger: loggerOption,
}

/** One row per member of `compatibility`. */
export const COMMON_COMPATIBILITY_CHECKS: Checks<CommonCompatibility> = {
  illegalContext: check.oneOf('reject', 'drop'),
  denyStatus: check.oneOf(401, 500),
}

/** Options that have passed their checks. */
export type CheckedOptions = Grouped<CommonOptions, 'compatibility'>

/** Values that relax a rule (SEC-109). */
export const HUAWEI_UNSAFE_OPTIONS: UnsafeOptions = {
  authDowngradeEnabled: unsafeOption(true, ['SEC-87'], 'requests pass with an empty context while the function fails'),
  allowCacheAcrossBodies: unsafeOption(true, ['SEC-52'], 'a result for one request body is reused for other bodies'),
}

/** Values of `compatibility` that relax a rule (SEC-109). */
export const HUAWEI_UNSAFE_COMPATIBILITY: UnsafeOptions = {
  illegalContext: unsafeOption('drop', ['SEC-31'], 'illegal context entries are removed and the rest is accepted'),
  validationMatch: unsafeOption('part', ['SEC-96'], 'validation need not match the whole value'),
}

/** The members of a contract that do not depend on its kind. */
export type CommonMembers = Omit<Contract<AnyFunction, 'typed', FunctionResult>, 'identitySources' | 'toEvent'>

/** @throws {AuthorizerError} `ERR_OPTION` */
export const commonMembers = (kind: AuthorizerKind, checked: CheckedOptions): CommonMembers & { readonly api: Api } => {
  const name = `huawei.${kind}`
  const api = resolveApi(name, checked.api)
  const { timeout = 5000, ttl = 0, environmentVariables, functionLogger, retryAttempts = 0 } = checked
  const rules: ResultRules = {
    numbersAndBooleans: checked.authorizer_context_support_num_bool ?? false,
    illegalContext: checked.compatibility.illegalContext ?? 'reject',
    relaxed: checked.authDowngradeEnabled ?? false,
  }
  const responder: ResponderOptions = {
    kind,
    api,
    definitions: structuredClone(checked.gatewayResponses ?? {}),
    denyStatus: checked.compatibility.denyStatus ?? 401,
  }
  const functionOptions: FunctionOptions = {
    ...(environmentVariables && { environmentVariables: { ...environmentVariables } }),
    ...(functionLogger && { functionLogger }),
  }
  return {
    api,
    name,
    warnings: [
      ...unsafeOptionsIn(name, checked, HUAWEI_UNSAFE_OPTIONS),
      ...unsafeOptionsIn(`${name}.compatibility`, checked.compatibility, HUAWEI_UNSAFE_COMPATIBILITY),
    ],
    fingerprint: JSON.stringify([api, { ...checked, functionLogger: undefined }]),
    resultTtlSeconds: ttl,
    timeoutMs: timeout,
    requestIdHeader: 'X-Request-Id',
    contextValues: 'typed',
    invoke: (authorize: AnyFunction, event: unknown, invocation: Invocation) =>
      invokeFunction(authorize as FunctionGraphHandler<never>, event, invocation, {
        functionOptions,
        retryAttempts,
        timeoutMs: timeout,
      }),
    parseResult: (settled) => parseFunctionResult(settled, rules),
    reviveResult: (stored) => reviveFunctionResult(stored, rules),
    decide: ({ status }) => (status === 'allow' ? { allowed: true } : { allowed: false, reason: 'DENIED' }),
    respond: (denial) => respondAsApig(responder, denial),
    requestContext: (result) => ({ [kind]: result.context, ...(isDowngraded(result) && { authDowngraded: true }) }),
  }
}
