/**
 * What `@types/aws-lambda` requires of events and the gateway does not always send. Contracts declare it for their handlers,
 * so that handlers typed with that package compile unmodified. The exported event types do not contain it.
 * @module
 */

/** Members that the event never has. A value of the type `never` is accepted for every type that a handler declares. */
type Absent<TNames extends string> = { [Name in TNames]: never }

/** The gateway adds these members to a method with an API key, to a domain with client certificates, and after an authorizer. */
interface RestMembers {
  requestContext: Absent<'authorizer'> & { identity: Absent<'apiKey' | 'apiKeyId' | 'clientCert'> }
}

/** A handshake has no route, and is not attributed to an AWS account. */
interface RestRequest extends Absent<'resource' | 'path' | 'httpMethod' | 'pathParameters'> {
  requestContext: RestMembers['requestContext'] &
    Absent<'accountId' | 'httpMethod' | 'path' | 'protocol' | 'resourceId' | 'resourcePath'> & {
      identity: Absent<
        | 'accessKey'
        | 'accountId'
        | 'caller'
        | 'cognitoAuthenticationProvider'
        | 'cognitoAuthenticationType'
        | 'cognitoIdentityId'
        | 'cognitoIdentityPoolId'
        | 'principalOrgId'
        | 'user'
        | 'userArn'
      > & { userAgent: string }
    }
}

/** A REST event, or one of an HTTP API in the same format, for handlers typed with `APIGatewayRequestAuthorizerEvent`. */
export type WithRestMembers<TEvent> = TEvent & RestMembers

/** An event of a WebSocket API for such handlers: `@types/aws-lambda` has no type of its own for it. */
export type WithRestRequest<TEvent> = TEvent & RestRequest

/** An event of payload format 2.0 for handlers typed with `APIGatewayRequestAuthorizerEventV2`. */
export type WithCookies<TEvent> = TEvent & { cookies: string[] }
