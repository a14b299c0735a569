import { describe, expect, test } from 'vitest'
import { withStatements } from './authorizer.ts'

// An address that cannot be told is not an absent one: whatever tests it grants nothing and takes everything away.
const UNKNOWN = [
  ['no peer', { peer: undefined }],
  ['a peer that is no address', { peer: '/run/app.sock' }],
  [
    'an octal element from a trusted proxy',
    { peer: '10.0.0.1', trustedProxies: ['10.0.0.0/8'], headers: { 'X-Forwarded-For': '010.0.0.1' } },
  ],
  [
    'an element with a port from a trusted proxy',
    { peer: '10.0.0.1', trustedProxies: ['10.0.0.0/8'], headers: { 'X-Forwarded-For': '203.0.113.9:80' } },
  ],
] as const

const KEY = 'aws:SourceIp'
const CONDITIONS: readonly object[] = [
  { IpAddress: { [KEY]: '0.0.0.0/0' } },
  { IpAddress: { [KEY]: ['0.0.0.0/0', '::/0'] } },
  { NotIpAddress: { [KEY]: '203.0.113.9' } },
  { IpAddressIfExists: { [KEY]: '0.0.0.0/0' } },
  { NotIpAddressIfExists: { [KEY]: '0.0.0.0/0' } },
  { 'ForAllValues:IpAddress': { [KEY]: '0.0.0.0/0' } },
  { 'ForAnyValue:IpAddress': { [KEY]: '0.0.0.0/0' } },
  { StringLike: { [KEY]: '*' } },
  { StringNotEquals: { 'AWS:SOURCEIP': 'x' } },
  { Null: { [KEY]: 'true' } },
  { Null: { [KEY]: 'false' } },
]

describe.each(UNKNOWN)('SEC-27 with %s', (_name, parts) => {
  test.each(CONDITIONS)('SEC-27 an Allow does not hold: %j', async (Condition) => {
    expect(await withStatements([{ Condition }]).ask('GET /pets', parts)).toBe('IMPLICIT_DENY')
  })

  test.each(CONDITIONS)('SEC-27 a Deny does: %j', async (Condition) => {
    expect(await withStatements([{}, { Effect: 'Deny', Condition }]).ask('GET /pets', parts)).toBe('EXPLICIT_DENY')
  })

  test('SEC-27 what does not test the address is as always', async () => {
    const Condition = { Bool: { 'aws:SecureTransport': 'true' } }
    expect(await withStatements([{ Condition }]).ask('GET /pets', parts)).toBe('ALLOWED')
    expect(
      await withStatements([
        {},
        { Effect: 'Deny', Condition: { ...Condition, StringEquals: { 'aws:Referer': 'x' } } },
      ]).ask('GET /pets', parts),
    ).toBe('ALLOWED')
  })
})

describe('SEC-27 a policy variable that stands for an address that cannot be told', () => {
  const A = 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/GET'
  const parts = { peer: undefined, headers: { 'User-Agent': 'x' } }
  const ask = async (...statements: object[]): Promise<string> =>
    withStatements(statements as Record<string, unknown>[]).ask('GET /from/x', parts)

  test.each<[name: string, statement: Record<string, unknown>]>([
    ['in Resource', { Resource: `${A}/from/\${aws:SourceIp}` }],
    ['in Resource with a default', { Resource: `${A}/from/\${aws:SourceIp, 'x'}` }],
    ['in NotResource', { NotResource: `${A}/from/\${aws:SourceIp}` }],
    ['in StringEquals', { Condition: { StringEquals: { 'aws:UserAgent': '${aws:SourceIp}' } } }],
    ['in StringEquals with a default', { Condition: { StringEquals: { 'aws:UserAgent': "${aws:SourceIp, 'x'}" } } }],
    ['in StringNotEquals', { Condition: { StringNotEquals: { 'aws:UserAgent': '${aws:SourceIp}' } } }],
    ['in StringNotLike', { Condition: { StringNotLike: { 'aws:UserAgent': '${aws:SourceIp}*' } } }],
  ])('SEC-27 %s', async (_name, statement) => {
    expect(await ask(statement)).toBe('IMPLICIT_DENY')
    expect(await ask({}, { ...statement, Effect: 'Deny' })).toBe('EXPLICIT_DENY')
  })
})
