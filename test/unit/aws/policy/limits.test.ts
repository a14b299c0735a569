import { describe, expect, test } from 'vitest'
import { API, answerTo, statement } from './decide.ts'
import { returning } from './authorizer.ts'

const document = (members: object): unknown => ({ Version: '2012-10-17', Statement: [statement()], ...members })
const statements = (count: number): unknown => document({ Statement: Array.from({ length: count }, () => statement()) })
const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length
const sized = (bytes: number): unknown => document({ Id: 'a'.repeat(bytes - bytesOf(document({ Id: '' }))) })
const pattern = (length: number): string => `${API}/prod/GET/`.padEnd(length, 'a')
/** Fewer than 8,192 characters, and more bytes. */
const accented = document({ Id: '\u00e9'.repeat(5000) })

describe('SEC-51 a policy is bounded before it is evaluated', () => {
  test.each<[name: string, policy: unknown, expected: string]>([
    ['100 statements', statements(100), 'ALLOWED'],
    ['101 statements', statements(101), 'BAD_RESULT'],
    ['10,000 statements', statements(10_000), 'BAD_RESULT'],
    ['8,192 bytes', sized(8192), 'ALLOWED'],
    ['8,193 bytes', sized(8193), 'BAD_RESULT'],
    ['more bytes than characters', accented, 'BAD_RESULT'],
    ['a resource of 512 characters', document({ Statement: statement({ Resource: pattern(512) }) }), 'IMPLICIT_DENY'],
    ['a resource of 513 characters', document({ Statement: statement({ Resource: pattern(513) }) }), 'BAD_RESULT'],
    ['an exception of 513 characters', document({ Statement: statement({ NotResource: pattern(513) }) }), 'BAD_RESULT'],
  ])('SEC-51 %s', async (_name, policy, expected) => {
    expect(await returning(policy).ask('GET /pets/7')).toBe(expected)
  })

  test('SEC-51 the sizes above are what they say', () => {
    expect(bytesOf(sized(8192))).toBe(8192)
    expect(bytesOf(accented)).toBeGreaterThan(8192)
    expect(JSON.stringify(accented).length).toBeLessThan(8192)
  })

  test('SEC-51 options raise the bounds of bytes and statements', async () => {
    const large = { limits: { policyBytes: 1_000_000, policyStatements: 1000 } }
    expect(await returning(statements(1000), large).ask('GET /pets/7')).toBe('ALLOWED')
    expect(await returning(statements(101), { limits: { policyStatements: 101 } }).ask('GET /pets/7')).toBe('ALLOWED')
    expect(await returning(statements(102), { limits: { policyStatements: 101 } }).ask('GET /pets/7')).toBe(
      'BAD_RESULT',
    )
    expect(await returning(statements(50), { limits: { policyStatements: 49 } }).ask('GET /pets/7')).toBe('BAD_RESULT')
    expect(await returning(sized(9000), { limits: { policyBytes: 9000 } }).ask('GET /pets/7')).toBe('ALLOWED')
    expect(await returning(sized(9001), { limits: { policyBytes: 9000 } }).ask('GET /pets/7')).toBe('BAD_RESULT')
  })

  test('SEC-51 a single value may be as long as the bound of the policy allows', () => {
    const Condition = { StringNotLike: { 'aws:UserAgent': `${'a'.repeat(200_000)}*` } }
    expect(answerTo(document({ Statement: statement({ Condition }) }))).toBe('Allowed')
  })
})
