import { describe, expect, test } from 'vitest'
import { EXACT, LOOSE } from '../../../support/request.ts'
import { API } from './decide.ts'
import { withStatements } from './authorizer.ts'

const USERS = `${API}/prod/GET/users`
const hex = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

/** Everything printable that may stand in a segment, raw or encoded, and that a framework decodes in a parameter. */
const CHARACTERS = Array.from({ length: 0x7f - 0x21 }, (_, index) => String.fromCharCode(0x21 + index)).filter(
  (char) => !/[%/?#\\A-Za-z\d]/.test(char),
)

describe.each([
  ['a loose router', LOOSE],
  ['an exact router', EXACT],
])('SEC-07 SEC-11 with %s', (_name, routing) => {
  test.each(CHARACTERS)('SEC-07 SEC-11 a Deny covers a%sb, however it and the request are spelled', async (char) => {
    // In a policy these three are written so that they are no wildcards or variables.
    const literal = '*?$'.includes(char) ? `\${${char}}` : char
    for (const written of [`a${literal}b`, `a${hex(char)}b`]) {
      const asked = withStatements([{}, { Effect: 'Deny', Resource: `${USERS}/${written}` }])
      const left = withStatements([{ NotResource: `${USERS}/${written}` }])
      for (const sent of [`a${char}b`, `a${hex(char)}b`, `a${hex(char).toLowerCase()}b`]) {
        const seen = `${written} sent as ${sent}`
        expect(`${seen}: ${await asked.ask(`GET /users/${sent}`, { routing })}`).toBe(`${seen}: EXPLICIT_DENY`)
        expect(`${seen}: ${await left.ask(`GET /users/${sent}`, { routing })}`).toBe(`${seen}: IMPLICIT_DENY`)
      }
    }
  })
})

describe('SEC-06 a slash that is encoded is data', () => {
  test.each<[resource: string, line: string, expected: string]>([
    [`${USERS}/a%2Fb`, 'GET /users/a%2Fb', 'ALLOWED'],
    [`${USERS}/a%2Fb`, 'GET /users/a%2fb', 'ALLOWED'],
    [`${USERS}/a%2Fb`, 'GET /users/a/b', 'IMPLICIT_DENY'],
    [`${USERS}/a/b`, 'GET /users/a%2Fb', 'IMPLICIT_DENY'],
    [`${USERS}/a%252Fb`, 'GET /users/a%252Fb', 'ALLOWED'],
    [`${USERS}/a%2Fb`, 'GET /users/a%252Fb', 'IMPLICIT_DENY'],
  ])('SEC-06 Allow %s, %s is %s', async (Resource, line, expected) => {
    expect(await withStatements([{ Resource }]).ask(line)).toBe(expected)
  })

  test.each<[resource: string, line: string]>([
    [`${USERS}/a/b`, 'GET /users/a%2Fb'],
    [`${USERS}/a/b`, 'GET /users/a%2fb'],
    [`${USERS}/a/*`, 'GET /users%2Fa%2Fb'],
    [`${USERS}/*/c`, 'GET /users/a%2Fb%2Fc'],
    [`${USERS}/a?b`, 'GET /users/a%2Fb'],
    [`${USERS}/a%2Fb`, 'GET /users/a%2fb'],
    [`${USERS}/a%2fb`, 'GET /users/a/b'],
    [`${USERS}/a/`, 'GET /users/a%2F'],
  ])('SEC-06 a Deny on %s rejects %s, in either reading of the encoded slash', async (Resource, line) => {
    expect(await withStatements([{}, { Effect: 'Deny', Resource }]).ask(line)).toBe('EXPLICIT_DENY')
    expect(await withStatements([{ NotResource: Resource }]).ask(line)).toBe('IMPLICIT_DENY')
  })

  test.each<[resources: string[], line: string, expected: string]>([
    [[`${USERS}/*`], 'GET /users/a%2Fb', 'ALLOWED'],
    [[`${USERS}/a%*`], 'GET /users/a%2Fb', 'IMPLICIT_DENY'],
    [[`${API}/prod/GET/*`], 'GET /users%2Fa', 'ALLOWED'],
    [[`${USERS}/*`], 'GET /users%2Fa', 'IMPLICIT_DENY'],
    [[`${API}/prod/GET/users%2F*`], 'GET /users%2Fa', 'ALLOWED'],
    // Each reading may be allowed by a statement of its own.
    [[`${API}/prod/GET/users*`, `${USERS}/a`], 'GET /users%2Fa', 'ALLOWED'],
  ])('SEC-06 an Allow on %j has to match both readings: %s is %s', async (Resource, line, expected) => {
    expect(await withStatements([{ Resource }]).ask(line)).toBe(expected)
  })

  test.each<[line: string, expected: string]>([
    ['GET /users/..%2Fadmin', 'MALFORMED_REQUEST'],
    ['GET /users/.%2Fadmin', 'MALFORMED_REQUEST'],
    ['GET /users%2F..', 'MALFORMED_REQUEST'],
    ['GET /users%2f%2e%2e%2fadmin', 'MALFORMED_REQUEST'],
    ['GET /users%2F..;x%2Fadmin', 'MALFORMED_REQUEST'],
    ['GET /users%2F..%3Bx%2Fadmin', 'MALFORMED_REQUEST'],
    ['GET /%2Fusers', 'MALFORMED_REQUEST'],
    ['GET /users/%2Fa', 'MALFORMED_REQUEST'],
    ['GET /users%2F/a', 'MALFORMED_REQUEST'],
    ['GET /users%2F%2Fa', 'MALFORMED_REQUEST'],
    ['GET /users%2F', 'ALLOWED'],
    ['GET /users%252F..', 'ALLOWED'],
  ])('SEC-06 %s is %s: a dot or empty segment is rejected in the decoded reading as well', async (line, expected) => {
    expect(await withStatements([{}]).ask(line)).toBe(expected)
  })
})

describe('a percent sign in policy text may stand for itself', () => {
  test.each<[resource: string, line: string]>([
    [`${USERS}/100%`, 'GET /users/100%25'],
    [`${USERS}/100%*`, 'GET /users/100%25/x'],
    [`${USERS}/100%*`, 'GET /users/100%2Bx'],
    [`${USERS}/100%*`, 'GET /users/100%2Fx'],
    [`${USERS}/100?`, 'GET /users/100%25'],
    [`${USERS}/a?b`, 'GET /users/a%25b'],
    [`${USERS}/?de`, 'GET /users/%25de'],
    [`${USERS}/50%off`, 'GET /users/50%25off'],
    [`${USERS}/5%de`, 'GET /users/5%25de'],
    [`${USERS}/5%20%`, 'GET /users/5%20%25'],
    [`${USERS}/a b%`, 'GET /users/a%20b%25'],
    [`${USERS}/100%25`, 'GET /users/100%25'],
  ])('SEC-07 SEC-11 a Deny on %s rejects %s', async (Resource, line) => {
    expect(await withStatements([{}, { Effect: 'Deny', Resource }]).ask(line)).toBe('EXPLICIT_DENY')
    expect(await withStatements([{ NotResource: Resource }]).ask(line)).toBe('IMPLICIT_DENY')
  })

  test('AWS-POL-31 an Allow on a lone percent sign does not match its escape', async () => {
    expect(await withStatements([{ Resource: `${USERS}/100%` }]).ask('GET /users/100%25')).toBe('IMPLICIT_DENY')
  })
})

describe('SEC-11 a slash at the end that the router ignores', () => {
  test.each<[resource: string, line: string, expected: string]>([
    [`${USERS}/*`, 'GET /users/', 'EXPLICIT_DENY'],
    [`${USERS}/*`, 'GET /USERS/', 'EXPLICIT_DENY'],
    [`${USERS}/*`, 'HEAD /users/', 'EXPLICIT_DENY'],
    [`${USERS}/*`, 'GET /users%2F', 'EXPLICIT_DENY'],
    [`${USERS}/`, 'GET /users/', 'EXPLICIT_DENY'],
    [USERS, 'GET /users/', 'EXPLICIT_DENY'],
    [`${USERS}/*`, 'GET /users', 'ALLOWED'],
    [`${USERS}/`, 'GET /users', 'EXPLICIT_DENY'],
  ])('SEC-11 a Deny on %s: %s is %s', async (Resource, line, expected) => {
    expect(await withStatements([{}, { Effect: 'Deny', Resource }]).ask(line, { routing: LOOSE })).toBe(expected)
  })
})

describe('SEC-14 HEAD is served by the handler of GET', () => {
  test.each<[statements: Record<string, unknown>[], line: string, expected: string]>([
    [[{}, { Effect: 'Deny', Resource: `${USERS}/*` }], 'HEAD /users/bob', 'EXPLICIT_DENY'],
    [[{}, { Effect: 'Deny', Resource: `${USERS}/bob/` }], 'HEAD /users/bob/', 'EXPLICIT_DENY'],
    [[{}, { Effect: 'Deny', Resource: `${USERS}/a/b` }], 'HEAD /users/a%2Fb', 'EXPLICIT_DENY'],
    [[{}, { Effect: 'Deny', Resource: `${API}/prod/HEAD/*` }], 'GET /users/bob', 'ALLOWED'],
    [[{}, { Effect: 'Deny', NotResource: `${API}/prod/HEAD/*` }], 'HEAD /users/bob', 'EXPLICIT_DENY'],
    [[{}, { Effect: 'Deny', NotResource: [`${API}/prod/HEAD/*`, `${USERS}/*`] }], 'HEAD /users/bob', 'ALLOWED'],
    [[{ NotResource: `${USERS}/bob` }], 'HEAD /users/bob', 'IMPLICIT_DENY'],
    [[{ Resource: `${USERS}/*` }], 'HEAD /users/bob', 'IMPLICIT_DENY'],
    [[{ Resource: `${API}/prod/HEAD/*` }], 'HEAD /users/bob', 'ALLOWED'],
  ])('SEC-14 with %j, %s is %s', async (statements, line, expected) => {
    expect(await withStatements(statements).ask(line)).toBe(expected)
  })
})

describe('SEC-07 needless escapes do not help past a policy', () => {
  test.each([
    ['GET /users/bob', 'EXPLICIT_DENY'],
    ['GET /users/%62ob', 'EXPLICIT_DENY'],
    ['GET /users/%62%6F%62', 'EXPLICIT_DENY'],
    ['GET /%75sers/bo%62', 'EXPLICIT_DENY'],
    ['GET /users/%2562ob', 'ALLOWED'],
    ['GET /users/b%6Fb', 'EXPLICIT_DENY'],
  ])('SEC-07 %s', async (line, expected) => {
    const asked = withStatements([{}, { Effect: 'Deny', Resource: `${USERS}/bob` }])
    expect(await asked.ask(line)).toBe(expected)
  })

  // The request is canonical, so a Deny has to be as well, or it would cover nothing.
  test.each([
    [`${USERS}/a%2fb`, 'GET /users/a%2fb'],
    [`${USERS}/a%2fb`, 'GET /users/a%2Fb'],
    [`${USERS}/%62ob`, 'GET /users/%62ob'],
    [`${USERS}/%62ob`, 'GET /users/bob'],
    [`${USERS}/caf%c3%a9`, 'GET /users/caf%C3%A9'],
  ])('SEC-07 SEC-11 a Deny written as %s covers %s', async (Resource, line) => {
    expect(await withStatements([{}, { Effect: 'Deny', Resource }]).ask(line)).toBe('EXPLICIT_DENY')
  })
})

// Wildcards cover the characters of the ARN, and an escape has three of them (AWS-POL-20, AWS-POL-31).
describe('SEC-11 AWS-POL-20 a Deny covers with its wildcards what an Allow would', () => {
  test.each(['a???b', 'a%??b', 'a%2?b', 'a%2*', 'a%*b', 'a?2Bb', 'a%2Bb', 'a+b', 'a?b', 'a*b'])(
    'SEC-11 AWS-POL-20 %s',
    async (tail) => {
      const denied = withStatements([{}, { Effect: 'Deny', Resource: `${USERS}/${tail}` }])
      expect(await denied.ask('GET /users/a%2Bb')).toBe('EXPLICIT_DENY')
      expect(await withStatements([{ NotResource: `${USERS}/${tail}` }]).ask('GET /users/a%2Bb')).toBe('IMPLICIT_DENY')
    },
  )
})

test('AWS-POL-31 an Allow is compared as it is written', async () => {
  const asked = withStatements([{ Resource: `${USERS}/a%2Bb` }])
  expect(await asked.ask('GET /users/a%2Bb')).toBe('ALLOWED')
  expect(await asked.ask('GET /users/a+b')).toBe('IMPLICIT_DENY')
  const raw = withStatements([{ Resource: `${USERS}/a+b` }])
  expect(await raw.ask('GET /users/a+b')).toBe('ALLOWED')
  expect(await raw.ask('GET /users/a%2Bb')).toBe('IMPLICIT_DENY')
})
