/** `decision.requestId`: the ID in the response of a denial, so that the denial can be found in the log. */
import {
  type AnyFunction,
  type Authorizer,
  type ContextValues,
  type Contract,
  createAuthorizer,
  type Decision,
  deny,
  formatDecision,
  native,
  type NativeAnswer,
} from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { jsonResponse } from '@custom-authorizer/core/contract'
import * as huawei from '@custom-authorizer/core/huawei'
import { awsJwtAuthorizer } from '@custom-authorizer/jwt'
import { beforeEach, describe, expect, test } from 'vitest'
import { plainContract } from '../../../support/contract.ts'
import { expectOptionError } from '../../../support/option-error.ts'
import { denied, responseHeader } from '../../../support/outcome.ts'
import { gatewayRequest } from '../../../support/request.ts'

const CHOSEN = 'chosen-by-the-client'
/** A request without a credential whose client sends IDs of its own. */
const anonymous = gatewayRequest('GET /pets', {
  headers: { 'X-Request-Id': CHOSEN, 'x-amzn-RequestId': CHOSEN, 'apigw-requestid': CHOSEN },
})

let decisions: Decision[]
const onDecision = (decision: Decision): unknown => decisions.push(decision)
beforeEach(() => {
  decisions = []
})

const authorizerOf = (contract: Contract, authorize: AnyFunction = () => false): Pick<Authorizer, 'evaluate'> =>
  createAuthorizer<AnyFunction, AnyFunction, ContextValues>({ authorize, contract, logger: null, onDecision })

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/
const EXTENDED = /^[\w+/-]{15}=$/
const jwtConfiguration = { issuer: 'https://login.example.com', audience: ['pets'] }
const mapsId = { responseParameters: { 'gatewayresponse.header.X-Trace': 'method.request.header.X-Request-Id' } }

describe('SEC-101 the decision has the ID that the client was sent, never one that it chose', () => {
  test.each([
    ['aws.token', 'x-amzn-requestid', UUID, authorizerOf(aws.token())],
    [
      'aws.token with a customized response',
      'x-amzn-requestid',
      UUID,
      authorizerOf(aws.token({ gatewayResponses: { DEFAULT_4XX: mapsId } })),
    ],
    [
      'aws.request',
      'x-amzn-requestid',
      UUID,
      authorizerOf(aws.request({ identitySource: 'method.request.header.Authorization' })),
    ],
    [
      'aws.httpApi',
      'apigw-requestid',
      EXTENDED,
      authorizerOf(aws.httpApi({ identitySource: '$request.header.Authorization' })),
    ],
    [
      'aws.httpApi with simple responses',
      'apigw-requestid',
      EXTENDED,
      authorizerOf(aws.httpApi({ identitySource: '$request.header.Authorization', enableSimpleResponses: true })),
    ],
    [
      'huawei.frontend',
      'x-request-id',
      /^[\da-f]{32}$/,
      authorizerOf(huawei.frontend({ identities: [{ location: 'HEADER', name: 'Authorization' }] })),
    ],
    ['awsJwtAuthorizer', 'apigw-requestid', EXTENDED, awsJwtAuthorizer({ jwtConfiguration, onDecision, logger: null })],
  ] as const)('with %s', async (_, header, form, authorizer) => {
    const denial = denied(await authorizer.evaluate(anonymous))
    const [decision] = decisions
    expect(decision?.requestId).toMatch(form)
    expect(decision?.requestId).toBe(responseHeader(denial, header))
    expect(formatDecision(decision as Decision).endsWith(`; request ID ${decision?.requestId}`)).toBe(true)
  })

  test('a customized response cannot replace the header', () => {
    const headers = [{ key: 'X-REQUEST-ID', value: CHOSEN }]
    const authorizer = authorizerOf(
      aws.token({
        gatewayResponses: {
          UNAUTHORIZED: {
            responseParameters: {
              'gatewayresponse.header.X-AMZN-REQUESTID': 'method.request.header.X-Request-Id',
            },
          },
        },
      }),
    )
    void authorizer.evaluate(anonymous)
    expect(decisions[0]?.requestId).toMatch(UUID)
    expect(() => huawei.frontend({ gatewayResponses: { DEFAULT_4XX: { headers } } })).toThrow(/gatewayResponses/)
  })
})

const withoutId: readonly (readonly [title: string, contract: Contract, authorize: AnyFunction])[] = [
  ['an allowed request', native(), (): boolean => true],
  ['a response that the function chose', native(), (): NativeAnswer => deny({ headers: { 'X-Request-Id': CHOSEN } })],
  [
    'a WebSocket API, which sends none',
    aws.webSocket({ identitySource: 'route.request.header.Authorization' }),
    () => false,
  ],
  ['a contract whose response has none', plainContract({ requestIdHeader: 'X-Id' }), (): boolean => false],
]
test.each(withoutId)('SEC-101 the decision on %s has no ID', async (_, contract, authorize) => {
  await authorizerOf(contract, authorize).evaluate(anonymous)
  expect(decisions).toHaveLength(1)
  expect(decisions[0]).not.toHaveProperty('requestId')
})

test('SEC-101 the ID of a custom contract is found in any letter case and cannot forge a log line', () => {
  const contract = plainContract({
    requestIdHeader: 'X-Id',
    respond: () => jsonResponse(401, '{}', [['x-iD', 'a b\u00e9']]),
  })
  void authorizerOf(contract).evaluate(anonymous)
  expect(decisions[0]?.requestId).toBe('a\\u0020b\\u00e9')
})

test.each([['X Id'], [''], [1]])('SEC-105 the header name %j is rejected', (requestIdHeader) => {
  expectOptionError(
    () => authorizerOf(plainContract({ requestIdHeader: requestIdHeader as string })),
    'createAuthorizer.contract',
    '',
    'a contract whose requestIdHeader is the name of a header',
  )
})
