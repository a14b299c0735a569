/** Condition keys that a public API has (AWS-POL-70 to 73, SEC-50). */
import { describe, expect, test } from 'vitest'
import { withStatements } from './authorizer.ts'

const NOW = Date.UTC(2030, 0, 1, 12, 0, 0)
const withCondition = (condition: object, effect = 'Allow') =>
  withStatements([{ Effect: effect, Condition: condition }, ...(effect === 'Deny' ? [{}] : [])])

describe('keys of a public API', () => {
  test.each<[name: string, condition: object, headers: Record<string, string>, expected: string]>([
    ['aws:CurrentTime', { DateEquals: { 'aws:CurrentTime': '2030-01-01T12:00:00Z' } }, {}, 'ALLOWED'],
    ['aws:CurrentTime as text', { StringEquals: { 'aws:CurrentTime': new Date(NOW).toISOString() } }, {}, 'ALLOWED'],
    ['aws:EpochTime', { NumericEquals: { 'aws:EpochTime': String(NOW / 1000) } }, {}, 'ALLOWED'],
    ['aws:EpochTime as a date', { DateEquals: { 'aws:EpochTime': '2030-01-01T12:00:00Z' } }, {}, 'ALLOWED'],
    ['aws:SecureTransport', { Bool: { 'aws:SecureTransport': 'true' } }, {}, 'ALLOWED'],
    ['aws:SourceIp', { StringEquals: { 'aws:SourceIp': '203.0.113.9' } }, {}, 'ALLOWED'],
    ['aws:UserAgent sent', { StringEquals: { 'aws:UserAgent': 'curl/8' } }, { 'USER-AGENT': 'curl/8' }, 'ALLOWED'],
    ['aws:UserAgent not sent', { Null: { 'aws:UserAgent': 'true' } }, {}, 'ALLOWED'],
    ['aws:Referer sent', { StringLike: { 'aws:Referer': 'https://a/*' } }, { Referer: 'https://a/b' }, 'ALLOWED'],
    ['aws:Referer not sent', { StringLike: { 'aws:Referer': '*' } }, {}, 'IMPLICIT_DENY'],
  ])('AWS-POL-70 the condition key has the value of the request: %s', async (_name, condition, headers, expected) => {
    expect(await withCondition(condition).send('GET /pets', { headers })).toBe(expected)
  })

  test.each(['aws:CurrentTime', 'aws:EpochTime', 'aws:SecureTransport', 'aws:SourceIp'])(
    'AWS-POL-70 %s is always present',
    async (key) => {
      expect(await withCondition({ Null: { [key]: 'false' } }).send('GET /pets')).toBe('ALLOWED')
    },
  )

  test.each(['aws:SourceArn', 'aws:SourceVpc', 'aws:SourceVpce', 'aws:VpcSourceIp', 'aws:SourceAccount'])(
    'AWS-POL-70 %s belongs to other API types and is absent',
    async (key) => {
      expect(await withCondition({ Null: { [key]: 'true' } }).send('GET /pets')).toBe('ALLOWED')
    },
  )
})

test.each([
  'aws:PrincipalArn',
  'aws:PrincipalAccount',
  'aws:PrincipalOrgID',
  'aws:PrincipalOrgPaths',
  'aws:PrincipalTag/team',
  'aws:PrincipalType',
  'aws:userid',
  'aws:username',
  'aws:TokenIssueTime',
  'aws:MultiFactorAuthAge',
  'aws:MultiFactorAuthPresent',
])('AWS-POL-71 %s is absent', async (key) => {
  expect(await withCondition({ Null: { [key]: 'true' } }).send('GET /pets')).toBe('ALLOWED')
  expect(await withCondition({ StringLike: { [key]: '*' } }).send('GET /pets')).toBe('IMPLICIT_DENY')
})

describe('cached policies', () => {
  test('AWS-POL-72 a cached policy is evaluated with the current source IP', async () => {
    const cached = withStatements([{ Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.9' } } }], { ttl: 300 })
    expect(await cached.send('GET /pets')).toBe('ALLOWED')
    expect(await cached.send('GET /pets', { peer: '203.0.113.10' })).toBe('IMPLICIT_DENY')
    expect(await cached.send('GET /pets')).toBe('ALLOWED')
    expect(cached.calls()).toBe(1)
  })

  test('AWS-POL-72 a cached policy is evaluated with the current time', async () => {
    const cached = withStatements([{ Condition: { DateLessThan: { 'aws:CurrentTime': '2030-01-01T12:01:00Z' } } }], {
      ttl: 300,
    })
    expect(await cached.send('GET /pets')).toBe('ALLOWED')
    cached.clock.advanceSync(60_000)
    expect(await cached.send('GET /pets')).toBe('IMPLICIT_DENY')
    expect(cached.calls()).toBe(1)
  })

  test('AWS-POL-72 a cached policy is evaluated with the current path', async () => {
    const Resource = 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/GET/pets'
    const cached = withStatements([{ Resource }], { ttl: 300 })
    expect(await cached.send('GET /pets')).toBe('ALLOWED')
    expect(await cached.send('GET /users')).toBe('IMPLICIT_DENY')
    expect(await cached.send('POST /pets')).toBe('IMPLICIT_DENY')
    expect(cached.calls()).toBe(1)
  })
})

test.each(['role', 'context.role', 'aws:role', 'principalId', 'authorizer.role'])(
  'AWS-POL-73 the authorizer context is not available as the condition key %s',
  async (key) => {
    const authorizer = withStatements([{ Condition: { StringLike: { [key]: '*' } } }], { context: { role: 'admin' } })
    expect(await authorizer.send('GET /pets')).toBe('IMPLICIT_DENY')
  },
)

test('SEC-50 a decision reads the clock once', async () => {
  const { clock, send } = withStatements([
    {
      Condition: {
        StringEquals: { 'aws:CurrentTime': '${aws:CurrentTime}' },
        StringLike: { 'aws:EpochTime': '${aws:EpochTime}' },
      },
    },
  ])
  let reads = 0
  const now = clock.now.bind(clock)
  clock.now = () => now() + 60_000 * reads++
  expect(await send('GET /pets')).toBe('ALLOWED')
})
