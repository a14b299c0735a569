/** TOKEN authorizers of a REST API. @module */
import type { Contract } from '../../index.ts'
import {
  check,
  checkGroupedOptions,
  type Checks,
  type GroupChecks,
  type IdentitySource,
  SOURCE_NAME,
} from '../../contract.ts'
import { restShape, tokenEvent, type TokenEvent } from './event.ts'
import { headerSourcesOf } from '../shared/event-headers.ts'
import type { LambdaHandler } from '../shared/lambda.ts'
import { compileJavaPattern } from './java-pattern.ts'
import {
  type OptionGroup,
  resolveRest,
  REST_CHECKS,
  REST_GROUP_CHECKS,
  type RestCompatibility,
  restContract,
  type RestOptions,
} from './rest.ts'
import { RENAMED_LIMITS } from '../shared/shared-options.ts'
import type { AuthorizerResponse } from '../shared/result.ts'

/** Options of {@link token}, named as in the AWS manual. */
export interface TokenOptions extends RestOptions {
  /**
   * `method.request.header.NAME`. The header has the value that a REST API passes to the function (AWS-ID-20). Default
   * `method.request.header.Authorization`.
   */
  identitySource?: string
  /**
   * Regular expression in Java syntax; a request whose token does not match it gets 401 before the function is called. An
   * empty string means none. Constructs that RE2 interprets differently, such as `[a-z&&[^b]]`, are rejected. Default: none.
   */
  identityValidationExpression?: string
  /** Choices where the gateway's behaviour differs between accounts or is undocumented. The defaults fit most functions. */
  compatibility?: TokenCompatibility
}

/** Option `compatibility` of {@link token}. */
export interface TokenCompatibility extends RestCompatibility {
  /**
   * What `identityValidationExpression` has to match: the whole token (`'full'`), some part of it (`'search'`), or its
   * beginning (`'prefix'`). Default `'full'` (AWS-ID-08).
   */
  tokenRegexMode?: 'full' | 'search' | 'prefix'
}

const CHECKS: Checks<Omit<TokenOptions, OptionGroup>> = {
  ...REST_CHECKS,
  identitySource: check.text(),
  identityValidationExpression: check.text(/^[^]*$/, 'a string'),
}

const GROUP_CHECKS: GroupChecks<TokenOptions, OptionGroup> = {
  ...REST_GROUP_CHECKS,
  compatibility: { ...REST_GROUP_CHECKS.compatibility, tokenRegexMode: check.oneOf('full', 'search', 'prefix') },
}

const parseSource = (expression: string, endpointType: TokenOptions['endpointType']): IdentitySource => {
  const name = /^method\.request\.header\.(.+)$/.exec(expression.trim())?.[1]
  if (name === undefined || !SOURCE_NAME.test(name)) {
    throw check.optionError('aws.token.identitySource', expression, 'exactly one "method.request.header.NAME"')
  }
  return headerSourcesOf(restShape(endpointType))(name)
}

// RE2 runs in linear time, so no combination of expression and token can block the process (SEC-96).
const compileExpression = (expression: string, mode: 'full' | 'search' | 'prefix'): ((token: string) => boolean) => {
  const compiled = compileJavaPattern(expression)
  if ('rejected' in compiled) {
    throw check.optionError(
      'aws.token.identityValidationExpression',
      expression,
      `a regular expression in Java syntax that RE2 interprets in the same way, without look-around and back-references (found ${compiled.rejected})`,
    )
  }
  const modes = {
    full: (token: string) => compiled.testExact(token),
    search: (token: string) => compiled.test(token),
    prefix: (token: string) => compiled.matcher(token).lookingAt(),
  }
  return modes[mode]
}

/**
 * Creates the contract of a Lambda TOKEN authorizer of a REST API. The function receives
 * `{ type, methodArn, authorizationToken }` and returns an IAM policy (developer guide: "Input to an API Gateway Lambda
 * authorizer", "Output from an API Gateway Lambda authorizer"). Denials get 401, 403 or 500 with the body of API Gateway.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * app.use(customAuthorizer(handler, { contract: aws.token() }))
 */
export const token = (options: TokenOptions = {}): Contract<LambdaHandler<TokenEvent, AuthorizerResponse>, 'text'> => {
  const checked = checkGroupedOptions<TokenOptions, OptionGroup>(
    'aws.token',
    options,
    CHECKS,
    GROUP_CHECKS,
    RENAMED_LIMITS,
  )
  const source = parseSource(checked.identitySource ?? 'method.request.header.Authorization', checked.endpointType)
  const { tokenRegexMode = 'full' } = checked.compatibility
  const expression = checked.identityValidationExpression === '' ? undefined : checked.identityValidationExpression
  if (expression === undefined && checked.compatibility.tokenRegexMode !== undefined) {
    throw check.optionError(
      'aws.token.compatibility.tokenRegexMode',
      tokenRegexMode,
      'no value without identityValidationExpression',
    )
  }
  const matches = expression === undefined ? undefined : compileExpression(expression, tokenRegexMode)
  const rest = resolveRest('aws.token', checked)
  return restContract(
    {
      name: 'aws.token',
      identitySources: [source],
      toEvent: ({ api }, request, { identity }) => tokenEvent(api, request, identity[0] as string),
      ...(matches && {
        validateIdentity: (identity) => (matches(identity[0] as string) ? undefined : 'IDENTITY_VALIDATION_FAILED'),
      }),
    },
    rest,
    checked,
  )
}
