/** Lambda authorizers, typed with `@types/aws-lambda` or by hand, with every contract that runs them. */
import { createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { customAuthorizer, getAuthorizer, guardUpgrade } from '@custom-authorizer/core/node'
import type {
  APIGatewayAuthorizerHandler,
  APIGatewayAuthorizerResult,
  APIGatewayAuthorizerWithContextHandler,
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewayRequestAuthorizerHandler,
  APIGatewayRequestAuthorizerWithContextHandler,
  APIGatewayRequestIAMAuthorizerHandlerV2,
  APIGatewayRequestIAMAuthorizerV2WithContextHandler,
  APIGatewayRequestSimpleAuthorizerHandlerV2,
  APIGatewayRequestSimpleAuthorizerHandlerV2WithContext,
  APIGatewayTokenAuthorizerEvent,
  APIGatewayTokenAuthorizerHandler,
  APIGatewayTokenAuthorizerWithContextHandler,
  AuthResponse,
  Callback,
  Context,
  CustomAuthorizerEvent,
  CustomAuthorizerHandler,
  Handler,
} from 'aws-lambda'
import type { IncomingMessage } from 'node:http'

declare const request: IncomingMessage
const header = 'method.request.header.Authorization'
const source = '$request.header.Authorization'

const policy = (methodArn: string): APIGatewayAuthorizerResult => ({
  principalId: 'alice',
  policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: methodArn }] },
})

// REST APIs, typed with @types/aws-lambda.
const token: APIGatewayTokenAuthorizerHandler = async ({ methodArn }) => policy(methodArn)
const tokenCallback: APIGatewayTokenAuthorizerHandler = (_event, _context, callback) => callback('Unauthorized')
const tokenContext: APIGatewayTokenAuthorizerWithContextHandler<{ role: string }> = async ({ methodArn }) => ({
  ...policy(methodArn),
  context: { role: 'admin' },
})
const rest: APIGatewayRequestAuthorizerHandler = async ({ methodArn, headers }) => policy(headers?.['a'] ?? methodArn)
const restContext: APIGatewayRequestAuthorizerWithContextHandler<{ level: number }> = async ({ methodArn }) => ({
  ...policy(methodArn),
  context: { level: 1 },
})
const either: APIGatewayAuthorizerHandler = async (event) =>
  policy(event.type === 'TOKEN' ? event.authorizationToken : event.path)
const eitherContext: APIGatewayAuthorizerWithContextHandler<{ role: string }> = async ({ methodArn }) => ({
  ...policy(methodArn),
  context: { role: 'admin' },
})
const old: CustomAuthorizerHandler = async ({ methodArn, authorizationToken }) =>
  policy(authorizationToken ?? methodArn)
const byEvent: Handler<APIGatewayTokenAuthorizerEvent, AuthResponse> = async ({ methodArn }) => policy(methodArn)

const tokenGuard = customAuthorizer(tokenContext, { contract: aws.token() })
export const role: string = getAuthorizer(request, tokenGuard).context.role
const restGuard = customAuthorizer(restContext, { contract: aws.request({ identitySource: header }) })
export const level: string = getAuthorizer(request, restGuard).context.level
const eitherGuard = customAuthorizer(eitherContext, { contract: aws.token() })
export const eitherRole: string = getAuthorizer(request, eitherGuard).context.role

export const tokens = [
  createAuthorizer({ authorize: token, contract: aws.token() }),
  createAuthorizer({ authorize: tokenCallback, contract: aws.token() }),
  createAuthorizer({ authorize: either, contract: aws.token() }),
  createAuthorizer({ authorize: old, contract: aws.token() }),
  createAuthorizer({ authorize: byEvent, contract: aws.token() }),
]
export const requests = [rest, either, old].map((authorize) =>
  createAuthorizer({ authorize, contract: aws.request({ identitySource: header }) }),
)

// HTTP APIs.
const simple: APIGatewayRequestSimpleAuthorizerHandlerV2 = async ({ cookies }) => ({ isAuthorized: cookies.length > 0 })
const simpleContext: APIGatewayRequestSimpleAuthorizerHandlerV2WithContext<{ n: number }> = async () => ({
  isAuthorized: true,
  context: { n: 1 },
})
const iam: APIGatewayRequestIAMAuthorizerHandlerV2 = async ({ routeArn }) => policy(routeArn)
const iamContext: APIGatewayRequestIAMAuthorizerV2WithContextHandler<{ n: string }> = async ({ routeArn }) => ({
  ...policy(routeArn),
  context: { n: 'a' },
})
const format1 = aws.httpApi({ authorizerPayloadFormatVersion: '1.0', identitySource: [source] })
const format2 = aws.httpApi({ identitySource: [source] })
const responses = aws.httpApi({ enableSimpleResponses: true, identitySource: [source] })
export const httpApis = [
  createAuthorizer({ authorize: simple, contract: responses }),
  createAuthorizer({ authorize: simple, contract: aws.httpApi({ enableSimpleResponses: true }) }),
  createAuthorizer({ authorize: simpleContext, contract: responses }),
  createAuthorizer({ authorize: iam, contract: format2 }),
  createAuthorizer({ authorize: iamContext, contract: format2 }),
  createAuthorizer({ authorize: rest, contract: format1 }),
  createAuthorizer({ authorize: restContext, contract: format1 }),
  createAuthorizer({ authorize: either, contract: format1 }),
  createAuthorizer({ authorize: old, contract: format1 }),
]
const simpleGuard = customAuthorizer(simpleContext, { contract: responses })
export const count: number = getAuthorizer(request, simpleGuard).context.n

// WebSocket APIs: @types/aws-lambda has no type of its own for their event.
export const webSockets = [rest, restContext, either, old].map((authorize) =>
  createAuthorizer({ authorize, contract: aws.webSocket() }),
)
export const upgrade = guardUpgrade(restContext, { contract: aws.webSocket() })

// Typed by hand.
interface MyTokenEvent {
  readonly type: string
  readonly authorizationToken: string
  readonly methodArn: string
}
interface MyRequestEvent {
  methodArn: string
  headers: { [name: string]: string | undefined }
  queryStringParameters: Record<string, string | undefined> | null
  pathParameters?: Record<string, string>
  requestContext: { identity: { sourceIp: string; userAgent?: string | null }; stage: string }
}
interface MyHttpEvent {
  version: string
  routeArn: string
  cookies?: string[]
  headers?: Record<string, string | undefined>
  identitySource?: string[] | null
  requestContext: { http: { method: string; path: string } }
}
const myToken = async (event: MyTokenEvent) => ({
  ...policy(event.methodArn),
  context: { token: event.authorizationToken },
})
const myRequest = async (event: MyRequestEvent) => policy(event.headers['a'] ?? event.methodArn)
const mySimple = async ({ cookies }: MyHttpEvent) => ({ isAuthorized: cookies === undefined, context: { tags: ['a'] } })
const myTokenCallback = (
  event: APIGatewayTokenAuthorizerEvent,
  _context: Context,
  callback: Callback<APIGatewayAuthorizerResult>,
): void => callback(null, policy(event.methodArn))
const myOldStyle = (event: CustomAuthorizerEvent, context: Context): void => context.succeed(policy(event.methodArn))
// oxlint-disable-next-line no-explicit-any -- as many functions are typed
const untyped = async (event: any, _context: any): Promise<any> => policy(event.methodArn)
const synchronousStyle: Handler = (event, context) => context.succeed(policy(event.methodArn))

const myGuard = customAuthorizer(myToken, { contract: aws.token() })
export const mine: string = getAuthorizer(request, myGuard).context.token
const mySimpleGuard = customAuthorizer(mySimple, { contract: responses })
export const tags: string[] = getAuthorizer(request, mySimpleGuard).context.tags
export const byHand = [
  createAuthorizer({ authorize: myTokenCallback, contract: aws.token() }),
  createAuthorizer({ authorize: myOldStyle, contract: aws.token() }),
  createAuthorizer({ authorize: myOldStyle, contract: aws.request({ identitySource: header }) }),
  createAuthorizer({ authorize: untyped, contract: aws.token() }),
  createAuthorizer({ authorize: untyped, contract: aws.request({ identitySource: header }) }),
  createAuthorizer({ authorize: untyped, contract: format1 }),
  createAuthorizer({ authorize: untyped, contract: format2 }),
  createAuthorizer({ authorize: untyped, contract: responses }),
  createAuthorizer({ authorize: untyped, contract: aws.webSocket() }),
  createAuthorizer({ authorize: synchronousStyle, contract: aws.token() }),
  createAuthorizer({ authorize: synchronousStyle, contract: format2 }),
  createAuthorizer({ authorize: myRequest, contract: aws.request({ identitySource: header }) }),
  createAuthorizer({ authorize: myRequest, contract: format1 }),
]
export const annotated = [
  createAuthorizer({
    authorize: async (event: APIGatewayRequestAuthorizerEvent) => policy(event.methodArn),
    contract: aws.request({ identitySource: header }),
  }),
  createAuthorizer({
    authorize: async (event: APIGatewayRequestAuthorizerEventV2) => policy(event.routeArn),
    contract: format2,
  }),
  createAuthorizer({
    authorize: async (event: aws.HttpRequestEvent) => policy(event.cookies?.[0] ?? event.headers?.['a'] ?? ''),
    contract: format2,
  }),
  createAuthorizer({
    authorize: async (event: aws.WebSocketEvent) => policy(event.requestContext.identity.userAgent ?? event.methodArn),
    contract: aws.webSocket(),
  }),
]

// Inferred from the contract.
export const inferred = createAuthorizer({
  contract: aws.token(),
  authorize: async ({ authorizationToken, methodArn }, context, _callback) => {
    if (authorizationToken === '' || context.getRemainingTimeInMillis() < 10) throw new Error('Unauthorized')
    return { ...policy(methodArn), context: { role: 'admin', level: 3, team: null } }
  },
})
export const own: { role: string; level: string; team: string | null } = getAuthorizer(request, inferred).context
export const allowed: boolean = aws.evaluatePolicy(policy('*').policyDocument, { resource: 'a' }).decision === 'Allowed'
export const mapping = customAuthorizer(iam, {
  contract: format2,
  parameterMapping: aws.parameterMapping({ 'overwrite:header.x-user': '$context.authorizer.user' }),
})

// @ts-expect-error -- a handler for another contract
createAuthorizer({ authorize: simple, contract: aws.token() })
// @ts-expect-error -- a result of another contract
createAuthorizer({ authorize: simple, contract: format2 })
