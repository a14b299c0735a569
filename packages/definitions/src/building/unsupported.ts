/** Kinds of authorizers without a function. @module */

/** Protection that no authorizer function provides; answered by a guard of the caller (DEF-DEF-05). */
export const UNSUPPORTED: Readonly<Record<string, string>> = {
  COGNITO_USER_POOLS: 'a Cognito user pool',
  AWS_IAM: 'IAM authorization',
  APP: 'app authentication',
  IAM: 'IAM authentication',
  OTHER: 'a security scheme without an authorizer function',
}
