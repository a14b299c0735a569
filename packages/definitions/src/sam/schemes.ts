/** The security schemes that SAM writes into bodies. @module */
import type { AuthorizerDefinition, Origin } from '../definition.ts'
import { map, type Node, scalar } from '../document/node.ts'

const text = (value: string | number | boolean, origin: Origin): Node => scalar(value, origin)

/** The scheme that SAM writes for an authorizer. */
export const schemeOf = (authorizer: AuthorizerDefinition): Node => {
  const { origin } = authorizer
  const node = (entries: Readonly<Record<string, Node | undefined>>): Node =>
    map(
      Object.entries(entries).filter((entry): entry is [string, Node] => entry[1] !== undefined),
      origin,
    )
  const value = (given: string | number | boolean | undefined): Node | undefined =>
    given === undefined ? undefined : text(given, origin)
  const list = (given: readonly string[]): Node => ({
    kind: 'list',
    items: given.map((each) => text(each, origin)),
    origin,
  })
  const scheme = (name: string, settings: Readonly<Record<string, Node | undefined>>): Node =>
    node({
      type: text('apiKey', origin),
      in: text('header', origin),
      name: text(name, origin),
      'x-amazon-apigateway-authorizer': node(settings),
    })
  if (authorizer.kind === 'TOKEN') {
    const { identitySource, identityValidationExpression, authorizerResultTtlInSeconds } = authorizer
    return scheme(identitySource[0].replace('method.request.header.', ''), {
      type: text('token', origin),
      identityValidationExpression: value(identityValidationExpression),
      authorizerResultTtlInSeconds: value(authorizerResultTtlInSeconds),
    })
  }
  if (authorizer.kind === 'REQUEST')
    return scheme('Unused', {
      type: text('request', origin),
      identitySource: list(authorizer.identitySource),
      authorizerResultTtlInSeconds: value(authorizer.authorizerResultTtlInSeconds),
      authorizerPayloadFormatVersion: value(authorizer.authorizerPayloadFormatVersion),
      enableSimpleResponses: value(authorizer.enableSimpleResponses),
    })
  if (authorizer.kind === 'COGNITO_USER_POOLS')
    return scheme('Authorization', {
      type: text('cognito_user_pools', origin),
      providerARNs: list(authorizer.providerARNs),
    })
  if (authorizer.kind === 'JWT')
    return node({
      type: text('oauth2', origin),
      'x-amazon-apigateway-authorizer': node({
        type: text('jwt', origin),
        identitySource: text(authorizer.identitySource[0], origin),
        jwtConfiguration: node({
          issuer: text(authorizer.jwtConfiguration.issuer, origin),
          audience: list(authorizer.jwtConfiguration.audience),
        }),
      }),
    })
  return node({
    type: text('apiKey', origin),
    in: text('header', origin),
    name: text('Authorization', origin),
    'x-amazon-apigateway-authtype': text('awsSigv4', origin),
  })
}

/** The scheme of API keys that SAM writes. */
export const keyScheme = (origin: Origin): Node =>
  map(
    [
      ['type', text('apiKey', origin)],
      ['in', text('header', origin)],
      ['name', text('x-api-key', origin)],
    ],
    origin,
  )
