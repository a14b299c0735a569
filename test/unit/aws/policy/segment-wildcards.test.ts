/** How far wildcards reach, and what is said about those that reach further than they look (SEC-43, SEC-46). */
import { type AnyFunction, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { assert, property, stringMatching } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SegmentGlob } from '../../../../packages/core/src/aws/policy/segments.ts'
import { parseText } from '../../../../packages/core/src/aws/policy/pattern-text.ts'
import { Glob, type Token } from '../../../../packages/core/src/aws/policy/glob.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { scaled } from '../../../support/volume.ts'
import { withToken } from '../../../support/with-token.ts'

const ARN = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234'

const ask = async (
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
  ])('SEC-46 an Allow on %s and %s: %s as in IAM, %s when strict', async (pattern, line, iam, strict) => {
    const allowed = (reach?: 'iam' | 'strict'): Promise<boolean> => ask([statement('Allow', pattern)], line, reach)
    expect([await allowed(), await allowed('iam'), await allowed('strict')]).toEqual([iam, iam, strict])
  })

  test.each(['iam', 'strict'] as const)('SEC-46 a Deny keeps its full reach when it is %s', async (reach) => {
    const statements = [statement('Allow', '*'), statement('Deny', '*/GET/pets')]
    expect(await ask(statements, 'POST /x/GET/pets', reach)).toBe(false)
    expect(await ask(statements, 'POST /x/pets', reach)).toBe(true)
  })

  test('SEC-46 what a Deny leaves out is left out as in IAM', async () => {
    const [allow, deny] = [statement('Allow', '*'), statement('Deny', '')]
    const statements = [allow, { ...deny, Resource: undefined, NotResource: `${ARN}/prod/GET/*/x` }]
    for (const reach of ['iam', 'strict'] as const) {
      expect(await ask(statements, 'GET /a/b/x', reach)).toBe(true)
      expect(await ask(statements, 'GET /a/b/y', reach)).toBe(false)
    }
  })

  test('SEC-46 strict never grants what IAM does not', () => {
    const text = stringMatching(/^[ab/*?]{0,12}$/)
    assert(
      property(text, stringMatching(/^[ab/]{0,12}$/), (pattern, resource) => {
        const tokens = parseText(pattern, { wildcards: true, variables: false }) as readonly Token[]
        const twin = new RegExp(
          `^${pattern
            .replace(/\*+$/, '\u0001')
            .replace(/\*+/g, '[^/]*')
            .replaceAll('?', '[^/]')
            .replace('\u0001', '.*')}$`,
        )
        const strict = new SegmentGlob(tokens).matches(resource)
        expect(strict).toBe(twin.test(resource))
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

describe('advice', () => {
  test.each([
    ['prod/*/pets', 1],
    ['*/GET/pets', 1],
    ['prod/GET/*', 0],
    ['prod/*/*', 0],
    ['*', 0],
    ['prod/GET/pets', 0],
    ['prod/GET/p*s', 0],
  ])('SEC-46 an Allow on %s is worth %s warning, however often it is met', async (pattern, lines) => {
    expect(await advice([statement('Deny', '*/x/y'), statement('Allow', pattern)])).toHaveLength(lines)
  })

  test('SEC-46 one such resource among others is enough, and the line says where and what to do', async () => {
    const allow = statement('Allow', 'prod/GET/pets') as { Resource: string }
    const Resource = [allow.Resource, `${ARN}/prod/*/pets`]
    expect(await advice([statement('Deny', 'prod/GET/x'), { ...allow, Resource }], {}, /\[1\].*strict.*/)).toEqual([
      expect.stringMatching(/before the last part of the path.*segmentWildcards: 'strict'$/),
    ])
  })

  test('SEC-46 nothing is said where wildcards stop at a slash', async () => {
    expect(await advice([statement('Allow', 'prod/*/pets')], { segmentWildcards: 'strict' })).toEqual([])
  })

  test('SEC-43 ForAllValues in an Allow wants a Null guard', async () => {
    expect(await advice([forAll({})])).toEqual(['Statement[0] allows with'])
    expect(await advice([forAll({ Null: { 'AWS:sourceip': 'false' } })])).toEqual([])
    expect(await advice([forAll({ Null: { 'aws:UserAgent': 'false' } })])).toEqual(['Statement[0] allows with'])
    expect(await advice([{ ...forAll({}), Effect: 'Deny' }])).toEqual([])
    const Condition = { StringEquals: { 'aws:SourceIp': 'x' } }
    expect(await advice([{ ...statement('Allow', 'prod/GET/pets'), Condition }])).toEqual([])
  })
})
