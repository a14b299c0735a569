/** Authorizers for JSON Web Tokens: with the native contract, and as the JWT authorizer of HTTP APIs. @module */
export { jwtAuthorizer } from './jwt-authorizer.ts'
export type { CommonOptions, IssuerSelection, JwtAuthorizerOptions, JwtContext } from './options.ts'
export { awsJwtAuthorizer, type AwsJwtAuthorizerOptions, type AwsJwtContext } from './aws-jwt-authorizer.ts'
export type { ChallengeParameters } from './challenge.ts'
export type { Algorithm } from './algorithms.ts'
export type { IssuerOptions } from './issuer-options.ts'
export type { ClaimValue } from './token/claims.ts'
export type { Fetch } from './keys/fetch-json.ts'
export type { KernelPassthrough, KeyLimits } from './kernel-options.ts'
export type { RequiredScopes } from './token/scopes.ts'
export type { Claims } from './token/token.ts'

/** Types in the results, so that declarations of exported authorizers can name them. */
export type { Authorizer, Json } from '@custom-authorizer/core'
