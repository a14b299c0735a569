/** REQUEST authorizers of a REST API. @module */
import type { Contract } from '../../index.ts'
import { checkGroupedOptions, type Checks } from '../../contract.ts'
import { CONTEXT_VARIABLES, requestEvent, type RequestEvent, restShape } from './event.ts'
import type { WithRestMembers } from '../shared/lambda-events.ts'
import { headerSourcesOf } from '../shared/event-headers.ts'
import {
  identitySourceOption,
  parseIdentitySources,
  requireSourcesForCache,
  type SourceNotation,
} from '../shared/identity.ts'
import type { LambdaHandler } from '../shared/lambda.ts'
import {
  type OptionGroup,
  resolveRest,
  REST_CHECKS,
  REST_GROUP_CHECKS,
  restContract,
  type RestOptions,
} from './rest.ts'
import { RENAMED_LIMITS } from '../shared/shared-options.ts'
import type { AuthorizerResponse } from '../shared/result.ts'

/** Options of {@link request}, named as in the AWS manual. */
export interface RequestOptions extends RestOptions {
  /**
   * `method.request.header.NAME`, `method.request.querystring.NAME`, `stageVariables.NAME`, `context.NAME`, as an array or
   * separated by commas, at most 8. A request without one of them gets 401. A header has the value that the event contains:
   * `X-Forwarded-For` ends with the peer's address, and headers that the gateway drops count as missing (AWS-ID-20). Required
   * unless `authorizerResultTtlInSeconds` is 0.
   */
  identitySource?: string | readonly string[]
}

const CHECKS: Checks<Omit<RequestOptions, OptionGroup>> = {
  ...REST_CHECKS,
  identitySource: identitySourceOption,
}

/**
 * Creates the contract of a Lambda REQUEST authorizer of a REST API. The function receives headers, query, path and request
 * context, and returns an IAM policy. Denials get 401, 403 or 500 with the body of API Gateway.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * app.use(customAuthorizer(handler, { contract: aws.request({ identitySource: 'method.request.header.Authorization' }) }))
 */
export const request = (
  options: RequestOptions = {},
): Contract<LambdaHandler<WithRestMembers<RequestEvent>, AuthorizerResponse>, 'text'> => {
  const checked = checkGroupedOptions<RequestOptions, OptionGroup>(
    'aws.request',
    options,
    CHECKS,
    REST_GROUP_CHECKS,
    RENAMED_LIMITS,
  )
  const { identitySource = [], authorizerResultTtlInSeconds = 300 } = checked
  const rest = resolveRest('aws.request', checked)
  const where = 'aws.request.identitySource'
  const header = headerSourcesOf(restShape(rest.endpointType))
  const notation: SourceNotation = { sign: '', request: 'method.request', header }
  const identitySources = parseIdentitySources(where, identitySource, notation, rest, CONTEXT_VARIABLES)
  requireSourcesForCache(where, options.identitySource, identitySources, authorizerResultTtlInSeconds)
  return restContract({ name: 'aws.request', identitySources, toEvent: requestEvent }, rest, checked)
}
