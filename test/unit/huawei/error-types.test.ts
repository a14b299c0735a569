/** Which error type, status and code each refusal has, and which customized answer serves it (section 6.3). */
import type { DenialReason } from '@custom-authorizer/core'
import { describe, expect, test } from 'vitest'
import { gatewayRequest } from '../../support/request.ts'
import { back, front, saying } from './authorizers.ts'

const yes = async (): Promise<object> => saying('allow')
const INCORRECT = 'Incorrect authentication information: frontend authorizer'
const INTERNAL = 'Internal server error'

/** Reason, error type, status, code, message; reasons that a guard, or the front end of a gateway, refuses with. */
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
  front(yes, options).deny(gatewayRequest(), reason).response

describe('an error type', () => {
  test.each(ROWS)('%s %s: %s, status %d, code %s', (_, reason, type, status, code, message) => {
    const { status: answered, body } = bodyOf({}, reason)
    expect(answered).toBe(status)
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
  ] as const)('%s %s of a backend authorizer says so', (_, reason) => {
    const { response } = back(yes).deny(gatewayRequest(), reason)
    expect(JSON.parse(response.body)).toMatchObject({
      error_msg: 'Incorrect authentication information: backend authorizer',
      error_code: 'APIG.0305',
    })
  })

  test('HW-ERR-01 HW-ERR-02 HW-ERR-03 HW-ERR-05 HW-ERR-06 headers in order, and no others', async () => {
    const { headers } = front(yes).deny(gatewayRequest(), 'DENIED').response
    expect(headers.map(([name, value]) => `${name}: ${value.replace(/^[\da-f]{32}$/, 'ID')}`)).toEqual([
      'Content-Type: application/json',
      'Server: api-gateway',
      'X-Request-Id: ID',
      'Cache-Control: no-store',
    ])
  })

  test('HW-GWR-10 a type of its own goes before DEFAULT_4XX and DEFAULT_5XX', () => {
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

  test('HW-RSP-10 what the frontend authorizer said is there for guards that refuse after it', async () => {
    const gatewayResponses = { ACCESS_DENIED: { body: '"$context.authorizer.frontend.role"' } }
    const authorizer = front(async () => saying('allow', { role: 'user' }), { gatewayResponses })
    const request = gatewayRequest()
    const outcome = await authorizer.evaluate(request)
    if (!outcome.allowed) throw new Error('it was refused')
    expect(authorizer.deny(request, 'CONTEXT_MISMATCH', outcome.authorizer).response.body).toBe('"user"')
  })

  test('HW-GWR-05 variables in headers are not escaped as in JSON', async () => {
    const headers = [{ key: 'X-Uri', value: '$context.reqUri' }]
    const gatewayResponses = { AUTHORIZER_FAILURE: { headers } }
    const denied = front(yes, { gatewayResponses }).deny(gatewayRequest('GET /a?b="\\'), 'DENIED')
    expect(denied.response.headers).toContainEqual(['X-Uri', '/a?b="\\'])
  })

  test('HW-GWR-09 without an address $context.sourceIp is empty', () => {
    const gatewayResponses = { AUTHORIZER_FAILURE: { body: '"$context.sourceIp"' } }
    const { response } = front(yes, { gatewayResponses }).deny(gatewayRequest('GET /', { peer: undefined }), 'DENIED')
    expect(response.body).toBe('""')
  })

  test.each([
    ['a sentence', '"code $context.error.code."', '"code APIG.0305."'],
    ['next to another', '"$context.error.code$context.stage"', '"APIG.0305RELEASE"'],
    ['in the name of a member', '{"$context.error.code":1}', '{"APIG.0305":1}'],
    ['no variable', '"$context and $contextual"', '"$context and $contextual"'],
  ])('HW-GWR-05 a variable in %s', (_, body, expected) => {
    expect(bodyOf({ gatewayResponses: { AUTHORIZER_FAILURE: { body } } }, 'DENIED').body).toBe(expected)
  })
})
