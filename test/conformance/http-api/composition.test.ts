/** HTTP API authorizers put together: what the code behind reads as `requestContext.authorizer` (AWS-CTX-20 to 22). */
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

const says = (context: object | undefined, options: aws.HttpApiOptions = {}): Authorizer => {
  const Statement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }
  const answer = { isAuthorized: true, principalId: 'u', policyDocument: { Version: '2012-10-17', Statement }, context }
  const contract = aws.httpApi(options as never)
  return createAuthorizer({ authorize: async () => answer, contract: contract as Contract, logger: null })
}
const SIMPLE: aws.HttpApiOptions = { enableSimpleResponses: true }
const V1: aws.HttpApiOptions = { authorizerPayloadFormatVersion: '1.0' }
const no = (): Authorizer => says({ never: true }, { ...SIMPLE, identitySource: '$request.header.X-None' })

type Row = readonly [rule: string, title: string, authorizer: () => Authorizer, behind: object]
const ROWS: readonly Row[] = [
  [
    'AWS-CTX-20',
    'two members with simple responses',
    () => allOf(says({ a: 1 }, SIMPLE), says({ b: [2] }, SIMPLE)),
    { lambda: { a: 1, b: [2] } },
  ],
  ['AWS-CTX-20', 'two members with policies', () => allOf(says({ a: 1 }), says({ b: 2 })), { lambda: { a: 1, b: 2 } }],
  [
    'AWS-CTX-20 AWS-CTX-21',
    'a member with context before one without',
    () => allOf(says({ a: 1 }, SIMPLE), says(undefined, SIMPLE)),
    { lambda: { a: 1 } },
  ],
  ['AWS-CTX-21', 'two members without context', () => allOf(says(undefined), says(undefined)), { lambda: null }],
  [
    'AWS-CTX-22',
    'two members of format 1.0',
    () => allOf(says({ a: 1 }, V1), says({ b: 2 }, V1)),
    { a: 1, b: 2, principalId: 'u' },
  ],
  ['AWS-CTX-20', 'the first of two alternatives', () => anyOf(says({ a: 1 }), says({ b: 2 })), { lambda: { a: 1 } }],
  ['AWS-CTX-20', 'the second of two alternatives', () => anyOf(no(), says({ b: 2 })), { lambda: { b: 2 } }],
  ['AWS-CTX-20', 'the member that knows the caller', () => firstOf(no(), says({ b: 2 })), { lambda: { b: 2 } }],
  ['AWS-CTX-20', 'an optional member that is there', () => optional(says({ a: 1 })), { lambda: { a: 1 } }],
]

describeAdapters('HTTP API authorizers together', (adapter) => {
  test.each(ROWS)('%s %s', async (_, _title, authorizer, behind) => {
    const guard = adapter.customAuthorizer(authorizer() as never)
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
    const answer = await service.ask({})
    expect(answer.status, answer.body).toBe(200)
    const { authorizer: said } = JSON.parse(answer.body) as { authorizer: { requestContext: { authorizer: object } } }
    expect(said.requestContext.authorizer).toEqual(behind)
  })
})
