/** Paths and headers of a request are data, not patterns (SEC-44, SEC-46, SEC-47). */
import { describe, expect, test } from 'vitest'
import { API, ARN, decide, matches } from './decide.ts'
import { withStatements } from './authorizer.ts'

describe('wildcards and variables in a request', () => {
  test.each<[pattern: string, line: string, expected: string]>([
    [`${API}/prod/GET/pets`, 'GET /*', 'IMPLICIT_DENY'],
    [`${API}/prod/GET/pets`, 'GET /p*', 'IMPLICIT_DENY'],
    [`${API}/prod/GET/pets`, 'GET /p?ts', 'IMPLICIT_DENY'],
    [`${API}/prod/GET/pets`, 'GET /p%3Fts', 'IMPLICIT_DENY'],
    [`${API}/prod/GET/pets`, 'GET /p%2As', 'IMPLICIT_DENY'],
    [`${API}/prod/GET/\${aws:SourceIp}`, 'GET /$%7Baws:SourceIp%7D', 'IMPLICIT_DENY'],
    [`${API}/prod/GET/203.0.113.9`, 'GET /$%7Baws:SourceIp%7D', 'IMPLICIT_DENY'],
    [`${API}/prod/GET/*`, 'GET /*', 'ALLOWED'],
    [`${API}/prod/GET/\${*}`, 'GET /*', 'ALLOWED'],
    [`${API}/prod/GET/\${*}`, 'GET /pets', 'IMPLICIT_DENY'],
  ])('SEC-44 wildcards of a request are literal: an Allow on %s decides %s as %s', async (Resource, line, expected) => {
    expect(await withStatements([{ Resource }]).send(line)).toBe(expected)
  })

  test.each([`${API}/prod/GET/*`, `${API}/*`, `${API}/prod/GET/pet?/7`, `${API}/prod/GET/\${aws:UserAgent}/7`])(
    'SEC-44 the requested resource %s is not a pattern',
    (resource) => {
      expect(matches({ Resource: ARN }, { resource, context: { 'aws:UserAgent': 'pets' } })).toBe(false)
    },
  )

  test.each<[headers: Record<string, string>, expected: string]>([
    [{ 'User-Agent': 'good*' }, 'ALLOWED'],
    [{ 'User-Agent': 'good' }, 'IMPLICIT_DENY'],
    [{ 'User-Agent': '*' }, 'IMPLICIT_DENY'],
    [{ 'User-Agent': '${aws:Referer}', Referer: 'good*' }, 'IMPLICIT_DENY'],
  ])('SEC-44 headers are literal in conditions: %j gives %s', async (headers, expected) => {
    const Condition = { StringEquals: { 'aws:UserAgent': 'good*' } }
    expect(await withStatements([{ Condition }]).send('GET /pets', { headers })).toBe(expected)
  })
})

describe('forged ARNs', () => {
  test.each([
    ['GET /x/../../prod2/GET/admin', 'MALFORMED_REQUEST'],
    ['GET /x/%2e%2e/prod2/GET/admin', 'MALFORMED_REQUEST'],
    ['GET //prod2/GET/admin', 'MALFORMED_REQUEST'],
    ['GET /prod2/GET/admin', 'IMPLICIT_DENY'],
    ['GET /x:y/prod2/GET/admin', 'IMPLICIT_DENY'],
    ['GET /%2Fprod2%2FGET%2Fadmin', 'MALFORMED_REQUEST'],
    ['GET /x%2Fprod2%2FGET%2Fadmin', 'IMPLICIT_DENY'],
    ['GET /admin', 'IMPLICIT_DENY'],
  ])('SEC-47 a path cannot forge the ARN of another stage: %s is %s', async (line, expected) => {
    expect(await withStatements([{ Resource: `${API}/prod2/GET/admin` }]).send(line)).toBe(expected)
  })

  test('SEC-47 an ARN above 1,600 bytes gives 414 without a call', async () => {
    const longest = 1600 - `${API}/prod/GET/`.length
    const authorizer = withStatements([{}])
    expect(await authorizer.send(`GET /${'a'.repeat(longest)}`)).toBe('ALLOWED')
    expect(authorizer.calls()).toBe(1)
    for (const length of [longest + 1, 1700, 20_000]) {
      const outcome = await authorizer.outcome(`GET /${'a'.repeat(length)}`)
      expect(outcome).toMatchObject({ allowed: false, reason: 'RESOURCE_TOO_LONG', response: { status: 414 } })
    }
    expect(authorizer.calls()).toBe(1)
  })
})

test('SEC-46 a resource that is not an ARN of six fields is rejected', () => {
  expect(decide({}, { resource: 'arn:aws:execute-api:us-east-1:123456789012' })).toBe('Rejected')
  expect(decide({}, { resource: 'GET /pets' })).toBe('Rejected')
})
