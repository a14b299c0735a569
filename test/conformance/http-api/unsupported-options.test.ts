/** What the two younger kinds of API do not have cannot be set up either (AWS-KIND-03, 04, 05, AWS-POL-93, AWS-UP-22). */
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'

const ABSENT: readonly [rule: string, options: object][] = [
  ['AWS-KIND-05 AWS-HTTP-15', { gatewayResponses: {} }],
  ['AWS-KIND-05 AWS-POL-93', { policy: {} }],
  ['AWS-KIND-05 AWS-POL-93', { resourcePolicy: {} }],
  ['AWS-KIND-05 AWS-UP-22', { apiKeySourceType: 'AUTHORIZER' }],
  ['AWS-KIND-05 AWS-UP-22', { usagePlan: {} }],
  ['AWS-KIND-05', { requestValidator: {} }],
  ['AWS-KIND-04', { type: 'TOKEN' }],
  ['AWS-KIND-04', { identityValidationExpression: '.*' }],
]

test.each(ABSENT)('%s an HTTP API knows no %j', (_, options) => {
  expect(() => aws.httpApi(options as never)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
})

test.each(ABSENT.filter(([, options]) => !('apiKeySourceType' in options || 'usagePlan' in options)))(
  '%s a WebSocket API knows no %j',
  (_, options) => {
    expect(() => aws.webSocket(options as never)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
  },
)

test('AWS-KIND-03 a WebSocket API knows neither formats nor lifetimes', () => {
  for (const options of [
    { authorizerPayloadFormatVersion: '2.0' },
    { enableSimpleResponses: true },
    { authorizerResultTtlInSeconds: 300 },
  ])
    expect(() => aws.webSocket(options as never)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
})

const NOT_SOURCES = ['$request.body', '$request.path.id', '$request.multivalueheader.A', 'method.request.header.A']

test.each(NOT_SOURCES)('AWS-KIND-26 AWS-KIND-27 AWS-KIND-28 %s is no source of an HTTP API', (identitySource) => {
  expect(() => aws.httpApi({ identitySource })).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
})
