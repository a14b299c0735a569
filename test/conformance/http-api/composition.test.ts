/** Combined HTTP API authorizers: the `requestContext.authorizer` of the route handler (AWS-CTX-20 to 22). @module */
import {
  allOf,
  anyOf,
  type Authorizer,
  type Contract,
  createAuthorizer,
  firstOf,
  optional,
} from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'

const allowing = (context: object | undefined, options: aws.HttpApiOptions = {}): Authorizer => {
  const Statement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }
  const result = { isAuthorized: true, principalId: 'u', policyDocument: { Version: '2012-10-17', Statement }, context }
  const contract = aws.httpApi(options as never)
  return createAuthorizer({ authorize: async () => result, contract: contract as Contract, logger: null })
}
const SIMPLE: aws.HttpApiOptions = { enableSimpleResponses: true }
const V1: aws.HttpApiOptions = { authorizerPayloadFormatVersion: '1.0' }
const denying = (): Authorizer => allowing({ unused: true }, { ...SIMPLE, identitySource: '$request.header.X-None' })

type Row = readonly [rule: string, title: string, authorizer: () => Authorizer, expected: object]
const ROWS: readonly Row[] = [
  [
    'AWS-CTX-20',
    'allOf merges the contexts of two simple responses under lambda',
    () => allOf(allowing({ a: 1 }, SIMPLE), allowing({ b: [2] }, SIMPLE)),
    { lambda: { a: 1, b: [2] } },
  ],
  [
    'AWS-CTX-20',
    'allOf merges the contexts of two policies under lambda',
    () => allOf(allowing({ a: 1 }), allowing({ b: 2 })),
    { lambda: { a: 1, b: 2 } },
  ],
  [
    'AWS-CTX-20 AWS-CTX-21',
    'allOf shows the context of the only member that has one',
    () => allOf(allowing({ a: 1 }, SIMPLE), allowing(undefined, SIMPLE)),
    { lambda: { a: 1 } },
  ],
  [
    'AWS-CTX-21',
    'allOf shows null under lambda if no member has a context',
    () => allOf(allowing(undefined), allowing(undefined)),
    { lambda: null },
  ],
  [
    'AWS-CTX-22',
    'allOf merges the contexts of two 1.0 responses at the top level',
    () => allOf(allowing({ a: 1 }, V1), allowing({ b: 2 }, V1)),
    { a: 1, b: 2, principalId: 'u' },
  ],
  [
    'AWS-CTX-20',
    'anyOf shows the context of the first member that allows',
    () => anyOf(allowing({ a: 1 }), allowing({ b: 2 })),
    { lambda: { a: 1 } },
  ],
  [
    'AWS-CTX-20',
    'anyOf shows the context of the second member if the first denies',
    () => anyOf(denying(), allowing({ b: 2 })),
    { lambda: { b: 2 } },
  ],
  [
    'AWS-CTX-20',
    'firstOf shows the context of the first member whose identity source is present',
    () => firstOf(denying(), allowing({ b: 2 })),
    { lambda: { b: 2 } },
  ],
  [
    'AWS-CTX-20',
    'optional shows the context of a member that allows',
    () => optional(allowing({ a: 1 })),
    { lambda: { a: 1 } },
  ],
]

describeAdapters('combined HTTP API authorizers', (adapter) => {
  test.each(ROWS)('%s %s', async (_, _title, authorizer, expected) => {
    const guard = adapter.customAuthorizer(authorizer() as never)
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
    const response = await service.send({})
    expect(response.status, response.body).toBe(200)
    const shown = JSON.parse(response.body) as { authorizer: { requestContext: { authorizer: object } } }
    expect(shown.authorizer.requestContext.authorizer).toEqual(expected)
  })
})
