/** Policy variables in resources and conditions (AWS-POL-66, AWS-POL-80 to 84). */
import { describe, expect, test } from 'vitest'
import { API, type Context, HEAD, decide, satisfied, matches } from './decide.ts'
import { compileText, givenKeys } from './internals.ts'

const AGENT = 'aws:UserAgent'
const REFERER = 'aws:Referer'
const TEAM = 'aws:PrincipalTag/team'
const PETS = `${API}/prod/GET/pets/`

describe('variables in resources', () => {
  test.each<[rule: string, tail: string, context: Context, request: string, matched: boolean]>([
    ['AWS-POL-80', '${aws:UserAgent}', { [AGENT]: '7' }, '7', true],
    ['AWS-POL-80', '${aws:UserAgent}', { [AGENT]: '8' }, '7', false],
    ['AWS-POL-80', '${AWS:useragent}', { [AGENT]: '7' }, '7', true],
    ['AWS-POL-80', '${ aws:UserAgent }', { [AGENT]: '7' }, '7', true],
    ['AWS-POL-80', '${aws:PrincipalTag/team}/x', { [TEAM]: 'red' }, 'red/x', true],
    ['AWS-POL-80', '${aws:UserAgent}-${aws:Referer}', { [AGENT]: 'a', [REFERER]: 'b' }, 'a-b', true],
    ['AWS-POL-80', '${aws:UserAgent}${aws:UserAgent}', { [AGENT]: 'ab' }, 'abab', true],
    ['AWS-POL-80', '${aws:UserAgent}*', { [AGENT]: 'a' }, 'abc/d', true],
    ['AWS-POL-80', '?${aws:UserAgent}', { [AGENT]: 'b' }, 'ab', true],
    ['AWS-POL-80', '${aws:UserAgent}', { [AGENT]: 'a/b:c' }, 'a/b:c', true],
    ['AWS-POL-82', "${aws:UserAgent, '7'}", {}, '7', true],
    ['AWS-POL-82', "${aws:UserAgent, '7'}", { [AGENT]: '8' }, '7', false],
    ['AWS-POL-82', "${aws:UserAgent, '7'}", { [AGENT]: '8' }, '8', true],
    ['AWS-POL-82', "${aws:UserAgent, ''}7", {}, '7', true],
    ['AWS-POL-82', "${aws:UserAgent , '7'}", {}, '7', true],
    ['AWS-POL-82', "${aws:UserAgent, 'a b'}", {}, 'a b', true],
    ['AWS-POL-83', '${aws:UserAgent}', {}, '7', false],
    ['AWS-POL-83', '${aws:UserAgent}', {}, '', false],
    ['AWS-POL-83', '${aws:UserAgent}*', {}, '7', false],
    ['AWS-POL-83', '*${aws:UserAgent}', {}, '7', false],
    ['AWS-POL-83', '${aws:UserAgent}', {}, '${aws:UserAgent}', false],
    ['AWS-POL-84', '${aws:UserAgent}', { [AGENT]: '*' }, '7', false],
    ['AWS-POL-84', '${aws:UserAgent}', { [AGENT]: '*' }, '*', true],
    ['AWS-POL-84', '${aws:UserAgent}', { [AGENT]: '?' }, '7', false],
    ['AWS-POL-84', '${aws:UserAgent}', { [AGENT]: '${aws:Referer}', [REFERER]: '7' }, '7', false],
    ['AWS-POL-84', '${aws:UserAgent}', { [AGENT]: '${*}' }, '*', false],
    ['AWS-POL-84', "${aws:UserAgent, '*'}", {}, '7', false],
    ['AWS-POL-84', "${aws:UserAgent, '*'}", {}, '*', true],
    ['AWS-POL-66', '${*}', {}, '*', true],
    ['AWS-POL-66', '${*}', {}, '7', false],
    ['AWS-POL-66', '${?}', {}, '?', true],
    ['AWS-POL-66', '${?}', {}, '7', false],
    ['AWS-POL-66', '${$}{aws:UserAgent}', { [AGENT]: '7' }, '${aws:UserAgent}', true],
    ['AWS-POL-66', 'a${*}b*', {}, 'a*bcd', true],
  ])('%s Resource %s with the context %j matches %s: %s', (_rule, tail, context, request, matched) => {
    expect(matches({ Resource: PETS + tail }, { context, resource: PETS + request })).toBe(matched)
    expect(matches({ NotResource: PETS + tail }, { context, resource: PETS + request })).toBe(!matched)
  })

  test.each([null, '2008-10-17'])(
    'AWS-POL-80 AWS-POL-66 variables in resources are literal with version %s',
    (version) => {
      const input = { context: { [AGENT]: '7' }, version }
      expect(matches({ Resource: `${PETS}\${aws:UserAgent}` }, { ...input, resource: `${PETS}7` })).toBe(false)
      const literal = `${PETS}\${aws:UserAgent}`
      expect(matches({ Resource: literal }, { ...input, resource: literal })).toBe(true)
      expect(matches({ Resource: `${PETS}\${*}` }, { ...input, resource: `${PETS}*` })).toBe(false)
      expect(matches({ Resource: `${PETS}\${*}` }, { ...input, resource: `${PETS}\${abc}` })).toBe(true)
    },
  )

  test.each([
    'arn:${aws:UserAgent}:execute-api:us-east-1:123456789012:*',
    'arn:aws:execute-api:${aws:UserAgent}:123456789012:*',
    'arn:aws:execute-api:us-east-1:${aws:UserAgent}:*',
    "arn:${aws:UserAgent, 'aws'}:execute-api:us-east-1:123456789012:*",
  ])('AWS-POL-81 variables before the resource part are not expanded: %s', (pattern) => {
    for (const value of ['aws', 'us-east-1', '123456789012']) {
      expect(matches({ Resource: pattern }, { context: { [AGENT]: value } })).toBe(false)
    }
  })

  test('AWS-POL-83 a multi-valued key is neither inserted nor replaced by the default', () => {
    const context = { [AGENT]: ['7', '8'] }
    expect(decide({ Resource: `${PETS}\${aws:UserAgent}` }, { context })).toBe('ImplicitlyDenied')
    expect(decide({ Resource: `${PETS}\${aws:UserAgent, '7'}` }, { context })).toBe('ImplicitlyDenied')
  })

  // An invalid name is an absent key; the policy text never becomes the name of a resource.
  test.each(['${foo}', '${}', '${aws:}', '${aws:User Agent}', '${aws:UserAgent, 7}', '${*foo}'])(
    'AWS-POL-83 SEC-42 an Allow with the invalid variable %s does not match its own text',
    (variable) => {
      const resource = PETS + variable
      expect(decide({ Resource: resource }, { resource, context: { [AGENT]: '7' } })).not.toBe('Allowed')
    },
  )
})

describe('variables in conditions', () => {
  const context: Context = {
    [AGENT]: 'red',
    [REFERER]: 'red',
    [TEAM]: 'r*',
    'x:Level': '7',
    'aws:SourceArn': 'arn:aws:s3:::red',
  }

  test.each<[rule: string, operator: string, key: string, value: string, expected: boolean | 'rejected']>([
    ['AWS-POL-80', 'StringEquals', AGENT, '${aws:Referer}', true],
    ['AWS-POL-80', 'StringNotEquals', AGENT, '${aws:Referer}', false],
    ['AWS-POL-80', 'StringEqualsIgnoreCase', AGENT, '${aws:Referer}', true],
    ['AWS-POL-80', 'StringLike', AGENT, '${aws:Referer}*', true],
    ['AWS-POL-80', 'StringNotLike', AGENT, 'b${aws:Referer}', true],
    ['AWS-POL-80', 'ArnLike', 'aws:SourceArn', 'arn:aws:s3:::${aws:UserAgent}', true],
    ['AWS-POL-80', 'ArnEquals', 'aws:SourceArn', 'arn:*:s3:::${aws:UserAgent}', true],
    ['AWS-POL-80', 'ArnNotLike', 'aws:SourceArn', 'arn:aws:s3:::${aws:UserAgent}', false],
    ['AWS-POL-84', 'StringLike', AGENT, '${aws:PrincipalTag/team}', false],
    ['AWS-POL-84', 'StringLike', TEAM, '${aws:PrincipalTag/team}', true],
    ['AWS-POL-82', 'StringEquals', AGENT, "${x:Absent, 'red'}", true],
    ['AWS-POL-82', 'StringNotEquals', AGENT, "${x:Absent, 'red'}", false],
    ['AWS-POL-83', 'StringEquals', AGENT, '${x:Absent}', false],
    ['AWS-POL-83', 'StringLike', AGENT, '*${x:Absent}*', false],
    ['AWS-POL-83', 'StringNotEquals', AGENT, '${x:Absent}', true],
    ['AWS-POL-83', 'StringNotLike', AGENT, '${x:Absent}*', true],
    ['AWS-POL-83', 'ArnLike', 'aws:SourceArn', 'arn:aws:s3:::*${x:Absent}', false],
    ['AWS-POL-83', 'ArnNotLike', 'aws:SourceArn', 'arn:aws:s3:::*${x:Absent}', true],
    ['AWS-POL-81', 'NumericEquals', 'x:Level', '${x:Level}', 'rejected'],
    ['AWS-POL-81', 'DateEquals', 'x:Level', '${x:Level}', 'rejected'],
    ['AWS-POL-81', 'Bool', 'x:Level', '${x:Level}', 'rejected'],
    ['AWS-POL-81', 'BinaryEquals', 'x:Level', '${x:Level}', 'rejected'],
    ['AWS-POL-81', 'IpAddress', 'x:Level', '${x:Level}', 'rejected'],
    ['AWS-POL-81', 'Null', 'x:Level', '${x:Level}', 'rejected'],
    // Variables are not expanded in the first five ARN segments of a condition either.
    ['AWS-POL-81', 'ArnLike', 'aws:SourceArn', 'arn:aws:${x:Service}:::red', false],
    ['AWS-POL-81', 'ArnLike', 'aws:SourceArn', "arn:${x:Absent, 'aws'}:s3:::red", false],
  ])('%s %s on %s with %j evaluates to: %s', (_rule, operator, key, value, expected) => {
    expect(satisfied({ [operator]: { [key]: value } }, { ...context, 'x:Service': 's3' })).toBe(expected)
  })

  test.each(['StringEquals', 'StringLike', 'StringEqualsIgnoreCase'])(
    'AWS-POL-66 escapes are literal in %s',
    (operator) => {
      for (const [value, given] of [
        ['a${*}b', 'a*b'],
        ['a${?}b', 'a?b'],
        ['a${$}b', 'a$b'],
        ['${$}{x:Y}', '${x:Y}'],
      ]) {
        expect(satisfied({ [operator]: { [AGENT]: value } }, { [AGENT]: given as string, 'x:Y': 'no' })).toBe(true)
        expect(satisfied({ [operator]: { [AGENT]: value } }, { [AGENT]: 'axb', 'x:Y': 'no' })).toBe(false)
      }
    },
  )

  test.each([null, '2008-10-17'])(
    'AWS-POL-80 AWS-POL-66 variables in conditions are literal with version %s',
    (version) => {
      const compare = (operator: string, value: string, given: string): boolean | 'rejected' =>
        satisfied({ [operator]: { [AGENT]: value } }, { [AGENT]: given, [REFERER]: 'red' }, version)
      expect(compare('StringEquals', '${aws:Referer}', 'red')).toBe(false)
      expect(compare('StringEquals', '${aws:Referer}', '${aws:Referer}')).toBe(true)
      expect(compare('StringLike', 'a${*}', 'a*')).toBe(false)
      expect(compare('StringLike', 'a${*}', 'a${x}')).toBe(true)
    },
  )

  test('AWS-POL-81 variables in actions are not expanded', () => {
    expect(matches({ Action: 'execute-api:${aws:UserAgent}' }, { context: { [AGENT]: 'Invoke' } })).toBe(false)
  })

  test('AWS-POL-80 a resource may contain more variables than segments', () => {
    const Resource = `${HEAD}:\${x:A}:\${x:B}:\${x:C}/*`
    const letters = { 'x:A': 'a', 'x:B': 'b', 'x:C': 'c' }
    expect(matches({ Resource }, { context: letters, resource: `${HEAD}:a:b:c/d` })).toBe(true)
  })
})

describe('variable syntax', () => {
  const reading = { wildcards: true, variables: true }
  const keys = givenKeys({ 'aws:UserAgent': 'blue' })
  test.each([
    ['${aws:UserAgent}', 'blue', true],
    ['${ aws:UserAgent }', 'blue', true],
    ['${x aws:UserAgent}', 'blue', false],
    ['${aws:UserAgent x}', 'blue', false],
    ["${aws:Referer,'d'}", 'd', true],
    ["${aws:Referer ,  'd'}", 'd', true],
    ["${aws:Referer,''}x", 'x', true],
    ['${aws:Referer}', 'undefined', false],
    ['$a}', '$a}', true],
    ['${aws:UserAgent', '${aws:UserAgent', true],
    ['${*}', '*', true],
    ['${*}', 'x', false],
  ])('AWS-POL-80 the policy text %s matches %s: %s', (text, value, covered) => {
    expect(compileText(text, reading)(value, keys)).toBe(covered)
  })
})
