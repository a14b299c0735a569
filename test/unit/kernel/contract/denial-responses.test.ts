/** Every contract defines a response for every denial reason, so that none falls back to 500. */
import { type Contract, type DenialReason, native } from '@custom-authorizer/core'
import { DENIALS, GATEWAY_RESPONSES } from '@custom-authorizer/core/contract'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { fakeClock } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { gatewayRequest } from '../../../support/request.ts'

const clock = fakeClock()
const request = gatewayRequest('GET /pets')
const respond = (contract: unknown, reason: DenialReason, type = DENIALS[reason].type) =>
  (contract as Contract).respond({ reason, type, request, clock })

const TYPES = Object.keys(GATEWAY_RESPONSES) as (keyof typeof GATEWAY_RESPONSES)[]
const REASONS = Object.keys(DENIALS) as DenialReason[]

const STATUSES = {
  UNAUTHORIZED: 401,
  ACCESS_DENIED: 403,
  AUTHORIZER_CONFIGURATION_ERROR: 500,
  AUTHORIZER_FAILURE: 500,
  INVALID_API_KEY: 403,
  THROTTLED: 429,
  QUOTA_EXCEEDED: 429,
  MISSING_AUTHENTICATION_TOKEN: 404,
  BAD_REQUEST: 400,
  URI_TOO_LONG: 414,
  REQUEST_TOO_LARGE: 413,
  REQUEST_TIMEOUT: 408,
  OVERLOADED: 503,
} as const

describe.each([
  ['aws.webSocket', aws.webSocket()],
  ['aws.token', aws.token()],
  ['aws.request', aws.request({ identitySource: 'method.request.header.Authorization' })],
  ['aws.httpApi', aws.httpApi()],
  ['native', native()],
])('%s', (name, contract) => {
  const statusOf = (type: keyof typeof STATUSES): number =>
    type === 'MISSING_AUTHENTICATION_TOKEN' && /^aws\.(?:token|request)$/.test(name) ? 403 : STATUSES[type]

  test.each(TYPES)('SEC-100 the gateway response %s has its own status', (type) => {
    expect(respond(contract, 'DENIED', type).status).toBe(statusOf(type))
  })

  test.each(REASONS)('SEC-100 a denial with the reason %s has the status of its gateway response', (reason) => {
    expect(respond(contract, reason).status).toBe(statusOf(DENIALS[reason].type))
  })
})

describe.each([
  ['huawei.frontend', huawei.frontend()],
  ['huawei.backend', huawei.backend()],
])('%s', (_, contract) => {
  const own = { INVALID_API_KEY: 401, QUOTA_EXCEEDED: 405 } as const
  test.each(TYPES)('HW-ERR-01 the gateway response %s has its own status', (type) => {
    const expected = type in own ? own[type as keyof typeof own] : STATUSES[type]
    expect(respond(contract, 'IMPLICIT_DENY', type).status).toBe(expected)
  })
})

test.each([
  ['URI_TOO_LONG', '414 {"message":"Request URI too long"}'],
  ['REQUEST_TOO_LARGE', '413 {"message":"Request Too Long"}'],
  ['THROTTLED', '429 {"message":"Too Many Requests"}'],
  ['QUOTA_EXCEEDED', '429 {"message":"Limit Exceeded"}'],
  ['INVALID_API_KEY', '403 {"message":"Forbidden"}'],
] as const)('AWS-WS-09 a handshake rejected with %s has the body of a REST API', (type, expected) => {
  const { status, body } = respond(aws.webSocket(), 'DENIED', type)
  expect(`${status} ${body}`).toBe(expected)
})
