/** The contract of each kind of authorizer (DEF-DEF-05). @module */
import { AuthorizerError, type Contract } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { awsJwtAuthorizer } from '@custom-authorizer/jwt'
import type { AuthorizerDefinition, Protocol } from '../definition.ts'

/** Settings of an API that contracts need besides those of the authorizer. */
export interface ContractSettings {
  readonly api?: aws.ApiOptions
  readonly huaweiApi?: huawei.ApiOptions
  readonly huaweiResponses?: huawei.GatewayResponseDefinitions
  readonly stageVariables?: Readonly<Record<string, string>>
  readonly gatewayResponses?: Readonly<Record<string, object>>
  readonly endpointType?: 'REGIONAL' | 'EDGE'
  /** Keys of the routes, such as `GET /pets/{id}`. */
  readonly routes?: readonly string[]
}

/** Settings without the members that are not set. */
const given = <T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as T

/** Without the overloads, which the settings of a file cannot select. */
const httpApi = aws.httpApi as (options: aws.HttpApiOptions) => Contract

const restSettings = ({ api, stageVariables, gatewayResponses, endpointType, routes }: ContractSettings): object =>
  given({ api, stageVariables, gatewayResponses, endpointType, routes })

const httpSettings = ({ api, stageVariables, routes }: ContractSettings): object =>
  given({ api, stageVariables, routes })

/**
 * The contract of an authorizer.
 *
 * @returns `undefined` if no contract calls a function: JWT authorizers, and protection without a function
 * @throws {AuthorizerError} `ERR_OPTION` if a setting is invalid
 */
export const contractOf = (
  authorizer: AuthorizerDefinition,
  protocol: Protocol,
  settings: ContractSettings = {},
): Contract | undefined => {
  switch (authorizer.kind) {
    case 'TOKEN': {
      const { identitySource, identityValidationExpression, authorizerResultTtlInSeconds } = authorizer
      return aws.token({
        ...restSettings(settings),
        ...given({ identitySource: identitySource[0], identityValidationExpression, authorizerResultTtlInSeconds }),
      })
    }
    case 'REQUEST':
      return requestContract(authorizer, protocol, settings)
    case 'FRONTEND':
    case 'BACKEND': {
      const { identities, ttl, userData, needBody, relaxed } = authorizer
      const { huaweiApi: api, huaweiResponses: gatewayResponses, routes } = settings
      const options = given({ ttl, userData, api, gatewayResponses, authDowngradeEnabled: relaxed })
      if (authorizer.kind === 'BACKEND') return huawei.backend(options)
      return huawei.frontend({ ...options, identities, needBody, ...given({ routes }) })
    }
    case 'JWT':
    case 'COGNITO_USER_POOLS':
    case 'AWS_IAM':
    case 'APP':
    case 'IAM':
    case 'OTHER':
      return undefined
    default:
      return authorizer satisfies never
  }
}

const requestContract = (
  authorizer: Extract<AuthorizerDefinition, { kind: 'REQUEST' }>,
  protocol: Protocol,
  settings: ContractSettings,
): Contract => {
  const { identitySource, authorizerResultTtlInSeconds, authorizerPayloadFormatVersion, enableSimpleResponses } =
    authorizer
  if (protocol === 'WEBSOCKET') {
    const { api, stageVariables } = settings
    return aws.webSocket(given({ identitySource, api, stageVariables }))
  }
  if (protocol === 'HTTP') {
    const options = given({
      identitySource,
      authorizerResultTtlInSeconds,
      authorizerPayloadFormatVersion,
      enableSimpleResponses,
    })
    return httpApi({ ...httpSettings(settings), ...options })
  }
  return aws.request({ ...restSettings(settings), ...given({ identitySource, authorizerResultTtlInSeconds }) })
}

/** Why an authorizer cannot be built; `undefined` if it can. */
export const contractProblem = (authorizer: AuthorizerDefinition, protocol: Protocol): string | undefined => {
  try {
    if (authorizer.kind === 'JWT') awsJwtAuthorizer({ ...jwtOptions(authorizer), logger: null })
    else contractOf(authorizer, protocol)
    return undefined
  } catch (error) {
    if (error instanceof AuthorizerError) return error.message
    throw error
  }
}

/** The options of `awsJwtAuthorizer` for a JWT authorizer. */
export const jwtOptions = ({
  identitySource: [identitySource],
  jwtConfiguration,
}: Extract<AuthorizerDefinition, { kind: 'JWT' }>): Parameters<typeof awsJwtAuthorizer>[0] => ({
  identitySource,
  jwtConfiguration,
})
