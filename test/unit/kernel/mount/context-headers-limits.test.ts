/** Edges of the headers that are ours: what a map may say, what a fault is called, what becomes of a request. */
import type { ContextHeaderOptions } from '@custom-authorizer/core'
import { ContextHeaders } from '@custom-authorizer/core/adapter'
import { describe, expect, test } from 'vitest'
import { expectOptionError } from '../../../support/option-error.ts'
import { gatewayRequest } from '../../../support/request.ts'

const build = (options: unknown) => (): unknown => new ContextHeaders(options as ContextHeaderOptions)

describe('SEC-22 a map', () => {
  test.each([
    [{ 'x-a': 'xprincipalId' }],
    [{ 'x-a': 'principalIds' }],
    [{ 'x-a': 'x.context.a' }],
    [{ 'x-a': 'context.a\nb' }],
    [{ 'x-a': ['principalId'] }],
    [{ 'x-a': 'principalId', x_a: 'context.a' }],
    [{ '-x': 'principalId' }],
    [{ 'x y': 'principalId' }],
  ])('may not be %j', (map) => {
    expectOptionError(build(map), 'contextHeaders', 'found an object', 'mapped to "principalId" or "context.KEY"')
  })

  test.each(['Authorization', 'host', 'If-Match', 'referer', 'set-cookie', 'TE', 'X-Forwarded-Uri', 'X-Real-IP'])(
    'takes no name that frames, routes or authenticates: %s',
    (name) => {
      expectOptionError(build({ [name]: 'principalId' }), 'contextHeaders', 'found', 'not reserved')
    },
  )

  test.each([
    ['x'.repeat(64), `"${'x'.repeat(64)}"`],
    ['x'.repeat(65), 'each key'],
    ['x y', 'each key'],
  ])('is rejected with its name only where that is a short header name: %s', (name, shown) => {
    expectOptionError(build({ [name]: 'role' }), 'contextHeaders', 'found an object', `${shown} a header name`)
  })

  test('names at least one header', () => {
    expectOptionError(build({}), 'contextHeaders', 'found', 'at least one header')
  })

  test.each([5, null, true, ['x-a']])('is no %j', (value) => {
    expectOptionError(build(value), 'contextHeaders', 'found', 'a map from header name to')
  })
})

describe('SEC-22 a prefix', () => {
  test.each(['x-authz', '-', '-x-', 'x y-', ' x-', 'x-\n', ''])('may not be %j', (prefix) => {
    expectOptionError(build(prefix), 'contextHeaders', 'found', 'a prefix such as "x-authz-"')
  })

  test.each(['x-forwarded-', 'X_', 'if-', 'SEC-', 'accept-', 'http2-'])('begins no standard name: %j', (prefix) => {
    expectOptionError(build(prefix), 'contextHeaders', 'found', 'begins no standard header name')
  })

  test.each(['x-authz-', 'A-', '9-', 'a--', 'type-'])('may be %j', (prefix) => {
    expect(build(prefix)).not.toThrow()
  })
})

const answer = (principalId: string, context: Record<string, unknown>) => ({
  principalId,
  context,
  requestContext: { authorizer: {} },
})

describe('SEC-33 a fault names the part of the answer that it lies in', () => {
  test.each<[ContextHeaderOptions, string, Record<string, unknown>, RegExp]>([
    [{ 'x-a': 'principalId' }, '\n', {}, /^principalId holds control characters .* header x-a$/],
    [{ 'x-a': 'context.a' }, 'p', { a: '\n' }, /^a context value holds control characters .* header x-a$/],
    ['x-z-', '\n', {}, /^principalId holds control characters .* header x-z-principal-id$/],
    ['x-z-', 'p', { a: '\n' }, /^a context value holds control characters .* header x-z-ctx-a$/],
    ['x-z-', 'p'.repeat(4097), {}, /^principalId is too long/],
    ['x-z-', 'p', { a: {} }, /^a context value is an object or array/],
  ])('%j, principal %j, context %j', (options, principalId, context, problem) => {
    expect(new ContextHeaders(options).lines(answer(principalId, context))).toMatch(problem)
  })
})

describe('what becomes of a request', () => {
  const request = gatewayRequest('GET /')

  test('SEC-17 the authorizer sees nothing that a client sent under our names', () => {
    expect(new ContextHeaders('x-z-').authorizerView).toBe('withoutOwnedHeaders')
  })

  test('SEC-20 without an answer nothing is set', () => {
    expect(new ContextHeaders('x-z-').edit(request, undefined)).toEqual({ headers: [], target: undefined })
  })

  test('SEC-20 with an answer its lines are set, and the target stays', () => {
    expect(new ContextHeaders('x-z-').edit(request, answer('p', { a: 1 }))).toEqual({
      headers: [
        ['x-z-principal-id', 'p'],
        ['x-z-ctx-a', '1'],
      ],
      target: undefined,
    })
  })

  test('SEC-21 with an answer that cannot be written nothing is', () => {
    expect(new ContextHeaders('x-z-').edit(request, answer('\n', {}))).toMatch(/^principalId holds/)
  })
})

test.each(['x'.repeat(64), 'a', 'A-_9'])('SEC-22 the key %j can be part of a name', (key) => {
  expect(new ContextHeaders('x-z-').lines(answer('p', { [key]: 'v' }))).toHaveLength(2)
})
