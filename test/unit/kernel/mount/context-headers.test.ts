/** `contextHeaders`: the principal ID and the context as request headers (SEC-18, SEC-20, SEC-21, SEC-22). */
import type { AuthorizerContext, ContextHeaderOptions } from '@custom-authorizer/core'
import { ContextHeaders } from '@custom-authorizer/core/adapter'
import { describe, expect, test } from 'vitest'

const authorizerContext = (context: Record<string, unknown>, principalId = 'alice'): AuthorizerContext => ({
  principalId,
  context,
  requestContext: { authorizer: {} },
})
const linesOf = (options: ContextHeaderOptions, context: Record<string, unknown>, principalId?: string): unknown =>
  new ContextHeaders(options).lines(authorizerContext(context, principalId))

describe('map', () => {
  const map = { 'X-User-Id': 'principalId', 'x-role': 'context.role', 'x-city': 'context.home town' }

  test('SEC-20 a map sets exactly its headers, with names in lower case', () => {
    expect(linesOf(map, { role: 'admin', 'home town': 'Ulm', other: 1 })).toEqual([
      ['x-user-id', 'alice'],
      ['x-role', 'admin'],
      ['x-city', 'Ulm'],
    ])
  })

  test.each([{}, { role: null }, { role: undefined }])(
    'SEC-20 no header is set for a value that is missing in the context %j',
    (context) => {
      expect(linesOf(map, context)).toEqual([['x-user-id', 'alice']])
    },
  )

  test('SEC-29 inherited members of the context are ignored', () => {
    expect(linesOf({ 'x-a': 'context.toString', 'x-b': 'context.constructor' }, {})).toEqual([])
  })

  test('SEC-32 an empty principal ID is set as an empty header', () => {
    expect(linesOf(map, {}, '')).toEqual([['x-user-id', '']])
  })

  test.each(['x-user-id', 'X-USER-ID', 'x_user_id', 'X.User~Id', 'x-role'])(
    'SEC-18 with a map, the header %s is reserved',
    (name) => {
      expect(new ContextHeaders(map).ownsHeader(name)).toBe(true)
    },
  )

  test.each(['x-user', 'x-user-id-2', 'xuserid', 'authorization', '', 'x-userid'])(
    'SEC-18 with a map, the header %j is not reserved',
    (name) => {
      expect(new ContextHeaders(map).ownsHeader(name)).toBe(false)
    },
  )
})

describe('prefix', () => {
  test('SEC-22 a prefix sets one header for the principal ID and one for each context key', () => {
    expect(linesOf('X-Authz-', { role: 'admin', tenant_Id: 7, 'a-b': true })).toEqual([
      ['x-authz-principal-id', 'alice'],
      ['x-authz-ctx-role', 'admin'],
      ['x-authz-ctx-tenant-id', '7'],
      ['x-authz-ctx-a-b', 'true'],
    ])
  })

  test.each([null, undefined])(
    'SEC-22 a context key with the value %s has no header that another key could repeat',
    (value) => {
      const expected = [
        ['x-authz-principal-id', 'alice'],
        ['x-authz-ctx-tenant-id', '7'],
      ]
      expect(linesOf('x-authz-', { tenant_id: value, 'tenant-id': 7 })).toEqual(expected)
      expect(linesOf('x-authz-', { 'tenant-id': 7, tenant_id: value })).toEqual(expected)
    },
  )

  test.each(['x-authz-', 'X-AUTHZ-anything', 'x_authz_ctx_role', 'x-authz-ctx-role', 'X.Authz.Principal.Id'])(
    'SEC-18 with a prefix, the header %s is reserved',
    (name) => {
      expect(new ContextHeaders('x-authz-').ownsHeader(name)).toBe(true)
    },
  )

  test.each(['x-authz', 'x-auth-z', 'authz-role', ''])(
    'SEC-18 with a prefix, the header %j is not reserved',
    (name) => {
      expect(new ContextHeaders('x-authz-').ownsHeader(name)).toBe(false)
    },
  )

  test.each(['a b', '1a', '-a', '_a', 'é', 'a:b', 'a\r\nb', '', 'x'.repeat(65)])(
    'SEC-22 the context key %j is an error',
    (key) => {
      expect(linesOf('x-authz-', { [key]: 'v' })).toMatch(/a context key cannot be part of a header name/)
    },
  )

  test.each([
    { 'a-b': '1', a_b: '2' },
    { role: '1', ROLE: '1' },
  ])('SEC-22 two context keys with the same header name are an error: %j', (context) => {
    expect(linesOf('x-authz-', context)).toMatch(/two context keys would become the same header x-authz-ctx-/)
  })
})

const headerOf = (value: unknown): unknown => linesOf({ 'x-v': 'context.v' }, { v: value })

describe('values', () => {
  const valid: readonly [string, unknown, string][] = [
    ['text', 'a b', 'a b'],
    ['text with spaces at its ends', ' a ', ' a '],
    ['empty text', '', ''],
    ['a number', 1.5, '1.5'],
    ['true', true, 'true'],
    ['false', false, 'false'],
    ['zero', 0, '0'],
    ['printable ASCII without %', '!"#$&\'()*+,-./:;<=>?@[\\]^_`{|}~', '!"#$&\'()*+,-./:;<=>?@[\\]^_`{|}~'],
    ['a percent sign', '100%', '100%25'],
    ['text that looks percent-encoded', '%41', '%2541'],
    ['non-ASCII letters', 'Zoë', 'Zo%C3%AB'],
    ['characters outside the Basic Multilingual Plane', '🦓', '%F0%9F%A6%93'],
    ['Latin-1 control characters', '\u0085', '%C2%85'],
    ['4096 characters', 'x'.repeat(4096), 'x'.repeat(4096)],
  ]
  test.each(valid)('SEC-21 %s: the header value is reversible printable ASCII', (_, value, header) => {
    expect(headerOf(value)).toEqual([['x-v', header]])
    // The encoding is reversible.
    expect(decodeURIComponent(header)).toBe(String(value))
  })

  const invalid: readonly [string, unknown, RegExp][] = [
    ['a line break', 'a\r\nx-admin: 1', /control characters/],
    ['a newline', 'a\n', /control characters/],
    ['NUL', 'a\u0000', /control characters/],
    ['a tab', 'a\tb', /control characters/],
    ['DEL', 'a\u007f', /control characters/],
    ['a lone surrogate', '\ud83e', /ill-formed/],
    ['an object', { a: 1 }, /object or array/],
    ['an array', ['a'], /object or array/],
    ['4097 characters', 'x'.repeat(4097), /too long/],
    ['text that is too long once encoded', 'ë'.repeat(700), /too long/],
  ]
  test.each(invalid)('SEC-21 SEC-33 %s is an error whose message omits the value', (_, value, problem) => {
    const message = headerOf(value)
    expect(message).toMatch(problem)
    expect(message).toContain('x-v')
    expect(String(message)).not.toMatch(/x-admin|ë|xxx/)
    expect(linesOf({ 'x-v': 'principalId' }, {}, typeof value === 'string' ? value : '\n')).toMatch(/principalId/)
  })

  test('SEC-21 more than 8192 characters in total are an error', () => {
    const map = { 'x-a': 'context.a', 'x-b': 'context.b', 'x-c': 'context.c' }
    expect(linesOf(map, { a: 'x'.repeat(4096), b: 'x'.repeat(4096), c: '' })).toHaveLength(3)
    expect(linesOf(map, { a: 'x'.repeat(4096), b: 'x'.repeat(4096), c: 'x' })).toMatch(/too long/)
  })
})
