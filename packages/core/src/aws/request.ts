/** REQUEST authorizers of a REST API. @module */
import {
  check,
  type Checks,
  type Contract,
  headerSource,
  type IdentitySource,
  querySource,
  SOURCE_NAME,
} from '../index.ts'
import { CONTEXT_VARIABLES, requestEvent, type RequestEvent, type RestApi } from './event.ts'
import type { LambdaHandler } from './lambda.ts'
import { resolveRest, REST_CHECKS, restContract, type RestOptions } from './rest.ts'
import type { AuthorizerResponse } from './result.ts'

/** Options of {@link request}; the names of the AWS manual where it has one. */
export interface RequestOptions extends RestOptions {
  /**
   * `method.request.header.NAME`, `method.request.querystring.NAME`, `stageVariables.NAME`, `context.NAME`: separated by
   * commas, or an array. Every one has to be there, or the answer is 401. Required unless the TTL is 0.
   */
  identitySource?: string | readonly string[]
}

const CHECKS: Checks<RequestOptions> = {
  ...REST_CHECKS,
  identitySource: (value) =>
    typeof value === 'string' || (Array.isArray(value) && value.every((each) => typeof each === 'string'))
      ? undefined
      : 'a string, or an array of strings',
}

const MAX_SOURCES = 8
const EXPRESSION = /^(method\.request\.header|method\.request\.querystring|stageVariables|context)\.(.+)$/

const parseSource = (expression: string, rest: RestApi): IdentitySource => {
  const [, location, name = ''] = EXPRESSION.exec(expression) ?? []
  const variable = location === 'context' ? CONTEXT_VARIABLES.get(name) : undefined
  if (location === undefined || !SOURCE_NAME.test(name) || (location === 'context' && variable === undefined)) {
    throw check.optionError(
      'aws.request.identitySource',
      expression,
      `"method.request.header.NAME", "method.request.querystring.NAME", "stageVariables.NAME" or "context.NAME" with one of ${[...CONTEXT_VARIABLES.keys()].join(', ')}`,
    )
  }
  if (location === 'method.request.header') return headerSource(name)
  if (location === 'method.request.querystring') return querySource(name)
  if (variable !== undefined) return { location: 'context', name, read: (request) => variable(rest, request) }
  return {
    location: 'stageVariables',
    name,
    read: () => (Object.hasOwn(rest.stageVariables, name) ? rest.stageVariables[name] : undefined),
  }
}

/**
 * The contract of a Lambda REQUEST authorizer of a REST API: the function receives headers, query, path and request
 * context, and answers with an IAM policy. 401, 403 and 500 as API Gateway answers.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * app.use(customAuthorizer(handler, { contract: aws.request({ identitySource: 'method.request.header.Authorization' }) }))
 */
export const request = (
  options: RequestOptions = {},
): Contract<LambdaHandler<RequestEvent, AuthorizerResponse>, 'text'> => {
  const checked = check.checkOptions('aws.request', options, CHECKS)
  const { identitySource = [], authorizerResultTtlInSeconds = 300 } = checked
  const rest = resolveRest('aws.request', checked)
  const expressions = (typeof identitySource === 'string' ? identitySource.split(',') : identitySource).map((each) =>
    each.trim(),
  )
  if (expressions.length > MAX_SOURCES)
    throw check.optionError('aws.request.identitySource', identitySource, `at most ${MAX_SOURCES} sources`)
  const identitySources = expressions.map((each) => parseSource(each, rest))
  if (identitySources.length === 0 && authorizerResultTtlInSeconds > 0) {
    throw check.optionError(
      'aws.request.identitySource',
      options.identitySource,
      'at least one source, or authorizerResultTtlInSeconds: 0: without a source there is nothing that says whose result is kept (AWS-KIND-24)',
    )
  }
  return restContract(
    { name: 'aws.request', identitySources, toEvent: (api, given, { clock }) => requestEvent(api, given, clock) },
    rest,
    checked,
  )
}
