import { AuthorizerError, type Contract } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { referenceDecision, type PolicyQuestion } from '../../volume/fuzz/reference/policy.ts'
import { referenceTarget } from '../../volume/fuzz/reference/target.ts'
import { EXACT, gatewayRequest } from '../../support/request.ts'
import { asEscapes, shows, STRINGS } from './data.ts'

const HEAD = 'arn:aws:execute-api:us-east-1:123456789012'
const PREFIX = 'abcdef1234/prod/GET'
const CLOCK = { now: () => 0, monotonic: () => 0, setTimeout: () => () => undefined }
const contract = aws.token() as unknown as Contract

/** The decision of the contract on a request, and its message about a malformed policy. */
const decide = (
  statement: object,
  target: string,
  document: object = {},
): readonly [decision: string, problem?: string] => {
  const policyDocument = { Version: '2012-10-17', Statement: [statement], ...document }
  const parsed = contract.parseResult({ status: 'returned', value: { principalId: 'a', policyDocument } })
  if (!parsed.accepted) return ['REJECTED', parsed.problem ?? '']
  const request = gatewayRequest(`GET ${target}`, { routing: EXACT })
  const verdict = contract.decide(parsed.result, request, CLOCK)
  return [verdict.allowed ? 'ALLOWED' : verdict.reason]
}

const questionOf = (path: string): PolicyQuestion => ({
  head: HEAD,
  canonical: PREFIX + path,
  sent: undefined,
  ignoresSlash: false,
  foldFrom: undefined,
  keys: () => undefined,
})

const allowing = (members: object): Parameters<typeof referenceDecision>[0]['Statement'] & object => ({
  Effect: 'Allow',
  Action: 'execute-api:Invoke',
  Resource: '*',
  ...members,
})

test('AWS-OUT-20 a naughty string is accepted as Sid and Id', () => {
  for (const text of STRINGS) {
    expect([text, ...decide(allowing({ Sid: text }), '/pets', { Id: text })]).toEqual([text, 'ALLOWED'])
  }
})

test('SEC-42, AWS-OUT-22 a naughty string as effect, version or operator is rejected', () => {
  for (const text of STRINGS) {
    const results = [
      decide(allowing({ Effect: text }), '/pets'),
      decide(allowing({}), '/pets', { Version: text }),
      decide(allowing({ Condition: { [text]: { 'aws:SourceIp': '203.0.113.9' } } }), '/pets'),
      decide(allowing({ Condition: { [`String${text}`]: { 'aws:SourceIp': text } } }), '/pets'),
      decide(allowing({ [`X${text}`]: 'x' }), '/pets'),
    ]
    expect([text, ...results.map(([decision]) => decision)]).toEqual([text, ...results.map(() => 'REJECTED')])
    // Messages may contain member names that look like names, and no other text.
    const shown = results.slice(0, 2).filter(([, problem = '']) => shows(problem, text))
    expect(shown).toEqual([])
    expect(results.every(([, problem = '']) => /^[\x20-\x7e…]*$/.test(problem))).toBe(true)
  }
})

test('SEC-48 a naughty string as an action allows nothing', () => {
  for (const text of STRINGS) {
    const [decision] = decide(allowing({ Action: [`execute-api:${text}`, `${text}:Invoke`] }), '/pets')
    expect([text, ['REJECTED', 'IMPLICIT_DENY'].includes(decision)]).toEqual([text, true])
  }
})

test('SEC-44, SEC-45, AWS-POL-20 a naughty string in a resource matches as in the reference implementation', () => {
  const paths = ['/', '/pets', ...STRINGS.filter((_, index) => index % 170 === 0).map((text) => `/${asEscapes(text)}`)]
  const wrong: unknown[] = []
  for (const text of STRINGS) {
    for (const sent of [...paths, `/${asEscapes(text)}`]) {
      // The canonical path, because a non-canonical path must also match as sent.
      const { path, problems } = referenceTarget('GET', sent)
      if (problems.size > 0) continue
      for (const Effect of ['Allow', 'Deny']) {
        const Resource = `${HEAD}:${PREFIX}/${text}`
        const document = { Version: '2012-10-17', Statement: [allowing({ Effect, Resource })] } as aws.PolicyDocument
        const expected = Resource.length > 512 ? 'REJECTED' : referenceDecision(document, questionOf(path))
        const [decision] = decide(allowing({ Effect, Resource }), path)
        if (decision !== expected) wrong.push([text, path, Effect, decision, expected])
      }
    }
  }
  expect(wrong).toEqual([])
})

test('SEC-43, SEC-49, SEC-50 a naughty string as a value of a condition never throws', () => {
  const operators = [
    'StringEquals',
    'StringLike',
    'StringNotLike',
    'NumericLessThan',
    'DateGreaterThan',
    'Bool',
    'BinaryEquals',
    'IpAddress',
    'ArnLike',
    'Null',
  ]
  const resource = `${HEAD}:${PREFIX}/pets`
  for (const text of STRINGS) {
    for (const operator of operators) {
      const Condition = { [operator]: { 'x:Key': text } }
      let decision: string
      try {
        decision = aws.evaluatePolicy(
          { Version: '2012-10-17', Statement: allowing({ Condition }) },
          { resource, context: { 'x:Key': text } },
        ).decision
      } catch (error) {
        expect(error).toBeInstanceOf(AuthorizerError)
        expect(shows((error as Error).message, text)).toBe(false)
        decision = 'rejected'
      }
      // A text without variables equals itself.
      if (operator === 'StringEquals' && !text.includes('${')) expect([text, decision]).toEqual([text, 'Allowed'])
      if (operator === 'IpAddress' && !/^[\d.]+$|^[\da-f:]+$/i.test(text))
        expect([text, decision]).not.toContain('Allowed')
    }
  }
})
