import { describe, expect, test } from 'vitest'
import { answerTo, ARN, decide, holds, statement } from './decide.ts'
import { returning } from './authorizer.ts'

const AGENT = 'aws:UserAgent'

/** A document with one statement that has these members in place of its own; `undefined` takes one out. */
const withMembers = (members: Readonly<Record<string, unknown>>): unknown => ({
  Version: '2012-10-17',
  Statement: [
    Object.fromEntries(Object.entries({ ...statement(), ...members }).filter(([, value]) => value !== undefined)),
  ],
})

describe('SEC-42 an element that is not known, or missing, spoils the whole policy', () => {
  test.each<[name: string, members: Record<string, unknown>]>([
    ['Effect with a space', { Effect: 'Allow ' }],
    ['Effect in a list', { Effect: ['Allow'] }],
    ['Effect that is another word', { Effect: 'Permit' }],
    ['Effect with letters of another script', { Effect: '\u0410llow' }],
    ['Effect that is inherited', { Effect: 'constructor' }],
    ['Effect that is empty', { Effect: '' }],
    ['no Effect', { Effect: undefined }],
    ['no Action', { Action: undefined }],
    ['Action and NotAction', { NotAction: 's3:*' }],
    ['Action without a service', { Action: 'Invoke' }],
    ['Action that is empty', { Action: '' }],
    ['Action without a name', { Action: 'execute-api:' }],
    ['Action that is a number', { Action: 1 }],
    ['one bad Action among good ones', { Action: ['execute-api:Invoke', 'Invoke'] }],
    ['no Resource', { Resource: undefined }],
    ['Resource and NotResource', { NotResource: ARN }],
    ['Resource that is no ARN', { Resource: '/pets' }],
    ['Resource that is empty', { Resource: '' }],
    ['one bad Resource among good ones', { Resource: ['*', 'pets'] }],
    ['Resource in a nested list', { Resource: [['*']] }],
    ['a misspelt element', { Conditon: {} }],
    ['an element in lower case', { condition: {} }],
    ['Principal', { Principal: '*' }],
    ['Condition that is a list', { Condition: [] }],
    ['Condition that is null', { Condition: null }],
    ['Condition that is text', { Condition: 'StringEquals' }],
    ['an operator with a text', { Condition: { StringEquals: 'x' } }],
    ['an operator with null', { Condition: { StringEquals: null } }],
    ['an operator with a list', { Condition: { StringEquals: ['x'] } }],
    ['a value that is null', { Condition: { StringEquals: { [AGENT]: null } } }],
    ['a value that is an object', { Condition: { StringEquals: { [AGENT]: {} } } }],
    ['a value in a nested list', { Condition: { StringEquals: { [AGENT]: [['x']] } } }],
    ['a bad value among good ones', { Condition: { StringEquals: { [AGENT]: ['x', null] } } }],
    ['an operator that does not exist', { Condition: { StringEqual: { [AGENT]: 'x' } } }],
    ['an operator without keys', { Condition: { StringEquals: {} } }],
    ['an operator that does not exist, without keys', { Condition: { StringEqual: {} } }],
  ])('SEC-42 %s', async (_name, members) => {
    for (const effect of [
      'Effect' in members ? members['Effect'] : 'Allow',
      'Effect' in members ? members['Effect'] : 'Deny',
    ]) {
      const document = withMembers({ ...members, Effect: effect })
      expect(answerTo(document)).toBe('Refused')
      expect(await returning(document).ask('GET /pets/7')).toBe('BAD_RESULT')
    }
  })

  test('SEC-42 one bad statement spoils the good ones, wherever it stands', () => {
    const good = statement()
    const bad = { ...good, Effect: 'Deny', Condition: { StringEqual: { [AGENT]: 'x' } } }
    for (const Statement of [
      [bad, good],
      [good, bad],
      [good, bad, good],
    ]) {
      expect(answerTo({ Version: '2012-10-17', Statement })).toBe('Refused')
    }
  })

  test('SEC-42 a statement that could never match is not overlooked', () => {
    const Condition = { NumericEquals: { 'x:Key': 'abc' } }
    expect(decide([{}, { Action: 's3:*', Condition }])).toBe('Refused')
    expect(decide([{}, { Resource: [], Condition }])).toBe('Refused')
    expect(decide([{}, { Condition: { StringEquals: { 'x:Absent': 'x' }, ...Condition } }])).toBe('Refused')
  })

  test.each([
    ['no object', 'text'],
    ['a list', []],
    ['JSON text', JSON.stringify(withMembers({}))],
    ['a version of its own', { Version: '2012-10-18', Statement: [] }],
    ['a version that is a number', { Version: 20121017, Statement: [] }],
    ['no statement', { Version: '2012-10-17' }],
    ['a statement that is text', { Statement: 'Allow' }],
    ['a member that is not known', { Statement: [], Effect: 'Allow' }],
  ])('SEC-42 a document that is %s', (_name, document) => {
    expect(answerTo(document)).toBe('Refused')
  })
})

const named = (operators: readonly string[], values: readonly string[]): [string, string][] =>
  operators.flatMap((operator) => values.map((value): [string, string] => [operator, value]))

describe('AWS-POL-65 SEC-50 a value that its operator cannot read spoils the whole policy', () => {
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
  ])('AWS-POL-65 SEC-50 %s %j', (operator, value) => {
    expect(holds({ [operator]: { 'x:Key': value } }, { 'x:Key': value })).toBe('refused')
    expect(holds({ [operator]: { 'x:Key': [value] } })).toBe('refused')
  })

  test('AWS-POL-65 one bad value among good ones', () => {
    expect(holds({ NumericEquals: { 'x:Key': ['1', 'abc'] } }, { 'x:Key': '1' })).toBe('refused')
  })

  // Neither an Allow that tests for anything else, nor a Deny that never applies, may come of a slip of the pen.
  test.each(['foo', 'bucket', 'aws:s3:::bucket', 's3://bucket', '', 'arn:aws:s3', 'arn:aws:*:bucket', 'arn:aws:s3:*'])(
    'SEC-42 AWS-POL-65 an Arn operator with a value that has no six segments: %j',
    (value) => {
      for (const operator of ['ArnLike', 'ArnEquals', 'ArnNotLike', 'ArnNotEquals']) {
        expect(holds({ [operator]: { 'aws:SourceArn': value } }, { 'aws:SourceArn': 'arn:aws:s3:::b' })).toBe('refused')
      }
    },
  )
})

test('SEC-42 SEC-35 the complaint names the place and no value', async () => {
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
