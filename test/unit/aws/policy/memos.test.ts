/** Shared compiled policies and remembered verdicts: every input of a decision is part of the key. */
import { type Authorizer, createAuthorizer, type GatewayRequest } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { array, assert, asyncProperty, boolean, constantFrom, oneof, record, tuple } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InternedPolicies } from '../../../../packages/core/src/aws/policy/interned-policies.ts'
import { reasonOf } from '../../../support/outcome.ts'
import { EXACT, gatewayRequest, LOOSE, type RequestParts } from '../../../support/request.ts'
import { RULES } from '../../../support/result-rules.ts'
import { scaled } from '../../../support/volume.ts'

const API = { region: 'eu-central-1', accountId: '123456789012', apiId: 'abcdef1234', stage: 'prod' }
const arn = (resource: string): string => `arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/prod/${resource}`

type Statement = aws.PolicyDocument['Statement']
const documentOf = (Statement: Statement): aws.PolicyDocument => ({ Version: '2012-10-17', Statement })
const allowing = (...resources: readonly string[]): Statement => [
  { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resources.map(arn) },
]

type Given = readonly [line: string, parts?: RequestParts]

/** Decides on requests one after the other with one cached policy. */
const decideAll = async (
  statements: Statement,
  requests: readonly Given[],
  authorizer = authorizerFor(statements),
): Promise<readonly string[]> => {
  const reasons: string[] = []
  for (const [line, { headers, ...parts } = {}] of requests) {
    const request = gatewayRequest(line, {
      ...parts,
      headers: { Authorization: 't', ...(headers as Record<string, string>) },
    })
    reasons.push(reasonOf(await authorizer.evaluate(request)))
  }
  return reasons
}

const authorizerFor = (statements: Statement, api: Partial<typeof API> = {}): Authorizer<unknown> =>
  createAuthorizer({
    authorize: (() => Promise.resolve({ principalId: 'alice', policyDocument: documentOf(statements) })) as never,
    contract: aws.token({ api: { ...API, ...api } }),
    maxEntries: 10,
    logger: null,
  })

const twice = <T>(given: readonly T[]): readonly T[] => [...given, ...given, ...given]
const [A, D, X] = ['ALLOWED', 'IMPLICIT_DENY', 'EXPLICIT_DENY']

const inputs: readonly (readonly [string, Statement, readonly Given[], readonly (string | undefined)[]])[] = [
  // Paths of the same length and the same end share a slot, so only the comparison tells them apart.
  ['another path', allowing('GET/aaaa/0123456789ab'), [['GET /aaaa/0123456789ab'], ['GET /bbbb/0123456789ab']], [A, D]],
  ['another method', allowing('GET/pets'), [['GET /pets'], ['PUT /pets']], [A, D]],
  [
    'a router that ignores letter case',
    [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: '*', Resource: arn('GET/Admin') },
    ],
    [
      ['GET /admin', { routing: EXACT }],
      ['GET /admin', { routing: { caseSensitive: false, strict: true } }],
      ['GET /Admin', { routing: EXACT }],
    ],
    [A, X, X],
  ],
  [
    'a router that is strict about the slash',
    allowing('GET/pets'),
    [
      ['GET /pets/', { routing: LOOSE }],
      ['GET /pets/', { routing: { caseSensitive: false, strict: true } }],
    ],
    [A, D],
  ],
  [
    'a router whose mounts ignore the slash',
    [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: '*', Resource: arn('GET/pets/') },
    ],
    [
      ['GET /pets', { routing: EXACT }],
      ['GET /pets', { routing: { ...EXACT, looseMounts: true } }],
    ],
    [A, X],
  ],
  [
    'a spelling that is not canonical',
    allowing('GET/pets~'),
    [
      ['GET /pets~', { routing: EXACT }],
      ['GET /pets%7E', { routing: EXACT }],
    ],
    [A, D],
  ],
  [
    'the target before a rewrite',
    allowing('GET/pets'),
    [['GET /pets'], ['GET /pets', { receivedTarget: '/secret' }]],
    [A, D],
  ],
  [
    'an address in a condition',
    [{ Effect: 'Allow', Action: '*', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.1' } } }],
    [
      ['GET /pets', { peer: '192.0.2.1' }],
      ['GET /pets', { peer: '192.0.2.2' }],
    ],
    [A, D],
  ],
  [
    'an address in a condition of one of two statements',
    [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: '*', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.1' } } },
    ],
    [
      ['GET /pets', { peer: '192.0.2.2' }],
      ['GET /pets', { peer: '192.0.2.1' }],
    ],
    [A, X],
  ],
  [
    'an address in a variable of one of two resources',
    allowing('GET/toys', 'GET/from/${aws:SourceIp}'),
    [
      ['GET /from/192.0.2.1', { peer: '192.0.2.1' }],
      ['GET /from/192.0.2.1', { peer: '192.0.2.2' }],
    ],
    [A, D],
  ],
  [
    'an address in a variable',
    allowing('GET/from/${aws:SourceIp}'),
    [
      ['GET /from/192.0.2.1', { peer: '192.0.2.1' }],
      ['GET /from/192.0.2.1', { peer: '192.0.2.2' }],
    ],
    [A, D],
  ],
]

describe('remembered verdicts', () => {
  test.each(inputs)('INV-5 a request with %s is decided by itself', async (_, statements, requests, expected) => {
    expect(await decideAll(statements, twice(requests))).toEqual(twice(expected))
  })

  test('INV-5 each policy has verdicts of its own, also where they share a slot', async () => {
    const authorizer = createAuthorizer({
      authorize: (async (event: { headers: Record<string, string> }) => {
        const index = Number(event.headers['Authorization'])
        const Effect = index % 2 === 0 ? 'Allow' : 'Deny'
        const policyDocument = documentOf([{ Sid: `s${index}`, Effect, Action: '*', Resource: '*' }])
        return { principalId: 'a', policyDocument }
      }) as never,
      contract: aws.request({ identitySource: 'method.request.header.Authorization', api: API }),
      logger: null,
    })
    const indexes = Array.from({ length: scaled(1000, 400) }, (__, index) => index)
    const requests = indexes.map((index): Given => ['GET /pets', { headers: { Authorization: String(index) } }])
    const expected = indexes.map((index) => (index % 2 === 0 ? A : X))
    expect(await decideAll([], twice(requests), authorizer)).toEqual(twice(expected))
  })

  test('INV-5 two APIs have verdicts of their own', async () => {
    const statements = allowing('GET/pets')
    const authorizers = [authorizerFor(statements), authorizerFor(statements, { stage: 'test' })]
    for (const _ of [1, 2])
      expect(await Promise.all(authorizers.map((each) => decideAll(statements, [['GET /pets']], each)))).toEqual([
        [A],
        [D],
      ])
  })

  test('INV-5 decisions with and without remembered verdicts agree', async () => {
    const segment = constantFrom('pets', 'Pets', 'admin', 'a%2Fb', 'a%252fb', '%7Ea', '*', 'a')
    const path = array(segment, { minLength: 1, maxLength: 3 }).map((segments) => `/${segments.join('/')}`)
    const statement = record({
      Effect: constantFrom('Allow', 'Deny'),
      Action: constantFrom('*', 'execute-api:Invoke'),
      Resource: oneof(
        constantFrom('*', arn('*')),
        tuple(constantFrom('GET', 'HEAD', '*'), path).map(([method, each]) => arn(`${method}${each}`)),
      ),
    })
    const request = record({
      line: tuple(constantFrom('GET', 'HEAD', 'PUT'), path, constantFrom('', '/')).map(
        ([method, each, slash]) => `${method} ${each.replaceAll('*', 'x')}${slash}`,
      ),
      routing: record({ caseSensitive: boolean(), strict: boolean(), decodes: boolean(), looseMounts: boolean() }),
    }).map(({ line, routing }): Given => [line, { routing }])
    await assert(
      asyncProperty(
        array(statement, { minLength: 1, maxLength: 4 }),
        array(request, { minLength: 1, maxLength: 12 }),
        async (statements, requests) => {
          const fresh = await Promise.all(requests.map((each) => decideAll(statements, [each])))
          expect(await decideAll(statements, twice(requests))).toEqual(twice(fresh.flat()))
        },
      ),
      { numRuns: scaled(3000) },
    )
  })
})

const json = (index: number): never =>
  documentOf([{ Sid: `s${index}`, Effect: 'Allow', Action: '*', Resource: '*' }]) as never

const compiledOf = (policies: InternedPolicies, index: number): unknown => {
  const interned = policies.compile(json(index))
  if (typeof interned === 'string') throw new Error(interned)
  return interned.compiled
}

const large = (name: string): never =>
  documentOf([{ Sid: name.repeat(900_000), Effect: 'Allow', Action: '*', Resource: '*' }]) as never

describe('shared compiled policies', () => {
  test('SEC-61 equal documents share one compiled policy, and different ones do not', () => {
    const policies = new InternedPolicies(RULES)
    expect(compiledOf(policies, 1)).toBe(compiledOf(policies, 1))
    expect(compiledOf(policies, 1)).not.toBe(compiledOf(policies, 2))
  })

  test('SEC-61 at most 1000 policies are shared; the least recently used is dropped', () => {
    const policies = new InternedPolicies(RULES)
    const first = compiledOf(policies, 0)
    const second = compiledOf(policies, 1)
    for (let index = 2; index < 1000; index++) compiledOf(policies, index)
    expect(compiledOf(policies, 0)).toBe(first)
    compiledOf(policies, 1000)
    expect([compiledOf(policies, 0) === first, compiledOf(policies, 1) === second]).toEqual([true, false])
  })

  test('SEC-61 the text of the shared policies is limited', () => {
    const policies = new InternedPolicies({ ...RULES, policyBytes: 10_000_000 })
    const [a, b] = ['a', 'b'].map((name) => policies.compile(large(name)))
    expect(policies.compile(large('a'))).toBe(a)
    policies.compile(large('c'))
    expect([policies.compile(large('b')) === b, policies.compile(large('a')) === a]).toEqual([false, false])
    expect(compiledOf(policies, 1)).toBe(compiledOf(policies, 1))
  })

  test('SEC-42 a malformed policy is rejected each time', () => {
    const policies = new InternedPolicies(RULES)
    const malformed = documentOf([{ Effect: 'Maybe', Action: '*', Resource: '*' }]) as never
    expect([policies.compile(malformed), policies.compile(malformed)]).toEqual([
      'policyDocument.Statement[0].Effect is not "Allow" or "Deny"',
      'policyDocument.Statement[0].Effect is not "Allow" or "Deny"',
    ])
  })

  test('SEC-51 two contracts with different limits do not share a policy', async () => {
    const statements = Array.from({ length: 3 }, () => ({ Effect: 'Allow', Action: '*', Resource: '*' }))
    const outcomes = [3, 2].map(async (policyStatements) => {
      const authorizer = createAuthorizer({
        authorize: (() => Promise.resolve({ principalId: 'a', policyDocument: documentOf(statements) })) as never,
        contract: aws.token({ api: API, limits: { policyStatements } }),
        logger: null,
      })
      const request: GatewayRequest = gatewayRequest('GET /pets', { headers: { Authorization: 't' } })
      return reasonOf(await authorizer.evaluate(request))
    })
    expect(await Promise.all(outcomes)).toEqual(['ALLOWED', 'BAD_RESULT'])
  })
})
