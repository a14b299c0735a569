/** Malformed policies are rejected as a whole (SEC-42, SEC-50, AWS-POL-65). */
import { describe, expect, test } from 'vitest'
import { evaluateDocument, ARN, decide, satisfied, statement } from './decide.ts'
import { withDocument } from './authorizer.ts'

const AGENT = 'aws:UserAgent'

/** A document with one statement whose members are replaced by `members`; `undefined` removes a member. */
const withMembers = (members: Readonly<Record<string, unknown>>): unknown => ({
  Version: '2012-10-17',
  Statement: [
    Object.fromEntries(Object.entries({ ...statement(), ...members }).filter(([, value]) => value !== undefined)),
  ],
})

describe('malformed statements', () => {
  test.each<[name: string, members: Record<string, unknown>]>([
    ['an Effect with a trailing space', { Effect: 'Allow ' }],
    ['an Effect in a list', { Effect: ['Allow'] }],
    ['an unknown Effect', { Effect: 'Permit' }],
    ['an Effect with a Cyrillic letter', { Effect: '\u0410llow' }],
    ['an Effect named like an inherited member', { Effect: 'constructor' }],
    ['an empty Effect', { Effect: '' }],
    ['no Effect', { Effect: undefined }],
    ['no Action', { Action: undefined }],
    ['Action together with NotAction', { NotAction: 's3:*' }],
    ['an Action without a service', { Action: 'Invoke' }],
    ['an empty Action', { Action: '' }],
    ['an Action without a name', { Action: 'execute-api:' }],
    ['a number as Action', { Action: 1 }],
    ['one invalid Action among valid ones', { Action: ['execute-api:Invoke', 'Invoke'] }],
    ['no Resource', { Resource: undefined }],
    ['Resource together with NotResource', { NotResource: ARN }],
    ['a Resource that is not an ARN', { Resource: '/pets' }],
    ['an empty Resource', { Resource: '' }],
    ['one invalid Resource among valid ones', { Resource: ['*', 'pets'] }],
    ['a nested list as Resource', { Resource: [['*']] }],
    ['a misspelled element', { Conditon: {} }],
    ['an element in lower case', { condition: {} }],
    ['a Principal', { Principal: '*' }],
    ['a list as Condition', { Condition: [] }],
    ['a null Condition', { Condition: null }],
    ['a string as Condition', { Condition: 'StringEquals' }],
    ['a string as keys of an operator', { Condition: { StringEquals: 'x' } }],
    ['null as keys of an operator', { Condition: { StringEquals: null } }],
    ['a list as keys of an operator', { Condition: { StringEquals: ['x'] } }],
    ['a null value', { Condition: { StringEquals: { [AGENT]: null } } }],
    ['an object as value', { Condition: { StringEquals: { [AGENT]: {} } } }],
    ['a value in a nested list', { Condition: { StringEquals: { [AGENT]: [['x']] } } }],
    ['one invalid value among valid ones', { Condition: { StringEquals: { [AGENT]: ['x', null] } } }],
    ['an unknown operator', { Condition: { StringEqual: { [AGENT]: 'x' } } }],
    ['an operator without keys', { Condition: { StringEquals: {} } }],
    ['an unknown operator without keys', { Condition: { StringEqual: {} } }],
  ])('SEC-42 a policy with %s is rejected', async (_name, members) => {
    for (const effect of [
      'Effect' in members ? members['Effect'] : 'Allow',
      'Effect' in members ? members['Effect'] : 'Deny',
    ]) {
      const document = withMembers({ ...members, Effect: effect })
      expect(evaluateDocument(document)).toBe('Rejected')
      expect(await withDocument(document).send('GET /pets/7')).toBe('BAD_RESULT')
    }
  })

  test('SEC-42 one invalid statement rejects the policy, in any position', () => {
    const good = statement()
    const bad = { ...good, Effect: 'Deny', Condition: { StringEqual: { [AGENT]: 'x' } } }
    for (const Statement of [
      [bad, good],
      [good, bad],
      [good, bad, good],
    ]) {
      expect(evaluateDocument({ Version: '2012-10-17', Statement })).toBe('Rejected')
    }
  })

  test('SEC-42 an invalid statement that could never match rejects the policy', () => {
    const Condition = { NumericEquals: { 'x:Key': 'abc' } }
    expect(decide([{}, { Action: 's3:*', Condition }])).toBe('Rejected')
    expect(decide([{}, { Resource: [], Condition }])).toBe('Rejected')
    expect(decide([{}, { Condition: { StringEquals: { 'x:Absent': 'x' }, ...Condition } }])).toBe('Rejected')
  })

  test.each([
    ['a string', 'text'],
    ['a list', []],
    ['JSON text', JSON.stringify(withMembers({}))],
    ['a document with an unknown version', { Version: '2012-10-18', Statement: [] }],
    ['a document with a number as version', { Version: 20121017, Statement: [] }],
    ['a document without a statement', { Version: '2012-10-17' }],
    ['a document with a string as statement', { Statement: 'Allow' }],
    ['a document with an unknown member', { Statement: [], Effect: 'Allow' }],
  ])('SEC-42 %s is rejected as a policy', (_name, document) => {
    expect(evaluateDocument(document)).toBe('Rejected')
  })
})

const named = (operators: readonly string[], values: readonly string[]): [string, string][] =>
  operators.flatMap((operator) => values.map((value): [string, string] => [operator, value]))

describe('condition values that the operator cannot parse', () => {
  const NUMBERS = [
    '',
    'abc',
    '1,0',
    '1.2.3',
    '--1',
    '0x10',
    ' 1',
    '1 ',
    'NaN',
    'Infinity',
    '1e',
    '1e999',
    '\u0661',
    '1_000',
  ]
  const DATES = [
    'yesterday',
    '',
    '2026-02-30',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-1-1',
    '2026-01-01 12:00:00',
    '2026-01-01T25:00:00Z',
    '2026-01-01T12:60:00Z',
    '2026-01-01T12:00:00+99:00',
    '2026-01-01T12:00:00 GMT',
    '20260101T120000Z',
    'Thu, 01 Jan 2026 00:00:00 GMT',
    '-1',
    '1.5',
    '99999999999999999999',
    '2025-02-29',
  ]
  test.each([
    ...named(['NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericGreaterThanEqualsIfExists'], NUMBERS),
    ...named(['DateEquals', 'DateNotEquals', 'DateGreaterThan', 'ForAnyValue:DateLessThanEquals'], DATES),
    ...named(['Bool', 'BoolIfExists', 'Null'], ['', 'yes', '1', '0', 'true ', 'null']),
    ...named(['BinaryEquals'], ['!!', 'QUJ', 'QUJD=', 'QQ=', 'QU JD', 'QQ-_']),
  ])('AWS-POL-65 SEC-50 %s rejects the policy value %j', (operator, value) => {
    expect(satisfied({ [operator]: { 'x:Key': value } }, { 'x:Key': value })).toBe('rejected')
    expect(satisfied({ [operator]: { 'x:Key': [value] } })).toBe('rejected')
  })

  test('AWS-POL-65 one malformed value among valid ones rejects the policy', () => {
    expect(satisfied({ NumericEquals: { 'x:Key': ['1', 'abc'] } }, { 'x:Key': '1' })).toBe('rejected')
  })

  // A typing mistake must neither widen an Allow nor disable a Deny.
  test.each(['foo', 'bucket', 'aws:s3:::bucket', 's3://bucket', '', 'arn:aws:s3', 'arn:aws:*:bucket', 'arn:aws:s3:*'])(
    'SEC-42 AWS-POL-65 an ARN operator rejects the value %j because it has no six segments',
    (value) => {
      for (const operator of ['ArnLike', 'ArnEquals', 'ArnNotLike', 'ArnNotEquals']) {
        expect(satisfied({ [operator]: { 'aws:SourceArn': value } }, { 'aws:SourceArn': 'arn:aws:s3:::b' })).toBe(
          'rejected',
        )
      }
    },
  )
})

test('SEC-42 SEC-35 the error message names the position and no values', async () => {
  const secret = 'hunter2'
  const document = withMembers({ Condition: { NumericEquals: { [secret]: secret } } })
  let message = ''
  try {
    const { evaluatePolicy } = await import('@custom-authorizer/core/aws')
    evaluatePolicy(document as never, { resource: ARN })
  } catch (error) {
    message = (error as Error).message
  }
  expect(message).toContain('Statement[0]')
  expect(message).not.toContain(secret)
})
