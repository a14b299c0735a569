/** Limits of `contextHeaders`: allowed maps and prefixes, error messages, and the edits of a request. */
import type { ContextHeaderOptions } from '@custom-authorizer/core'
import { ContextHeaders } from '@custom-authorizer/core/adapter'
import { describe, expect, test } from 'vitest'
import { expectOptionError } from '../../../support/option-error.ts'
import { gatewayRequest } from '../../../support/request.ts'

const build = (options: unknown) => (): unknown => new ContextHeaders(options as ContextHeaderOptions)

describe('map', () => {
  test.each([
    [{ 'x-a': 'xprincipalId' }],
    [{ 'x-a': 'principalIds' }],
    [{ 'x-a': 'x.context.a' }],
    [{ 'x-a': 'context.a\nb' }],
    [{ 'x-a': ['principalId'] }],
    [{ 'x-a': 'principalId', x_a: 'context.a' }],
    [{ '-x': 'principalId' }],
    [{ 'x y': 'principalId' }],
  ])('SEC-22 the map %j is rejected', (map) => {
    expectOptionError(build(map), 'contextHeaders', 'found an object', 'mapped to "principalId" or "context.KEY"')
  })

  test.each([
    'Authorization',
    'Content-Type',
    'host',
    'If-Match',
    'Origin',
    'referer',
    'set-cookie',
    'TE',
    'X-Forwarded-Uri',
    'X-Real-IP',
  ])('SEC-22 a map with the reserved header %s is rejected', (name) => {
    expectOptionError(build({ [name]: 'principalId' }), 'contextHeaders', 'found', 'not reserved')
  })

  test.each([
    ['x'.repeat(64), `"${'x'.repeat(64)}"`],
    ['x'.repeat(65), 'each key'],
    ['x y', 'each key'],
  ])('SEC-22 the error names the header %s only if it is a short header name', (name, shown) => {
    expectOptionError(build({ [name]: 'role' }), 'contextHeaders', 'found an object', `${shown} a header name`)
  })

  test('SEC-22 an empty map is rejected', () => {
    expectOptionError(build({}), 'contextHeaders', 'found', 'at least one header')
  })

  test.each([5, null, true, ['x-a']])('SEC-22 %j instead of a map is rejected', (value) => {
    expectOptionError(build(value), 'contextHeaders', 'found', 'a map from header name to')
  })
})

describe('prefix', () => {
  test.each(['x-authz', '-', '-x-', 'x y-', ' x-', 'x-\n', ''])('SEC-22 the prefix %j is rejected', (prefix) => {
    expectOptionError(build(prefix), 'contextHeaders', 'found', 'a prefix such as "x-authz-"')
  })

  test.each(['x-forwarded-', 'X_', 'if-', 'SEC-', 'accept-', 'http2-'])(
    'SEC-22 the prefix %j of standard header names is rejected',
    (prefix) => {
      expectOptionError(build(prefix), 'contextHeaders', 'found', 'begins no standard header name')
    },
  )

  test.each(['x-authz-', 'A-', '9-', 'a--', 'type-'])('SEC-22 the prefix %j is accepted', (prefix) => {
    expect(build(prefix)).not.toThrow()
  })
})

const authorizerContext = (principalId: string, context: Record<string, unknown>) => ({
  principalId,
  context,
  requestContext: { authorizer: {} },
})

describe('invalid values', () => {
  test.each<[title: string, ContextHeaderOptions, string, Record<string, unknown>, RegExp]>([
    [
      'a control character in a mapped principal ID',
      { 'x-a': 'principalId' },
      '\n',
      {},
      /^principalId has control characters .* header x-a$/,
    ],
    [
      'a control character in a mapped context value',
      { 'x-a': 'context.a' },
      'p',
      { a: '\n' },
      /^a context value has control characters .* header x-a$/,
    ],
    [
      'a control character in the principal ID',
      'x-z-',
      '\n',
      {},
      /^principalId has control characters .* header x-z-principal-id$/,
    ],
    [
      'a control character in a context value',
      'x-z-',
      'p',
      { a: '\n' },
      /^a context value has control characters .* header x-z-ctx-a$/,
    ],
    ['a principal ID that is too long', 'x-z-', 'p'.repeat(4097), {}, /^principalId is too long/],
    ['a context value that is an object', 'x-z-', 'p', { a: {} }, /^a context value is an object or array/],
  ])('SEC-33 the error for %s names the invalid part', (_, options, principalId, context, problem) => {
    expect(new ContextHeaders(options).lines(authorizerContext(principalId, context))).toMatch(problem)
  })
})

describe('edits of a request', () => {
  const request = gatewayRequest('GET /')

  test('SEC-17 the authorizer does not see client headers with reserved names', () => {
    expect(new ContextHeaders('x-z-').authorizerView).toBe('withoutOwnedHeaders')
  })

  test('SEC-20 without an authorizer result no header is set', () => {
    expect(new ContextHeaders('x-z-').edit(request, undefined)).toEqual({ headers: [], target: undefined })
  })

  test('SEC-20 the headers of an authorizer result are set and the target is unchanged', () => {
    expect(new ContextHeaders('x-z-').edit(request, authorizerContext('p', { a: 1 }))).toEqual({
      headers: [
        ['x-z-principal-id', 'p'],
        ['x-z-ctx-a', '1'],
      ],
      target: undefined,
    })
  })

  test('SEC-21 no header is set if one value is invalid', () => {
    expect(new ContextHeaders('x-z-').edit(request, authorizerContext('\n', {}))).toMatch(/^principalId has/)
  })
})

test.each(['x'.repeat(64), 'a', 'A-_9'])('SEC-22 the context key %j is accepted as part of a header name', (key) => {
  expect(new ContextHeaders('x-z-').lines(authorizerContext('p', { [key]: 'v' }))).toHaveLength(2)
})
