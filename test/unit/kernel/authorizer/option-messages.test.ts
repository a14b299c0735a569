/** Errors of invalid options: native, MemoryStore, requirements and contextHeaders (SEC-22, SEC-105). */
import { MemoryStore, native } from '@custom-authorizer/core'
import { ContextHeaders, contextRequirement, scopeRequirement } from '@custom-authorizer/core/adapter'
import * as node from '@custom-authorizer/core/node'
import * as express from '@custom-authorizer/express'
import * as hono from '@custom-authorizer/hono'
import * as koa from '@custom-authorizer/koa'
import { describe, test } from 'vitest'
import { expectOptionError, type Row, titled, UNKNOWN } from '../../../support/option-error.ts'

describe('native', () => {
  const rows: readonly Row[] = [
    ['native', 'Authorization', 'found a string', 'an object with options'],
    ['native.ttl', { ttl: 300 }, UNKNOWN, 'resultTtlSeconds'],
    ['native.authorizerResultTtlInSeconds', { authorizerResultTtlInSeconds: 300 }, UNKNOWN, 'resultTtlSeconds'],
    ['native.resultTtlSeconds', { resultTtlSeconds: 300 }, 'found a number', '0 unless identitySources'],
    [
      'native.resultTtlSeconds',
      { resultTtlSeconds: 300, identitySources: [] },
      'found a number',
      '0 unless identitySources',
    ],
    ['native.resultTtlSeconds', { resultTtlSeconds: '300s' }, 'found a string', '0 to 3600 (seconds)'],
    ['native.resultTtlSeconds', { resultTtlSeconds: -1 }, 'found a number', '0 to 3600'],
    ['native.resultTtlSeconds', { resultTtlSeconds: Number.NaN }, 'found a number', '0 to 3600'],
    ['native.resultTtlSeconds', { resultTtlSeconds: 3601 }, 'found a number', '0 to 3600'],
    ['native.resultTtlSeconds', { resultTtlSeconds: 0.5 }, 'found a number', '0 to 3600'],
    ['native.identitySources', { identitySources: '$request.header.a' }, 'found a string', 'an array'],
    ['native.identitySources', { identitySources: [1] }, 'found an array of 1', '(element 0 is a number)'],
    ['native.identitySources', { identitySources: [''] }, 'found an array of 1', '(element 0 is an empty string)'],
    ['native.identitySources[0]', { identitySources: ['Authorization'] }, 'found a string', '"$request.header.NAME"'],
    [
      'native.identitySources[1]',
      { identitySources: ['$request.header.a', '$request.header.'] },
      'found',
      '$request.header',
    ],
    ['native.identitySources[0]', { identitySources: ['$request.header.a b'] }, 'found a string', 'NAME'],
    ['native.identitySources[0]', { identitySources: ['$request.cookies.a'] }, 'found', '"$request.cookie.NAME"'],
    ['native.readsCookies', { readsCookies: 'yes' }, 'found a string', 'true or false'],
    ['native.crossOrigin', { crossOrigin: false }, 'found a boolean', '"deny" or "allow"'],
    ['native.trustedOrigins', { trustedOrigins: 'https://a.example' }, 'found a string', 'an array'],
    ...[
      'https://a.example/',
      'https://A.example',
      'https://a.example:443',
      'https://u@a.example',
      'a.example',
      'null',
      '*',
    ].map((origin): Row => [
      'native.trustedOrigins',
      { trustedOrigins: [origin] },
      'found an array of 1',
      'without a default port',
    ]),
    ['native.identitySources[0]', { identitySources: ['method.request.header.a'] }, 'found', '"$request.header.NAME"'],
    ['native.identitySources[0]', { identitySources: ['$Request.header.a'] }, 'found', '"$request.header.NAME"'],
    [
      'native.identitySources',
      { identitySources: Array.from({ length: 9 }, (_, index) => `$request.header.a${index}`) },
      'found an array of 9',
      'at most 8',
    ],
    ['native.cachePer', { cachePer: 'route' }, 'found a string', '"request" or "identity"'],
    ['native.cachePer', { cachePer: true }, 'found a boolean', '"request" or "identity"'],
  ]
  test.each(titled(rows))('SEC-105 %s is rejected: %s; allowed: %s', (path, found, allowed, options) => {
    expectOptionError(() => native(options as never), path, found, allowed)
  })
})

describe('MemoryStore', () => {
  const rows: readonly Row[] = [
    ['MemoryStore', 10, 'found a number', 'an object with options'],
    ['MemoryStore.max', { max: 10 }, UNKNOWN, 'maxEntries'],
    ['MemoryStore.maxEntries', { maxEntries: 0 }, 'found a number', '1 to 10000000 (entries)'],
    ['MemoryStore.maxEntries', { maxEntries: Number.POSITIVE_INFINITY }, 'found a number', '1 to 10000000'],
    ['MemoryStore.maxBytes', { maxBytes: 1000 }, 'found a number', '65536'],
    ['MemoryStore.maxBytes', { maxBytes: '64MB' }, 'found a string', '(bytes)'],
    ['MemoryStore.clock', { clock: {} }, 'found an object', 'a Clock with'],
  ]
  test.each(titled(rows))('SEC-105 %s is rejected: %s; allowed: %s', (path, found, allowed, options) => {
    expectOptionError(() => new MemoryStore(options as never), path, found, allowed)
  })
})

describe('requireContext', () => {
  const rows: readonly Row[] = [
    ['requireContext', undefined, 'found undefined', 'an object from context key to a value'],
    ['requireContext', null, 'found null', 'an object from context key'],
    ['requireContext', 'admin', 'found a string', 'an object from context key'],
    ['requireContext', ['admin'], 'found an array of 1', 'an object from context key'],
    ['requireContext', {}, 'found an object', 'at least one key'],
    ['requireContext.role', { role: undefined }, 'found undefined', 'a value, an array of values or a function'],
    ['requireContext.role', { role: null }, 'found null', 'a value'],
    ['requireContext.role', { role: [] }, 'found an empty array', 'an array of values'],
    ['requireContext.role', { role: [null] }, 'found an array of 1', 'an array of values'],
    ['requireContext.role', { role: { is: 'admin' } }, 'found an object', 'a value'],
    ['requireContext.role', { a: 'b', role: /admin/ }, 'found an object', 'a value'],
  ]
  const requirementsOf = {
    core: contextRequirement,
    express: express.requireContext,
    koa: koa.requireContext,
    hono: hono.requireContext,
  }
  test.each(titled(rows))('SEC-105 %s is rejected: %s; allowed: %s', (path, found, allowed, requirement) => {
    for (const build of [...Object.values(requirementsOf), node.requireContext])
      expectOptionError(() => build(requirement as never), path, found, allowed)
  })
})

describe('requireScopes', () => {
  const rows: readonly (readonly [requirements: readonly unknown[], found: string])[] = [
    [[], 'found an empty array'],
    [[''], 'found an empty string'],
    [['read write'], 'found a string'],
    [['réad'], 'found a string'],
    [[undefined], 'found undefined'],
    [[null], 'found null'],
    [[1], 'found a number'],
    [[['read']], 'found an array of 1'],
    [[{}], 'found an object'],
    [[{ anyOf: [] }], 'found an object'],
    [[{ anyOf: 'read' }], 'found an object'],
    [[{ allOf: ['a b'] }], 'found an object'],
    [[{ anyOf: ['a'], allOf: ['b'] }], 'found an object'],
    [[{ oneOf: ['a'] }], 'found an object'],
    [[{ anyOf: ['a'] }, 'b'], 'found an array of 2'],
    [['a', { anyOf: ['b'] }], 'found an array of 2'],
  ]
  test.each(rows)('SEC-105 the requirements %j are rejected', (requirements, found) => {
    const allowed = 'scope names (all are needed)'
    expectOptionError(() => scopeRequirement(requirements as never), 'requireScopes', found, allowed)
    for (const { requireScopes } of [express, koa, hono, node])
      expectOptionError(() => requireScopes(...(requirements as never[])), 'requireScopes', found, allowed)
  })
})

describe('contextHeaders', () => {
  const reserved = [
    'Authorization',
    'cookie',
    'Host',
    'connection',
    'Content-Length',
    'content-type',
    'transfer-encoding',
    'TE',
    'trailer',
    'upgrade',
    'proxy-authorization',
    'x-forwarded-for',
    'X-Forwarded-Proto',
    'forwarded',
    'x-http-method-override',
  ]
  test.each([...reserved, 'x_a', 'x a', ':path', '', '-x', 'x-é'])(
    'SEC-105 SEC-22 the header name %j is rejected',
    (name) => {
      const build = (): unknown => new ContextHeaders({ [name]: 'principalId' })
      expectOptionError(build, 'contextHeaders', 'found an object', 'a header name of letters, digits and hyphens')
    },
  )

  // Prefixes of standard and forwarding headers, which clients must be able to send.
  const standard = [
    'x-',
    'x-forwarded-',
    'content-',
    'proxy-',
    'if-',
    'accept-',
    'sec-',
    'cache-',
    'access-',
    'access-control-',
  ]
  test.each([...standard, 'x', '-', 'é-', 'x--\n', 'x_a-'])('SEC-105 SEC-22 the prefix %j is rejected', (prefix) => {
    expectOptionError(() => new ContextHeaders(prefix), 'contextHeaders', 'found', 'a prefix such as "x-authz-"')
  })

  test.each([
    [{ 'x-a': 'principalid' }],
    [{ 'x-a': 'context.' }],
    [{ 'x-a': 'role' }],
    [{ 'x-a': '' }],
    [{ 'x-a': 1 }],
    [{ 'x-a': null }],
    [{ 'x-a': 'principalId', 'X-A': 'context.a' }],
  ])('SEC-105 SEC-22 the map %j is rejected', (map) => {
    const build = (): unknown => new ContextHeaders(map as unknown as Record<string, string>)
    expectOptionError(build, 'contextHeaders', 'found an object', 'mapped to "principalId" or "context.KEY"')
  })
})
