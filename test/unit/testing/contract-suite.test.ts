/** The suite for contracts: the contracts of this library pass. */
import { allow, type AnyFunction, deny, native } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { contractSuite, type ContractSubject } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'

const CREDENTIAL = 'Bearer credential-of-ann'
const request = { path: '/pets?token=credential-in-query', headers: { authorization: CREDENTIAL } }

const policy = (Effect: 'Allow' | 'Deny') => async () => ({
  principalId: 'ann',
  policyDocument: {
    Version: '2012-10-17' as const,
    Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: '*' }],
  },
  context: { role: 'admin' },
})
const policies = { allow: policy('Allow'), deny: policy('Deny') }
const simple = (isAuthorized: boolean) => async () => ({ isAuthorized, context: { role: 'admin' } })
const apig = (status: string) => async () => ({
  statusCode: 200,
  body: JSON.stringify({ status, context: { role: 'admin' } }),
})
const natives = {
  allow: () => allow({ principalId: 'ann', context: { role: 'admin' } }),
  deny: () => deny({ status: 403, body: 'denied' }),
}
const apigs = { allow: apig('allow'), deny: apig('deny') }
const identity = [{ name: 'authorization', location: 'HEADER' }] as const

interface Functions {
  readonly allow: AnyFunction
  readonly deny: AnyFunction
}

const CONTRACTS: readonly (readonly [name: string, create: () => ContractSubject['contract'], functions: Functions])[] =
  [
    ['aws.token', () => aws.token(), policies],
    ['aws.token with an expression', () => aws.token({ identityValidationExpression: '^Bearer [a-z-]+$' }), policies],
    ['aws.request', () => aws.request({ identitySource: 'method.request.header.Authorization' }), policies],
    [
      'aws.request with several sources',
      () =>
        aws.request({
          identitySource: [
            'method.request.header.Authorization',
            'method.request.querystring.token',
            'context.httpMethod',
          ],
        }),
      policies,
    ],
    [
      'aws.httpApi, format 1.0',
      () => aws.httpApi({ authorizerPayloadFormatVersion: '1.0', identitySource: '$request.header.Authorization' }),
      policies,
    ],
    ['aws.httpApi, format 2.0', () => aws.httpApi({ identitySource: '$request.header.Authorization' }), policies],
    [
      'aws.httpApi, simple responses',
      () =>
        aws.httpApi({
          enableSimpleResponses: true,
          identitySource: '$request.header.Authorization',
          authorizerResultTtlInSeconds: 60,
        }),
      { allow: simple(true), deny: simple(false) },
    ],
    ['aws.webSocket', () => aws.webSocket({ identitySource: 'route.request.header.Authorization' }), policies],
    ['huawei.frontend', () => huawei.frontend({ identities: [...identity], ttl: 60 }), apigs],
    ['huawei.frontend with a body', () => huawei.frontend({ identities: [...identity], needBody: true }), apigs],
    [
      'huawei.frontend, relaxed',
      () => huawei.frontend({ identities: [...identity], authDowngradeEnabled: true }),
      apigs,
    ],
    ['huawei.backend', () => huawei.backend(), apigs],
    ['native', () => native(), natives],
    [
      'native with a cache',
      () => native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 60 }),
      natives,
    ],
    ['native with a body', () => native({ maxBodyBytes: 1000 }), natives],
  ]

describe.each(CONTRACTS)('contractSuite on %s', (_, create, functions) => {
  for (const { title, run } of contractSuite(() => ({ contract: create(), request, ...functions })))
    test(title, async () => {
      await expect(run()).resolves.toBeUndefined()
    })
})
