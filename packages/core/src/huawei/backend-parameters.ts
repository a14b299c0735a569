/** Backend parameters: values for downstream handlers (HW-CTX-05 to HW-CTX-12). @module */
import type { RequestMapping } from '../index.ts'
import {
  check,
  type Checks,
  headersFor,
  type MappedParameter,
  type MappedPart,
  type MappingScope,
  ParameterMapping,
} from '../contract.ts'
import { type ApiOptions, apiOption, requestIdOf, resolveApi } from './api.ts'

/** A backend parameter, named as in the API reference. */
export interface BackendParameter {
  /**
   * 1 to 32 letters, digits, `-`, `_` and `.`, starting with a letter; no `_` and `.` in the name of a header. Not `x-stage`,
   * `x-apig-…` or `x-sdk-…` (HW-CTX-05).
   */
  name: string
  location: 'HEADER' | 'QUERY' | 'PATH'
  /** `SYSTEM` for a variable, `CONSTANT` for a text. */
  origin: 'SYSTEM' | 'CONSTANT'
  /** `$context.authorizer.frontend.KEY`, `$context.authorizer.backend.KEY`, `$context.sourceIp` …, or a text. */
  value: string
}

/** Options of {@link backendParameters}. */
export interface BackendParameterOptions {
  /** Path of the backend with placeholders for `PATH` parameters, such as `/u/{id}`. Default: the path of the request. */
  reqUri?: string
  /** Values of `$context` variables. */
  api?: ApiOptions
}

const WHERE = 'huawei.backendParameters'
const CHECKS: Checks<BackendParameterOptions> = {
  reqUri: check.text(/^\/(?:[^?#\s{}]|\{[^{}/]*\})*$/, 'a path such as "/u/{id}"'),
  api: apiOption,
}
const NAME = /^(?!x-stage$|x-apig-|x-sdk-)[a-z][\w.-]{0,31}$/i
const HEADER_NAME = /^[a-z\d-]+$/i
/** Framing and routing headers cannot be parameters; credential headers can. */
const RESERVED = headersFor('framing', 'hop-by-hop', 'forwarded')
const isReserved = (lower: string): boolean =>
  RESERVED.has(lower) || /^(?:expect|host|proxy-.*|x-forwarded-.*|x-request-id)$/.test(lower)
const AUTHORIZER = /^\$context\.authorizer\.(frontend|backend)\.([\w-]+)$/

type ReadValue = (scope: MappingScope) => unknown

const own = (record: unknown, key: string): unknown =>
  check.isRecord(record) && Object.hasOwn(record, key) ? record[key] : undefined

/** The system variables of the gateway that are available in this process (HW-CTX-12). */
const variablesOf = (options: ApiOptions | undefined): Readonly<Record<string, ReadValue>> => {
  const api = resolveApi(WHERE, options)
  return {
    '$context.sourceIp': ({ request }) => request.sourceIp,
    '$context.stage': () => api.stage,
    '$context.apiId': () => api.apiId,
    '$context.apiName': () => api.apiName,
    '$context.appId': () => api.appId,
    '$context.appName': () => api.appName,
    '$context.requestId': ({ request }) => requestIdOf(request),
  }
}

const compileValue = (
  where: string,
  { origin, value }: BackendParameter,
  variables: Readonly<Record<string, ReadValue>>,
): MappedPart => {
  if (origin === 'CONSTANT' && /^[\t\x20-\x7e]{1,255}$/.test(value)) return { kind: 'request', read: () => value }
  const [, kind, key] = AUTHORIZER.exec(value) ?? []
  if (origin === 'SYSTEM' && value.length <= 255) {
    if (kind !== undefined && key !== undefined) {
      return { kind: 'context', read: ({ requestContext }) => own(own(requestContext, kind), key) }
    }
    if (Object.hasOwn(variables, value)) return { kind: 'request', read: variables[value] as ReadValue }
  }
  throw check.optionError(
    `${where}.value`,
    value,
    `"$context.authorizer.frontend.KEY", "$context.authorizer.backend.KEY" or one of ${Object.keys(variables).join(', ')} with origin "SYSTEM"; 1 to 255 printable characters with origin "CONSTANT"`,
  )
}

const checkParameter = (where: string, given: unknown): BackendParameter => {
  const allowed = '{ name, location: "HEADER", "QUERY" or "PATH", origin: "SYSTEM" or "CONSTANT", value }'
  if (!check.isRecord(given)) throw check.optionError(where, given, allowed)
  const { name, location, origin, value, ...rest } = given
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) throw check.unknownOption(where, unknown, ['name', 'location', 'origin', 'value'])
  if (typeof value !== 'string') throw check.optionError(where, given, allowed)
  if (!['HEADER', 'QUERY', 'PATH'].includes(location as string)) {
    throw check.optionError(`${where}.location`, location, '"HEADER", "QUERY" or "PATH"')
  }
  if (origin !== 'SYSTEM' && origin !== 'CONSTANT') {
    throw check.optionError(
      `${where}.origin`,
      origin,
      '"SYSTEM" or "CONSTANT"; request parameters reach the handler unchanged and need no mapping',
    )
  }
  const named =
    typeof name === 'string' &&
    NAME.test(name) &&
    (location !== 'HEADER' || (HEADER_NAME.test(name) && !isReserved(name.toLowerCase())))
  if (!named) {
    throw check.optionError(
      `${where}.name`,
      name,
      '1 to 32 letters, digits, "-", "_" and ".", starting with a letter; not "x-stage", "x-apig-…" or "x-sdk-…"; for a header no "_" and ".", and no framing or routing header',
    )
  }
  return given as unknown as BackendParameter
}

const compilePath = (reqUri: string, values: ReadonlyMap<string, MappedPart>): readonly MappedPart[] => {
  const used = new Set<string>()
  const parts = reqUri
    .split(/(\{[^{}]*\})/)
    .filter((piece) => piece !== '')
    .map((piece): MappedPart => {
      const [, name] = /^\{(.*)\}$/.exec(piece) ?? []
      if (name === undefined) return { kind: 'text', text: piece }
      const value = values.get(name)
      if (value === undefined) {
        throw check.optionError(`${WHERE}.reqUri`, reqUri, 'a PATH parameter for each placeholder')
      }
      used.add(name)
      return value
    })
  if (used.size < values.size) {
    throw check.optionError(`${WHERE}.reqUri`, reqUri, 'a path with a placeholder for each PATH parameter')
  }
  return parts
}

/**
 * Creates backend parameters, for the option `parameterMapping` of a mount. The client's value of a header or query parameter
 * with such a name never reaches the handler, even if the parameter has no value (HW-CTX-10); no other part of the context is
 * passed on (HW-CTX-09). Values are percent-encoded: in paths and queries as on the manual's page "Parameter Orchestration
 * Rules", in paths also `/` and `%`, so that a value stays within its segment, and in headers if they are not printable ASCII.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * app.use(customAuthorizer(handler, {
 *   contract: huawei.frontend(),
 *   parameterMapping: huawei.backendParameters([
 *     { name: 'test', location: 'HEADER', origin: 'SYSTEM', value: '$context.authorizer.frontend.user' },
 *   ]),
 * }))
 */
export const backendParameters = (
  parameters: readonly BackendParameter[],
  options: BackendParameterOptions = {},
): RequestMapping => {
  if (!Array.isArray(parameters) || parameters.length > 50) {
    throw check.optionError(WHERE, parameters, 'an array of at most 50 backend parameters')
  }
  const { reqUri, api } = check.checkOptions(WHERE, options, CHECKS)
  const variables = variablesOf(api)
  const mapped: MappedParameter[] = []
  const path = new Map<string, MappedPart>()
  const names = new Set<string>()
  for (const [index, given] of (parameters as readonly unknown[]).entries()) {
    const where = `${WHERE}[${index}]`
    const parameter = checkParameter(where, given)
    const { name, location } = parameter
    const unique = `${location} ${name.toLowerCase()}`
    if (names.has(unique)) throw check.optionError(`${where}.name`, name, 'each name once (letter case is ignored)')
    names.add(unique)
    const value = compileValue(where, parameter, variables)
    if (location === 'PATH') path.set(name, value)
    else {
      mapped.push({
        action: 'overwrite',
        location: location === 'HEADER' ? 'header' : 'querystring',
        name,
        names: 'anyCase',
        value: [value],
      })
    }
  }
  if (reqUri === undefined && path.size > 0) {
    throw check.optionError(`${WHERE}.reqUri`, reqUri, 'a path with a placeholder for each PATH parameter')
  }
  return new ParameterMapping({
    where: `${WHERE}.reqUri`,
    parameters: mapped,
    path: reqUri === undefined ? undefined : compilePath(reqUri, path),
  })
}
