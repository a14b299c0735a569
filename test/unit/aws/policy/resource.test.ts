/** `Resource` and `NotResource` patterns (AWS-POL-20 to 31, AWS-ARN-15). */
import { describe, expect, test } from 'vitest'
import { API, ARN, HEAD, decide, matches } from './decide.ts'
import { withStatements } from './authorizer.ts'
import { parseArn } from './internals.ts'

const GET = `${API}/prod/GET`

describe('test vectors', () => {
  test.each<[rule: string, vector: number, pattern: string, matched: boolean]>([
    ['AWS-POL-24', 1, '*', true],
    ['AWS-POL-22b', 2, 'arn:aws:execute-api:*', true],
    ['AWS-POL-21', 3, `${API}/*`, true],
    ['AWS-POL-21', 4, `${API}/prod/*/pets/*`, true],
    ['AWS-POL-20', 5, `${API}/prod/GET/pets`, false],
    ['AWS-POL-20', 6, `${API}/prod/GET/pets/?`, true],
    ['AWS-POL-26', 7, `${API}/prod/GET/pets/{id}`, false],
    ['AWS-POL-23', 8, `${API}/prod/get/pets/7`, false],
    ['AWS-POL-22', 9, 'arn:aws:execute-api:*:*:abcdef123/prod/GET/*', true],
    ['AWS-POL-22', 10, 'arn:*:execute-api:us-east-1:123456789012:*/prod/GET/pets/7', true],
    ['AWS-POL-21', 11, `${API}/*/pets/7`, true],
    ['AWS-POL-22', 12, 'arn:aws:execute-api:us-east-1:*/prod/GET/pets/7', false],
    ['AWS-POL-23', 13, `${HEAD}:ABCDEF123/*`, false],
    ['AWS-POL-20', 14, `${API}/prod/GET/pets/7/*`, false],
    ['AWS-POL-20', 15, `${API}/prod/GET/pets/7*`, true],
  ])('%s vector %i: the pattern %s matches GET /pets/7: %s', (_rule, _vector, pattern, matched) => {
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
])('%s the pattern %s matches %s: %s', (_rule, pattern, resource, matched) => {
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
])('AWS-POL-27 NotResource %j matches: %s', (patterns, matched) => {
  expect(matches({ NotResource: patterns })).toBe(matched)
})

test('AWS-POL-31 SEC-07 an Allow is compared without decoding', () => {
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
])('AWS-POL-29 a policy for %s gives %s on an API with the stage $default', async (Resource, expected) => {
  expect(await withStatements([{ Resource }], { api: { stage: '$default' } }).send('GET /pets')).toBe(expected)
})

describe('ARN fields', () => {
  test.each<[string, ReturnType<typeof parseArn>]>([
    ['a:b:c:d:e:f', { arnPrefix: 'a:b:c:d:e', resource: 'f' }],
    [':b:c:d:e:f:g', { arnPrefix: ':b:c:d:e', resource: 'f:g' }],
    [':::::', { arnPrefix: '::::', resource: '' }],
    ['a:b:c:d:e', undefined],
  ])('AWS-ARN-15 the ARN %s is split at its first five colons', (arn, parts) => {
    expect(parseArn(arn)).toEqual(parts)
  })
})

describe('question marks in an Allow', () => {
  test.each([
    ['p?ts', '/pets', true],
    ['p?ts', '/petz', false],
    ['p?ts', '/pts', false],
    ['p?ts*', '/petsitter', true],
    ['p?ts*', '/petzitter', false],
  ])('AWS-POL-20 the pattern %s matches %s: %s', (pattern, path, covered) => {
    expect(decide({ Resource: `${GET}/${pattern}` }, { resource: `${GET}${path}` }) === 'Allowed').toBe(covered)
  })
})
