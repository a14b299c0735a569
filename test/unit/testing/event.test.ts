/** `eventFor`: the event of every contract is the one that a guard passes to the function. */
import { type AnyFunction, type Contract, createAuthorizer, native } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { GatewayRequest } from '@custom-authorizer/core/contract'
import * as huawei from '@custom-authorizer/core/huawei'
import { eventFor, fakeClock, testRequest, type TestRequestInit } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { plainContract } from '../../support/contract.ts'

const init: TestRequestInit = {
  method: 'POST',
  path: '/pets/7?color=red',
  headers: { authorization: 'Bearer x', 'content-type': 'application/json' },
  sourceIp: '192.0.2.7',
  body: '{"a":1}',
  route: '/pets/{petId}',
}

const CONTRACTS: readonly (readonly [name: string, contract: Contract, members: object])[] = [
  ['aws.token', aws.token(), { type: 'TOKEN', authorizationToken: 'Bearer x' }],
  [
    'aws.request',
    aws.request({ identitySource: 'method.request.header.Authorization' }),
    { type: 'REQUEST', httpMethod: 'POST', resource: '/pets/{petId}', pathParameters: { petId: '7' } },
  ],
  ['aws.httpApi 1.0', aws.httpApi({ authorizerPayloadFormatVersion: '1.0' }), { version: '1.0', httpMethod: 'POST' }],
  [
    'aws.httpApi 2.0',
    aws.httpApi({ identitySource: '$request.header.Authorization' }),
    { version: '2.0', rawPath: '/pets/7', rawQueryString: 'color=red', identitySource: ['Bearer x'] },
  ],
  ['aws.webSocket', aws.webSocket(), { type: 'REQUEST', requestContext: { eventType: 'CONNECT' } }],
  [
    'huawei.frontend',
    huawei.frontend({ needBody: true, isSendFgBodyBase64: false, userData: 'tenant' }),
    { body: '{"a":1}', user_data: 'tenant', queryStringParameters: { color: 'red' } },
  ],
  ['huawei.backend', huawei.backend({ userData: 'tenant' }), { user_data: 'tenant' }],
]

/** The event that a function receives from an authorizer. */
const received = async (contract: Contract): Promise<unknown> => {
  const events: unknown[] = []
  const authorize: AnyFunction = async (event: unknown) => void events.push(event)
  await createAuthorizer({ authorize, contract, logger: null, clock: fakeClock() }).evaluate(testRequest(init))
  return events[0]
}

/** Generated IDs differ from event to event. */
const withoutIds = (event: unknown): unknown =>
  JSON.parse(
    JSON.stringify(event, (name, value: unknown) =>
      /id$/i.test(name) || /trace|request-id/i.test(name) ? 'generated' : value,
    ),
  )

describe('eventFor', () => {
  test.each(CONTRACTS)('the event of %s is the one that the function receives', async (_, contract, members) => {
    const event: unknown = await eventFor(contract, init, { clock: fakeClock() })
    expect(event).toMatchObject(members)
    expect(withoutIds(event)).toEqual(withoutIds(await received(contract)))
  })

  test('the event of a native function is the request itself', async () => {
    const request = testRequest(init)
    const event = await eventFor(native({ maxBodyBytes: 100 }), request)
    expect(event).toBe(request)
    expect(await eventFor(native())).toBeInstanceOf(GatewayRequest)
  })

  test('a contract with prepare receives what it has prepared', async () => {
    const contract = plainContract({
      prepare: ([credential]) => ({ pool: 'keys', wait: async () => `prepared for ${credential}` }),
      toEvent: (_, { prepared }) => prepared,
    })
    expect(await eventFor(contract, init)).toBe('prepared for Bearer x')
  })

  test('the clock sets the time of the request', async () => {
    const clock = fakeClock(Date.UTC(2031, 4, 6))
    const event = await eventFor(aws.httpApi(), {}, { clock })
    expect(event.requestContext.timeEpoch).toBe(Date.UTC(2031, 4, 6))
  })

  test('SEC-101 missing identity sources are named, and present ones show no value', async () => {
    const contract = aws.request({
      identitySource: ['method.request.header.Authorization', 'method.request.querystring.tenant'],
    })
    const error = await eventFor(contract, { headers: { authorization: 'credential' } }).catch(String)
    expect(error).toBe(
      'Error: eventFor: aws.request does not call the function: IDENTITY_SOURCE_MISSING; querystring tenant: missing',
    )
  })

  test.each<[name: string, request: TestRequestInit, reason: string]>([
    [
      'a repeated credential',
      { headers: { authorization: ['a', 'b'] } },
      'IDENTITY_SOURCE_REPEATED; header Authorization: repeated',
    ],
    [
      'a token that does not match',
      { headers: { authorization: 'other' } },
      'IDENTITY_VALIDATION_FAILED; header Authorization: mismatched',
    ],
    [
      'an ambiguous target',
      { path: '/a//b', headers: { authorization: 'Bearer x' } },
      'MALFORMED_REQUEST; EMPTY_SEGMENT',
    ],
  ])('%s is an error with the reason', async (_, request, reason) => {
    const contract = aws.token({ identityValidationExpression: '^Bearer .*$' })
    await expect(eventFor(contract, request)).rejects.toThrow(reason)
  })

  test('a body that is too large is an error with the reason', async () => {
    await expect(eventFor(native({ maxBodyBytes: 2 }), init)).rejects.toThrow('BODY_TOO_LARGE')
  })
})
