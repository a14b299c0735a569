/** Authorizer functions in the styles of several Lambda generations run unmodified (AWS-RUN). */
import { createRequire } from 'node:module'
import { type Authorizer, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import type { APIGatewayRequestAuthorizerHandler, APIGatewayTokenAuthorizerHandler } from 'aws-lambda'
import { expect, test } from 'vitest'
import * as classInstance from '../../../support/lambda-authorizers/class-instance.ts'
import * as joseJwt from '../../../support/lambda-authorizers/jose-jwt.ts'
import * as middlewareEngine from '../../../support/lambda-authorizers/middleware-engine.ts'
import * as typedRequest from '../../../support/lambda-authorizers/typed-request.ts'
import * as typedToken from '../../../support/lambda-authorizers/typed-token.ts'
import { gatewayRequest, LOOSE, type RequestParts } from '../../../support/request.ts'
import {
  ALLOWED,
  API,
  bearer,
  EXPLICIT_DENY,
  IMPLICIT_DENY,
  MISCONFIGURED,
  describeOutcome,
  UNAUTHORIZED,
} from '../harness.ts'

const require = createRequire(import.meta.url)
const commonJs = (name: string): { handler: APIGatewayTokenAuthorizerHandler & APIGatewayRequestAuthorizerHandler } =>
  require(`../../../support/lambda-authorizers/${name}.cjs`)
const plainEsm = (await import(new URL('../../../support/lambda-authorizers/plain-esm.mjs', import.meta.url).href)) as {
  handler: APIGatewayTokenAuthorizerHandler
}

const silent = { logger: null } as const
const contract = aws.token({ api: API, authorizerResultTtlInSeconds: 0 })
const token = (authorize: APIGatewayTokenAuthorizerHandler): Authorizer<object> =>
  createAuthorizer({ authorize, contract, ...silent })
const request = (authorize: APIGatewayRequestAuthorizerHandler, options: aws.RequestOptions): Authorizer<object> =>
  createAuthorizer({
    authorize,
    contract: aws.request({ api: API, authorizerResultTtlInSeconds: 0, ...options }),
    ...silent,
  })

const authorizers = {
  'blueprint.cjs': token(commonJs('blueprint').handler),
  'documented-callback.cjs': token(commonJs('documented-callback').handler),
  'context-succeed.cjs': token(commonJs('context-succeed').handler),
  'plain-esm.mjs': token(plainEsm.handler),
  // Without a cast: handlers typed with @types/aws-lambda are accepted.
  'typed-token.ts': createAuthorizer({ authorize: typedToken.handler, contract, ...silent }),
  'class-instance.ts': createAuthorizer({ authorize: classInstance.handler, contract, ...silent }),
  'middleware-engine.ts': createAuthorizer({ authorize: middlewareEngine.handler, contract, ...silent }),
  'middleware-engine.ts (HTTP errors)': createAuthorizer({
    authorize: middlewareEngine.handlerWithHttpErrors,
    contract,
    ...silent,
  }),
  'jose-jwt.ts': createAuthorizer({ authorize: joseJwt.handler, contract, ...silent }),
  'promise-chain.cjs': request(commonJs('promise-chain').handler, {
    identitySource: 'method.request.header.X-Api-Key',
    stageVariables: { open: 'yes' },
  }),
  'typed-request.ts': createAuthorizer({
    authorize: typedRequest.handler,
    contract: aws.request({ api: API, authorizerResultTtlInSeconds: 0, routes: ['/users/{id}/{proxy+}'] }),
    ...silent,
  }),
} as const

const header = (name: string, value: string): RequestParts => ({ headers: { [name]: value } })
const user = (name: string): RequestParts => header('X-User', name)
const jwt = async (claims: object, expiresAt?: string): Promise<RequestParts> =>
  bearer(`Bearer ${await joseJwt.issue({ sub: 'ann', ...claims }, expiresAt)}`)
const basic = bearer(`Basic ${btoa('ann:pw')}`)

test.each<[rule: string, fixture: keyof typeof authorizers, line: string, parts: RequestParts, expected: string]>([
  ['AWS-RUN-05', 'blueprint.cjs', 'DELETE /users/1', bearer('admin'), ALLOWED],
  ['AWS-RUN-05', 'blueprint.cjs', 'GET /', bearer('admin'), ALLOWED],
  ['AWS-RUN-05', 'blueprint.cjs', 'GET /pets/7', bearer('denied'), EXPLICIT_DENY],
  ['AWS-RUN-05', 'blueprint.cjs', 'GET /pets/7/toys', bearer('reader'), ALLOWED],
  ['AWS-RUN-05', 'blueprint.cjs', 'POST /pets/7', bearer('reader'), IMPLICIT_DENY],
  ['AWS-RUN-05', 'blueprint.cjs', 'GET /pets/secret', bearer('reader'), EXPLICIT_DENY],
  ['AWS-RUN-05', 'blueprint.cjs', 'GET /PETS/secret/', { ...bearer('reader'), routing: LOOSE }, EXPLICIT_DENY],
  ['AWS-RUN-05', 'blueprint.cjs', 'PUT /users/1', bearer('here'), ALLOWED],
  ['AWS-RUN-05', 'blueprint.cjs', 'GET /', bearer('here'), ALLOWED],
  ['AWS-RUN-05', 'blueprint.cjs', 'GET /pets/7', bearer('expired'), UNAUTHORIZED],
  ['AWS-GOT-36', 'blueprint.cjs', 'GET /pets/a~b', bearer('here'), MISCONFIGURED],
  ['AWS-RUN-05', 'documented-callback.cjs', 'GET /pets/7', bearer('allow'), ALLOWED],
  ['AWS-RUN-05', 'documented-callback.cjs', 'GET /pets/7', bearer('deny'), EXPLICIT_DENY],
  ['AWS-RUN-05', 'documented-callback.cjs', 'GET /pets/7', bearer('unauthorized'), UNAUTHORIZED],
  ['AWS-RUN-05', 'documented-callback.cjs', 'GET /pets/7', bearer('else'), MISCONFIGURED],
  ['AWS-ID-01', 'documented-callback.cjs', 'GET /pets/7', {}, UNAUTHORIZED],
  ['AWS-RUN-06', 'context-succeed.cjs', 'GET /a/b', bearer('Bearer ann'), ALLOWED],
  ['AWS-RUN-06', 'context-succeed.cjs', 'PUT /a/b', bearer('Bearer ann'), IMPLICIT_DENY],
  ['AWS-RUN-06', 'context-succeed.cjs', 'GET /a', bearer('Bearer done'), ALLOWED],
  ['AWS-RUN-06', 'context-succeed.cjs', 'GET /a', bearer('Bearer done-error'), UNAUTHORIZED],
  ['AWS-RUN-06', 'context-succeed.cjs', 'GET /a', bearer('Bearer fail'), UNAUTHORIZED],
  ['AWS-RUN-06', 'context-succeed.cjs', 'GET /a', bearer('Bearer broken'), MISCONFIGURED],
  ['AWS-RUN-02', 'plain-esm.mjs', 'POST /any/thing', basic, ALLOWED],
  ['AWS-RUN-15', 'plain-esm.mjs', 'GET /', bearer(), UNAUTHORIZED],
  ['AWS-RUN-04', 'plain-esm.mjs', 'GET /', bearer('Basic'), MISCONFIGURED],
  ['AWS-RUN-02', 'typed-token.ts', 'GET /', bearer('Bearer ann'), ALLOWED],
  ['AWS-RUN-02', 'typed-token.ts', 'GET /', bearer('Bearer banned'), EXPLICIT_DENY],
  ['AWS-RUN-02', 'typed-token.ts', 'GET /', bearer('ann'), UNAUTHORIZED],
  ['AWS-RUN-20', 'class-instance.ts', 'GET /', bearer('session-1'), ALLOWED],
  ['AWS-RUN-20', 'class-instance.ts', 'GET /', bearer('session-2'), UNAUTHORIZED],
  ['AWS-RUN-02', 'middleware-engine.ts', 'GET /a', bearer('Bearer ann'), ALLOWED],
  ['AWS-RUN-02', 'middleware-engine.ts', 'GET /a', bearer('ann'), UNAUTHORIZED],
  ['AWS-GOT-30', 'middleware-engine.ts (HTTP errors)', 'GET /a', bearer('ann'), MISCONFIGURED],
  ['AWS-RUN-02', 'jose-jwt.ts', 'GET /pets/7', await jwt({ scope: 'pets:read' }), ALLOWED],
  ['AWS-RUN-02', 'jose-jwt.ts', 'POST /pets', await jwt({ scope: 'pets:read pets:write' }), ALLOWED],
  ['AWS-RUN-02', 'jose-jwt.ts', 'POST /pets', await jwt({ scope: 'pets:read' }), IMPLICIT_DENY],
  ['AWS-OUT-25', 'jose-jwt.ts', 'GET /pets/7', await jwt({}), IMPLICIT_DENY],
  ['AWS-RUN-02', 'jose-jwt.ts', 'GET /pets/7', await jwt({ scope: 'pets:read' }, '-1s'), UNAUTHORIZED],
  ['AWS-RUN-02', 'jose-jwt.ts', 'GET /pets/7', bearer('Bearer a.b.c'), UNAUTHORIZED],
  ['AWS-RUN-05', 'promise-chain.cjs', 'GET /a?tenant=a', header('X-Api-Key', 'key-1'), ALLOWED],
  ['AWS-RUN-05', 'promise-chain.cjs', 'GET /a?tenant=b', header('X-Api-Key', 'key-1'), EXPLICIT_DENY],
  ['AWS-RUN-05', 'promise-chain.cjs', 'GET /a', header('X-Api-Key', 'key-1'), EXPLICIT_DENY],
  ['AWS-RUN-05', 'promise-chain.cjs', 'GET /a', header('X-Api-Key', 'key-2'), UNAUTHORIZED],
  ['AWS-ID-02', 'promise-chain.cjs', 'GET /a', {}, UNAUTHORIZED],
  ['AWS-GOT-15', 'promise-chain.cjs', 'GET /a?tenant=a', header('x-api-key', 'key-1'), UNAUTHORIZED],
  ['AWS-RUN-02', 'typed-request.ts', 'GET /users/ann/pets/7', user('ann'), ALLOWED],
  ['AWS-RUN-02', 'typed-request.ts', 'GET /users/bob/pets/7', user('ann'), IMPLICIT_DENY],
  ['AWS-RUN-02', 'typed-request.ts', 'GET /users/ann/pets', { ...user('ann'), peer: '192.0.2.1' }, IMPLICIT_DENY],
  ['AWS-RUN-02', 'typed-request.ts', 'GET /users/ann/pets', {}, UNAUTHORIZED],
])('%s %s evaluates %s', async (_rule, fixture, line, parts, expected) => {
  expect(describeOutcome(await authorizers[fixture].evaluate(gatewayRequest(line, parts)))).toBe(expected)
})

const contextFor = async (fixture: keyof typeof authorizers, line: string, parts: RequestParts): Promise<unknown> => {
  const outcome = await authorizers[fixture].evaluate(gatewayRequest(line, parts))
  return outcome.allowed && outcome.authorizer.context
}

test('AWS-CTX-01 context values of each handler are delivered as strings', async () => {
  expect(await contextFor('blueprint.cjs', 'GET /', bearer('admin'))).toEqual({
    key: 'value',
    number: '1',
    bool: 'true',
  })
  expect(await contextFor('documented-callback.cjs', 'GET /', bearer('allow'))).toEqual({
    stringKey: 'stringval',
    numberKey: '123',
    booleanKey: 'true',
  })
  expect(await contextFor('plain-esm.mjs', 'GET /', basic)).toEqual({
    calls: expect.stringMatching(/^\d+$/) as string,
    since: '1970-01-01T00:00:00.000Z',
  })
  expect(await contextFor('jose-jwt.ts', 'GET /pets/1', await jwt({ scope: 'pets:read', tenant: 'a' }))).toEqual({
    scope: 'pets:read',
    tenant: 'a',
  })
  expect(await contextFor('promise-chain.cjs', 'GET /?tenant=a', header('X-Api-Key', 'key-1'))).toEqual({
    sourceIp: '203.0.113.9',
  })
})

test('AWS-RUN-20 instance state of a class handler is preserved between calls', async () => {
  await contextFor('class-instance.ts', 'GET /', bearer('session-1'))
  expect(await contextFor('class-instance.ts', 'GET /', bearer('session-1'))).toEqual({ known: 'true' })
})
