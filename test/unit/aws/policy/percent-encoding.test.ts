/** Percent-encoded paths in requests and policies (SEC-06, SEC-07, SEC-11, SEC-14, AWS-POL-31). */
import { describe, expect, test } from 'vitest'
import { EXACT, LOOSE } from '../../../support/request.ts'
import { API } from './decide.ts'
import { withStatements } from './authorizer.ts'
import { beginning, decoded, Spellings } from './internals.ts'

const USERS = `${API}/prod/GET/users`
const hex = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

/** Printable characters that are valid in a path segment, raw or encoded. */
const CHARACTERS = Array.from({ length: 0x7f - 0x21 }, (_, index) => String.fromCharCode(0x21 + index)).filter(
  (char) => !/[%/?#\\A-Za-z\d]/.test(char),
)

describe.each([
  ['a loose router', LOOSE],
  ['an exact router', EXACT],
])('%s', (_name, routing) => {
  test.each(CHARACTERS)('SEC-07 SEC-11 a Deny on a%sb matches every encoding of policy and request', async (char) => {
    // In a policy these three characters need an escape to be literal.
    const literal = '*?$'.includes(char) ? `\${${char}}` : char
    for (const written of [`a${literal}b`, `a${hex(char)}b`]) {
      const authorizer = withStatements([{}, { Effect: 'Deny', Resource: `${USERS}/${written}` }])
      const excluded = withStatements([{ NotResource: `${USERS}/${written}` }])
      for (const sent of [`a${char}b`, `a${hex(char)}b`, `a${hex(char).toLowerCase()}b`]) {
        const seen = `${written} sent as ${sent}`
        expect(`${seen}: ${await authorizer.send(`GET /users/${sent}`, { routing })}`).toBe(`${seen}: EXPLICIT_DENY`)
        expect(`${seen}: ${await excluded.send(`GET /users/${sent}`, { routing })}`).toBe(`${seen}: IMPLICIT_DENY`)
      }
    }
  })
})

describe('a percent sign in a path, and wildcards', () => {
  test.each<[written: string, sent: string, expected: string]>([
    ['%41?item', 'A%25item', 'EXPLICIT_DENY'],
    ['%41?item', '%2541%25item', 'EXPLICIT_DENY'],
    ['a%25b%', 'a%25b%25', 'EXPLICIT_DENY'],
    ['a%25b%c*', 'a%25b%25cd', 'EXPLICIT_DENY'],
    ['A*z', 'A%25item', 'ALLOWED'],
    ['a%41', 'a41', 'ALLOWED'],
    ['a%41', 'aA', 'EXPLICIT_DENY'],
    ['a%41', 'a%2541', 'EXPLICIT_DENY'],
  ])('SEC-07 SEC-11 next to an Allow of everything, a Deny on %s decides %s as %s', async (written, sent, expected) => {
    const authorizer = withStatements([{}, { Effect: 'Deny', Resource: `${USERS}/${written}` }])
    expect(await authorizer.send(`GET /users/${sent}`, { routing: EXACT })).toBe(expected)
  })
})

describe('encoded slashes', () => {
  test.each<[resource: string, line: string, expected: string]>([
    [`${USERS}/a%2Fb`, 'GET /users/a%2Fb', 'ALLOWED'],
    [`${USERS}/a%2Fb`, 'GET /users/a%2fb', 'ALLOWED'],
    [`${USERS}/a%2Fb`, 'GET /users/a/b', 'IMPLICIT_DENY'],
    [`${USERS}/a/b`, 'GET /users/a%2Fb', 'IMPLICIT_DENY'],
    [`${USERS}/a%252Fb`, 'GET /users/a%252Fb', 'ALLOWED'],
    [`${USERS}/a%2Fb`, 'GET /users/a%252Fb', 'IMPLICIT_DENY'],
  ])('SEC-06 an Allow on %s decides %s as %s', async (Resource, line, expected) => {
    expect(await withStatements([{ Resource }]).send(line)).toBe(expected)
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
  ])('SEC-06 a Deny on %s denies %s in either reading of the encoded slash', async (Resource, line) => {
    for (const resources of [Resource, [`${USERS}/other`, Resource]])
      expect(await withStatements([{}, { Effect: 'Deny', Resource: resources }]).send(line)).toBe('EXPLICIT_DENY')
    expect(await withStatements([{ NotResource: Resource }]).send(line)).toBe('IMPLICIT_DENY')
  })

  test.each<[resources: string[], line: string, expected: string]>([
    [[`${USERS}/*`], 'GET /users/a%2Fb', 'ALLOWED'],
    [[`${USERS}/a%*`], 'GET /users/a%2Fb', 'IMPLICIT_DENY'],
    [[`${API}/prod/GET/*`], 'GET /users%2Fa', 'ALLOWED'],
    [[`${USERS}/*`], 'GET /users%2Fa', 'IMPLICIT_DENY'],
    [[`${API}/prod/GET/users%2F*`], 'GET /users%2Fa', 'ALLOWED'],
    // Different statements may allow the two readings.
    [[`${API}/prod/GET/users*`, `${USERS}/a`], 'GET /users%2Fa', 'ALLOWED'],
  ])(
    'SEC-06 an Allow on %j must match both readings of an encoded slash: %s gives %s',
    async (Resource, line, expected) => {
      expect(await withStatements([{ Resource }]).send(line)).toBe(expected)
    },
  )

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
  ])('SEC-06 dot and empty segments are rejected in the decoded reading too: %s gives %s', async (line, expected) => {
    expect(await withStatements([{}]).send(line)).toBe(expected)
  })
})

describe('literal percent signs', () => {
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
  ])('SEC-07 SEC-11 a Deny on %s denies %s', async (Resource, line) => {
    expect(await withStatements([{}, { Effect: 'Deny', Resource }]).send(line)).toBe('EXPLICIT_DENY')
    expect(await withStatements([{ NotResource: Resource }]).send(line)).toBe('IMPLICIT_DENY')
  })

  test('AWS-POL-31 an Allow on a single percent sign does not match its escape', async () => {
    expect(await withStatements([{ Resource: `${USERS}/100%` }]).send('GET /users/100%25')).toBe('IMPLICIT_DENY')
  })
})

describe('trailing slashes on a loose router', () => {
  test.each<[resource: string, line: string, expected: string]>([
    [`${USERS}/*`, 'GET /users/', 'EXPLICIT_DENY'],
    [`${USERS}/*`, 'GET /USERS/', 'EXPLICIT_DENY'],
    [`${USERS}/*`, 'HEAD /users/', 'EXPLICIT_DENY'],
    [`${USERS}/*`, 'GET /users%2F', 'EXPLICIT_DENY'],
    [`${USERS}/`, 'GET /users/', 'EXPLICIT_DENY'],
    [USERS, 'GET /users/', 'EXPLICIT_DENY'],
    [`${USERS}/*`, 'GET /users', 'ALLOWED'],
    [`${USERS}/`, 'GET /users', 'EXPLICIT_DENY'],
  ])('SEC-11 a Deny on %s decides %s as %s', async (Resource, line, expected) => {
    expect(await withStatements([{}, { Effect: 'Deny', Resource }]).send(line, { routing: LOOSE })).toBe(expected)
  })
})

describe('HEAD requests', () => {
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
  ])('SEC-14 HEAD is evaluated like GET for a Deny: %j decides %s as %s', async (statements, line, expected) => {
    expect(await withStatements(statements).send(line)).toBe(expected)
  })
})

describe('needless escapes', () => {
  test.each([
    ['GET /users/bob', 'EXPLICIT_DENY'],
    ['GET /users/%62ob', 'EXPLICIT_DENY'],
    ['GET /users/%62%6F%62', 'EXPLICIT_DENY'],
    ['GET /%75sers/bo%62', 'EXPLICIT_DENY'],
    ['GET /users/%2562ob', 'ALLOWED'],
    ['GET /users/b%6Fb', 'EXPLICIT_DENY'],
  ])('SEC-07 a Deny on /users/bob decides %s as %s', async (line, expected) => {
    const authorizer = withStatements([{}, { Effect: 'Deny', Resource: `${USERS}/bob` }])
    expect(await authorizer.send(line)).toBe(expected)
  })

  // The request is canonical, so the Deny must be canonicalized as well.
  test.each([
    [`${USERS}/a%2fb`, 'GET /users/a%2fb'],
    [`${USERS}/a%2fb`, 'GET /users/a%2Fb'],
    [`${USERS}/%62ob`, 'GET /users/%62ob'],
    [`${USERS}/%62ob`, 'GET /users/bob'],
    [`${USERS}/caf%c3%a9`, 'GET /users/caf%C3%A9'],
  ])('SEC-07 SEC-11 a Deny written as %s denies %s', async (Resource, line) => {
    expect(await withStatements([{}, { Effect: 'Deny', Resource }]).send(line)).toBe('EXPLICIT_DENY')
  })
})

// Wildcards match characters of the ARN, and an escape has three of them (AWS-POL-20, AWS-POL-31).
describe('wildcards and escapes', () => {
  test.each(['a???b', 'a%??b', 'a%2?b', 'a%2*', 'a%*b', 'a?2Bb', 'a%2Bb', 'a+b', 'a?b', 'a*b'])(
    'SEC-11 AWS-POL-20 wildcards of a Deny match the escaped and the decoded path: %s',
    async (tail) => {
      const denied = withStatements([{}, { Effect: 'Deny', Resource: `${USERS}/${tail}` }])
      expect(await denied.send('GET /users/a%2Bb')).toBe('EXPLICIT_DENY')
      expect(await withStatements([{ NotResource: `${USERS}/${tail}` }]).send('GET /users/a%2Bb')).toBe('IMPLICIT_DENY')
    },
  )
})

test('AWS-POL-31 an Allow is compared without decoding', async () => {
  const authorizer = withStatements([{ Resource: `${USERS}/a%2Bb` }])
  expect(await authorizer.send('GET /users/a%2Bb')).toBe('ALLOWED')
  expect(await authorizer.send('GET /users/a+b')).toBe('IMPLICIT_DENY')
  const raw = withStatements([{ Resource: `${USERS}/a+b` }])
  expect(await raw.send('GET /users/a+b')).toBe('ALLOWED')
  expect(await raw.send('GET /users/a%2Bb')).toBe('IMPLICIT_DENY')
})

describe('spellings of a request path', () => {
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
  ])('SEC-07 the path %s is also matched as %s', (path, plain) => {
    const [only] = new Spellings(beginning('a/b/GET'), path).texts
    expect(only).toMatchObject({
      text: `a/b/GET${path}`,
      plain: `a/b/GET${plain}`,
      folded: `a/b/get${plain.toLowerCase()}`,
    })
    expect(only?.literal).toBe(plain.includes('%25') ? `a/b/GET${plain.replace('%25', '%')}` : undefined)
  })
  test('SEC-07 characters that a request can only send encoded are encoded in the policy text', () => {
    expect([decoded('é'), decoded('😀'), decoded('aé%41')]).toEqual(['%C3%A9', '%F0%9F%98%80', 'a%C3%A9A'])
  })
})
