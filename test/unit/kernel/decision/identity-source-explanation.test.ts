/** The explanation of a 401 names the identity source that caused it, never its value. */
import { createAuthorizer, type Decision, type Explanation } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { gatewayRequest } from '../../../support/request.ts'

type Headers = readonly (readonly [string, string])[]
const authorize = (async () => undefined) as never
const Authorization = (value: string): readonly [string, string] => ['Authorization', value]

const explanationOf = async (contract: unknown, line: string, headers: Headers): Promise<Explanation> => {
  const decisions: Decision[] = []
  const authorizer = createAuthorizer({
    authorize,
    contract: contract as never,
    logger: null,
    onDecision: (decision) => decisions.push(decision),
  })
  await authorizer.evaluate(gatewayRequest(line, { headers: headers as [string, string][] }))
  expect(decisions[0]?.status).toBe(401)
  return decisions[0]?.explain() as Explanation
}

const token = aws.token({ identityValidationExpression: '^Bearer .+$' })
const source = 'method.request.header.Authorization, method.request.querystring.tenant'
const request = aws.request({ identitySource: source })
const frontend = huawei.frontend({
  identities: [
    { location: 'HEADER', name: 'Authorization' },
    { location: 'HEADER', name: 'X-A', validation: 'a+' },
    { location: 'QUERY', name: 'key', validation: 'b+' },
  ],
})
const long = 'hunter2'.repeat(2000)

test.each<[string, unknown, string, Headers, readonly string[], RegExp]>([
  ['missing', token, 'GET /', [], ['missing'], /; header Authorization is missing or empty$/],
  ['empty', token, 'GET /', [Authorization('')], ['missing'], /; header Authorization is missing or empty$/],
  ['too long', token, 'GET /', [Authorization(long)], ['tooLong'], /; header Authorization is too long$/],
  [
    'repeated',
    token,
    'GET /',
    [Authorization('hunter2'), Authorization('hunter2')],
    ['repeated'],
    /; header Authorization was sent more than once$/,
  ],
  [
    'mismatched',
    token,
    'GET /',
    [Authorization('hunter2')],
    ['mismatched'],
    /; header Authorization does not match its validation expression$/,
  ],
  [
    'missing, as one of several',
    request,
    'GET /',
    [Authorization('hunter2')],
    ['present', 'missing'],
    /; querystring tenant is missing or empty$/,
  ],
  [
    'repeated, as one of several',
    request,
    'GET /?tenant=hunter2&tenant=b',
    [Authorization('hunter2')],
    ['present', 'repeated'],
    /; querystring tenant was sent more than once$/,
  ],
  [
    'not text',
    request,
    'GET /?tenant=hunter2%00',
    [Authorization('hunter2')],
    ['present', 'notText'],
    /; querystring tenant is not text$/,
  ],
  [
    'mismatched, as one of several',
    frontend,
    'GET /?key=hunter2',
    [Authorization('hunter2'), ['X-A', 'a']],
    ['present', 'present', 'mismatched'],
    /; querystring key does not match its validation expression$/,
  ],
  [
    'mismatched, as two of several',
    frontend,
    'GET /?key=hunter2',
    [Authorization('hunter2'), ['X-A', 'hunter2']],
    ['present', 'mismatched', 'mismatched'],
    /; header X-A does not match .*; querystring key does not match /,
  ],
])(
  'AWS-REST-06 SEC-57 the identity source that is %s is named without its value',
  async (_, contract, line, headers, states, summary) => {
    const explanation = await explanationOf(contract, line, headers)
    expect(explanation.identitySources.map(({ state }) => state)).toEqual(states)
    expect(explanation.summary).toMatch(summary)
    expect(inspect(explanation, { depth: 9 })).not.toContain('hunter2')
  },
)

test('SEC-95 the identity source that exceeds the total length is named', async () => {
  const contract = aws.request({ identitySource: ['a', 'b', 'c'].map((name) => `method.request.header.${name}`) })
  const headers = ['a', 'b', 'c'].map((name) => [name, 'x'.repeat(8000)] as const)
  const { identitySources, summary } = await explanationOf(contract, 'GET /', headers)
  expect(identitySources.map(({ state }) => state)).toEqual(['present', 'present', 'tooLong'])
  expect(summary).toMatch(/; header c is too long$/)
})

test('SEC-24 a repeated Authorization header is named even if it is not an identity source', async () => {
  const contract = aws.request({ identitySource: 'method.request.header.X-Key' })
  const headers: Headers = [['X-Key', 'k'], Authorization('hunter2'), Authorization('hunter2')]
  const { identitySources, summary } = await explanationOf(contract, 'GET /', headers)
  expect(identitySources).toEqual([
    { location: 'header', name: 'X-Key', state: 'present' },
    { location: 'header', name: 'Authorization', state: 'repeated' },
  ])
  expect(summary).toMatch(/; header Authorization was sent more than once$/)
})
