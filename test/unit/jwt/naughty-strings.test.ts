import { expect, test } from 'vitest'
import { readData } from '../../support/vendored-data.ts'
import { gatewayRequest } from '../../support/request.ts'
import { encode } from '../../support/tokens.ts'
import { withToken } from '../../support/with-token.ts'
import { allowed } from '../../support/outcome.ts'
import { statusLine, authorizerOf, INVALID, present, token } from './jwt-fixture.ts'

const path = 'naughty-strings/blns.json'
const strings = readData(path) as readonly string[]

/** Decodes a header like Node.js: each byte as one character. */
const asHeader = (text: string): string => Buffer.from(text).toString('latin1')
const REJECTED = new Set([INVALID, '401 Bearer'])

test('SEC-77 naughty strings are rejected as tokens and as parts of tokens', async () => {
  const authorizer = authorizerOf()
  const alone = authorizerOf({ identitySource: '$request.header.x-token' })
  const [header, payload, signature] = token().split('.')
  expect(strings.length).toBeGreaterThan(500)
  for (const text of strings) {
    const naughty = asHeader(text)
    const results = [
      await authorizer.evaluate(withToken(naughty)),
      await authorizer.evaluate(withToken(`Bearer ${naughty}`)),
      await alone.evaluate(gatewayRequest('GET /', { headers: { 'x-token': naughty } })),
      await present(authorizer, `${naughty}.${payload}.${signature}`),
      await present(authorizer, `${header}.${naughty}.${signature}`),
      await present(authorizer, `${header}.${payload}.${naughty}`),
      await present(authorizer, `${encode(text)}.${payload}.${signature}`),
      await present(authorizer, `${header}.${encode(text)}.${signature}`),
    ].map(statusLine)
    expect(
      results.every((each) => REJECTED.has(each)),
      JSON.stringify(text),
    ).toBe(true)
  }
})

test('SEC-72 naughty strings are rejected as kid, alg, iss and aud', async () => {
  const authorizer = authorizerOf()
  for (const text of strings.filter((_, index) => index % 5 === 0)) {
    for (const compact of [
      token({}, { kid: text }),
      token({}, { alg: text }),
      token({ iss: text }),
      token({ aud: text }),
    ])
      expect(statusLine(await present(authorizer, compact)), JSON.stringify(text)).toBe(INVALID)
  }
})

test('signed naughty strings are passed on unchanged', async () => {
  const authorizer = authorizerOf()
  for (const text of strings.filter(
    (each, index) => index % 5 === 0 && each.length < 900 && Buffer.from(each).toString() === each,
  )) {
    const caller = allowed(await present(authorizer, token({ sub: text, name: text })))
    expect([caller.principalId, caller.context['name']]).toEqual([text, text])
  }
})
