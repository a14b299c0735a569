import { describe, expect, test } from 'vitest'
import { API, ARN, HEAD, decide, matches } from './decide.ts'
import { withStatements } from './authorizer.ts'

// Section 5.3 of the specification, in its order.
describe('the vectors of the specification', () => {
  test.each<[number: number, rule: string, pattern: string, matched: boolean]>([
    [1, 'AWS-POL-24', '*', true],
    [2, 'AWS-POL-22b', 'arn:aws:execute-api:*', true],
    [3, 'AWS-POL-21', `${API}/*`, true],
    [4, 'AWS-POL-21', `${API}/prod/*/pets/*`, true],
    [5, 'AWS-POL-20', `${API}/prod/GET/pets`, false],
    [6, 'AWS-POL-20', `${API}/prod/GET/pets/?`, true],
    [7, 'AWS-POL-26', `${API}/prod/GET/pets/{id}`, false],
    [8, 'AWS-POL-23', `${API}/prod/get/pets/7`, false],
    [9, 'AWS-POL-22', 'arn:aws:execute-api:*:*:abcdef123/prod/GET/*', true],
    [10, 'AWS-POL-22', 'arn:*:execute-api:us-east-1:123456789012:*/prod/GET/pets/7', true],
    [11, 'AWS-POL-21', `${API}/*/pets/7`, true],
    [12, 'AWS-POL-22', 'arn:aws:execute-api:us-east-1:*/prod/GET/pets/7', false],
    [13, 'AWS-POL-23', `${HEAD}:ABCDEF123/*`, false],
    [14, 'AWS-POL-20', `${API}/prod/GET/pets/7/*`, false],
    [15, 'AWS-POL-20', `${API}/prod/GET/pets/7*`, true],
  ])('%i %s %s', (_number, _rule, pattern, matched) => {
    expect(matches({ Resource: pattern })).toBe(matched)
  })
})

test.each<[rule: string, pattern: string, resource: string, matched: boolean]>([
  ['AWS-POL-20', `${API}/prod/GET/p*s/7`, ARN, true],
  ['AWS-POL-20', `${API}/prod/GET/pets*/7`, ARN, true],
  ['AWS-POL-20', `${API}/prod/GET/pets?/7`, ARN, false],
  ['AWS-POL-20', `${API}/prod/GET/????/?`, ARN, true],
  ['AWS-POL-20', `${API}/prod/GET/pet?/*?`, ARN, true],
  ['AWS-POL-20', `${API}/prod/GET/pets/*??`, ARN, false],
  ['AWS-POL-20', `${API}/prod/GET/**`, ARN, true],
  ['AWS-POL-20', `${API}/prod/GET/pets/7*`, `${ARN}/toys`, true],
  ['AWS-POL-20', `${API}/prod/GET/p.ts/7`, ARN, false],
  ['AWS-POL-20', `${API}/prod/GET/[a-z]+/7`, ARN, false],
  ['AWS-POL-20', `${API}/prod/GET/(pets)/7`, ARN, false],
  ['AWS-POL-20', `${API}/prod/GET/a\\*`, `${API}/prod/GET/a*`, false],
  ['AWS-POL-21', `${API}/prod/GET/pets*`, `${ARN}/toys`, true],
  ['AWS-POL-21', `${API}/prod/*`, ARN, true],
  ['AWS-POL-21', `${API}/prod/*`, `${API}/test/GET/pets`, false],
  ['AWS-POL-21', `${API}/*/GET/*`, `${API}/prod/POST/x/GET/pets`, true],
  ['AWS-POL-21', `${API}/prod?GET?pets?7`, ARN, true],
  ['AWS-POL-23', `${API}/prod/GET/Pets/7`, ARN, false],
  ['AWS-POL-23', 'arn:AWS:execute-api:us-east-1:123456789012:*', ARN, false],
  ['AWS-POL-23', 'arn:aws:Execute-Api:us-east-1:123456789012:*', ARN, false],
  ['AWS-POL-23', 'arn:aws:execute-api:US-EAST-1:123456789012:*', ARN, false],
  ['AWS-POL-25', `${HEAD}:zzzzzz999/prod/GET/pets/7`, ARN, false],
  ['AWS-POL-25', `${API}/test/GET/pets/7`, ARN, false],
  ['AWS-POL-25', 'arn:aws:execute-api:us-east-1:210987654321:abcdef123/prod/GET/pets/7', ARN, false],
  ['AWS-POL-25', 'arn:aws:execute-api:eu-west-1:123456789012:abcdef123/prod/GET/pets/7', ARN, false],
  ['AWS-POL-25', 'arn:aws:s3:::bucket/*', ARN, false],
  ['AWS-POL-25', 'arn:aws:lambda:us-east-1:123456789012:*', ARN, false],
  ['AWS-POL-26', `${API}/prod/GET/pets/{id}`, `${API}/prod/GET/pets/{id}`, true],
  ['AWS-POL-26', `${API}/prod/GET/pets/{proxy+}`, ARN, false],
  ['AWS-POL-28', `${API}/prod/$connect`, `${API}/prod/$connect`, true],
  ['AWS-POL-28', `${API}/prod/*`, `${API}/prod/$connect`, true],
  ['AWS-POL-28', `${API}/prod/*/*`, `${API}/prod/$connect`, false],
  ['AWS-POL-29', `${API}/$default/GET/pets`, `${API}/$default/GET/pets`, true],
  ['AWS-POL-29', `${API}/*/GET/pets`, `${API}/$default/GET/pets`, true],
  ['AWS-POL-29', `${API}/default/GET/pets`, `${API}/$default/GET/pets`, false],
  ['AWS-POL-29', `${API}/prod/GET/pets`, `${API}/$default/GET/pets`, false],
  ['AWS-POL-29', `${API}/prod/GET/$`, `${API}/prod/GET/$`, true],
  ['AWS-POL-29', `${API}/prod/GET/\${`, `${API}/prod/GET/\${`, true],
  ['AWS-POL-30', `${API}/prod/GET/`, `${API}/prod/GET/`, true],
  ['AWS-POL-30', `${API}/prod/GET`, `${API}/prod/GET/`, false],
  ['AWS-POL-30', `${API}/prod/GET/`, `${API}/prod/GET`, false],
  ['AWS-POL-30', `${API}/prod/GET/pets/`, `${API}/prod/GET/pets`, false],
  ['AWS-POL-30', `${API}/prod/GET/pets`, `${API}/prod/GET/pets/`, false],
  ['AWS-POL-31', `${API}/prod/GET/a%2Fb`, `${API}/prod/GET/a/b`, false],
  ['AWS-POL-31', `${API}/prod/GET/a/b`, `${API}/prod/GET/a%2Fb`, false],
  ['AWS-POL-31', `${API}/prod/GET/a+b`, `${API}/prod/GET/a b`, false],
  ['AWS-POL-31', `${API}/prod/GET/./pets`, `${API}/prod/GET/pets`, false],
  ['AWS-POL-31', `${API}/prod/GET//pets`, `${API}/prod/GET/pets`, false],
])('%s %s against %s', (_rule, pattern, resource, matched) => {
  expect(matches({ Resource: pattern }, { resource })).toBe(matched)
})

test.each<[patterns: string | readonly string[], matched: boolean]>([
  [`${API}/prod/GET/other`, true],
  [ARN, false],
  ['*', false],
  [[`${API}/prod/GET/other`, `${API}/prod/POST/*`], true],
  [[`${API}/prod/GET/other`, `${API}/prod/GET/*`], false],
  ['arn:aws:execute-api:us-east-1:123456789012', false],
  ['arn:aws-cn:execute-api:*', true],
  [`${API}/prod/get/pets/7`, true],
])('AWS-POL-27 NotResource %j', (patterns, matched) => {
  expect(matches({ NotResource: patterns })).toBe(matched)
})

test('AWS-POL-31 an Allow is not normalised; what a Deny covers besides is told by SEC-07', () => {
  expect(decide({ Resource: `${API}/prod/GET/a%2fb` }, { resource: `${API}/prod/GET/a%2Fb` })).toBe('ImplicitlyDenied')
  expect(decide({ Resource: `${API}/prod/GET/a%2Bb` }, { resource: `${API}/prod/GET/a+b` })).toBe('ImplicitlyDenied')
  expect(decide({ Resource: `${API}/prod/GET/%61` }, { resource: `${API}/prod/GET/a` })).toBe('ImplicitlyDenied')
})

test('AWS-POL-24 an empty list of resources matches nothing', () => {
  expect(decide({ Resource: [] })).toBe('ImplicitlyDenied')
  expect(decide([{ Effect: 'Deny', Resource: [] }, {}])).toBe('Allowed')
})

test.each([
  [`${API}/$default/GET/pets`, 'ALLOWED'],
  [`${API}/*/GET/pets`, 'ALLOWED'],
  [`${API}/prod/GET/pets`, 'IMPLICIT_DENY'],
])('AWS-POL-29 %s on an API whose stage is $default', async (Resource, expected) => {
  expect(await withStatements([{ Resource }], { api: { stage: '$default' } }).ask('GET /pets')).toBe(expected)
})
