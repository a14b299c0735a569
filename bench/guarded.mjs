/** The measured authorizers and their policies. */
import { allow, native } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { jwtAuthorizer } from '@custom-authorizer/jwt'
import { audience, issuer } from './token.mjs'

const TTL_SECONDS = 3600

/** A short stage keeps a policy of 1,000 statements below the size of a result that is cached. */
const API = { region: 'us-east-1', accountId: '123456789012', apiId: 'abc', stage: 'v1' }
export const ARN = 'arn:aws:execute-api:us-east-1:123456789012:abc/v1'
export const statement = (Effect, Resource) => ({ Action: 'execute-api:Invoke', Effect, Resource })

/** The policy of a typical role: four Allow statements, one of which matches the request, and a Deny. */
export const typicalPolicy = {
  Version: '2012-10-17',
  Statement: [
    statement('Allow', `${ARN}/GET/orders/*`),
    statement('Allow', `${ARN}/*/carts/*`),
    statement('Allow', `${ARN}/GET/me`),
    statement('Allow', `${ARN}/GET/pets*`),
    statement('Deny', `${ARN}/*/admin/*`),
  ],
}

/** A function that returns this policy for every token. Its own cost does not count, because it is called once. */
export const authorizerWith = (policyDocument) => async () => ({
  principalId: 'auth0|5f7c8ec7c33c6c004bbafe82',
  policyDocument,
  context: { role: 'reader', tenant: 'north', plan: 'gold' },
})

export const tokenContract = (options = {}) =>
  aws.token({ api: API, authorizerResultTtlInSeconds: TTL_SECONDS, ...options })

const nativeFunction = () =>
  allow({
    principalId: 'auth0|5f7c8ec7c33c6c004bbafe82',
    context: { role: 'reader', tenant: 'north', plan: 'gold' },
  })

export const nativeContract = () =>
  native({
    identitySources: ['$request.header.authorization'],
    cachePer: 'identity',
    resultTtlSeconds: TTL_SECONDS,
  })

let decisions = 0
const cached = (options = {}) => [
  authorizerWith(typicalPolicy),
  { contract: tokenContract(), logger: null, ...options },
]
const verified = ({ alg, jwk }) => [jwtAuthorizer({ issuer, audience, algorithms: [alg], jwks: { keys: [jwk] } })]

/** The arguments of `customAuthorizer` of each variant of ours. */
export const OURS = {
  guarded: () => cached(),
  context: () => cached(),
  mapped: () => cached({ contextHeaders: { 'x-user-id': 'principalId' } }),
  decision: () => cached({ onDecision: (decision) => (decisions += decision.allowed ? 1 : 0) }),
  native: () => [nativeFunction, { contract: nativeContract(), logger: null }],
  'our JWT': verified,
}
