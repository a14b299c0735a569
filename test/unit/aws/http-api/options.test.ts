/** Options of `aws.httpApi()`, which are validated when the contract is created (AWS-KIND, SEC-105). */
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'

const build = (options: unknown): unknown => aws.httpApi(options as never)

type Wrong = readonly [options: unknown, named: RegExp]
const WRONG: readonly Wrong[] = [
  [
    { authorizerPayloadFormatVersion: '3.0' },
    /authorizerPayloadFormatVersion: found a string; allowed: "1\.0" or "2\.0"/,
  ],
  [{ authorizerPayloadFormatVersion: 2 }, /authorizerPayloadFormatVersion: found a number; allowed/],
  [{ enableSimpleResponses: 'true' }, /enableSimpleResponses: found a string; allowed: true or false/],
  [{ enableSimpleResponses: true, authorizerPayloadFormatVersion: '1.0' }, /enableSimpleResponses: .*"2\.0" only/],
  [{ identitySources: [] }, /identitySources/],
  [{ identityValidationExpression: '.*' }, /identityValidationExpression/],
  [{ resultTtlSeconds: 1 }, /resultTtlSeconds/],
  [{ jwtConfiguration: {} }, /jwtConfiguration/],
  [{ gatewayResponses: {} }, /gatewayResponses/],
  [{ compatibility: { httpApiThrowUnauthorized: '403' } }, /compatibility\.httpApiThrowUnauthorized: .*"500" or "401"/],
  [{ compatibility: { httpApiThrowUnauthorized: 401 } }, /compatibility\.httpApiThrowUnauthorized: /],
  [
    { httpApiThrowUnauthorized: '401' },
    /httpApiThrowUnauthorized is not an option; use aws\.httpApi\.compatibility\.http/,
  ],
  [{ compatibility: { missingPrincipalId: 'accept' } }, /compatibility\.missingPrincipalId is not an option; allowed/],
  [{ compatibility: true }, /compatibility: found a boolean; allowed: \{ httpApiThrowUnauthorized \}/],
  [{ stageVariables: { 'a-b': 'x' } }, /stageVariables/],
  [{ stageVariables: { a: 1 } }, /stageVariables/],
  [{ stageVariables: { a: 'x'.repeat(513) } }, /stageVariables/],
  [{ stageVariables: [] }, /stageVariables/],
  [{ routes: 'GET /a' }, /routes/],
  [{ routes: [1] }, /routes/],
  [{ routes: ['a'] }, /routes/],
  [{ limits: { policyBytes: 0 } }, /limits\.policyBytes: .*\(bytes\)/],
  [{ maxPolicyBytes: 100 }, /maxPolicyBytes is not an option; use aws\.httpApi\.limits\.policyBytes/],
  [{ limits: { policyStatements: 1.5 } }, /limits\.policyStatements: .*\(statements\)/],
  [{ limits: { contextBytes: '8192' } }, /limits\.contextBytes: .*\(bytes\)/],
  [{ api: 'abcdef123' }, /api/],
  [{ api: { stage: 'a b' } }, /api\.stage/],
  [{ api: { accountId: '1' } }, /api\.accountId/],
  [{ api: { region: 'mars' } }, /api\.region/],
  [{ api: { stages: 'x' } }, /api\.stages/],
  [null, /aws\.httpApi/],
  ['2.0', /aws\.httpApi/],
]

test.each(WRONG)('SEC-105 aws.httpApi(%j) is rejected', (options, named) => {
  expect(() => build(options)).toThrow(
    expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringMatching(named) as string }),
  )
})

test('AWS-KIND-22 every option is optional and has the default of the service', () => {
  const contract = aws.httpApi()
  expect(contract).toMatchObject({ name: 'aws.httpApi', identitySources: [], resultTtlSeconds: 0, timeoutMs: 10_000 })
})

test('AWS-KIND-23 every setting of the manual is accepted under its own name', () => {
  const options = {
    authorizerPayloadFormatVersion: '2.0',
    enableSimpleResponses: true,
    identitySource: ['$request.header.Authorization'],
    authorizerResultTtlInSeconds: 3600,
  } as const
  expect(aws.httpApi(options).resultTtlSeconds).toBe(3600)
})

test('SEC-53 contracts that evaluate differently have different fingerprints', () => {
  const identitySource = '$request.header.Authorization'
  const contracts = [
    aws.httpApi({ identitySource }),
    aws.httpApi({ identitySource: '$request.header.Other' }),
    aws.httpApi({ identitySource, enableSimpleResponses: true }),
    aws.httpApi({ identitySource, authorizerPayloadFormatVersion: '1.0' }),
    aws.httpApi({ identitySource, api: { stage: 'dev' } }),
    aws.httpApi({ identitySource, api: { apiId: 'other' } }),
    aws.httpApi({ identitySource, stageVariables: { a: 'b' } }),
  ]
  expect(new Set(contracts.map(({ fingerprint }) => fingerprint)).size).toBe(contracts.length)
})

test('SEC-105 options are copied: later changes have no effect', () => {
  const stageVariables: Record<string, string> = { tenant: 'acme' }
  const contract = aws.httpApi({ stageVariables, identitySource: '$stageVariables.tenant' })
  stageVariables['tenant'] = 'other'
  expect(contract.identitySources[0]?.read(undefined as never)).toBe('acme')
})
