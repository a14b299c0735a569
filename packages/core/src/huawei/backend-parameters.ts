/** Backend parameters: what the code behind the guard is told (section 7 of the specification). @module */
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

/** One backend parameter, as the API reference has it. */
export interface BackendParameter {
  /**
   * 1 to 32 letters, digits, `-`, `_` and `.`, a letter first; a header's without `_` and `.`; not `x-stage`, nor
   * beginning with `x-apig-` or `x-sdk-` (HW-CTX-05).
   */
  name: string
  location: 'HEADER' | 'QUERY' | 'PATH'
  /** `SYSTEM` for a variable, `CONSTANT` for text. */
  origin: 'SYSTEM' | 'CONSTANT'
  /** `$context.authorizer.frontend.KEY`, `$context.authorizer.backend.KEY`, `$context.sourceIp` …, or text. */
  value: string
}

/** Options beside the parameters. */
export interface BackendParameterOptions {
  /** Path of the backend with placeholders for `PATH` parameters, such as `/u/{id}`. Default: the path of the request. */
  reqUri?: string
  api?: ApiOptions
}

const WHERE = 'huawei.backendParameters'
const CHECKS: Checks<BackendParameterOptions> = {
  reqUri: check.text(/^\/(?:[^?#\s{}]|\{[^{}/]*\})*$/, 'a path such as "/u/{id}"'),
  api: apiOption,
}
const NAME = /^(?!x-stage$|x-apig-|x-sdk-)[a-z][\w.-]{0,31}$/i
const HEADER_NAME = /^[a-z\d-]+$/i
/** What frames or routes a message is not for values; a credential for the backend is. */
const RESERVED = headersFor('framing', 'hop-by-hop', 'forwarded')
const isReserved = (lower: string): boolean =>
  RESERVED.has(lower) || /^(?:expect|host|proxy-.*|x-forwarded-.*|x-request-id)$/.test(lower)
const AUTHORIZER = /^\$context\.authorizer\.(frontend|backend)\.([\w-]+)$/

type Read = (scope: MappingScope) => unknown

const own = (record: unknown, key: string): unknown =>
  check.isRecord(record) && Object.hasOwn(record, key) ? record[key] : undefined

/** Variables that the gateway knows by itself and this process can know (HW-CTX-12). */
const variablesOf = (options: ApiOptions | undefined): Readonly<Record<string, Read>> => {
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
  variables: Readonly<Record<string, Read>>,
): MappedPart => {
  if (origin === 'CONSTANT' && /^[\t\x20-\x7e]{1,255}$/.test(value)) return { kind: 'request', read: () => value }
  const [, kind, key] = AUTHORIZER.exec(value) ?? []
  if (origin === 'SYSTEM' && value.length <= 255) {
    if (kind !== undefined && key !== undefined) {
      return { kind: 'context', read: ({ requestContext }) => own(own(requestContext, kind), key) }
    }
    if (Object.hasOwn(variables, value)) return { kind: 'request', read: variables[value] as Read }
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
      '"SYSTEM" or "CONSTANT"; what the client sends reaches the code behind as it is',
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
      '1 to 32 letters, digits, "-", "_" and ".", a letter first; not "x-stage", "x-apig-…", "x-sdk-…"; for a header without "_" and ".", and none that frames or routes a message (HW-CTX-05)',
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
    throw check.optionError(`${WHERE}.reqUri`, reqUri, 'a path with a placeholder for each PATH parameter (HW-CTX-07)')
  }
  return parts
}

/**
 * Backend parameters, for the option `parameterMapping` of a mount. A header or parameter of such a name never reaches the
 * code behind as the client sent it, whether there is a value or not (HW-CTX-10); nothing else of the context reaches it
 * (HW-CTX-09). Values are percent-encoded: in a path and a query as section 7 of the manual's page on orchestration says,
 * `/` and `%` in a path besides, so that a value stays inside its segment; in a header where they are not printable ASCII.
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
    if (names.has(unique)) throw check.optionError(`${where}.name`, name, 'each name once (names ignore letter case)')
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
    throw check.optionError(`${WHERE}.reqUri`, reqUri, 'a path with a placeholder for each PATH parameter (HW-CTX-07)')
  }
  return new ParameterMapping({
    where: `${WHERE}.reqUri`,
    parameters: mapped,
    path: reqUri === undefined ? undefined : compilePath(reqUri, path),
  })
}
