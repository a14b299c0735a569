/** Policies that test the source IP if it is unknown (SEC-27). */
import { describe, expect, test } from 'vitest'
import { withStatements } from './authorizer.ts'

// An unknown address is not an absent one: an Allow that tests it does not apply, a Deny does.
const UNKNOWN = [
  ['no peer', { peer: undefined }],
  ['a peer that is not an address', { peer: '/run/app.sock' }],
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

describe.each(UNKNOWN)('%s', (_name, parts) => {
  test.each(CONDITIONS)('SEC-27 an Allow does not apply with the condition %j', async (Condition) => {
    expect(await withStatements([{ Condition }]).send('GET /pets', parts)).toBe('IMPLICIT_DENY')
  })

  test.each(CONDITIONS)('SEC-27 a Deny applies with the condition %j', async (Condition) => {
    expect(await withStatements([{}, { Effect: 'Deny', Condition }]).send('GET /pets', parts)).toBe('EXPLICIT_DENY')
  })

  test('SEC-27 conditions on other keys are evaluated as usual', async () => {
    const Condition = { Bool: { 'aws:SecureTransport': 'true' } }
    expect(await withStatements([{ Condition }]).send('GET /pets', parts)).toBe('ALLOWED')
    expect(
      await withStatements([
        {},
        { Effect: 'Deny', Condition: { ...Condition, StringEquals: { 'aws:Referer': 'x' } } },
      ]).send('GET /pets', parts),
    ).toBe('ALLOWED')
  })
})

describe('policy variables with an unknown address', () => {
  const A = 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/GET'
  const parts = { peer: undefined, headers: { 'User-Agent': 'x' } }
  const send = async (...statements: object[]): Promise<string> =>
    withStatements(statements as Record<string, unknown>[]).send('GET /from/x', parts)

  test.each<[name: string, statement: Record<string, unknown>]>([
    ['in Resource', { Resource: `${A}/from/\${aws:SourceIp}` }],
    ['in Resource with a default', { Resource: `${A}/from/\${aws:SourceIp, 'x'}` }],
    ['in NotResource', { NotResource: `${A}/from/\${aws:SourceIp}` }],
    ['in StringEquals', { Condition: { StringEquals: { 'aws:UserAgent': '${aws:SourceIp}' } } }],
    ['in StringEquals with a default', { Condition: { StringEquals: { 'aws:UserAgent': "${aws:SourceIp, 'x'}" } } }],
    ['in StringNotEquals', { Condition: { StringNotEquals: { 'aws:UserAgent': '${aws:SourceIp}' } } }],
    ['in StringNotLike', { Condition: { StringNotLike: { 'aws:UserAgent': '${aws:SourceIp}*' } } }],
  ])('SEC-27 an Allow does not apply and a Deny does with an unknown variable %s', async (_name, statement) => {
    expect(await send(statement)).toBe('IMPLICIT_DENY')
    expect(await send({}, { ...statement, Effect: 'Deny' })).toBe('EXPLICIT_DENY')
  })
})
