/** The explanation of each statement of a policy (AWS-POL-03). */
import { createAuthorizer, type Explanation, type Routing } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { EXACT, gatewayRequest, LOOSE } from '../../../support/request.ts'
import { withToken } from '../../../support/with-token.ts'
import { API, ARN, statement } from './decide.ts'

const explain = (statements: readonly unknown[], context: Readonly<Record<string, string>> = {}): unknown =>
  aws.evaluatePolicy({ Version: '2012-10-17', Statement: statements } as aws.PolicyDocument, { resource: ARN, context })

/** A resource that differs in the path; the pattern is shown up to the path only. */
const toys = {
  differs: 'path',
  pattern: `${API}/prod/GET/…`,
  text: `${ARN}\n${API}/prod/GET/…\n${' '.repeat(`${API}/prod/GET/`.length)}^ path`,
}

const AGENT = { 'aws:UserAgent': 'blue' }

test('AWS-POL-03 the explanation names the first part that failed and the condition key, but no values and no path', () => {
  const statements = [
    statement({ Sid: 'action', Action: 's3:*' }),
    statement({ Sid: 'resource', Resource: `${API}/prod/GET/toys` }),
    statement({ Condition: { StringEquals: AGENT } }),
    statement({ Condition: { StringEquals: AGENT, Bool: { 'aws:SecureTransport': 'true' } } }),
    statement({ Effect: 'Deny', Action: 's3:*', Resource: `${API}/prod/GET/toys`, Condition: { StringEquals: AGENT } }),
  ]
  expect(explain(statements, { 'aws:useragent': 'blue' })).toEqual({
    decision: 'Allowed',
    methodArn: ARN,
    statements: [
      { index: 0, sid: 'action', effect: 'Allow', matched: false, failed: 'action' },
      { index: 1, sid: 'resource', effect: 'Allow', matched: false, failed: 'resource', resource: toys },
      { index: 2, effect: 'Allow', matched: true },
      { index: 3, effect: 'Allow', matched: false, failed: 'condition', condition: 'Bool aws:SecureTransport' },
      { index: 4, effect: 'Deny', matched: false, failed: 'action' },
    ],
  })
  expect(explain([statements[2]])).toEqual({
    decision: 'ImplicitlyDenied',
    methodArn: ARN,
    statements: [
      { index: 0, effect: 'Allow', matched: false, failed: 'condition', condition: 'StringEquals aws:UserAgent' },
    ],
  })
})

test('AWS-POL-03 the explanation reports a match of NotResource or NotAction as a failure', () => {
  expect(
    explain([
      statement({ NotResource: `${API}/prod/GET/pets/*` }),
      statement({ NotResource: `${API}/prod/GET/toys` }),
      statement({ NotAction: 'execute-api:Invoke' }),
      statement({ Effect: 'Deny', NotAction: 's3:*', NotResource: `${API}/prod/GET/pets/7` }),
    ]),
  ).toEqual({
    decision: 'Allowed',
    methodArn: ARN,
    statements: [
      { index: 0, effect: 'Allow', matched: false, failed: 'resource' },
      { index: 1, effect: 'Allow', matched: true },
      { index: 2, effect: 'Allow', matched: false, failed: 'action' },
      { index: 3, effect: 'Deny', matched: false, failed: 'resource' },
    ],
  })
})

test('AWS-POL-03 a statement matches if one of several resources matches', () => {
  const statements = [statement({ Resource: [`${API}/prod/GET/toys`, `${API}/prod/GET/pets/*`] })]
  expect(explain(statements)).toEqual({
    decision: 'Allowed',
    methodArn: ARN,
    statements: [{ index: 0, effect: 'Allow', matched: true }],
  })
})

test.each([
  ['iam', 'GET /a/b/x', true],
  ['strict', 'GET /a/b/x', false],
  ['strict', 'GET /a/x', true],
] as const)(
  'SEC-46 AWS-POL-03 the explanation follows segmentWildcards: %s for %s, matched: %s',
  async (reach, line, matched) => {
    const explanations: Explanation[] = []
    const Resource = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/GET/*/x'
    const policyDocument = { Statement: statement({ Resource }) } as never
    const authorizer = createAuthorizer({
      authorize: async () => ({ principalId: 'ann', policyDocument }),
      contract: aws.token({ segmentWildcards: reach }),
      logger: null,
      onDecision: (decision) => explanations.push(decision.explain()),
    })
    expect((await authorizer.evaluate(withToken('t', line))).allowed).toBe(matched)
    expect(explanations[0]?.policy?.statements).toMatchObject([{ index: 0, matched }])
  },
)

/** Whether each statement of a policy matched, as explained for a request. */
const matchedIn = async (
  statements: readonly object[],
  line: string,
  routing: Routing = EXACT,
): Promise<readonly boolean[] | undefined> => {
  const explanations: Explanation[] = []
  const authorizer = createAuthorizer({
    authorize: async () => ({ principalId: 'ann', policyDocument: { Statement: statements } as never }),
    contract: aws.token({ api: { apiId: 'abcdef123', stage: 'prod' } }),
    logger: null,
    onDecision: (decision) => explanations.push(decision.explain()),
  })
  await authorizer.evaluate(gatewayRequest(line, { headers: { Authorization: 't' }, routing }))
  return explanations[0]?.policy?.statements.map(({ matched }) => matched)
}

test.each<[path: string, line: string, allows: boolean, denies: boolean]>([
  ['a/*', 'GET /a/b', true, true],
  ['a/*', 'GET /a%2Fb', false, true],
  ['a%2Fb', 'GET /a%2Fb', true, true],
  ['a%2Fb', 'GET /a/b', false, true],
  ['a%2F*', 'GET /a%2Fb/c', true, true],
  ['c/*', 'GET /a%2Fb', false, false],
  ['c%2Fd', 'GET /a/b', false, false],
  ['?????', 'GET /a%2Fb', false, true],
])(
  'SEC-06 AWS-POL-03 with an encoded slash, an Allow and a Deny of %s match %s: %s, %s',
  async (path, line, ...expected) => {
    const Resource = `${API}/prod/GET/${path}`
    const statements = [statement({ Resource }), statement({ Effect: 'Deny', Resource })]
    expect(await matchedIn(statements, line)).toEqual(expected)
  },
)

test('SEC-11 AWS-POL-03 a Deny matches if one spelling of a path does, an Allow if all do', async () => {
  const Resource = `${API}/prod/GET/pets`
  const statements = [statement({ Resource }), statement({ Effect: 'Deny', Resource })]
  expect(await matchedIn(statements, 'GET /pets')).toEqual([true, true])
  expect(await matchedIn(statements, 'GET /Pets', LOOSE)).toEqual([false, true])
  expect(await matchedIn(statements, 'GET /p%65ts')).toEqual([false, true])
})

test('SEC-06 AWS-POL-03 in a resource that is given as an ARN, an encoded slash is data', () => {
  const resource = `${API}/prod/GET/a%2Fb`
  const Statement = [statement({ Resource: resource }), statement({ Resource: `${API}/prod/GET/a/b` })]
  const { decision, statements } = aws.evaluatePolicy({ Version: '2012-10-17', Statement } as never, { resource })
  expect([decision, ...statements.map(({ matched }) => matched)]).toEqual(['Allowed', true, false])
})
