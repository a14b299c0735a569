/** A verdict of one path is used for others in its directory only if the policy does not distinguish them. */
import type { Contract, GatewayRequest } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { array, assert, boolean, constantFrom, property, record, tuple } from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { CompiledPolicy } from '../../../../packages/core/src/aws/policy/compiled-policy.ts'
import { systemClock } from '../../../../packages/core/src/kernel/util/clock.ts'
import { EXACT, gatewayRequest, LOOSE } from '../../../support/request.ts'
import { scaled } from '../../../support/volume.ts'

const API = { region: 'eu-central-1', accountId: '123456789012', apiId: 'abcdef1234', stage: 'prod' }
const arn = (resource: string): string => `arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/${resource}`

interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Resource: readonly string[]
}

/** Decides with one contract, as an authorizer with a cached result does. */
const decider = (
  statements: readonly Statement[],
  {
    segmentWildcards = 'iam',
    ...api
  }: { readonly segmentWildcards?: 'iam' | 'strict'; readonly basePath?: string } = {},
): ((request: GatewayRequest) => string) => {
  const contract = aws.token({ api: { ...API, ...api }, segmentWildcards }) as unknown as Contract
  const policyDocument = { Version: '2012-10-17', Statement: statements.map((each) => ({ ...each, Action: '*' })) }
  const parsed = contract.parseResult({ status: 'returned', value: { principalId: 'alice', policyDocument } })
  if (!parsed.accepted) throw new Error(parsed.problem)
  return (request) => {
    const verdict = contract.decide(parsed.result, request, systemClock)
    return verdict.allowed ? 'ALLOWED' : verdict.reason
  }
}

const allow = (...resources: readonly string[]): Statement => ({ Effect: 'Allow', Resource: resources.map(arn) })
const deny = (...resources: readonly string[]): Statement => ({ Effect: 'Deny', Resource: resources.map(arn) })
const everything = allow('prod/*')

describe('directories', () => {
  test('a policy is evaluated once or twice for the paths of a directory that it does not distinguish', () => {
    const decide = decider([everything, deny('*/GET/admin/*', 'prod/DELETE/*')])
    const evaluate = vi.spyOn(CompiledPolicy.prototype, 'evaluate')
    for (let id = 0; id < 100; id++) {
      expect(decide(gatewayRequest(`GET /pets/${id}`))).toBe('ALLOWED')
      expect(decide(gatewayRequest(`GET /admin/${id}`))).toBe('EXPLICIT_DENY')
    }
    expect(evaluate.mock.calls.length).toBeLessThan(8)
    evaluate.mockRestore()
  })

  test.each<[what: string, statements: readonly Statement[], lines: readonly string[], reasons: readonly string[]]>([
    [
      'one path of it',
      [everything, deny('prod/GET/pets/7')],
      ['GET /pets/1', 'GET /pets/7'],
      ['ALLOWED', 'EXPLICIT_DENY'],
    ],
    [
      'a beginning',
      [everything, deny('prod/GET/pets/7*')],
      ['GET /pets/1', 'GET /pets/77'],
      ['ALLOWED', 'EXPLICIT_DENY'],
    ],
    ['an end', [everything, deny('prod/GET/*/edit')], ['GET /pets/1', 'GET /pets/edit'], ['ALLOWED', 'EXPLICIT_DENY']],
    ['any part', [everything, deny('*dmi*')], ['GET /pets/1', 'GET /pets/admin'], ['ALLOWED', 'EXPLICIT_DENY']],
    [
      'one character',
      [everything, deny('prod/GET/pets/?')],
      ['GET /pets/10', 'GET /pets/1'],
      ['ALLOWED', 'EXPLICIT_DENY'],
    ],
    ['a slash', [everything, deny('prod/*/admin/')], ['GET /pets/1', 'GET /pets/admin'], ['ALLOWED', 'EXPLICIT_DENY']],
    [
      'letter case',
      [everything, deny('prod/GET/pets/ADMIN')],
      ['GET /pets/1', 'GET /pets/admin'],
      ['ALLOWED', 'EXPLICIT_DENY'],
    ],
    [
      'one path for GET, for HEAD',
      [everything, deny('prod/GET/pets/7')],
      ['HEAD /pets/1', 'HEAD /pets/7'],
      ['ALLOWED', 'EXPLICIT_DENY'],
    ],
    ['deeper paths', [allow('prod/GET/pets/*/*')], ['GET /pets/1', 'GET /pets/1/a'], ['IMPLICIT_DENY', 'ALLOWED']],
    ['another method', [allow('prod/GET/pets/*')], ['GET /pets/1', 'PUT /pets/1'], ['ALLOWED', 'IMPLICIT_DENY']],
    [
      'what is not named',
      [everything, { Effect: 'Deny', Resource: [arn('prod/GET/pets/7*')] }, allow('prod/GET/pets/7')],
      ['GET /pets/1', 'GET /pets/7'],
      ['ALLOWED', 'EXPLICIT_DENY'],
    ],
  ])('INV-5 a policy that distinguishes %s is evaluated for each path', (_, statements, lines, reasons) => {
    const decide = decider(statements)
    for (const order of [lines, lines.toReversed()])
      for (let round = 0; round < 3; round++) {
        const expected = order === lines ? reasons : reasons.toReversed()
        expect(order.map((line) => decide(gatewayRequest(line, { routing: LOOSE })))).toEqual(expected)
      }
  })

  test('INV-5 a policy with an escape in a pattern is evaluated for each path', () => {
    const decide = decider([everything, deny('*adm%69n/x')])
    for (let round = 0; round < 3; round++) {
      expect(decide(gatewayRequest('GET /admin/1'))).toBe('ALLOWED')
      expect(decide(gatewayRequest('GET /admin/x'))).toBe('EXPLICIT_DENY')
    }
  })

  test.each<[string, Statement]>([
    ['an Allow of everything', { Effect: 'Allow', Resource: ['*'] }],
    ['an Allow of the stage', everything],
  ])('INV-5 a Deny that names the end of a path only is evaluated for each directory, next to %s', (_, allowing) => {
    const decide = decider([allowing, { Effect: 'Deny', Resource: [arn('*admin/x').replace('abcdef1234/', '')] }])
    for (let round = 0; round < 3; round++) {
      expect(decide(gatewayRequest('GET /pets/1'))).toBe('ALLOWED')
      expect(decide(gatewayRequest('GET /admin/x'))).toBe('EXPLICIT_DENY')
    }
  })

  test('INV-5 one of several patterns with the same beginning decides about a path', () => {
    const decide = decider([everything, deny('prod/GET/pets/*z', 'prod/GET/pets/*/x')])
    for (let round = 0; round < 3; round++) {
      expect(decide(gatewayRequest('GET /pets/1'))).toBe('ALLOWED')
      expect(decide(gatewayRequest('GET /pets/z'))).toBe('EXPLICIT_DENY')
    }
  })

  test('INV-5 a policy with wildcards within a segment is evaluated for each path', () => {
    const decide = decider([allow('prod/GET/pets/*')], { segmentWildcards: 'strict' })
    for (let round = 0; round < 3; round++) {
      expect(decide(gatewayRequest('GET /pets/1'))).toBe('ALLOWED')
      expect(decide(gatewayRequest('GET /toys/1'))).toBe('IMPLICIT_DENY')
    }
  })

  test('INV-5 below the base path of a custom domain, and beside it', () => {
    const decide = decider([allow('prod/GET/pets/*')], { basePath: '/v1' })
    for (let id = 0; id < 4; id++) {
      expect(decide(gatewayRequest(`GET /v1/pets/${id}`))).toBe('ALLOWED')
      expect(decide(gatewayRequest(`GET /v1/toys/${id}`))).toBe('IMPLICIT_DENY')
    }
  })
})

test('INV-5 verdicts of directories agree with evaluations of each path', () => {
  const segment = constantFrom('pets', 'pet', 'Pets', 'admin', '1', '12')
  const part = constantFrom('pets', 'pet', 'PETS', 'admin', '1', '*', 'pe*', '*s', '?', '1?', '*dmi*')
  const path = array(segment, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`)
  const resource = tuple(
    constantFrom('prod', '*', 'prod*'),
    constantFrom('GET', 'PUT', '*', 'HEAD'),
    array(part, { maxLength: 3 }),
    constantFrom('', '/', '/*', '*'),
  ).map(([stage, method, parts, end]) => arn(`${[stage, method, ...parts].join('/')}${end}`))
  const statement = record<Statement>({
    Effect: constantFrom('Allow', 'Deny'),
    Resource: array(resource, { minLength: 1, maxLength: 3 }),
  })
  const request = tuple(constantFrom('GET', 'GET', 'PUT', 'HEAD'), path, constantFrom('', '', '', '/'), boolean())
  assert(
    property(
      array(statement, { maxLength: 3 }),
      array(request, { minLength: 4, maxLength: 16 }),
      (statements, requests) => {
        const all = [...statements, allow('prod/*')]
        const decide = decider(all)
        const expected = requests.map(([method, each, end, isLoose]) => {
          const parts = { routing: isLoose ? LOOSE : EXACT }
          const line = `${method} ${each}${end}`
          return { line, parts, reason: decider(all)(gatewayRequest(line, parts)) }
        })
        for (let round = 0; round < 3; round++)
          for (const { line, parts, reason } of expected)
            expect({ line, parts, reason: decide(gatewayRequest(line, parts)) }).toEqual({ line, parts, reason })
      },
    ),
    { numRuns: scaled(2000) },
  )
})
