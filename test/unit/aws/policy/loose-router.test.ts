import { describe, expect, test } from 'vitest'
import { EXACT, LOOSE } from '../../../support/request.ts'
import { API } from './decide.ts'
import { withStatements } from './authorizer.ts'

const GET = `${API}/prod/GET`
type Row = [line: string, loose: string, exact: string]

const table = (statements: readonly Record<string, unknown>[], rows: readonly Row[]): void => {
  const asked = withStatements(statements)
  test.each(rows)('SEC-11 %s: %s by a loose router, %s by an exact one', async (line, loose, exact) => {
    expect(await asked.ask(line, { routing: LOOSE })).toBe(loose)
    expect(await asked.ask(line, { routing: EXACT })).toBe(exact)
  })
}
const DENIED = 'EXPLICIT_DENY'
const IMPLICIT = 'IMPLICIT_DENY'

describe('SEC-11 Resource of a Deny matches every spelling that reaches the handler', () => {
  table(
    [{}, { Effect: 'Deny', Resource: [`${API}/*/*/admin/*`, `${GET}/users/bob`, `${GET}/Mixed`] }],
    [
      ['GET /admin/secret', DENIED, DENIED],
      ['GET /ADMIN/secret', DENIED, 'ALLOWED'],
      ['GET /aDmIn/secret', DENIED, 'ALLOWED'],
      ['GET /admin/secret/', DENIED, DENIED],
      ['GET /users/bob', DENIED, DENIED],
      ['GET /users/BOB', DENIED, 'ALLOWED'],
      ['GET /users/bob/', DENIED, 'ALLOWED'],
      ['GET /USERS/Bob/', DENIED, 'ALLOWED'],
      ['GET /mixed', DENIED, 'ALLOWED'],
      ['GET /MIXED/', DENIED, 'ALLOWED'],
      ['GET /users/bobby', 'ALLOWED', 'ALLOWED'],
      ['GET /users', 'ALLOWED', 'ALLOWED'],
      // Only the path is loose; a method is always upper case.
      ['POST /users/bob', 'ALLOWED', 'ALLOWED'],
    ],
  )
})

test.each([
  `${API}/PROD/GET/users/bob`,
  `${API}/prod/get/users/bob`,
  `${API.replace('us-east-1', 'US-EAST-1')}/prod/GET/users/bob`,
  `${API.replace('abcdef123', 'ABCDEF123')}/prod/GET/users/bob`,
  `${API.replace('abcdef123', 'ABCDEF123')}/*`,
])('SEC-11 AWS-POL-23 no router is loose about what stands before the path: %s', async (Resource) => {
  const asked = withStatements([{}, { Effect: 'Deny', Resource }])
  for (const line of ['GET /users/bob', 'GET /users/BOB', 'GET /USERS/bob/'])
    expect(await asked.ask(line, { routing: LOOSE })).toBe('ALLOWED')
})

describe('SEC-11 Resource of an Allow matches the canonical spelling alone', () => {
  table(
    [{ Resource: [`${GET}/pets`, `${GET}/Mixed/*`] }],
    [
      ['GET /pets', 'ALLOWED', 'ALLOWED'],
      ['GET /PETS', IMPLICIT, IMPLICIT],
      ['GET /Pets', IMPLICIT, IMPLICIT],
      // A slash that the router ignores is no part of the resource.
      ['GET /pets/', 'ALLOWED', IMPLICIT],
      ['GET /Mixed/a', 'ALLOWED', 'ALLOWED'],
      ['GET /mixed/a', IMPLICIT, IMPLICIT],
      ['GET /Mixed/A', 'ALLOWED', 'ALLOWED'],
    ],
  )
})

describe('SEC-11 NotResource of an Allow leaves out every spelling', () => {
  table(
    [{ NotResource: [`${GET}/users/bob`, `${GET}/admin/*`] }],
    [
      ['GET /users/bob', IMPLICIT, IMPLICIT],
      ['GET /users/BOB', IMPLICIT, 'ALLOWED'],
      ['GET /users/bob/', IMPLICIT, 'ALLOWED'],
      ['GET /ADMIN/x', IMPLICIT, 'ALLOWED'],
      ['GET /users/alice', 'ALLOWED', 'ALLOWED'],
    ],
  )
})

describe('SEC-11 NotResource of a Deny spares the canonical spelling alone', () => {
  table(
    [{}, { Effect: 'Deny', NotResource: `${GET}/pets` }],
    [
      ['GET /pets', 'ALLOWED', 'ALLOWED'],
      ['GET /pets/', 'ALLOWED', DENIED],
      ['GET /PETS', DENIED, DENIED],
      ['GET /other', DENIED, DENIED],
    ],
  )
})

describe('SEC-11 variables are compared as loosely as the text around them', () => {
  const own = `${GET}/users/\${aws:UserAgent}`
  const headers = { 'User-Agent': 'bob' }
  const spelled: readonly (readonly [string, string])[] = [
    ['GET /users/bob', DENIED],
    ['GET /users/BOB', DENIED],
    ['GET /Users/Bob/', DENIED],
    ['GET /users/alice', 'ALLOWED'],
  ]
  test.each(spelled)('SEC-11 a Deny of a path with a variable: %s is %s', async (line, expected) => {
    const asked = withStatements([{}, { Effect: 'Deny', Resource: own }])
    expect(await asked.ask(line, { routing: LOOSE, headers })).toBe(expected)
  })
  test.each([
    ['GET /users/bob', 'ALLOWED'],
    ['GET /users/BOB', IMPLICIT],
    ['GET /USERS/bob', IMPLICIT],
  ])('SEC-11 an Allow of a path with a variable: %s is %s', async (line, expected) => {
    expect(await withStatements([{ Resource: own }]).ask(line, { routing: LOOSE, headers })).toBe(expected)
  })
})

describe('SEC-11 a router may be loose in one way and not in the other', () => {
  const asked = withStatements([{}, { Effect: 'Deny', Resource: `${GET}/users/bob` }])
  test.each([
    [{ caseSensitive: false, strict: true }, 'GET /users/BOB', DENIED],
    [{ caseSensitive: false, strict: true }, 'GET /users/bob/', 'ALLOWED'],
    [{ caseSensitive: true, strict: false }, 'GET /users/BOB', 'ALLOWED'],
    [{ caseSensitive: true, strict: false }, 'GET /users/bob/', DENIED],
  ])('SEC-11 %j %s', async (routing, line, expected) => {
    expect(await asked.ask(line, { routing })).toBe(expected)
  })
})

describe('SEC-11 a Deny that was written with a trailing slash', () => {
  test.each([
    ['GET /users/bob/', DENIED],
    ['GET /users/BOB/', DENIED],
    // The same handler answers without the slash.
    ['GET /users/bob', DENIED],
    ['GET /users/BOB', DENIED],
  ])('SEC-11 %s reaches its handler', async (line, expected) => {
    const asked = withStatements([{}, { Effect: 'Deny', Resource: `${GET}/users/bob/` }])
    expect(await asked.ask(line, { routing: LOOSE })).toBe(expected)
  })

  test('SEC-11 below a path is not the path itself', async () => {
    const asked = withStatements([{}, { Effect: 'Deny', Resource: `${GET}/pets/*` }])
    expect(await asked.ask('GET /pets', { routing: LOOSE })).toBe('ALLOWED')
    expect(await asked.ask('GET /pets/7', { routing: LOOSE })).toBe(DENIED)
  })
})

test('SEC-16 SEC-11 letters beyond ASCII are never folded', async () => {
  const asked = withStatements([{}, { Effect: 'Deny', Resource: `${GET}/users/kim` }])
  expect(await asked.ask('GET /users/%E2%84%AAim', { routing: LOOSE })).toBe('ALLOWED')
  expect(await asked.ask('GET /users/KIM', { routing: LOOSE })).toBe(DENIED)
})
