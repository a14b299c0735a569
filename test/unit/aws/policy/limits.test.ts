/** Limits of a policy (SEC-51). */
import { describe, expect, test } from 'vitest'
import { API, evaluateDocument, statement } from './decide.ts'
import { withDocument } from './authorizer.ts'

const document = (members: object): unknown => ({ Version: '2012-10-17', Statement: [statement()], ...members })
const statements = (count: number): unknown => document({ Statement: Array.from({ length: count }, () => statement()) })
const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length
const sized = (bytes: number): unknown => document({ Id: 'a'.repeat(bytes - bytesOf(document({ Id: '' }))) })
const pattern = (length: number): string => `${API}/prod/GET/`.padEnd(length, 'a')
/** Fewer than 8,192 characters, but more bytes. */
const accented = document({ Id: '\u00e9'.repeat(5000) })

describe('policy limits', () => {
  test.each<[name: string, policy: unknown, expected: string]>([
    ['100 statements', statements(100), 'ALLOWED'],
    ['101 statements', statements(101), 'BAD_RESULT'],
    ['10,000 statements', statements(10_000), 'BAD_RESULT'],
    ['8,192 bytes', sized(8192), 'ALLOWED'],
    ['8,193 bytes', sized(8193), 'BAD_RESULT'],
    ['more bytes than characters', accented, 'BAD_RESULT'],
    ['a resource of 512 characters', document({ Statement: statement({ Resource: pattern(512) }) }), 'IMPLICIT_DENY'],
    ['a resource of 513 characters', document({ Statement: statement({ Resource: pattern(513) }) }), 'BAD_RESULT'],
    [
      'a NotResource of 513 characters',
      document({ Statement: statement({ NotResource: pattern(513) }) }),
      'BAD_RESULT',
    ],
  ])('SEC-51 the limits of a policy apply before its evaluation: %s', async (_name, policy, expected) => {
    expect(await withDocument(policy).send('GET /pets/7')).toBe(expected)
  })

  test('SEC-51 the sample policies have the sizes that their names state', () => {
    expect(bytesOf(sized(8192))).toBe(8192)
    expect(bytesOf(accented)).toBeGreaterThan(8192)
    expect(JSON.stringify(accented).length).toBeLessThan(8192)
  })

  test('SEC-51 limits.policyBytes and limits.policyStatements raise the limits', async () => {
    const large = { limits: { policyBytes: 1_000_000, policyStatements: 1000 } }
    expect(await withDocument(statements(1000), large).send('GET /pets/7')).toBe('ALLOWED')
    expect(await withDocument(statements(101), { limits: { policyStatements: 101 } }).send('GET /pets/7')).toBe(
      'ALLOWED',
    )
    expect(await withDocument(statements(102), { limits: { policyStatements: 101 } }).send('GET /pets/7')).toBe(
      'BAD_RESULT',
    )
    expect(await withDocument(statements(50), { limits: { policyStatements: 49 } }).send('GET /pets/7')).toBe(
      'BAD_RESULT',
    )
    expect(await withDocument(sized(9000), { limits: { policyBytes: 9000 } }).send('GET /pets/7')).toBe('ALLOWED')
    expect(await withDocument(sized(9001), { limits: { policyBytes: 9000 } }).send('GET /pets/7')).toBe('BAD_RESULT')
  })

  test('SEC-51 a single value may be as long as the policy', () => {
    const Condition = { StringNotLike: { 'aws:UserAgent': `${'a'.repeat(200_000)}*` } }
    expect(evaluateDocument(document({ Statement: statement({ Condition }) }))).toBe('Allowed')
  })
})
