/** `isDecidedBelow`: whether all paths of a directory have the same verdict (INV-5), in patterns and in whole policies. */
import type { Json } from '@custom-authorizer/core'
import { describe, expect, test } from 'vitest'
import { givenKeys } from '../../../../packages/core/src/aws/policy/condition-keys.ts'
import { compileResource, type Continuation } from '../../../../packages/core/src/aws/policy/resource.ts'
import { beginning, checkPolicy, CompiledPolicy, parseText, Spellings } from './internals.ts'

const START = 'api/prod/get/pets/'
const patternOf = (text: string, reach: 'iam' | 'strict' = 'iam') =>
  compileResource(parseText(text, { wildcards: true, variables: true }), reach)
const isDecided = (text: string, continuation: Continuation, start = START): boolean =>
  patternOf(text).isDecidedBelow(start, continuation)

const literalsOf = (text: string): unknown => {
  const { prefix, parts } = patternOf(text)
  expect(patternOf(text, 'strict')).toMatchObject({ prefix, parts })
  return { prefix, parts }
}

describe('patterns', () => {
  test.each<[pattern: string, segment: boolean, segments: boolean]>([
    // Everything, and a beginning that is no longer than the directory.
    ['*', true, true],
    ['api/prod/*', true, true],
    ['api/prod/get/pets/*', true, true],
    ['api/prod/get/pets*', true, true],
    ['*api*', false, false],
    // A longer beginning.
    ['api/prod/get/pets/1*', false, false],
    ['api/prod/get/pets/1/*', true, false],
    ['api/prod/get/toys/*', true, true],
    ['api/prod/GET/PETS/*', true, true],
    ['api/prod/GET/PETS/1*', false, false],
    // No wildcard.
    ['api/prod/get/pets', true, true],
    ['api/prod/get/pets/1', false, false],
    ['api/prod/get/toys/1', true, false],
    // Several literals.
    ['api/*/pets/*', true, false],
    ['*/admin/*', true, false],
    ['*/edit', false, false],
    ['*e*', false, false],
    // A single character, an end with a slash, an escape.
    ['api/prod/get/pets/?', false, false],
    ['api/prod/?et/*', false, false],
    ['*/', false, false],
    ['api/prod/*%41*', false, false],
    // A variable.
    ['api/prod/${aws:username}/*', false, false],
  ])('INV-5 %s is decided for one more segment: %s, for any number: %s', (pattern, segment, segments) => {
    expect([isDecided(pattern, 'segment'), isDecided(pattern, 'segments')]).toEqual([segment, segments])
  })

  test('INV-5 with segment wildcards nothing is decided', () => {
    const pattern = patternOf('*', 'strict')
    expect([pattern.isDecidedBelow(START, 'segment'), pattern.isDecidedBelow(START, 'segments')]).toEqual([
      false,
      false,
    ])
  })

  test('the literals of a pattern are the texts that every match contains', () => {
    expect(literalsOf('api/prod/*/pets/?x')).toEqual({ prefix: 'api/prod/', parts: ['api/prod/', '/pets/', 'x'] })
    expect(literalsOf('*')).toEqual({ prefix: '', parts: [] })
    expect(literalsOf('api/${aws:username}/pets')).toEqual({ prefix: 'api/', parts: [] })
    expect(literalsOf('${aws:username}/pets')).toEqual({ prefix: '', parts: [] })
  })

  test.each([
    ['api/pets/', true],
    ['api/pets', false],
    ['api/pets/*', false],
    ['api/pets/${aws:username}', true],
    ['api/${aws:username}/pets', false],
    ['api/${aws:username}/', true],
  ])('whether %s may end in a slash: %s', (text, expected) => {
    expect(patternOf(text).mayEndInSlash).toBe(expected)
    expect(patternOf(text, 'strict').mayEndInSlash).toBe(expected)
  })
})

const PREFIX = 'arn:aws:execute-api:eu-central-1:123456789012'
const policyOf = (...statements: readonly Json[]): CompiledPolicy => {
  const checked = checkPolicy({ Version: '2012-10-17', Statement: statements })
  if (typeof checked === 'string') throw new Error(checked)
  const compiled = CompiledPolicy.compile(checked)
  if (typeof compiled === 'string') throw new Error(compiled)
  return compiled
}
const resource = (text: string): string => `${PREFIX}:${text}`
const allowing = (members: Readonly<Record<string, Json>>): Json => ({
  Effect: 'Allow',
  Action: 'execute-api:Invoke',
  ...members,
})
const evaluate = (policy: CompiledPolicy, prefix = PREFIX): string =>
  policy.evaluate(prefix, new Spellings(beginning('api/prod/GET'), '/pets/1', {}), givenKeys({}))

const isCommon = (policy: CompiledPolicy, prefix = PREFIX): boolean =>
  policy.isDecidedBelow(prefix, 'api/prod/GET/pets/', 'segment')

describe('policies', () => {
  test('INV-5 a policy is decided once it was evaluated under the same ARN prefix', () => {
    const policy = policyOf(allowing({ Resource: resource('api/prod/*') }))
    expect(isCommon(policy)).toBe(false)
    evaluate(policy)
    expect(isCommon(policy)).toBe(true)
    expect(isCommon(policy, `${PREFIX.slice(0, -1)}3`)).toBe(false)
    evaluate(policy, `${PREFIX.slice(0, -1)}3`)
    expect(isCommon(policy)).toBe(false)
  })

  test.each<[what: string, statement: Readonly<Record<string, Json>>]>([
    ['a condition', { Resource: resource('api/prod/*'), Condition: { Bool: { 'aws:SecureTransport': 'true' } } }],
    ['a variable', { Resource: resource('api/prod/${aws:username}/*') }],
    ['an encoded slash', { Resource: resource('api/prod/GET/a%2Fb') }],
    ['NotResource', { NotResource: resource('api/prod/GET/toys/*') }],
    ['an Allow that distinguishes paths', { Resource: resource('api/prod/GET/pets/1') }],
    ['a Deny that distinguishes paths', { Effect: 'Deny', Resource: resource('api/prod/GET/PETS/1') }],
  ])('INV-5 a policy with %s is not decided', (_, statement) => {
    const policy = policyOf(allowing({ Resource: resource('api/prod/*') }), allowing(statement))
    evaluate(policy)
    expect(isCommon(policy)).toBe(false)
  })
})
