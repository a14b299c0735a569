/** Native authorizers for the adapter suites: the token names the caller. @module */
import { allow, type GatewayRequest, type NativeAnswer, unauthorized } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'

/** Whether the function returns a result or a promise. The responses must be the same. */
export const PACES = ['sync', 'async'] as const
export type Pace = (typeof PACES)[number]

type Decide = (request: GatewayRequest) => NativeAnswer

/** The same function, synchronous or not. */
export const paced = (
  pace: Pace,
  decide: Decide,
): ((request: GatewayRequest) => NativeAnswer | Promise<NativeAnswer>) =>
  pace === 'sync'
    ? decide
    : async (request) => {
        await new Promise((resolve) => setImmediate(resolve))
        return decide(request)
      }

/** Allows every request with a token; the token becomes the principal ID and `context.name`. */
export const allowAnyToken: Decide = (request) => {
  const name = request.header('authorization')
  return name === undefined ? unauthorized() : allow({ principalId: name, context: { name } })
}

/** `Authorization: name`. */
export const as = (name: string): readonly (readonly [string, string])[] => [['Authorization', name]]

const api = { region: 'us-east-1', accountId: '123456789012', apiId: 'abcdef123', stage: 'prod' }
/** The contract of section 17, without a cache. */
export const tokenContract = (options: Parameters<typeof aws.token>[0] = {}): ReturnType<typeof aws.token> =>
  aws.token({ api, authorizerResultTtlInSeconds: 0, ...options })
export const requestContract = (options: Parameters<typeof aws.request>[0] = {}): ReturnType<typeof aws.request> =>
  aws.request({ api, authorizerResultTtlInSeconds: 0, ...options })

/** A result with one statement for each resource and the principal ID `u`. */
export const policy = (
  effects: Readonly<Record<string, 'Allow' | 'Deny'>>,
  context: Record<string, string> = {},
): {
  principalId: string
  policyDocument: { Version: string; Statement: object[] }
  context: Record<string, string>
} => ({
  principalId: 'u',
  policyDocument: {
    Version: '2012-10-17',
    Statement: Object.entries(effects).map(([resource, Effect]) => ({
      Effect,
      Action: 'execute-api:Invoke',
      Resource: resource === '*' ? '*' : `arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/${resource}`,
    })),
  },
  context,
})
