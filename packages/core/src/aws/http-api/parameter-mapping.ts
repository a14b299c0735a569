/** Parameter mapping of HTTP APIs: changes to the request before downstream handlers see it (AWS-CTX-26 to AWS-CTX-32). @module */
import type { RequestMapping } from '../../index.ts'
import {
  ASCII_FIELD_VALUE,
  asciiLower,
  check,
  type Checks,
  FIELD_NAME,
  headersFor,
  type MappedParameter,
  type MappedPart,
  type MappingScope,
  ParameterMapping,
} from '../../contract.ts'
import { type ApiOptions, apiOption } from '../shared/api.ts'
import { decodedParameters, HTTP_CONTEXT_VARIABLES, type HttpApi, httpRouteOf, resolveHttpApi } from './route.ts'
import { stageVariablesOption } from '../shared/shared-options.ts'

/**
 * Parameter mapping rules of an HTTP API's integration. Keys: `append:header.NAME`, `overwrite:header.NAME`,
 * `remove:header.NAME`, the same with `querystring.NAME`, and `overwrite:path`. Values: `$request.header.NAME`,
 * `$request.querystring.NAME`, `$request.path`, `$request.path.NAME`, `$context.NAME`, `$context.authorizer.KEY`,
 * `$stageVariables.NAME`, text, or text with such values in `${…}`; `''` with `remove`.
 */
export type RequestParameters = Readonly<Record<string, string>>

/** The API that `$context` and `$stageVariables` refer to: the same options as of `httpApi`. */
export interface ParameterMappingOptions {
  /** Default stage: `$default`. */
  api?: ApiOptions
  /** Default: none. */
  stageVariables?: Readonly<Record<string, string>>
  /** Routes that define `$request.path.NAME`. Default: the route that the framework matched. */
  routes?: readonly string[]
}

const CHECKS: Checks<ParameterMappingOptions> = {
  api: apiOption,
  stageVariables: stageVariablesOption,
  routes: check.listOf(check.text()),
}

const WHERE = 'aws.parameterMapping'
const KEY = /^(append|overwrite|remove):(header|querystring)\.(.+)$/
/** Reserved by the gateway (AWS-CTX-29), and headers that frame a message. */
const RESERVED =
  /^(?:access-control-.*|apigw-.*|authorization|content-encoding|content-length|content-location|expect|forwarded|origin|trailers|x-amz-.*|x-amzn-.*|x-forwarded-(?:for|host|proto)|via)$/
const HOP_BY_HOP = headersFor('hop-by-hop')
const isReserved = (lower: string): boolean => HOP_BY_HOP.has(lower) || RESERVED.test(lower)
/** AWS-CTX-30. */
const VARIABLE = /^[\w.]+$/

type Read = (scope: MappingScope) => unknown
type OptionalPart = MappedPart | undefined

const own = (record: unknown, key: string): unknown =>
  check.isRecord(record) && Object.hasOwn(record, key) ? record[key] : undefined

/** `$context.authorizer.KEY`: the claims of a JWT, the principal, or a member of the context (AWS-CTX-26). */
const authorizerValue = (key: string): Read => {
  if (key === 'principalId') return ({ authorizer }) => authorizer.principalId
  if (key.startsWith('claims.')) {
    const claim = key.slice('claims.'.length)
    return ({ requestContext }) => own(own(own(requestContext, 'jwt') ?? requestContext, 'claims'), claim)?.toString()
  }
  return ({ authorizer }) => own(authorizer.context, key)
}

const contextPart = (http: HttpApi, name: string): OptionalPart => {
  if (!VARIABLE.test(name)) return undefined
  if (name.startsWith('authorizer.')) {
    const key = name.slice('authorizer.'.length)
    return key === '' ? undefined : { kind: 'context', read: authorizerValue(key) }
  }
  const variable = HTTP_CONTEXT_VARIABLES.get(name)
  return variable && { kind: name === 'path' ? 'path' : 'request', read: ({ request }) => variable(http, request) }
}

const requestPart = (http: HttpApi, place: string, name: string, intoPath: boolean): OptionalPart => {
  if (place === 'path') {
    if (name === '') return { kind: 'path', read: ({ request }) => request.path }
    const parametersOf = ({ request }: MappingScope): Readonly<Record<string, string>> =>
      httpRouteOf(http, request).parameters
    return intoPath
      ? { kind: 'path', read: (scope) => own(parametersOf(scope), name) }
      : { kind: 'request', read: (scope) => own(decodedParameters(parametersOf(scope)), name) }
  }
  if (name === '') return undefined
  if (place === 'header') return { kind: 'request', read: ({ request }) => request.header(name) }
  if (place !== 'querystring') return undefined
  return {
    kind: 'request',
    read: ({ request }) => {
      const values = request.queryParameters.filter((each) => each.name === name).map(({ value }) => value ?? '')
      return values.length === 0 ? undefined : values.join(',')
    },
  }
}

/** Compiles an expression such as `$request.header.NAME`; `undefined` if it is invalid. */
const parseExpression = (http: HttpApi, expression: string, intoPath: boolean): OptionalPart => {
  const [, root, rest = ''] = /^\$?(request|context|stageVariables)\.(.+)$/.exec(expression) ?? []
  if (root === 'stageVariables') {
    return /^\w+$/.test(rest) ? { kind: 'request', read: () => own(http.stageVariables, rest) } : undefined
  }
  if (root === 'context') return contextPart(http, rest)
  const [, place = '', name = ''] = /^(\w+)(?:\.(.+))?$/.exec(rest) ?? []
  return root === undefined ? undefined : requestPart(http, place, name, intoPath)
}

const parseValue = (http: HttpApi, key: string, value: string): readonly MappedPart[] => {
  const wrong = (): never => {
    throw check.optionError(
      check.memberOf(WHERE, key),
      value,
      '"$request.header.NAME", "$request.querystring.NAME", "$request.path", "$request.path.NAME", "$context.NAME", "$context.authorizer.KEY", "$stageVariables.NAME", text, or text with such values in "${…}"; the request body and the response cannot be mapped',
    )
  }
  const intoPath = key === 'overwrite:path'
  if (/^\$(?!\{)/.test(value)) return [parseExpression(http, value, intoPath) ?? wrong()]
  const parts: MappedPart[] = []
  for (const piece of value.split(/(\$\{[^{}]*\})/)) {
    const [, inner] = /^\$\{(.*)\}$/.exec(piece) ?? []
    if (inner !== undefined) parts.push(parseExpression(http, inner, intoPath) ?? wrong())
    else if (piece !== '') parts.push({ kind: 'text', text: piece })
  }
  return parts.length === 0 || !ASCII_FIELD_VALUE.test(value) ? wrong() : parts
}

const parseRule = (http: HttpApi, key: string, value: string): MappedParameter => {
  const [, action, location, name = ''] = KEY.exec(key) ?? []
  const mapped =
    location === 'header' ? FIELD_NAME.test(name) && !isReserved(name.toLowerCase()) : location !== undefined
  if (!mapped) {
    throw check.optionProblem(
      check.memberOf(WHERE, key),
      'another key',
      'keys "append:header.NAME", "overwrite:header.NAME", "remove:header.NAME", the same with "querystring.NAME", and "overwrite:path"; no reserved header',
    )
  }
  if (action === 'remove' && value !== '') {
    throw check.optionError(check.memberOf(WHERE, key), value, 'an empty string, since the parameter is removed')
  }
  return {
    action: action as MappedParameter['action'],
    location: location as MappedParameter['location'],
    name,
    names: 'exact',
    value: action === 'remove' ? [] : parseValue(http, key, value),
  }
}

/**
 * Creates the parameter mapping of an HTTP API's integration, for the option `parameterMapping` of a mount. Downstream
 * handlers never receive the client's value of a header or query parameter that is overwritten or removed, not even on
 * skipped paths; `append` adds to the client's value (AWS-CTX-31, AWS-CTX-41). A parameter whose value is absent is omitted.
 * Values of the authorizer's context are percent-encoded where they are not printable ASCII (SEC-21). `overwrite:path`
 * affects routing after the guard and proxied requests; the decision is made for the path that the client requested.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * app.use(customAuthorizer(handler, {
 *   contract: aws.httpApi(),
 *   parameterMapping: aws.parameterMapping({ 'overwrite:header.x-user': '$context.authorizer.user' }),
 * }))
 */
export const parameterMapping = (
  parameters: RequestParameters,
  options: ParameterMappingOptions = {},
): RequestMapping => {
  if (!check.isRecord(parameters) || Object.keys(parameters).length === 0) {
    throw check.optionError(
      WHERE,
      parameters,
      'an object such as { "overwrite:header.x-user": "$context.authorizer.user" }',
    )
  }
  const checked = check.checkOptions(WHERE, options, CHECKS)
  const http = resolveHttpApi(WHERE, checked)
  const rules = Object.entries(parameters).map(([key, value]) => {
    if (typeof value !== 'string') throw check.optionError(check.memberOf(WHERE, key), value, 'a string')
    return [key, value] as const
  })
  const path = rules.find(([key]) => key === 'overwrite:path')
  const mapped = rules.filter((rule) => rule !== path).map(([key, value]) => parseRule(http, key, value))
  for (const { action, location, name } of mapped) {
    const same = (each: MappedParameter): boolean =>
      each.location === location && asciiLower(each.name) === asciiLower(name) && each.action !== 'append'
    if (action !== 'append' && mapped.filter(same).length > 1) {
      throw check.optionProblem(
        check.memberOf(WHERE, `${action}:${location}.${name}`),
        'a parameter that is overwritten or removed twice',
        'one rule that overwrites or removes a parameter',
      )
    }
  }
  return new ParameterMapping({
    where: `${WHERE}["overwrite:path"]`,
    parameters: mapped,
    path: path && parseValue(http, ...path),
  })
}
