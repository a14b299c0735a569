/** `segmentWildcards`, and warnings about wildcards that match more than intended (SEC-43, SEC-46). */
import { type AnyFunction, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { assert, property, stringMatching } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SegmentGlob } from '../../../../packages/core/src/aws/policy/matching/segments.ts'
import { parseText } from '../../../../packages/core/src/aws/policy/pattern-text.ts'
import { ANY, Glob, type Token } from '../../../../packages/core/src/aws/policy/matching/glob.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { scaled } from '../../../support/volume.ts'
import { withToken } from '../../../support/with-token.ts'

const ARN = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234'

const isAllowed = async (
  statements: readonly object[],
  line: string,
  segmentWildcards: 'iam' | 'strict' | undefined,
): Promise<boolean> => {
  const authorize: AnyFunction = () =>
    Promise.resolve({ principalId: 'u', policyDocument: { Version: '2012-10-17', Statement: statements } })
  const contract = aws.token(segmentWildcards === undefined ? {} : { segmentWildcards })
  return (
    await createAuthorizer({ authorize: authorize as never, contract, logger: null }).evaluate(withToken('t', line))
  ).allowed
}

const statement = (Effect: string, pattern: string): object => ({
  Effect,
  Action: 'execute-api:Invoke',
  Resource: `${ARN}/${pattern}`,
})

describe('segmentWildcards', () => {
  test.each([
    ['*/GET/pets', 'GET /pets', true, true],
    ['*/GET/pets', 'POST /x/GET/pets', true, false],
    ['prod/*/pets', 'POST /x/pets', true, false],
    ['prod/GET/*', 'GET /a/b/c', true, true],
    ['prod/GET/a*c', 'GET /abc', true, true],
    ['prod/GET/a*c*', 'GET /a/c', true, false],
    ['prod/GET/ab?*', 'GET /ab/c', true, false],
    ['prod/GET/a*c', 'GET /a/c', true, false],
    ['prod/GET/a?c', 'GET /a/c', true, false],
    ['prod/GET/*/edit', 'GET /a/edit', true, true],
    ['prod/GET/*/edit', 'GET /a/b/edit', true, false],
    ['prod/GET/${aws:SourceIp, "x"}*', 'GET /a', false, false],
    ["prod/GET/${aws:Referer, 'a'}/*/x", 'GET /a/b/x', true, true],
    ["prod/GET/${aws:Referer, 'a'}/*/x", 'GET /a/b/c/x', true, false],
    ["prod/GET/${aws:Referer, 'a'}/*/x", 'GET /b/b/x', false, false],
    ['prod/GET/${aws:Referer}/*', 'GET /undefined/b', false, false],
    ['*', 'DELETE /a/b', true, true],
  ])('SEC-46 an Allow on %s allows %s: %s with "iam", %s with "strict"', async (pattern, line, iam, strict) => {
    const allowed = (reach?: 'iam' | 'strict'): Promise<boolean> =>
      isAllowed([statement('Allow', pattern)], line, reach)
    expect([await allowed(), await allowed('iam'), await allowed('strict')]).toEqual([iam, iam, strict])
  })

  test.each(['iam', 'strict'] as const)(
    'SEC-46 a Deny matches across slashes with segmentWildcards: "%s"',
    async (reach) => {
      const statements = [statement('Allow', '*'), statement('Deny', '*/GET/pets')]
      expect(await isAllowed(statements, 'POST /x/GET/pets', reach)).toBe(false)
      expect(await isAllowed(statements, 'POST /x/pets', reach)).toBe(true)
    },
  )

  test('SEC-46 NotResource of a Deny matches across slashes with both settings', async () => {
    const [allow, deny] = [statement('Allow', '*'), statement('Deny', '')]
    const statements = [allow, { ...deny, Resource: undefined, NotResource: `${ARN}/prod/GET/*/x` }]
    for (const reach of ['iam', 'strict'] as const) {
      expect(await isAllowed(statements, 'GET /a/b/x', reach)).toBe(true)
      expect(await isAllowed(statements, 'GET /a/b/y', reach)).toBe(false)
    }
  })

  test.each([
    ['a/*b', 'a/b/b'],
    ['a/b?', 'a/bc/d'],
    ['*b', 'ab/b'],
  ])('SEC-46 with "strict" %s does not match %s, which has another segment', (pattern, resource) => {
    const tokens = parseText(pattern, { wildcards: true, variables: false }) as readonly Token[]
    expect(new SegmentGlob(tokens).matches(resource)).toBe(false)
    expect(new SegmentGlob([...tokens, '/', ANY]).matches(resource)).toBe(true)
  })

  test('SEC-46 "strict" never allows more than "iam"', () => {
    const text = stringMatching(/^[ab/*?]{0,12}$/)
    assert(
      property(text, stringMatching(/^[ab/]{0,12}$/), (pattern, resource) => {
        const tokens = parseText(pattern, { wildcards: true, variables: false }) as readonly Token[]
        const reference = new RegExp(
          `^${pattern
            .replace(/\*+$/, '\u0001')
            .replace(/\*+/g, '[^/]*')
            .replaceAll('?', '[^/]')
            .replace('\u0001', '.*')}$`,
        )
        const strict = new SegmentGlob(tokens).matches(resource)
        expect(strict).toBe(reference.test(resource))
        if (strict) expect(new Glob(tokens).matches(resource)).toBe(true)
      }),
      { numRuns: scaled(3000) },
    )
  })
})

const advice = async (
  statements: readonly object[],
  options: aws.TokenOptions = {},
  shown = /Statement\[\d+\] \S+ \S+/,
): Promise<readonly string[]> => {
  const logger = new RecordingLogger()
  const authorize: AnyFunction = () =>
    Promise.resolve({ principalId: 'u', policyDocument: { Version: '2012-10-17', Statement: statements } })
  const authorizer = createAuthorizer({ authorize: authorize as never, contract: aws.token(options), logger })
  await authorizer.evaluate(withToken('a'))
  await authorizer.evaluate(withToken('b'))
  return logger.lines.map((line) => shown.exec(line)?.[0] ?? line)
}

const forAll = (condition: object): object => ({
  ...statement('Allow', 'prod/GET/pets'),
  Condition: { 'ForAllValues:StringEquals': { 'aws:SourceIp': 'x' }, ...condition },
})

describe('policy warnings', () => {
  test.each([
    ['prod/*/pets', 1],
    ['*/GET/pets', 1],
    ['prod/GET/*', 0],
    ['prod/*/*', 0],
    ['*', 0],
    ['prod/GET/pets', 0],
    ['prod/GET/p*s', 0],
  ])('SEC-46 an Allow on %s logs %s warnings over several requests', async (pattern, lines) => {
    expect(await advice([statement('Deny', '*/x/y'), statement('Allow', pattern)])).toHaveLength(lines)
  })

  test('SEC-46 one such resource among others logs a warning with its position and the option to set', async () => {
    const allow = statement('Allow', 'prod/GET/pets') as { Resource: string }
    const Resource = [allow.Resource, `${ARN}/prod/*/pets`]
    expect(await advice([statement('Deny', 'prod/GET/x'), { ...allow, Resource }], {}, /\[1\].*strict.*/)).toEqual([
      expect.stringMatching(/before the last part of the path.*segmentWildcards: 'strict'$/),
    ])
  })

  test('SEC-46 no warning is logged with segmentWildcards: "strict"', async () => {
    expect(await advice([statement('Allow', 'prod/*/pets')], { segmentWildcards: 'strict' })).toEqual([])
  })

  test('SEC-43 ForAllValues in an Allow logs a warning unless a Null condition requires the key', async () => {
    expect(await advice([forAll({})])).toEqual(['Statement[0] allows with'])
    expect(await advice([forAll({ Null: { 'AWS:sourceip': 'false' } })])).toEqual([])
    expect(await advice([forAll({ Null: { 'aws:UserAgent': 'false' } })])).toEqual(['Statement[0] allows with'])
    expect(await advice([{ ...forAll({}), Effect: 'Deny' }])).toEqual([])
    const Condition = { StringEquals: { 'aws:SourceIp': 'x' } }
    expect(await advice([{ ...statement('Allow', 'prod/GET/pets'), Condition }])).toEqual([])
  })
})
