import { spyOnVerification } from '../../support/verification.ts'
import { describe, expect, test, vi } from 'vitest'
import { BadToken } from '../../../packages/jwt/src/problem.ts'
import { readToken } from '../../../packages/jwt/src/token/token.ts'
import { syncOutcome } from '../../support/outcome.ts'
import { gatewayRequest } from '../../support/request.ts'
import { encode, signParts } from '../../support/tokens.ts'
import { withToken } from '../../support/with-token.ts'
import { statusLine, responseTo, authorizerOf, claims, INVALID, KEY, NOW, token } from './jwt-fixture.ts'

const HEADER = { alg: 'RS256', kid: 'key-1', typ: 'JWT' }
const signed = (header: unknown, payload: unknown): string => signParts(header, payload, 'RS256', KEY.privateKey)
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const padded = (length: number): string => token({ pad: 'x'.repeat(length) })

const headerWith = (length: number): object => ({ ...HEADER, pad: 'x'.repeat(length) })

// Three characters of the claim are four of the token; the last few are found by trial.
const fitting = (limit: number): string => {
  let length = Math.floor(((limit - padded(0).length) * 3) / 4)
  while (padded(length + 1).length <= limit) length++
  return padded(length)
}

describe('size', () => {
  test('SEC-77 a token of more than 8192 characters is rejected', async () => {
    // A header that contains only the token, because credentials have their own limit.
    const authorizer = authorizerOf({ identitySource: '$request.header.x-token' })
    const good = fitting(8192)
    expect(good.length).toBeGreaterThan(8188)
    for (const [compact, expected] of [
      [good, '200'],
      [padded(6200), INVALID],
    ] as const) {
      const request = gatewayRequest('GET /', { headers: { 'x-token': compact } })
      expect(statusLine(await authorizer.evaluate(request))).toBe(expected)
    }
  })

  test('SEC-77 readToken limits the token independently of its source', () => {
    expect(readToken('x'.repeat(8192))).toEqual(new BadToken('SEGMENTS'))
    expect(readToken('x'.repeat(8193))).toEqual(new BadToken('SIZE'))
  })

  test('SEC-77 a token of one megabyte is rejected synchronously, without verification', () => {
    const subtle = spyOnVerification()
    const request = withToken(`Bearer ${padded(1 << 20)}`)
    expect(statusLine(syncOutcome(authorizerOf().evaluate(request)))).toBe(INVALID)
    expect(subtle).not.toHaveBeenCalled()
  })

  test('SEC-77 a header of more than 2048 bytes is rejected', async () => {
    const spare = 2048 - JSON.stringify(headerWith(0)).length
    expect(await responseTo(signed(headerWith(spare), claims()))).toBe('200')
    expect(await responseTo(signed(headerWith(spare + 1), claims()))).toBe(INVALID)
  })
})

describe('parts', () => {
  const [h, p, s] = token().split('.')
  test.each([
    ['two parts', `${h}.${p}`],
    ['one part', `${h}`],
    ['two empty parts', '.'],
    ['four parts', `${h}.${p}.${s}.`],
    ['five parts of an encrypted token', `${encode({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.AAAA`],
    ['five parts with PBES2', `${encode({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 1e7 })}.AAAA.AAAA.AAAA.AAAA`],
    ['five parts, the first three signed', `${h}.${p}.${s}.AAAA.AAAA`],
    ['an empty header', `.${p}.${s}`],
    ['an empty payload', `${h}..${s}`],
    ['an empty signature', `${h}.${p}.`],
    ['three empty parts', '..'],
    ['thousands of parts', '.'.repeat(8000)],
    ['a JSON serialisation', JSON.stringify({ protected: h, payload: p, signature: s })],
  ])('SEC-77 SEC-78 a token with %s is rejected without verification', async (_, compact) => {
    const subtle = [spyOnVerification(), vi.spyOn(crypto.subtle, 'deriveBits')]
    expect(await responseTo(compact)).toBe(INVALID)
    for (const each of subtle) expect(each).not.toHaveBeenCalled()
  })
})

describe('JSON of header and payload', () => {
  const payload = JSON.stringify(claims())
  const inside = payload.slice(1, -1)
  test.each([
    ['a repeated name', `{"sub":"a",${inside}}`],
    ['a repeated name, once escaped', `{"\\u0073ub":"a",${inside}}`],
    ['a repeated name in a nested object', `{${inside},"a":{"b":[{"c":1,"c":2}]}}`],
    ['exp twice', `{"exp":${NOW + 999},${inside}}`],
    ['a byte order mark', `\uFEFF${payload}`],
    ['an array', `[${payload}]`],
    ['a string', '"text"'],
    ['null', 'null'],
    ['a number', '5'],
    ['white space only', ' '],
    ['something after it', `${payload}x`],
    ['two objects', `${payload}${payload}`],
    ['a comma too many', `{${inside},}`],
    ['a comment', `{${inside}/**/}`],
    ['single quotes', payload.replaceAll('"', "'")],
    ['half a surrogate pair', `{${inside},"x":"\\ud800"}`],
    ['half a surrogate pair in a name', `{${inside},"\\udc00":1}`],
    ['33 levels', `{${inside},"x":${'['.repeat(32)}${']'.repeat(32)}}`],
    ['a thousand levels', `{${inside},"x":${'['.repeat(1000)}${']'.repeat(1000)}}`],
    ['__proto__', `{${inside},"__proto__":{"admin":true}}`],
    ['constructor', `{${inside},"x":{"constructor":1}}`],
    ['a number without end', `{${inside},"x":1e999}`],
  ])('payload with %s', async (_, text) => {
    expect(await responseTo(signed(HEADER, text))).toBe(INVALID)
  })

  test.each([
    ['white space', ` { ${inside} } \n`],
    ['the same name in different objects', `{${inside},"a":{"sub":1},"b":[{"sub":1},{"sub":2}]}`],
    ['a string that equals a name', `{${inside},"a":"sub","b":["a","a"]}`],
    ['a surrogate pair', `{${inside},"x":"\\ud83d\\ude00"}`],
    ['braces inside a string', `{${inside},"x":"}]{[\\"\\\\"}`],
    ['32 levels', `{${inside},"x":${'['.repeat(31)}${']'.repeat(31)}}`],
  ])('SEC-77 a payload with %s is accepted', async (_, text) => {
    expect(await responseTo(signed(HEADER, text))).toBe('200')
  })

  test.each([
    ['alg twice', '{"alg":"none","alg":"RS256","kid":"key-1"}'],
    ['kid twice', '{"alg":"RS256","kid":"x","kid":"key-1"}'],
    ['a byte order mark', '\uFEFF{"alg":"RS256","kid":"key-1"}'],
    ['an array', '["RS256"]'],
    ['null', 'null'],
  ])('SEC-77 a header with %s is rejected', async (_, text) => {
    expect(await responseTo(signed(text, claims()))).toBe(INVALID)
  })

  test.each([[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80]])(
    'SEC-77 a payload with invalid UTF-8 is rejected: %i …',
    async (...bytes) => {
      const { createSign } = await import('node:crypto')
      const text = Buffer.concat([Buffer.from(`{${inside},"x":"`), Buffer.from(bytes), Buffer.from('"}')])
      const input = `${encode(HEADER)}.${text.toString('base64url')}`
      const signature = createSign('sha256').update(input).sign(KEY.privateKey).toString('base64url')
      expect(await responseTo(`${input}.${signature}`)).toBe(INVALID)
    },
  )
})

describe('encoding', () => {
  const compact = token()
  const [h = '', p = '', s = ''] = compact.split('.')

  test('SEC-79 every other last character with the same significant bits is rejected', async () => {
    // 256 bytes end in a group of two characters, so four bits of the last one are unused.
    const at = ALPHABET.indexOf(s.at(-1) ?? '')
    expect(s.length % 4).toBe(2)
    const spellings = Array.from({ length: 15 }, (_, index) => s.slice(0, -1) + ALPHABET[at + index + 1])
    for (const each of spellings) {
      expect(Buffer.from(each, 'base64url')).toEqual(Buffer.from(s, 'base64url'))
      expect(await responseTo(`${h}.${p}.${each}`)).toBe(INVALID)
    }
    expect(await responseTo(compact)).toBe('200')
  })

  test.each([
    ['padding', `${compact}==`],
    ['one padding character', `${compact}=`],
    ['padding in the header', `${h}=.${p}.${s}`],
    ['a newline inside', `${h}.${p.slice(0, 9)}\n${p.slice(9)}.${s}`],
    ['a space inside', `${h}.${p} .${s}`],
    ['a tab inside', `${h}.${p}\t.${s}`],
    ['the standard base64 alphabet', `${h}.${p}.${s.replaceAll('-', '+').replaceAll('_', '/')}+`],
    ['an additional character', `${h}.${p}.${s}A`],
    ['Cyrillic letters', compact.replace('e', 'е')],
    ['ideographic full stops', compact.replaceAll('.', '。')],
  ])('SEC-79 a token with %s is rejected', async (_, spelling) => {
    expect(await responseTo(spelling)).toBe(INVALID)
    const alone = authorizerOf({ identitySource: '$request.header.x-token' })
    expect(statusLine(await alone.evaluate(gatewayRequest('GET /', { headers: { 'x-token': spelling } })))).toBe(
      INVALID,
    )
  })
})

describe('credential', () => {
  const t = token()
  test.each([
    [`Bearer ${t}`, '200'],
    [`bearer ${t}`, '200'],
    [`BEARER ${t}`, '200'],
    [`Bearer   ${t}`, '200'],
    [t, INVALID],
    [`Basic ${t}`, INVALID],
    [`Token ${t}`, INVALID],
    [`JWT ${t}`, INVALID],
    [`Bearer${t}`, INVALID],
    [`Bearer\t${t}`, INVALID],
    [`Bearer ${t} extra`, INVALID],
    [`Bearer ${t},Bearer ${t}`, INVALID],
    [`Bearer Bearer ${t}`, INVALID],
    [`Bearer "${t}"`, INVALID],
    [`Bearer token=${t}`, INVALID],
    ['Bearer', INVALID],
    ['Bearer ', INVALID],
    ['', '401 Bearer'],
    ['  ', '401 Bearer'],
  ])('SEC-30 credential %# gives $1', async (credential, expected) => {
    expect(statusLine(await authorizerOf().evaluate(withToken(credential)))).toBe(expected)
  })
})
