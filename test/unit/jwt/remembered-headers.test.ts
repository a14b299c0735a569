/** Parsed headers of tokens are remembered by their whole text. */
import { expect, test } from 'vitest'
import { signingKey, signToken } from '../../support/tokens.ts'
import { authorizerOf, claims, KEY, present, statusLine, token } from './jwt-fixture.ts'

const OTHER = signingKey('key-2')
const authorizer = authorizerOf({ jwks: { keys: [KEY.jwk, OTHER.jwk] } })

const withHeaderOf = (header: string, compact: string): string =>
  [header.split('.')[0], ...compact.split('.').slice(1)].join('.')

test('SEC-67 headers that differ in one character have keys of their own', async () => {
  const [one, other] = [token(), signToken(OTHER, claims())]
  for (const compact of [one, other, one, other]) expect(statusLine(await present(authorizer, compact))).toBe('200')
  for (const forged of [withHeaderOf(one, other), withHeaderOf(other, one)])
    expect(statusLine(await present(authorizer, forged))).not.toBe('200')
})

test('SEC-71 a header that was rejected is rejected again', async () => {
  const critical = token({}, { crit: ['exp'] })
  for (const _ of [1, 2, 3]) {
    expect(statusLine(await present(authorizer, critical))).not.toBe('200')
    expect(statusLine(await present(authorizer, token()))).toBe('200')
  }
})

test('SEC-71 clients cannot replace a header by sending many others', async () => {
  for (let count = 0; count < 300; count++)
    expect(statusLine(await present(authorizer, token({}, { kid: `unknown-${count}` })))).not.toBe('200')
  expect(statusLine(await present(authorizer, token()))).toBe('200')
})
