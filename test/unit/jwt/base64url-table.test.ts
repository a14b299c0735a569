/** The decoder of tokens, compared with Node's. */
import { array, assert, constantFrom, oneof, property, string, uint8Array } from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase64url } from '../../../packages/jwt/src/token/base64url.ts'
import { scaled } from '../../support/volume.ts'

test('SEC-79 every text that Node.js encodes is decoded to the same bytes', () => {
  assert(
    property(uint8Array({ maxLength: 100 }), (bytes) => {
      expect(decodeBase64url(Buffer.from(bytes).toString('base64url'))).toEqual(new Uint8Array(bytes))
    }),
    { numRuns: scaled(20_000) },
  )
})

test('SEC-79 a text is decoded only if encoding the bytes gives the same text', () => {
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
        expect(decodeBase64url(text)).toEqual(expected)
      },
    ),
    { numRuns: scaled(50_000) },
  )
})
