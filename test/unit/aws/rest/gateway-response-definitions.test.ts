/** Which gateway response definitions are valid (AWS-GWR-01, 10, 16, 17, 29). */
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'

const TYPES =
  'ACCESS_DENIED API_CONFIGURATION_ERROR AUTHORIZER_CONFIGURATION_ERROR AUTHORIZER_FAILURE BAD_REQUEST_BODY BAD_REQUEST_PARAMETERS DEFAULT_4XX DEFAULT_5XX EXPIRED_TOKEN INTEGRATION_FAILURE INTEGRATION_TIMEOUT INVALID_API_KEY INVALID_SIGNATURE MISSING_AUTHENTICATION_TOKEN QUOTA_EXCEEDED RESOURCE_NOT_FOUND THROTTLED UNAUTHORIZED UNSUPPORTED_MEDIA_TYPE WAF_FILTERED'

test.each(TYPES.split(' '))('AWS-GWR-01 %s is accepted as a gateway response type', (type) => {
  expect(() => aws.token({ gatewayResponses: { [type]: { statusCode: 418 } } })).not.toThrow()
})

test.each(['NOT_FOUND', 'unauthorized', 'URI_TOO_LONG', 'BAD_REQUEST', 'OVERLOADED', 'DEFAULT_3XX', '__proto__x', ''])(
  'AWS-GWR-01 %j is rejected as a gateway response type',
  (type) => {
    expect(() => aws.token({ gatewayResponses: { [type]: {} } })).toThrow(/gatewayResponses/)
  },
)

test('AWS-GWR-29 REQUEST_TOO_LARGE cannot be customized', () => {
  expect(() => aws.token({ gatewayResponses: { REQUEST_TOO_LARGE: {} } })).toThrow(/gatewayResponses/)
})

const wrong: [rule: string, definition: unknown][] = [
  ['AWS-GWR-10', null],
  ['AWS-GWR-10', 'text'],
  ['AWS-GWR-10', { StatusCode: 401 }],
  ['AWS-GWR-10', { statusCode: 99 }],
  ['AWS-GWR-10', { statusCode: 600 }],
  ['AWS-GWR-10', { statusCode: 401.5 }],
  ['AWS-GWR-10', { statusCode: '401 ' }],
  ['AWS-GWR-10', { responseParameters: [] }],
  ['AWS-GWR-10', { responseTemplates: 'x' }],
  ['AWS-GWR-10', { responseTemplates: { json: 'x' } }],
  ['AWS-GWR-10', { responseTemplates: { 'application/json': {} } }],
  ['AWS-GWR-16', { responseParameters: { 'X-A': "'a'" } }],
  ['AWS-GWR-16', { responseParameters: { 'method.response.header.X-A': "'a'" } }],
  ['AWS-GWR-16', { responseParameters: { 'gatewayresponse.header.': "'a'" } }],
  ['AWS-GWR-16', { responseParameters: { 'gatewayresponse.header.X A': "'a'" } }],
  ['AWS-GWR-16', { responseParameters: { 'gatewayresponse.header.X-A:': "'a'" } }],
  ['AWS-GWR-16', { responseParameters: { 'gatewayresponse.header.X-A\r\nX-B': "'a'" } }],
  ['AWS-GWR-17', { responseParameters: { 'gatewayresponse.header.X-A': 'a' } }],
  ['AWS-GWR-17', { responseParameters: { 'gatewayresponse.header.X-A': '"a"' } }],
  ['AWS-GWR-17', { responseParameters: { 'gatewayresponse.header.X-A': "'a" } }],
  ['AWS-GWR-17', { responseParameters: { 'gatewayresponse.header.X-A': "'a\r\nX-B: b'" } }],
  ['AWS-GWR-17', { responseParameters: { 'gatewayresponse.header.X-A': 7 } }],
  ['AWS-GWR-17', { responseParameters: { 'gatewayresponse.header.X-A': 'method.request.body' } }],
  ['AWS-GWR-17', { responseParameters: { 'gatewayresponse.header.X-A': 'integration.response.header.X' } }],
  ['AWS-GWR-17', { responseParameters: { 'gatewayresponse.header.X-A': 'stageVariables' } }],
]
test.each(wrong)('%s the definition %j is rejected when the authorizer is created', (_, UNAUTHORIZED) => {
  expect(() => aws.token({ gatewayResponses: { UNAUTHORIZED } as aws.GatewayResponseDefinitions })).toThrow(
    /gatewayResponses/,
  )
})
