/** Options that HTTP and WebSocket APIs do not have (AWS-KIND-03, 04, 05, AWS-POL-93, AWS-UP-22). @module */
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'

const UNSUPPORTED: readonly [rule: string, options: object][] = [
  ['AWS-KIND-05 AWS-HTTP-15', { gatewayResponses: {} }],
  ['AWS-KIND-05 AWS-POL-93', { policy: {} }],
  ['AWS-KIND-05 AWS-POL-93', { resourcePolicy: {} }],
  ['AWS-KIND-05 AWS-UP-22', { apiKeySourceType: 'AUTHORIZER' }],
  ['AWS-KIND-05 AWS-UP-22', { usagePlan: {} }],
  ['AWS-KIND-05', { requestValidator: {} }],
  ['AWS-KIND-04', { type: 'TOKEN' }],
  ['AWS-KIND-04', { identityValidationExpression: '.*' }],
]

test.each(UNSUPPORTED)('%s httpApi() rejects the option %j', (_, options) => {
  expect(() => aws.httpApi(options as never)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
})

test.each(UNSUPPORTED.filter(([, options]) => !('apiKeySourceType' in options || 'usagePlan' in options)))(
  '%s webSocket() rejects the option %j',
  (_, options) => {
    expect(() => aws.webSocket(options as never)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
  },
)

test('AWS-KIND-03 webSocket() rejects options for payload formats and for a TTL', () => {
  for (const options of [
    { authorizerPayloadFormatVersion: '2.0' },
    { enableSimpleResponses: true },
    { authorizerResultTtlInSeconds: 300 },
  ])
    expect(() => aws.webSocket(options as never)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
})

const INVALID_SOURCES = ['$request.body', '$request.path.id', '$request.multivalueheader.A', 'method.request.header.A']

test.each(INVALID_SOURCES)(
  'AWS-KIND-26 AWS-KIND-27 AWS-KIND-28 httpApi() rejects the identity source %s',
  (identitySource) => {
    expect(() => aws.httpApi({ identitySource })).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
  },
)
