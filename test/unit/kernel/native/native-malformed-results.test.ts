/** Malformed results of a function under the native contract get 500 and one log line (SEC-31, SEC-33). */
import { allow, createAuthorizer, deny, type NativeAnswer, unauthorized } from '@custom-authorizer/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { allowed, syncOutcome, denied } from '../../../support/outcome.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { throwError } from '../../../support/failure-checks.ts'
import { gatewayRequest } from '../../../support/request.ts'

let logger: RecordingLogger
beforeEach(() => {
  logger = new RecordingLogger()
})

/** Expects 500 for a result, and exactly one log line that names the problem. */
const expectMalformed = (result: unknown, problem: RegExp): void => {
  const authorizer = createAuthorizer({ name: 'pets', authorize: () => result as NativeAnswer, logger })
  const denial = denied(syncOutcome(authorizer.evaluate(gatewayRequest('GET /pets'))))
  expect(denial).toMatchObject({ reason: 'BAD_RESULT', response: { status: 500 } })
  expect(denial.response.body).toBe('{"message":"Internal Server Error"}')
  expect(logger.lines).toHaveLength(1)
  expect(logger.lines[0]).toMatch(/^custom-authorizer: "pets": /)
  expect(logger.lines[0]).toMatch(problem)
}

class ClassInstance {
  readonly isAuthorized = true
}
class WithGetter {
  get isAuthorized(): boolean {
    return true
  }
}

const forms: readonly [string, unknown, RegExp][] = [
  ['undefined', undefined, /returned undefined; allowed: true, false, \{ isAuthorized/],
  ['null', null, /returned null; allowed/],
  ['a string', 'allow', /returned string; allowed/],
  ['the string "true"', 'true', /returned string/],
  ['a number', 1, /returned number/],
  ['zero', 0, /returned number/],
  ['an array', [true], /returned an array/],
  ['an empty object', {}, /isAuthorized is undefined; allowed: true or false/],
  ['"true" for isAuthorized', { isAuthorized: 'true' }, /isAuthorized is string/],
  ['"false" for isAuthorized', { isAuthorized: 'false' }, /isAuthorized is string/],
  ['1 for isAuthorized', { isAuthorized: 1 }, /isAuthorized is number/],
  ['null for isAuthorized', { isAuthorized: null }, /isAuthorized is null/],
  ['a wrapped boolean for isAuthorized', { isAuthorized: Object(true) as unknown }, /isAuthorized is object/],
  [
    'a misspelled member',
    { isAuthorised: true },
    /unknown member result\.isAuthorised; allowed: isAuthorized, principalId/,
  ],
  ['an unknown member', { isAuthorized: true, role: 'admin' }, /unknown member result\.role/],
  ['an unknown member whose name is not a plain name', { isAuthorized: true, 'a b': 1 }, /unknown member result\[…\]/],
  ['a result in an envelope', { result: { isAuthorized: true } }, /unknown member result\.result/],
  ['a principal ID that is a number', { isAuthorized: true, principalId: 7 }, /principalId is not a string/],
  ['a principal ID of null', { isAuthorized: true, principalId: null }, /principalId is not a string/],
  [
    'a principal ID that is too long',
    allow({ principalId: 'x'.repeat(1025) }),
    /principalId is not a string of at most 1024/,
  ],
  ['an expiry that is a string', { isAuthorized: true, expiresAt: '2030-01-01' }, /expiresAt is not a number/],
  ['an expiry that is a Date', { isAuthorized: true, expiresAt: new Date(0) }, /expiresAt is not a number/],
  ['an expiry of NaN', allow({ expiresAt: Number.NaN }), /expiresAt is not a number/],
  ['a context that is a string', { isAuthorized: true, context: 'role=admin' }, /context is not an object/],
  ['a context that is an array', { isAuthorized: true, context: ['admin'] }, /context is not an object/],
  ['a context of true', { isAuthorized: true, context: true }, /context is not an object/],
  [
    'allow() with a response',
    { ...allow(), response: {} },
    /response, redirect and unauthorized can only be combined with isAuthorized: false/,
  ],
  [
    'unauthorized() with isAuthorized: true',
    { ...unauthorized(), isAuthorized: true },
    /can only be combined with isAuthorized: false/,
  ],
  [
    'unauthorized with another value than true',
    { isAuthorized: false, unauthorized: 'yes' },
    /unauthorized is not true/,
  ],
  ['a class instance', new WithGetter(), /./],
  ['an object that inherits isAuthorized', Object.create({ isAuthorized: true }), /./],
]
test.each(forms)('SEC-31 a malformed result (%s) gets 500, and the log names the problem', (_, result, problem) => {
  expectMalformed(result, problem)
})

const otherContracts: readonly [string, unknown, RegExp][] = [
  [
    'an IAM policy',
    { principalId: 'alice', policyDocument: { Version: '2012-10-17', Statement: [] } },
    /policyDocument; it is an IAM policy: set contract: aws\.token\(\) or aws\.request\(\) of @custom-authorizer\/core\/aws/,
  ],
  ['a proxy response', { statusCode: 401, body: '{}' }, /statusCode; .*return allow\(\), deny\(\) or unauthorized\(\)/],
  [
    'a FunctionGraph result',
    { statusCode: 200, body: '{"status":"allow"}' },
    /statusCode; it is a proxy or FunctionGraph/,
  ],
]
test.each(otherContracts)('SEC-31 %s is logged with the contract or result to use instead', (_, result, problem) => {
  expectMalformed(result, problem)
})

const cyclic: Record<string, unknown> = {}
cyclic['self'] = cyclic
const deep = (levels: number): unknown => {
  let value: unknown = 'end'
  for (let level = 0; level < levels; level++) value = { a: value }
  return value
}
const parsed = (text: string): unknown => JSON.parse(text)

const expectMalformedContext = (_: string, context: unknown, problem: RegExp): void => {
  expectMalformed({ isAuthorized: true, context }, problem)
  expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined()
}

const invalidContexts: readonly [string, unknown, RegExp][] = [
  ['a Date', { at: new Date(0) }, /context\.at is not a plain object/],
  ['a Map', { roles: new Map() }, /context\.roles is not a plain object/],
  ['a class instance', { user: new ClassInstance() }, /context\.user is not a plain object/],
  ['an error', { cause: new Error('x') }, /context\.cause is not a plain object/],
  ['a Buffer', { bytes: Buffer.from('x') }, /context\.bytes is not a plain object/],
  ['a function', { can: () => true }, /context\.can is of type function/],
  ['a symbol', { id: Symbol('x') }, /context\.id is of type symbol/],
  ['a bigint', { id: 1n }, /context\.id is of type bigint/],
  ['NaN', { n: Number.NaN }, /context\.n is not a finite number/],
  ['Infinity', { n: parsed('1e400') }, /context\.n is not a finite number/],
  ['undefined in an array', { roles: ['a', undefined] }, /context\.roles\[1\] is of type undefined/],
  ['an invalid nested value', { a: { b: [{ c: 1n }] } }, /context\.a\.b\[0\]\.c is of type bigint/],
  ['a member whose name is not a plain name', { 'a b': 1n }, /context\[…\] is of type bigint/],
  ['a circular reference', cyclic, /context is nested more than 32 levels deep/],
  [
    'a getter that throws',
    Object.defineProperty({}, 'a', { enumerable: true, get: throwError }),
    /threw while it was read/,
  ],
]
test.each(invalidContexts)('SEC-33 a context with %s gets 500, and the log names the location', expectMalformedContext)

const oversizedContexts: readonly [string, unknown, RegExp][] = [
  ['33 levels', deep(33), /context is nested more than 32 levels deep/],
  ['a hundred thousand levels', deep(100_000), /context is nested more than 32 levels deep/],
  ['10,001 values', { list: Array.from({ length: 10_000 }, () => 1) }, /context has more than 10000 values/],
]
test.each(oversizedContexts)(
  'SEC-39 SEC-33 a context with %s gets 500, and the log names the limit',
  expectMalformedContext,
)

const prototypeContexts: readonly [string, unknown, RegExp][] = [
  ['a member __proto__', parsed('{"__proto__":{"isAdmin":true}}'), /context has a member named __proto__/],
  ['a nested member __proto__', parsed('{"a":[{"__proto__":{}}]}'), /context\.a\[0\] has a member named __proto__/],
  ['a member constructor', parsed('{"constructor":{}}'), /context has a member named constructor/],
  ['a nested member prototype', { a: { prototype: {} } }, /context\.a has a member named prototype/],
]
test.each(prototypeContexts)(
  'SEC-34 SEC-33 a context with %s gets 500, and the log names the location',
  expectMalformedContext,
)

describe('valid contexts', () => {
  const valid: readonly [string, Record<string, unknown>][] = [
    ['scalars', { text: 'a', empty: '', number: 1.5, negative: -1, yes: true, no: false, nothing: null }],
    ['arrays and objects', { roles: ['a', ['b']], address: { city: 'Ulm', tags: [{ a: 1 }] } }],
    ['keys named like members of Object.prototype', { toString: 'a', hasOwnProperty: 'b', valueOf: 'c' }],
    ['31 nested levels', deep(31) as Record<string, unknown>],
    ['any Unicode text', { text: 'Zoë 🦓 \u0000 \ud800' }],
    ['objects without a prototype', { a: Object.assign(Object.create(null) as object, { b: 1 }) }],
  ]
  test.each(valid)('SEC-33 a context with %s is accepted', (_, context) => {
    const authorizer = createAuthorizer({ authorize: () => ({ isAuthorized: true, context }), logger })
    expect(allowed(syncOutcome(authorizer.evaluate(gatewayRequest()))).context).toEqual(context)
    expect(logger.lines).toEqual([])
  })

  test('SEC-33 undefined members of a context are dropped, and -0 becomes 0', () => {
    const context = { a: undefined, n: -0 }
    const authorizer = createAuthorizer({ authorize: () => allow({ context }), logger })
    const copy = allowed(syncOutcome(authorizer.evaluate(gatewayRequest()))).context
    expect(Object.keys(copy)).toEqual(['n'])
    expect(Object.is(copy.n, 0)).toBe(true)
  })

  test('SEC-33 getters of a context are called once', () => {
    let reads = 0
    const context = Object.defineProperty({}, 'a', { enumerable: true, get: () => ++reads })
    const authorizer = createAuthorizer({ authorize: () => ({ isAuthorized: true, context }), logger })
    const authorizerContext = allowed(syncOutcome(authorizer.evaluate(gatewayRequest())))
    expect([authorizerContext.context, authorizerContext.context]).toEqual([{ a: 1 }, { a: 1 }])
    expect(reads).toBe(1)
  })
})

const expectMalformedResponse = (_: string, response: unknown, problem: RegExp): void => {
  for (const result of [deny(response as object), unauthorized(response as object)]) {
    logger.lines.length = 0
    expectMalformed(result, problem)
  }
}

const invalidResponses: readonly [string, unknown, RegExp][] = [
  ['is a string', 'no', /response is not an object/],
  ['is null', null, /response is not an object/],
  ['has an unknown member', { statusCode: 403 }, /response\.statusCode is an unknown member/],
  ['has a success status', { status: 200 }, /response\.status is not a whole number from 400 to 599/],
  ['has a redirect status', { status: 302 }, /response\.status is not a whole number from 400 to 599/],
  ['has a status above 599', { status: 600 }, /response\.status is not a whole number from 400 to 599/],
  ['has a status that is a string', { status: '403' }, /response\.status is not a whole number from 400 to 599/],
  ['has a fractional status', { status: 403.5 }, /response\.status is not a whole number from 400 to 599/],
  ['has a body that is a bigint', { body: 1n }, /response\.body is of type bigint/],
  ['has a body that is a class instance', { body: new Date(0) }, /response\.body is not a plain object/],
  ['has headers that are a string', { headers: 'a: b' }, /response\.headers is not an object/],
  ['has headers that are an array', { headers: [['a', 'b']] }, /response\.headers is not an object/],
  ['has a non-ASCII header value', { headers: { a: 'Zoë' } }, /response\.headers\.a is not printable text/],
  ['has a header value that is a number', { headers: { 'Retry-After': 1 } }, /response\.headers\.Retry-After is not/],
  ['has a header value that is an array with a number', { headers: { a: ['b', 1] } }, /response\.headers\.a is not/],
]
test.each(invalidResponses)('SEC-31 a response of deny() or unauthorized() that %s gets 500', expectMalformedResponse)

const responsesWithLineBreaks: readonly [string, unknown, RegExp][] = [
  [
    'has a line break in a header value',
    { headers: { a: 'b\r\nset-cookie: c' } },
    /response\.headers\.a is not printable text/,
  ],
  ['has a line break in a header name', { headers: { 'a\r\nb': 'c' } }, /response\.headers\[…\] is not a header/],
]
test.each(responsesWithLineBreaks)(
  'SEC-21 SEC-31 a response of deny() or unauthorized() that %s gets 500',
  expectMalformedResponse,
)

const responsesWithReservedHeaders: readonly [string, unknown, RegExp][] = [
  ['sets Content-Length', { headers: { 'Content-Length': '0' } }, /Content-Length is not a header that can be set/],
  [
    'sets Transfer-Encoding',
    { headers: { 'transfer-ENCODING': 'x' } },
    /transfer-ENCODING is not a header that can be/,
  ],
  ['sets Connection', { headers: { connection: 'close' } }, /connection is not a header that can be set/],
]
test.each(responsesWithReservedHeaders)(
  'SEC-22 SEC-31 a response of deny() or unauthorized() that %s gets 500',
  expectMalformedResponse,
)
