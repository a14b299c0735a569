/** An `awsJwtAuthorizer` whose issuer is a key server on loopback. @module */
import type { AuthorizerContext, GatewayRequest, Outcome } from '@custom-authorizer/core'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { type AwsJwtAuthorizerOptions, awsJwtAuthorizer } from '@custom-authorizer/jwt'
import { afterEach, beforeEach } from 'vitest'
import { KeyServer } from '../../support/key-server.ts'
import { allowed, denied, responseHeader } from '../../support/outcome.ts'
import { type SigningKey, signingKey, signToken } from '../../support/tokens.ts'
import { withToken } from '../../support/with-token.ts'

export const AWS_KEY: SigningKey = signingKey('aws-1')
export const NOW: number = fakeClock().now() / 1000

export interface AwsService {
  readonly server: KeyServer
  readonly clock: FakeClock
  /** A token of this issuer for `client`, with changed claims. */
  token(
    changes?: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
    key?: SigningKey,
  ): string
  authorizer(options?: Partial<AwsJwtAuthorizerOptions>): ReturnType<typeof awsJwtAuthorizer>
  /** Evaluates a request; a string is the `Authorization` header. */
  evaluate(request: GatewayRequest | string, options?: Partial<AwsJwtAuthorizerOptions>): Promise<Outcome<unknown>>
  /** `200`, or the status and the challenge. */
  statusOf(request: GatewayRequest | string, options?: Partial<AwsJwtAuthorizerOptions>): Promise<string>
  /** The context that handlers receive for a valid token with these claims. */
  contextOf(
    claims: Readonly<Record<string, unknown>>,
    options?: Partial<AwsJwtAuthorizerOptions>,
  ): Promise<AuthorizerContext<unknown>>
}

/** Starts the issuer before each test. */
export const awsService = (): AwsService => {
  let server: KeyServer
  let clock: FakeClock
  beforeEach(async () => {
    server = await KeyServer.start(AWS_KEY.jwk)
    clock = fakeClock()
  })
  afterEach(() => server.close())

  const service: AwsService = {
    get server() {
      return server
    },
    get clock() {
      return clock
    },
    token: (changes = {}, header = {}, key = AWS_KEY) =>
      signToken(
        key,
        { iss: server.origin, aud: 'client', sub: 'alice', exp: NOW + 300, iat: NOW - 1, ...changes },
        header,
      ),
    authorizer: (options = {}) =>
      awsJwtAuthorizer({
        jwtConfiguration: { issuer: server.origin, audience: ['client', 'other-client'] },
        logger: null,
        clock,
        ...options,
      }),
    evaluate: async (request, options) =>
      service.authorizer(options).evaluate(typeof request === 'string' ? withToken(request) : request),
    statusOf: async (request, options) => {
      const outcome = await service.evaluate(request, options)
      if (outcome.allowed) return '200'
      return `${outcome.response.status} ${responseHeader(denied(outcome), 'www-authenticate')}`
    },
    contextOf: async (claims, options) => allowed(await service.evaluate(`Bearer ${service.token(claims)}`, options)),
  }
  return service
}

/** The status and challenge for an invalid token. */
export const invalidToken = (description: string, scope = ''): string =>
  `401 Bearer scope="${scope}" error="invalid_token" error_description="${description}"`
