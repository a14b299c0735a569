/** Gateway responses of a definition as options of the contracts. @module */
import { AuthorizerError } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import type { ApiDefinition, GatewayResponseEntry, Protocol } from '../definition.ts'

/** Gateway responses under the names of Huawei Cloud. */
export const huaweiResponsesOf = (
  entries: NonNullable<ApiDefinition['gatewayResponses']>,
): huawei.GatewayResponseDefinitions =>
  Object.fromEntries(
    Object.entries(entries).map(([type, { statusCode, responseParameters = {}, responseTemplates = {} }]) => {
      const body = responseTemplates['application/json']
      const headers = Object.entries(responseParameters).map(([key, value]) => ({ key, value }))
      return [
        type,
        {
          ...(statusCode !== undefined && { status: statusCode }),
          ...(headers.length > 0 && { headers }),
          ...(body !== undefined && { body }),
        },
      ]
    }),
  )

/** Whether the gateway has responses of this type. */
export const isResponseType = (type: string, protocol: Protocol): boolean =>
  responseProblem(type, {}, protocol) === undefined

/** Why a gateway response cannot be sent; `undefined` if it can. */
export const responseProblem = (type: string, entry: GatewayResponseEntry, protocol: Protocol): string | undefined => {
  const gatewayResponses = { [type]: entry }
  try {
    if (protocol === 'REST') aws.token({ gatewayResponses })
    else if (protocol === 'HUAWEI') huawei.frontend({ gatewayResponses: huaweiResponsesOf(gatewayResponses) })
    return undefined
  } catch (error) {
    if (error instanceof AuthorizerError) return error.message
    throw error
  }
}
