import { describe, expect, test, vi } from 'vitest'
import { BadToken } from '../../../packages/jwt/src/problem.ts'
import { readToken } from '../../../packages/jwt/src/token.ts'
import { syncOutcome } from '../../support/outcome.ts'
import { gatewayRequest } from '../../support/request.ts'
import { encode, signParts } from '../../support/tokens.ts'
import { withToken } from '../../support/with-token.ts'
import { answer, answerTo, authorizerOf, claims, INVALID, KEY, NOW, token } from './jwt-fixture.ts'

const HEADER = { alg: 'RS256', kid: 'key-1', typ: 'JWT' }
const signed = (header: unknown, payload: unknown): string => signParts(header, payload, 'RS256', KEY.privateKey)
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const padded = (length: number): string => token({ pad: 'x'.repeat(length) })

const headerWith = (length: number): object => ({ ...HEADER, pad: 'x'.repeat(length) })

// Three characters of the claim are four of the token; the rest is found by trying.
const fitting = (limit: number): string => {
  let length = Math.floor(((limit - padded(0).length) * 3) / 4)
  while (padded(length + 1).length <= limit) length++
  return padded(length)
}

describe('SEC-77 size', () => {
  test('a token has at most 8192 characters', async () => {
    // The credential has a bound of its own, so the token is read from where it stands alone.
    const authorizer = authorizerOf({ identitySource: '$request.header.x-token' })
    const good = fitting(8192)
    expect(good.length).toBeGreaterThan(8188)
    for (const [compact, expected] of [
      [good, '200'],
      [padded(6200), INVALID],
    ] as const) {
      const request = gatewayRequest('GET /', { headers: { 'x-token': compact } })
      expect(answer(await authorizer.evaluate(request))).toBe(expected)
    }
  })

  test('the token itself is measured too, whatever bound its source has', () => {
    expect(readToken('x'.repeat(8192))).toEqual(new BadToken('SEGMENTS'))
    expect(readToken('x'.repeat(8193))).toEqual(new BadToken('SIZE'))
  })

  test('a megabyte is refused without a look at it, and without waiting for anything', () => {
    const subtle = vi.spyOn(crypto.subtle, 'verify')
    const request = withToken(`Bearer ${padded(1 << 20)}`)
    expect(answer(syncOutcome(authorizerOf().evaluate(request)))).toBe(INVALID)
    expect(subtle).not.toHaveBeenCalled()
  })

  test('a header has at most 2048 bytes', async () => {
    const spare = 2048 - JSON.stringify(headerWith(0)).length
    expect(await answerTo(signed(headerWith(spare), claims()))).toBe('200')
    expect(await answerTo(signed(headerWith(spare + 1), claims()))).toBe(INVALID)
  })
})

describe('SEC-77 SEC-78 parts', () => {
  const [h, p, s] = token().split('.')
  test.each([
    ['two', `${h}.${p}`],
    ['one', `${h}`],
    ['none', '.'],
    ['four', `${h}.${p}.${s}.`],
    ['five, an encrypted token', `${encode({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.AAAA`],
    ['five, PBES2', `${encode({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 1e7 })}.AAAA.AAAA.AAAA.AAAA`],
    ['five, signed ones first', `${h}.${p}.${s}.AAAA.AAAA`],
    ['an empty header', `.${p}.${s}`],
    ['an empty payload', `${h}..${s}`],
    ['an empty signature', `${h}.${p}.`],
    ['nothing but points', '..'],
    ['thousands', '.'.repeat(8000)],
    ['a JSON serialisation', JSON.stringify({ protected: h, payload: p, signature: s })],
  ])('%s', async (_, compact) => {
    const subtle = [vi.spyOn(crypto.subtle, 'verify'), vi.spyOn(crypto.subtle, 'deriveBits')]
    expect(await answerTo(compact)).toBe(INVALID)
    for (const each of subtle) expect(each).not.toHaveBeenCalled()
  })
})

describe('SEC-77 header and payload are one unambiguous JSON object', () => {
  const payload = JSON.stringify(claims())
  const inside = payload.slice(1, -1)
  test.each([
    ['a name twice', `{"sub":"a",${inside}}`],
    ['a name twice, one of them escaped', `{"\\u0073ub":"a",${inside}}`],
    ['a name twice, deeper', `{${inside},"a":{"b":[{"c":1,"c":2}]}}`],
    ['exp twice', `{"exp":${NOW + 999},${inside}}`],
    ['a byte order mark', `\uFEFF${payload}`],
    ['an array', `[${payload}]`],
    ['a text', '"text"'],
    ['null', 'null'],
    ['a number', '5'],
    ['nothing', ' '],
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
    expect(await answerTo(signed(HEADER, text))).toBe(INVALID)
  })

  test.each([
    ['spaces', ` { ${inside} } \n`],
    ['the same name in different objects', `{${inside},"a":{"sub":1},"b":[{"sub":1},{"sub":2}]}`],
    ['a value that looks like a name', `{${inside},"a":"sub","b":["a","a"]}`],
    ['a whole surrogate pair', `{${inside},"x":"\\ud83d\\ude00"}`],
    ['braces inside a text', `{${inside},"x":"}]{[\\"\\\\"}`],
    ['32 levels', `{${inside},"x":${'['.repeat(31)}${']'.repeat(31)}}`],
  ])('payload with %s is fine', async (_, text) => {
    expect(await answerTo(signed(HEADER, text))).toBe('200')
  })

  test.each([
    ['alg twice', '{"alg":"none","alg":"RS256","kid":"key-1"}'],
    ['kid twice', '{"alg":"RS256","kid":"x","kid":"key-1"}'],
    ['a byte order mark', '\uFEFF{"alg":"RS256","kid":"key-1"}'],
    ['an array', '["RS256"]'],
    ['null', 'null'],
  ])('header with %s', async (_, text) => {
    expect(await answerTo(signed(text, claims()))).toBe(INVALID)
  })

  test.each([[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80]])(
    'bytes that are not UTF-8: %i …',
    async (...bytes) => {
      const { createSign } = await import('node:crypto')
      const text = Buffer.concat([Buffer.from(`{${inside},"x":"`), Buffer.from(bytes), Buffer.from('"}')])
      const input = `${encode(HEADER)}.${text.toString('base64url')}`
      const signature = createSign('sha256').update(input).sign(KEY.privateKey).toString('base64url')
      expect(await answerTo(`${input}.${signature}`)).toBe(INVALID)
    },
  )
})

describe('SEC-79 one token, one spelling', () => {
  const compact = token()
  const [h = '', p = '', s = ''] = compact.split('.')

  test('every other last character with the same significant bits is refused', async () => {
    // 256 bytes end in a group of two characters, so four bits of the last one carry nothing.
    const at = ALPHABET.indexOf(s.at(-1) ?? '')
    expect(s.length % 4).toBe(2)
    const spellings = Array.from({ length: 15 }, (_, index) => s.slice(0, -1) + ALPHABET[at + index + 1])
    for (const each of spellings) {
      expect(Buffer.from(each, 'base64url')).toEqual(Buffer.from(s, 'base64url'))
      expect(await answerTo(`${h}.${p}.${each}`)).toBe(INVALID)
    }
    expect(await answerTo(compact)).toBe('200')
  })

  test.each([
    ['padding', `${compact}==`],
    ['one sign of padding', `${compact}=`],
    ['padding in the header', `${h}=.${p}.${s}`],
    ['a line end inside', `${h}.${p.slice(0, 9)}\n${p.slice(9)}.${s}`],
    ['a space inside', `${h}.${p} .${s}`],
    ['a tab inside', `${h}.${p}\t.${s}`],
    ['the other alphabet', `${h}.${p}.${s.replaceAll('-', '+').replaceAll('_', '/')}+`],
    ['a character that carries nothing', `${h}.${p}.${s}A`],
    ['letters that only look alike', compact.replace('e', 'е')],
    ['a full stop of another script', compact.replaceAll('.', '。')],
  ])('%s', async (_, spelling) => {
    expect(await answerTo(spelling)).toBe(INVALID)
    const alone = authorizerOf({ identitySource: '$request.header.x-token' })
    expect(answer(await alone.evaluate(gatewayRequest('GET /', { headers: { 'x-token': spelling } })))).toBe(INVALID)
  })
})

describe('SEC-30 the credential', () => {
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
  ])('number %#', async (credential, expected) => {
    expect(answer(await authorizerOf().evaluate(withToken(credential)))).toBe(expected)
  })
})
