/** Error type, status and code of each denial reason, and the customized response that applies. */
import type { DenialReason } from '@custom-authorizer/core'
import { describe, expect, test } from 'vitest'
import { gatewayRequest } from '../../support/request.ts'
import { backendAuthorizer, frontendAuthorizer, functionResult } from './authorizers.ts'

const allowAll = async (): Promise<object> => functionResult('allow')
const INCORRECT = 'Incorrect authentication information: frontend authorizer'
const INTERNAL = 'Internal server error'

/** Reason, error type, status, code and message, including reasons of later guards and of the gateway's front end. */
const ROWS: readonly (readonly [rules: string, DenialReason, string, number, string, string])[] = [
  ['HW-ERR-09 HW-ERR-10', 'DENIED', 'AUTHORIZER_FAILURE', 401, 'APIG.0305', INCORRECT],
  ['HW-ERR-14', 'IDENTITY_SOURCE_MISSING', 'AUTHORIZER_IDENTITIES_FAILURE', 401, 'APIG.0305', INCORRECT],
  ['HW-ERR-14', 'IDENTITY_VALIDATION_FAILED', 'AUTHORIZER_IDENTITIES_FAILURE', 401, 'APIG.0305', INCORRECT],
  ['SEC-24', 'IDENTITY_SOURCE_REPEATED', 'AUTHORIZER_IDENTITIES_FAILURE', 401, 'APIG.0305', INCORRECT],
  ['HW-ERR-13', 'AUTHORIZER_ERROR', 'AUTHORIZER_CONF_FAILURE', 500, 'APIG.0601', INTERNAL],
  ['HW-ERR-13', 'AUTHORIZER_TIMEOUT', 'AUTHORIZER_CONF_FAILURE', 500, 'APIG.0601', INTERNAL],
  ['HW-ERR-13', 'BAD_RESULT', 'AUTHORIZER_CONF_FAILURE', 500, 'APIG.0601', INTERNAL],
  ['HW-ERR-13', 'BAD_MAPPED_VALUE', 'AUTHORIZER_CONF_FAILURE', 500, 'APIG.0601', INTERNAL],
  ['HW-ERR-13', 'BODY_UNAVAILABLE', 'AUTHORIZER_CONF_FAILURE', 500, 'APIG.0601', INTERNAL],
  ['INV-3', 'INTERNAL_ERROR', 'DEFAULT_5XX', 500, 'APIG.0601', INTERNAL],
  ['HW-FE-20', 'BODY_TOO_LARGE', 'DEFAULT_4XX', 413, 'APIG.0201', 'Request entity too large.'],
  ['HW-FE-20', 'RESOURCE_TOO_LONG', 'DEFAULT_4XX', 414, 'APIG.0201', 'Request URI too large.'],
  ['HW-GWR-10', 'CONTEXT_MISMATCH', 'ACCESS_DENIED', 403, 'APIG.0306', 'API access denied.'],
  ['HW-GWR-10', 'INSUFFICIENT_SCOPE', 'ACCESS_DENIED', 403, 'APIG.0306', 'API access denied.'],
  ['SEC-64', 'OVERLOADED', 'DEFAULT_5XX', 503, 'APIG.0601', 'Service unavailable'],
  ['SEC-04', 'MALFORMED_REQUEST', 'REQUEST_PARAMETERS_FAILURE', 400, 'APIG.0602', 'Bad request.'],
]

const bodyOf = (options: object, reason: DenialReason): { status: number; body: string } =>
  frontendAuthorizer(allowAll, options).deny(gatewayRequest(), reason).response

describe('error types', () => {
  test.each(ROWS)('%s %s has the error type %s, status %d and code %s', (_, reason, type, status, code, message) => {
    const { status: actualStatus, body } = bodyOf({}, reason)
    expect(actualStatus).toBe(status)
    expect(body.replace(/[\da-f]{32}/, 'ID')).toBe(
      `{"error_msg":"${message}","error_code":"${code}","request_id":"ID"}`,
    )
    const template = { body: '["$context.error.type","$context.error.code","$context.error.message"]' }
    expect(bodyOf({ gatewayResponses: { [type]: template } }, reason)).toMatchObject({
      status,
      body: JSON.stringify([type, code, message]),
    })
  })

  test.each([
    ['HW-ERR-09 HW-ERR-12', 'DENIED'],
    ['HW-ERR-12', 'IDENTITY_SOURCE_REPEATED'],
  ] as const)('%s the denial %s of a backend authorizer names the backend authorizer', (_, reason) => {
    const { response } = backendAuthorizer(allowAll).deny(gatewayRequest(), reason)
    expect(JSON.parse(response.body)).toMatchObject({
      error_msg: 'Incorrect authentication information: backend authorizer',
      error_code: 'APIG.0305',
    })
  })

  test('HW-ERR-01 HW-ERR-02 HW-ERR-03 HW-ERR-05 HW-ERR-06 a denial has exactly the documented headers in order', async () => {
    const { headers } = frontendAuthorizer(allowAll).deny(gatewayRequest(), 'DENIED').response
    expect(headers.map(([name, value]) => `${name}: ${value.replace(/^[\da-f]{32}$/, 'ID')}`)).toEqual([
      'Content-Type: application/json',
      'Server: api-gateway',
      'X-Request-Id: ID',
      'Cache-Control: no-store',
    ])
  })

  test('HW-GWR-10 a specific error type takes precedence over DEFAULT_4XX and DEFAULT_5XX', () => {
    const gatewayResponses = {
      ACCESS_DENIED: { body: '"own"' },
      AUTHORIZER_CONF_FAILURE: { body: '"own"' },
      DEFAULT_4XX: { body: '"4"' },
      DEFAULT_5XX: { body: '"5"' },
    }
    const bodies = (['CONTEXT_MISMATCH', 'BODY_TOO_LARGE', 'AUTHORIZER_ERROR', 'OVERLOADED'] as const).map(
      (reason) => bodyOf({ gatewayResponses }, reason).body,
    )
    expect(bodies).toEqual(['"own"', '"4"', '"own"', '"5"'])
  })

  test('HW-RSP-10 the frontend context is available in the denial of a later guard', async () => {
    const gatewayResponses = { ACCESS_DENIED: { body: '"$context.authorizer.frontend.role"' } }
    const authorizer = frontendAuthorizer(async () => functionResult('allow', { role: 'user' }), { gatewayResponses })
    const request = gatewayRequest()
    const outcome = await authorizer.evaluate(request)
    if (!outcome.allowed) throw new Error('the request was denied')
    expect(authorizer.deny(request, 'CONTEXT_MISMATCH', outcome.authorizer).response.body).toBe('"user"')
  })

  test('HW-GWR-05 variables in headers are not JSON-escaped', async () => {
    const headers = [{ key: 'X-Uri', value: '$context.reqUri' }]
    const gatewayResponses = { AUTHORIZER_FAILURE: { headers } }
    const denied = frontendAuthorizer(allowAll, { gatewayResponses }).deny(gatewayRequest('GET /a?b="\\'), 'DENIED')
    expect(denied.response.headers).toContainEqual(['X-Uri', '/a?b="\\'])
  })

  test('HW-GWR-09 $context.sourceIp is empty if the address is unknown', () => {
    const gatewayResponses = { AUTHORIZER_FAILURE: { body: '"$context.sourceIp"' } }
    const { response } = frontendAuthorizer(allowAll, { gatewayResponses }).deny(
      gatewayRequest('GET /', { peer: undefined }),
      'DENIED',
    )
    expect(response.body).toBe('""')
  })

  test.each([
    ['inside a sentence', '"code $context.error.code."', '"code APIG.0305."'],
    ['next to another variable', '"$context.error.code$context.stage"', '"APIG.0305RELEASE"'],
    ['in the name of a member', '{"$context.error.code":1}', '{"APIG.0305":1}'],
    ['as text if its name is unknown', '"$context and $contextual"', '"$context and $contextual"'],
  ])('HW-GWR-05 a variable is rendered %s', (_, body, expected) => {
    expect(bodyOf({ gatewayResponses: { AUTHORIZER_FAILURE: { body } } }, 'DENIED').body).toBe(expected)
  })
})
