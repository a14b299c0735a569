/** Node.js verifies signatures itself, other runtimes use WebCrypto. Both accept the same tokens. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { signingKey, signToken } from '../../support/tokens.ts'
import { spyOnVerification } from '../../support/verification.ts'
import { withToken } from '../../support/with-token.ts'
import { authorizerOf, claims, KEY, present, PUBLIC_ALGORITHMS, statusLine, token } from './jwt-fixture.ts'

afterEach(() => vi.unstubAllGlobals())

/** Makes this process look like another runtime. */
const leaveNode = (): unknown => vi.stubGlobal('process', { ...process, release: { name: 'other' } })

const withSignature = (compact: string, change: (signature: Buffer) => Buffer): string => {
  const [header = '', payload = '', signature = ''] = compact.split('.')
  return [header, payload, change(Buffer.from(signature, 'base64url')).toString('base64url')].join('.')
}

const CHANGES: Readonly<Record<string, (signature: Buffer) => Buffer>> = {
  unchanged: (signature) => signature,
  'the first bit flipped': (signature) => Buffer.concat([Buffer.of((signature[0] ?? 0) ^ 0x80), signature.subarray(1)]),
  'the last bit flipped': (signature) =>
    Buffer.concat([signature.subarray(0, -1), Buffer.of((signature.at(-1) ?? 0) ^ 1)]),
  'one byte less': (signature) => signature.subarray(1),
  'one byte more': (signature) => Buffer.concat([signature, Buffer.of(0)]),
  'a leading zero': (signature) => Buffer.concat([Buffer.of(0), signature]),
  zeros: (signature) => Buffer.alloc(signature.length),
  'half of it': (signature) => signature.subarray(signature.length / 2),
  'a DER sequence': () => Buffer.from('3006020101020101', 'hex'),
}

describe.each(PUBLIC_ALGORITHMS)('SEC-67 %s', (algorithm) => {
  const key = signingKey('k', algorithm)
  const options = { jwks: { keys: [key.jwk] }, algorithms: [algorithm] }
  const valid = signToken(key, claims())

  test.each(Object.entries(CHANGES))(
    'a signature with %s has the same result on Node.js and with WebCrypto',
    async (name, change) => {
      const compact = withSignature(valid, change)
      const node = statusLine(await present(authorizerOf(options), compact))
      leaveNode()
      const subtle = vi.spyOn(crypto.subtle, 'verify')
      const web = statusLine(await present(authorizerOf(options), compact))
      expect(node).toBe(web)
      expect(node === '200').toBe(name === 'unchanged')
      if (name === 'unchanged') expect(subtle).toHaveBeenCalledTimes(1)
    },
  )
})

/** A token whose signature starts with a zero byte. */
const SIGNATURE_WITH_ZERO = /\.A[A-P][\w-]*$/

test('SEC-67 an RSASSA-PSS signature without its leading zero is invalid, on Node.js and with WebCrypto', async () => {
  const key = signingKey('k', 'PS256')
  const options = { jwks: { keys: [key.jwk] }, algorithms: ['PS256' as const] }
  let compact = signToken(key, claims())
  while (!SIGNATURE_WITH_ZERO.test(compact)) compact = signToken(key, claims())
  const shortened = withSignature(compact, (signature) => signature.subarray(1))
  expect(statusLine(await present(authorizerOf(options), compact))).toBe('200')
  expect(statusLine(await present(authorizerOf(options), shortened))).not.toBe('200')
  leaveNode()
  expect(statusLine(await present(authorizerOf(options), shortened))).not.toBe('200')
})

test.each(['Bun', 'Deno', 'WebSocketPair'])('a runtime with the global %s uses WebCrypto', async (name) => {
  vi.stubGlobal(name, {})
  const node = spyOnVerification()
  expect(statusLine(await present(authorizerOf(), token()))).toBe('200')
  expect(node).not.toHaveBeenCalled()
})

test('with imported keys, a decision on Node.js is synchronous', async () => {
  const authorizer = authorizerOf({ jwks: { keys: [KEY.jwk] } })
  await present(authorizer, token())
  expect(authorizer.evaluate(withToken(`Bearer ${token()}`))).toMatchObject({ allowed: true })
})
