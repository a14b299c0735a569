/** FunctionGraph functions, and the native contract, with the types of the platform only. */
import { allOf, allow, anyOf, createAuthorizer, deny, firstOf, optional, unauthorized } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { httpFunction, lambdaFunction } from '@custom-authorizer/core/remote'
import * as aws from '@custom-authorizer/core/aws'
import { toGatewayRequest, toResponse } from '@custom-authorizer/core/fetch'

const contract = huawei.frontend({ identities: [{ location: 'HEADER', name: 'Authorization' }], ttl: 60 })
const answer = { statusCode: 200, body: JSON.stringify({ status: 'allow', context: { user: 'alice' } }) }

interface MyEvent {
  headers: Record<string, string | undefined>
  queryStringParameters?: Record<string, string>
}
const byHand = async (event: MyEvent) => (event.headers['a'] === undefined ? { ...answer, statusCode: 401 } : answer)
const byCallback = (_event: unknown, _context: unknown, callback: (error: unknown, result?: unknown) => void): void =>
  callback(null, answer)
// oxlint-disable-next-line no-explicit-any -- as many functions are typed
const untyped = async (_event: any, _context: any): Promise<any> => answer

export const authorizers = [
  createAuthorizer({ authorize: byHand, contract }),
  createAuthorizer({ authorize: byCallback, contract }),
  createAuthorizer({ authorize: untyped, contract }),
  createAuthorizer({ authorize: async (event: huawei.FrontendEvent) => ({ ...answer, path: event.path }), contract }),
  createAuthorizer({ authorize: async (_event, context) => context.getRequestID() && answer, contract }),
  createAuthorizer({ authorize: untyped, contract: huawei.backend() }),
  createAuthorizer({ authorize: httpFunction({ url: 'https://authorizer.internal/' }), contract }),
  createAuthorizer({ authorize: httpFunction({ url: 'https://authorizer.internal/' }), contract: aws.token() }),
  createAuthorizer({
    authorize: lambdaFunction({ functionName: 'authorizer', invoke: async () => ({ StatusCode: 200 }) } as never),
    contract: aws.httpApi(),
  }),
]

const member = createAuthorizer({ authorize: async () => allow({ principalId: 'a', context: { role: 'x' } }) })
const other = createAuthorizer({ authorize: (request) => (request.cookie('s') === 'k' ? true : unauthorized()) })
export const composed = { all: allOf(member, other), any: anyOf(member, other), first: firstOf(member, other) }
export const anonymous = optional(member)
export const denied = createAuthorizer({ authorize: () => deny({ status: 402, body: { message: 'Please pay' } }) })

export const handle = async (request: Request): Promise<Response> => {
  const outcome = await member.evaluate(toGatewayRequest(request))
  return outcome.allowed ? new Response(outcome.authorizer.context.role) : toResponse(outcome.response)
}
