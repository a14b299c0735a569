/** Policies on routers that ignore letter case or a trailing slash (SEC-11, SEC-16). */
import { describe, expect, test } from 'vitest'
import { EXACT, LOOSE } from '../../../support/request.ts'
import { API, statement } from './decide.ts'
import { withDocument, withStatements } from './authorizer.ts'

const GET = `${API}/prod/GET`
/** A router that compares the path without decoding it. */
const RAW = { caseSensitive: true, strict: true }

const withoutResource = (members: Readonly<Record<string, unknown>>): unknown =>
  Object.fromEntries(Object.entries(statement(members)).filter(([, value]) => value !== undefined))
type Row = [line: string, loose: string, exact: string]

const table = (statements: readonly Record<string, unknown>[], rows: readonly Row[]): void => {
  const authorizer = withStatements(statements)
  test.each(rows)('SEC-11 %s is %s on a loose router and %s on an exact one', async (line, loose, exact) => {
    expect(await authorizer.send(line, { routing: LOOSE })).toBe(loose)
    expect(await authorizer.send(line, { routing: EXACT })).toBe(exact)
  })
}
const DENIED = 'EXPLICIT_DENY'
const IMPLICIT = 'IMPLICIT_DENY'

describe('Resource of a Deny, which matches every spelling', () => {
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
      // Only the path is compared loosely; a method is always upper case.
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
])('SEC-11 AWS-POL-23 the part before the path is compared exactly on a loose router: %s', async (Resource) => {
  const authorizer = withStatements([{}, { Effect: 'Deny', Resource }])
  for (const line of ['GET /users/bob', 'GET /users/BOB', 'GET /USERS/bob/'])
    expect(await authorizer.send(line, { routing: LOOSE })).toBe('ALLOWED')
})

describe('Resource of an Allow, which matches the canonical spelling', () => {
  table(
    [{ Resource: [`${GET}/pets`, `${GET}/Mixed/*`] }],
    [
      ['GET /pets', 'ALLOWED', 'ALLOWED'],
      ['GET /PETS', IMPLICIT, IMPLICIT],
      ['GET /Pets', IMPLICIT, IMPLICIT],
      // A trailing slash that the router ignores is not part of the resource.
      ['GET /pets/', 'ALLOWED', IMPLICIT],
      ['GET /Mixed/a', 'ALLOWED', 'ALLOWED'],
      ['GET /mixed/a', IMPLICIT, IMPLICIT],
      ['GET /Mixed/A', 'ALLOWED', 'ALLOWED'],
    ],
  )
})

describe('NotResource of an Allow, which excludes every spelling', () => {
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

describe('NotResource of a Deny, which exempts the canonical spelling', () => {
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

describe('policy variables', () => {
  const own = `${GET}/users/\${aws:UserAgent}`
  const headers = { 'User-Agent': 'bob' }
  const spelled: readonly (readonly [string, string])[] = [
    ['GET /users/bob', DENIED],
    ['GET /users/BOB', DENIED],
    ['GET /Users/Bob/', DENIED],
    ['GET /users/alice', 'ALLOWED'],
  ]
  test.each(spelled)('SEC-11 a Deny with a variable in the path decides %s as %s', async (line, expected) => {
    const authorizer = withStatements([{}, { Effect: 'Deny', Resource: own }])
    expect(await authorizer.send(line, { routing: LOOSE, headers })).toBe(expected)
  })
  test.each([
    ['GET /users/bob', 'ALLOWED'],
    ['GET /users/BOB', IMPLICIT],
    ['GET /USERS/bob', IMPLICIT],
  ])('SEC-11 an Allow with a variable in the path decides %s as %s', async (line, expected) => {
    expect(await withStatements([{ Resource: own }]).send(line, { routing: LOOSE, headers })).toBe(expected)
  })
})

describe('routers that are loose in one way', () => {
  const authorizer = withStatements([{}, { Effect: 'Deny', Resource: `${GET}/users/bob` }])
  test.each([
    [{ caseSensitive: false, strict: true }, 'GET /users/BOB', DENIED],
    [{ caseSensitive: false, strict: true }, 'GET /users/bob/', 'ALLOWED'],
    [{ caseSensitive: true, strict: false }, 'GET /users/BOB', 'ALLOWED'],
    [{ caseSensitive: true, strict: false }, 'GET /users/bob/', DENIED],
  ])('SEC-11 with the routing %j, %s is %s', async (routing, line, expected) => {
    expect(await authorizer.send(line, { routing })).toBe(expected)
  })
})

describe('a Deny with a trailing slash', () => {
  test.each([
    ['GET /users/bob/', DENIED],
    ['GET /users/BOB/', DENIED],
    // The same handler serves the path without the slash.
    ['GET /users/bob', DENIED],
    ['GET /users/BOB', DENIED],
  ])('SEC-11 a Deny on /users/bob/ decides %s as %s', async (line, expected) => {
    const authorizer = withStatements([{}, { Effect: 'Deny', Resource: `${GET}/users/bob/` }])
    expect(await authorizer.send(line, { routing: LOOSE })).toBe(expected)
  })

  test('SEC-11 a Deny on /pets/* does not match /pets', async () => {
    const authorizer = withStatements([{}, { Effect: 'Deny', Resource: `${GET}/pets/*` }])
    expect(await authorizer.send('GET /pets', { routing: LOOSE })).toBe('ALLOWED')
    expect(await authorizer.send('GET /pets/7', { routing: LOOSE })).toBe(DENIED)
  })
})

test('SEC-16 SEC-11 non-ASCII letters are never folded', async () => {
  const authorizer = withStatements([{}, { Effect: 'Deny', Resource: `${GET}/users/kim` }])
  expect(await authorizer.send('GET /users/%E2%84%AAim', { routing: LOOSE })).toBe('ALLOWED')
  expect(await authorizer.send('GET /users/KIM', { routing: LOOSE })).toBe(DENIED)
})

describe('a router that compares the path as it was sent', () => {
  const line = 'GET /users/m%65'
  test('SEC-11 an Allow must also match the path as it was sent', async () => {
    expect(await withStatements([{ Resource: `${GET}/users/me` }]).send(line, { routing: RAW })).toBe('IMPLICIT_DENY')
    expect(await withStatements([{ Resource: `${GET}/users/m*` }]).send(line, { routing: RAW })).toBe('ALLOWED')
  })
  test('SEC-11 NotResource of a Deny exempts a path only if every spelling matches', async () => {
    const deny = { Effect: 'Deny', Resource: undefined, NotResource: `${GET}/users/me` }
    const authorizer = withDocument({ Statement: [statement(), withoutResource(deny)] })
    expect(await authorizer.send(line, { routing: RAW })).toBe('EXPLICIT_DENY')
    expect(await authorizer.send('GET /users/me', { routing: RAW })).toBe('ALLOWED')
  })
})

test('SEC-11 a Deny that ends in a slash if its variable is empty matches on a loose router', async () => {
  const authorizer = withStatements([{}, { Effect: 'Deny', Resource: `${GET}/*/\${aws:Referer, ''}` }])
  const routing = { caseSensitive: false, strict: false }
  expect(await authorizer.send('GET /a', { routing })).toBe('EXPLICIT_DENY')
  expect(await authorizer.send('GET /', { routing })).toBe('ALLOWED')
})
