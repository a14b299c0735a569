/** Small things that nothing else depends on, each with an input that shows it. */
import { describe, expect, test } from 'vitest'
import { API, type Context, decide, holds, statement } from './decide.ts'
import { returning, withStatements } from './authorizer.ts'
import { beginning, compileText, decoded, givenKeys, parseArn, Spellings } from './internals.ts'

const RAW = { caseSensitive: true, strict: true }
const GET = `${API}/prod/GET`
const agent = (value: string): Context => ({ 'aws:UserAgent': value })

describe('AWS-ARN-15 an ARN is cut at its first five colons', () => {
  test.each<[string, ReturnType<typeof parseArn>]>([
    ['a:b:c:d:e:f', { arnPrefix: 'a:b:c:d:e', resource: 'f' }],
    [':b:c:d:e:f:g', { arnPrefix: ':b:c:d:e', resource: 'f:g' }],
    [':::::', { arnPrefix: '::::', resource: '' }],
    ['a:b:c:d:e', undefined],
  ])('AWS-ARN-15 %s', (arn, parts) => {
    expect(parseArn(arn)).toEqual(parts)
  })
})

describe('section 5.5: numbers', () => {
  test.each([
    ['1e2', '100', true],
    ['1e+2', '100', true],
    ['1E-2', '0.01', true],
    ['1e12', '1000000000000', true],
    ['.25', '0.25', true],
    ['25.', '25', true],
    ['-1', '1', false],
  ])('the number %s and %s: %s', (policy, given, same) => {
    expect(holds({ NumericEquals: { 'aws:UserAgent': policy } }, agent(given))).toBe(same)
  })
  test.each(['1e', '1ee', '1e+', '.', '', 'x1', '1x'])('AWS-POL-65 %s is none', (policy) => {
    expect(holds({ NumericEquals: { 'aws:UserAgent': policy } }, agent('1'))).toBe('refused')
  })
})

describe('section 5.5: dates', () => {
  test.each([
    ['2026-01-01T01:00+0100', '2026-01-01T00:00Z', true],
    ['2026-01-01T01:00+01:00', '2026-01-01', true],
    ['2026-01-01T01:00-0100', '2026-01-01T02:00:00.000Z', true],
    ['2026-01-01T00:00:00.1', '2026-01-01T00:00:00.100Z', true],
    ['2026-01-01T00:00:00.1234', '2026-01-01T00:00:00.123Z', true],
    ['2026-01-01T00:00:00.1', '2026-01-01T00:00:00.001Z', false],
  ])('the date %s and %s: %s', (policy, given, same) => {
    expect(holds({ DateEquals: { 'aws:UserAgent': policy } }, agent(given))).toBe(same)
  })
  test.each(['x2026-01-01', '2026-01-01x', '2026-02-30', '2026-13-01', '2026-01-01T00:00+1', '2026-01-01T'])(
    'AWS-POL-65 %s is none',
    (policy) => {
      expect(holds({ DateEquals: { 'aws:UserAgent': policy } }, agent('2026-01-01'))).toBe('refused')
    },
  )
  test('a date without a zone is one in UTC, wherever the server stands', () => {
    const zone = process.env['TZ']
    process.env['TZ'] = 'Asia/Tokyo'
    try {
      expect(new Date('2026-01-01T00:00:00').getTime()).not.toBe(Date.parse('2026-01-01T00:00:00Z'))
      const policy = { DateEquals: { 'aws:UserAgent': '2026-01-01T00:00:00' } }
      expect(holds(policy, agent('2026-01-01T00:00:00+00:00'))).toBe(true)
      expect(holds(policy, agent('2026-01-01T00:00:00+09:00'))).toBe(false)
    } finally {
      if (zone === undefined) delete process.env['TZ']
      else process.env['TZ'] = zone
    }
  })
})

describe('section 5.5: binary values', () => {
  test.each(['12==', '123=', 'QQ==', 'QUI=', 'QUJD', 'Q+/9', 'QUJD12=='])('%s equals itself', (text) => {
    expect(holds({ BinaryEquals: { 'aws:UserAgent': text } }, agent(text))).toBe(true)
    expect(holds({ BinaryEquals: { 'aws:UserAgent': text } }, agent('QkJC'))).toBe(false)
  })
  test.each(['!!==', '!!!=', 'A=', 'A===', 'AAA==', '!!!!', 'AAAA=', '==', '='])('AWS-POL-65 %s is none', (text) => {
    expect(holds({ BinaryEquals: { 'aws:UserAgent': text } }, agent('QQ=='))).toBe('refused')
  })
})

describe('AWS-POL-60 ARNs in conditions', () => {
  test.each<[string, string, boolean | 'refused']>([
    ['*', 'anything', true],
    ['arn:aws:s3:us:1:a', 'arn:aws:s3:us:1:a', true],
    ['arn:aws:s3:us:1:a:b', 'arn:aws:s3:us:1:a:b', true],
    ['arn:aws:s3:us:1:a:b', 'arn:aws:s3:us:1:ab', false],
    ['arn:aws:s3:us:1:', 'arn:aws:s3:us:1:', true],
    ['arn:aws:s3:us:1:*', 'arn:aws:s3:us:1', false],
    ['arn:aws:s3:us:1:*', 'arn:aws:s3:us:1:', true],
    ['arn:aws:*:us:1:x', 'arn:aws:s3:us:1:x', true],
    ['arn:aws:*:1:x', 'arn:aws:s3:us:1:x', 'refused'],
    ['arn:aws:s3:us:1', 'arn:aws:s3:us:1:x', 'refused'],
    // A variable is put in for the resource only; its colon is no end of a segment elsewhere.
    ['arn:aws:${aws:UserAgent}:us:1:x', 'arn:aws:${aws:UserAgent}:us:1:x', false],
    ['arn:aws:s3:us:1:${aws:Referer}', 'arn:aws:s3:us:1:ours', true],
    ['arn:aws:s3:us:1:${aws:Referer}', 'arn:aws:s3:us:1:other', false],
  ])('AWS-POL-60 %s and %s: %s', (policy, given, expected) => {
    const context = { 'aws:UserAgent': given, 'aws:Referer': 'ours' }
    expect(holds({ ArnLike: { 'aws:UserAgent': policy } }, context)).toBe(expected)
  })
})

test('section 5.5: a variable is compared without letter case where the operator is', () => {
  const context = { 'aws:UserAgent': 'Blue/X', 'aws:Referer': 'bLUE' }
  expect(holds({ StringEqualsIgnoreCase: { 'aws:UserAgent': '${aws:Referer}/x' } }, context)).toBe(true)
  expect(holds({ StringEqualsIgnoreCase: { 'aws:UserAgent': '${aws:Referer}/y' } }, context)).toBe(false)
})

describe('AWS-POL-80 what is a variable and what is text', () => {
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
  ])('AWS-POL-80 %s covers %s: %s', (text, value, covered) => {
    expect(compileText(text, reading)(value, keys)).toBe(covered)
  })
})

describe('SEC-07 what wide patterns take for one', () => {
  test.each([
    ['/%41', '/A'],
    ['/%20', '/ '],
    ['/%1f', '/%1F'],
    ['/%7e', '/~'],
    ['/%7f', '/%7F'],
    ['/%25', '/%25'],
    ['/%2541', '/%2541'],
    ['/%2f', '/%2F'],
    ['/%c3%a9', '/%C3%A9'],
    ['/A', '/A'],
  ])('SEC-07 %s is read as %s', (path, plain) => {
    const [only] = new Spellings(beginning('a/b/GET'), path).texts
    expect(only).toMatchObject({
      text: `a/b/GET${path}`,
      plain: `a/b/GET${plain}`,
      folded: `a/b/get${plain.toLowerCase()}`,
    })
    expect(only?.literal).toBe(plain.includes('%25') ? `a/b/GET${plain.replace('%25', '%')}` : undefined)
  })
  test('SEC-07 letters of a policy that a request can only send encoded', () => {
    expect([decoded('é'), decoded('😀'), decoded('aé%41')]).toEqual(['%C3%A9', '%F0%9F%98%80', 'a%C3%A9A'])
  })
})

describe('SEC-11 a router that compares what was sent', () => {
  const line = 'GET /users/m%65'
  test('SEC-11 an Allow has to cover the path as it was sent, too', async () => {
    expect(await withStatements([{ Resource: `${GET}/users/me` }]).ask(line, { routing: RAW })).toBe('IMPLICIT_DENY')
    expect(await withStatements([{ Resource: `${GET}/users/m*` }]).ask(line, { routing: RAW })).toBe('ALLOWED')
  })
  test('SEC-11 what a Deny leaves out it leaves out in every spelling', async () => {
    const deny = { Effect: 'Deny', Resource: undefined, NotResource: `${GET}/users/me` }
    const asked = returning({ Statement: [statement(), withoutResource(deny)] })
    expect(await asked.ask(line, { routing: RAW })).toBe('EXPLICIT_DENY')
    expect(await asked.ask('GET /users/me', { routing: RAW })).toBe('ALLOWED')
  })
})

const withoutResource = (members: Readonly<Record<string, unknown>>): unknown =>
  Object.fromEntries(Object.entries(statement(members)).filter(([, value]) => value !== undefined))

test('SEC-48 AWS-POL-12 a Deny with a wildcard in its service denies', () => {
  for (const Action of ['*:*', 'exec*:Invoke', 'execute-ap?:*', '*'])
    expect(decide([statement(), { Effect: 'Deny', Action }])).toBe('ExplicitlyDenied')
})

test.each(['arn:aws:*:us-east-1:123456789012', 'arn:aws:exec*:us-east-1:123456789012:abcdef123/prod/*', 'arn:aws:*'])(
  'AWS-POL-22c a Deny with a wildcard in its service field denies: %s',
  (Resource) => {
    expect(decide([statement(), { Effect: 'Deny', Resource }])).toBe('ExplicitlyDenied')
    expect(decide({ Resource })).not.toBe('Allowed')
  },
)

describe('AWS-POL-20 a question mark where an Allow is found by what stands before it', () => {
  test.each([
    ['p?ts', '/pets', true],
    ['p?ts', '/petz', false],
    ['p?ts', '/pts', false],
    ['p?ts*', '/petsitter', true],
    ['p?ts*', '/petzitter', false],
  ])('AWS-POL-20 %s covers %s: %s', (pattern, path, covered) => {
    expect(decide({ Resource: `${GET}/${pattern}` }, { resource: `${GET}${path}` }) === 'Allowed').toBe(covered)
  })
})

test('SEC-11 a Deny that ends in a slash only when its last variable is empty, wherever its first one stands', async () => {
  const asked = withStatements([{}, { Effect: 'Deny', Resource: `${GET}/*/\${aws:Referer, ''}` }])
  const routing = { caseSensitive: false, strict: false }
  expect(await asked.ask('GET /a', { routing })).toBe('EXPLICIT_DENY')
  expect(await asked.ask('GET /', { routing })).toBe('ALLOWED')
})
