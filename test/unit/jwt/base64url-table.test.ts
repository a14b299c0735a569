/** The decoders of tokens and keys, compared with Node's. */
import { array, assert, constantFrom, oneof, property, string, uint8Array } from 'fast-check'
import { expect, test, vi } from 'vitest'
import { decodeBase64url, tokenDecoder } from '../../../packages/jwt/src/token/base64url.ts'
import { scaled } from '../../support/volume.ts'

const DECODERS = [
  ['the table', decodeBase64url],
  ['the decoder of this runtime', tokenDecoder()],
] as const

test.each(DECODERS)('SEC-79 with %s, every text that Node.js encodes is decoded to the same bytes', (_, decode) => {
  assert(
    property(uint8Array({ maxLength: 100 }), (bytes) => {
      const decoded = decode(Buffer.from(bytes).toString('base64url'))
      expect(decoded && new Uint8Array(decoded)).toEqual(new Uint8Array(bytes))
    }),
    { numRuns: scaled(20_000) },
  )
})

test.each(DECODERS)('SEC-79 with %s, a text is decoded only if encoding the bytes gives the same text', (_, decode) => {
  const characters = array(constantFrom('A', 'Q', 'g', 'w', '_', '-', '+', '/', '=', ' ', '\n', 'é', '界', '\u0000'), {
    maxLength: 9,
  })
  assert(
    property(
      oneof(
        characters.map((each) => each.join('')),
        string({ maxLength: 12 }),
      ),
      (text) => {
        const bytes = Buffer.from(text, 'base64url')
        const expected = bytes.toString('base64url') === text ? new Uint8Array(bytes) : undefined
        const decoded = decode(text)
        expect(decoded && new Uint8Array(decoded)).toEqual(expected)
      },
    ),
    { numRuns: scaled(50_000) },
  )
})

test('runtimes without Buffer use the table', () => {
  vi.stubGlobal('process', undefined)
  expect(tokenDecoder()).toBe(decodeBase64url)
  vi.unstubAllGlobals()
  expect(tokenDecoder()).not.toBe(decodeBase64url)
})
