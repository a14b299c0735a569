import { type AnyFunction, createAuthorizer, MemoryStore, simple } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as node from '@custom-authorizer/core/node'
import * as express from '@custom-authorizer/express'
import * as hono from '@custom-authorizer/hono'
import * as koa from '@custom-authorizer/koa'
import { describe, expect, test } from 'vitest'
import { plainContract } from '../support/contract.ts'
import { expectOptionError, type Row, titled, UNKNOWN } from '../support/option-error.ts'
import { PromiseStore } from '../support/promise-store.ts'

const authorize = (): boolean => true
const kept = simple({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })

/** Options that createAuthorizer has, and customAuthorizer with a function. */
const kernel: readonly Row[] = [
  ['.timeout', { timeout: 5 }, UNKNOWN, 'timeoutMs'],
  ['.authoriser', { authoriser: authorize }, UNKNOWN, 'contract'],
  ['.failOpen', { failOpen: true }, UNKNOWN, 'timeoutMs'],
  ['.__proto__', JSON.parse('{"__proto__":{}}'), UNKNOWN, 'timeoutMs'],
  ['.constructor', { constructor: Object }, UNKNOWN, 'timeoutMs'],
  ['.timeoutMs', { timeoutMs: '300s' }, 'found "300s"', '1 to 900000 (milliseconds)'],
  ['.timeoutMs', { timeoutMs: 0 }, 'found 0', '1 to 900000'],
  ['.timeoutMs', { timeoutMs: -1 }, 'found -1', '1 to 900000'],
  ['.timeoutMs', { timeoutMs: Number.NaN }, 'found NaN', '1 to 900000'],
  ['.timeoutMs', { timeoutMs: Number.POSITIVE_INFINITY }, 'found Infinity', '1 to 900000'],
  ['.timeoutMs', { timeoutMs: 1.5 }, 'found 1.5', 'a whole number'],
  ['.timeoutMs', { timeoutMs: 900_001 }, 'found 900001', '1 to 900000'],
  ['.timeoutMs', { timeoutMs: null }, 'found null', '1 to 900000'],
  ['.contract', { contract: aws.token }, 'found a function', 'called: aws.token() and not aws.token'],
  ['.contract', { contract: 'aws.token' }, 'found "aws.token"', 'a contract such as aws.token()'],
  ['.contract', { contract: {} }, 'found an object with no members', 'a contract such as'],
  ['.contract', { contract: null }, 'found null', 'a contract such as'],
  ['.name', { name: '' }, 'found ""', '1 to 64 printable ASCII characters'],
  ['.name', { name: 'a b' }, 'found "a b"', '1 to 64 printable'],
  ['.name', { name: 'Zoë' }, 'found "Zoë"', '1 to 64 printable'],
  ['.name', { name: 'x'.repeat(65) }, 'found "xxxx', '1 to 64 printable'],
  ['.name', { name: 7 }, 'found 7', '1 to 64 printable'],
  ['.store', { contract: kept, store: new Set() }, 'found an object with', 'get(), set() and delete()'],
  ['.store', { contract: kept, store: { get: 1, set: 1, delete: 1 } }, 'get, set, delete', 'a Store with'],
  ['.store', { contract: kept, store: 'redis://localhost' }, 'found "redis://localhost"', 'a Store with'],
  ['.maxEntries', { maxEntries: 0 }, 'found 0', '1 to 10000000 (entries)'],
  ['.maxEntries', { maxEntries: '1000' }, 'found "1000"', '1 to 10000000'],
  ['.storeTimeoutMs', { storeTimeoutMs: 0 }, 'found 0', '1 to 10000 (milliseconds)'],
  ['.storeTimeoutMs', { storeTimeoutMs: 10_001 }, 'found 10001', '1 to 10000'],
  ['.maxInFlight', { maxInFlight: 0 }, 'found 0', '1 to 1000000 (calls)'],
  ['.maxInFlight', { maxInFlight: true }, 'found true', '1 to 1000000'],
  ['.denialCors', { denialCors: true }, 'found true', 'allowOrigins'],
  ['.denialCors', { denialCors: {} }, 'found an object with no members', 'allowOrigins'],
  ['.denialCors', { denialCors: { allowOrigins: [] } }, 'allowOrigins', 'an array of origins'],
  ['.denialCors', { denialCors: { allowOrigins: ['*'] } }, 'allowOrigins', 'an array of origins'],
  ['.denialCors', { denialCors: { allowOrigins: ['app.example.com'] } }, 'allowOrigins', '"https://app.example.com"'],
  ['.denialCors', { denialCors: { allowOrigins: ['https://a.example/x'] } }, 'allowOrigins', 'origins'],
  ['.denialCors', { denialCors: { allowOrigins: '*', allowCredentials: true } }, 'allowOrigins', 'not with "*"'],
  ['.denialCors', { denialCors: { allowOrigins: '*', allowCredentials: 'no' } }, 'allowOrigins', 'boolean'],
  ['.denialCors', { denialCors: { allowOrigins: '*', origin: '*' } }, 'origin', 'allowOrigins'],
  ['.onDecision', { onDecision: 'log' }, 'found "log"', 'a function'],
  ['.onAuthorizerError', { onAuthorizerError: {} }, 'found an object', 'a function'],
  ['.logger', { logger: false }, 'found false', 'a Logger with warn() and error(), or null'],
  ['.logger', { logger: { error: () => undefined } }, 'found an object with error', 'warn() and error()'],
  ['.logger', { logger: 'console' }, 'found "console"', 'a Logger'],
  ['.clock', { clock: Date }, 'found a function', 'a Clock with now(), monotonic() and setTimeout()'],
  ['.clock', { clock: { now: Date.now } }, 'found an object with now', 'monotonic()'],
]

/** Options of the place in the application. */
const mount: readonly Row[] = [
  ['.skip', { skip: '/health' }, 'found "/health"', 'paths such as "/health" or "/public/*"'],
  ['.skip', { skip: ['health'] }, 'found an array of 1', '(one is "health")'],
  ['.skip', { skip: ['/public*'] }, 'found an array of 1', '(one is "/public*")'],
  ['.skip', { skip: ['/*/x'] }, 'found an array of 1', '(one is "/*/x")'],
  ['.skip', { skip: ['/a?b'] }, 'found an array of 1', '(one is "/a?b")'],
  ['.skip', { skip: ['/a#b'] }, 'found an array of 1', 'paths such as'],
  ['.skip', { skip: [/a/g] }, 'found an array of 1', 'without the flags g and y'],
  ['.skip', { skip: [/a/y] }, 'found an array of 1', 'without the flags g and y'],
  ['.skip', { skip: [undefined] }, 'found an array of 1', '(one is undefined)'],
  ['.skip', { skip: ['/a//b'] }, 'found an array of 1', '(one is "/a//b")'],
  ['.skip', { skip: ['/a/../b'] }, 'found an array of 1', '(one is "/a/../b")'],
  ['.skip', { skip: ['/%61'] }, 'found an array of 1', '(one is "/%61")'],
  ['.skip', { skip: ['/a b'] }, 'found an array of 1', '(one is "/a b")'],
  ['.preflight', { preflight: true }, 'found true', '"authorize" or "skip"'],
  ['.preflight', { preflight: 'allow' }, 'found "allow"', '"authorize" or "skip"'],
  ['.trustedProxies', { trustedProxies: true }, 'found true', 'an array of addresses or CIDR blocks'],
  ['.trustedProxies', { trustedProxies: '10.0.0.0/8' }, 'found "10.0.0.0/8"', 'an array of addresses'],
  ['.trustedProxies', { trustedProxies: ['10.0.0.0/33'] }, 'found an array of 1', '(one is "10.0.0.0/33")'],
  ['.trustedProxies', { trustedProxies: ['loopback'] }, 'found an array of 1', '(one is "loopback")'],
  ['.ambiguousTargets', { ambiguousTargets: 'merge' }, 'found "merge"', '"refuse" or "allow"'],
  ['.ambiguousTargets', { ambiguousTargets: true }, 'found true', '"refuse" or "allow"'],
  ['.routing', { routing: 'strict' }, 'found "strict"', 'caseSensitive'],
  ['.routing', { routing: { strict: 1 } }, 'found an object with strict', 'boolean'],
  ['.routing', { routing: { looseMounts: 1 } }, 'found an object with looseMounts', 'looseMounts'],
  ['.routing', { routing: { casesensitive: true } }, 'found an object with casesensitive', 'caseSensitive'],
  ['.contextHeaders', { contextHeaders: true }, 'found true', 'a prefix such as "x-authz-"'],
  ['.contextHeaders', { contextHeaders: '' }, 'found ""', 'a prefix such as "x-authz-"'],
  ['.contextHeaders', { contextHeaders: 'x-authz' }, 'found "x-authz"', 'a prefix such as'],
  ['.contextHeaders', { contextHeaders: 'x authz-' }, 'found "x authz-"', 'a prefix such as'],
  ['.contextHeaders', { contextHeaders: {} }, 'found an object with no members', 'at least one header'],
  ['.contextHeaders', { contextHeaders: { 'x-a': 'role' } }, 'found an object with x-a', '"context.KEY"'],
]

const adapters: Record<string, (given: never, options?: never) => unknown> = {
  express: express.customAuthorizer,
  koa: koa.customAuthorizer,
  hono: hono.customAuthorizer,
  node: node.customAuthorizer,
}

describe('SEC-105 createAuthorizer', () => {
  test.each(titled(kernel))('%s: %s; allowed: %s', (path, found, allowed, options) => {
    const build = (): unknown => createAuthorizer({ authorize, ...(options as object) })
    expectOptionError(build, `createAuthorizer${path}`, found, allowed)
  })

  const more: readonly Row[] = [
    ['createAuthorizer', authorize, 'found a function', 'an object with options'],
    ['createAuthorizer', null, 'found null', 'an object with options'],
    ['createAuthorizer', [authorize], 'found an array of 1', 'an object with options'],
    ['createAuthorizer.authorize', {}, 'found undefined', 'a function'],
    ['createAuthorizer.authorize', undefined, 'found undefined', 'a function'],
    ['createAuthorizer.authorize', { authorize: 'index.handler' }, 'found "index.handler"', 'a function'],
    ['createAuthorizer.authorize', { authorize: { handler: authorize } }, 'found an object with handler', 'a function'],
    ['createAuthorizer.authorize', { authorize: null }, 'found null', 'a function'],
    ['createAuthorizer.skip', { authorize, skip: ['/health'] }, UNKNOWN, 'timeoutMs'],
    [
      'createAuthorizer.maxEntries',
      { authorize, contract: kept, store: new MemoryStore(), maxEntries: 5 },
      'found 5',
      'nothing when store is given',
    ],
    ['createAuthorizer.name', { authorize, contract: kept, store: new PromiseStore() }, 'found undefined', 'a name'],
    ['createAuthorizer.contract', { authorize, contract: plainContract({ identitySources: [] }) }, 'found', 'identity'],
    [
      'createAuthorizer.contract',
      { authorize, contract: plainContract({ identitySources: undefined as never }) },
      'found',
      'identitySources',
    ],
    [
      'createAuthorizer.contract',
      { authorize, contract: plainContract({ resultTtlSeconds: 86_400 }) },
      'found',
      '3600',
    ],
    [
      'createAuthorizer.contract',
      { authorize, contract: plainContract({ resultTtlSeconds: '300' as never }) },
      'found',
      '3600',
    ],
    [
      'createAuthorizer.contract',
      { authorize, contract: plainContract({ timeoutMs: Number.NaN }) },
      'found',
      'timeoutMs',
    ],
    ['createAuthorizer.contract', { authorize, contract: plainContract({ name: '' }) }, 'found', 'name'],
  ]
  test.each(titled(more))('%s: %s; allowed: %s', (path, found, allowed, options) => {
    expectOptionError(() => createAuthorizer(options as never), path, found, allowed)
  })
})

describe.each(Object.entries(adapters))('SEC-105 customAuthorizer of %s', (_, customAuthorizer) => {
  test.each(titled([...kernel, ...mount]))('%s: %s; allowed: %s', (path, found, allowed, options) => {
    const build = (): unknown => customAuthorizer(authorize as never, options as never)
    expectOptionError(build, `customAuthorizer${path}`, found, allowed)
  })

  const instance = createAuthorizer({ authorize })
  const wrong: readonly (readonly [path: string, given: unknown, options: unknown, found: string, allowed: string])[] =
    [
      ['', undefined, undefined, 'found undefined', 'an authorizer function, or what createAuthorizer returns'],
      ['', null, undefined, 'found null', 'an authorizer function'],
      ['', { authorize }, undefined, 'found an object with authorize', 'what createAuthorizer returns'],
      ['', aws.token(), undefined, 'found an object with', 'an authorizer function'],
      ['', 'handler', undefined, 'found "handler"', 'an authorizer function'],
      ['', authorize, null, 'found null', 'an object with options'],
      ['', authorize, [], 'found an empty array', 'an object with options'],
      ['', authorize, () => undefined, 'found a function', 'an object with options'],
      ['', authorize, 'strict', 'found "strict"', 'an object with options'],
      ['.authorize', authorize, { authorize }, UNKNOWN, 'skip'],
      ['.timeoutMs', instance, { timeoutMs: 5 }, 'found 5', 'it belongs to createAuthorizer'],
      ['.contract', instance, { contract: aws.token() }, 'found an object', 'it belongs to createAuthorizer'],
      ['.onDecision', instance, { onDecision: authorize }, 'found a function', 'it belongs to createAuthorizer'],
      ['.preflights', instance, { preflights: 'skip' }, UNKNOWN, 'preflight'],
      ['', instance, 'strict', 'found "strict"', 'an object with options'],
      ['', instance, () => undefined, 'found a function', 'an object with options'],
    ]
  test.each(wrong)('%s %j %j', (path, given, options, found, allowed) => {
    const build = (): unknown => customAuthorizer(given as never, options as never)
    expectOptionError(build, `customAuthorizer${path}`, found, allowed)
  })

  test.each(titled(mount))('an instance %s: %s; allowed: %s', (path, found, allowed, options) => {
    const build = (): unknown => customAuthorizer(instance as never, options as never)
    expectOptionError(build, `customAuthorizer${path}`, found, allowed)
  })
})

test('SEC-105 what is right does not throw', () => {
  const good: readonly [AnyFunction | object, object | undefined][] = [
    [authorize, undefined],
    [authorize, {}],
    [authorize, { skip: undefined, timeoutMs: undefined }],
    [authorize, { skip: ['/health', '/public/*', /\/a/], preflight: 'skip', trustedProxies: ['::1', '10.0.0.0/8'] }],
    [authorize, { contextHeaders: 'x-authz-', ambiguousTargets: 'allow', routing: { strict: true } }],
    [authorize, { contract: kept, store: new PromiseStore(), name: 'a', storeTimeoutMs: 1 }],
    [authorize, { contract: kept, maxEntries: 100, maxInFlight: 1, timeoutMs: 900_000, logger: null }],
    [createAuthorizer({ authorize }), { skip: ['/'] }],
  ]
  for (const customAuthorizer of Object.values(adapters))
    for (const [given, options] of good) expect(() => customAuthorizer(given as never, options as never)).not.toThrow()
})
