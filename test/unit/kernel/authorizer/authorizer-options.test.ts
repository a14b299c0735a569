/** Options of `createAuthorizer` and of `customAuthorizer` on every adapter (SEC-105). */
import { type AnyFunction, createAuthorizer, MemoryStore, native } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as node from '@custom-authorizer/core/node'
import * as express from '@custom-authorizer/express'
import * as hono from '@custom-authorizer/hono'
import * as koa from '@custom-authorizer/koa'
import { describe, expect, test } from 'vitest'
import { plainContract } from '../../../support/contract.ts'
import { expectOptionError, type Row, titled, UNKNOWN } from '../../../support/option-error.ts'
import { PromiseStore } from '../../../support/promise-store.ts'

const authorize = (): boolean => true
const cachingContract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })

/** Options of `createAuthorizer`, and of `customAuthorizer` with a function. */
const kernel: readonly Row[] = [
  ['.timeout', { timeout: 5 }, UNKNOWN, 'timeoutMs'],
  ['.authoriser', { authoriser: authorize }, UNKNOWN, 'contract'],
  ['.failOpen', { failOpen: true }, UNKNOWN, 'timeoutMs'],
  ['.__proto__', JSON.parse('{"__proto__":{}}'), UNKNOWN, 'timeoutMs'],
  ['.constructor', { constructor: Object }, UNKNOWN, 'timeoutMs'],
  ['.timeoutMs', { timeoutMs: '300s' }, 'found a string', '1 to 900000 (milliseconds)'],
  ['.timeoutMs', { timeoutMs: 0 }, 'found a number', '1 to 900000'],
  ['.timeoutMs', { timeoutMs: -1 }, 'found a number', '1 to 900000'],
  ['.timeoutMs', { timeoutMs: Number.NaN }, 'found a number', '1 to 900000'],
  ['.timeoutMs', { timeoutMs: Number.POSITIVE_INFINITY }, 'found a number', '1 to 900000'],
  ['.timeoutMs', { timeoutMs: 1.5 }, 'found a number', 'a whole number'],
  ['.timeoutMs', { timeoutMs: 900_001 }, 'found a number', '1 to 900000'],
  ['.timeoutMs', { timeoutMs: null }, 'found null', '1 to 900000'],
  ['.contract', { contract: aws.token }, 'found a function', 'aws.token alone is not a contract'],
  ['.contract', { contract: 'aws.token' }, 'found a string', 'a contract such as aws.token()'],
  ['.contract', { contract: {} }, 'found an object', 'a contract such as'],
  ['.contract', { contract: null }, 'found null', 'a contract such as'],
  ['.name', { name: '' }, 'found an empty string', '1 to 64 printable ASCII characters'],
  ['.name', { name: 'a b' }, 'found a string', '1 to 64 printable'],
  ['.name', { name: 'Zoë' }, 'found a string', '1 to 64 printable'],
  ['.name', { name: 'x'.repeat(65) }, 'found a string', '1 to 64 printable'],
  ['.name', { name: 7 }, 'found a number', '1 to 64 printable'],
  ['.store', { contract: cachingContract, store: new Set() }, 'found an object', 'get(), set() and delete()'],
  ['.store', { contract: cachingContract, store: { get: 1, set: 1, delete: 1 } }, 'found an object', 'a Store with'],
  ['.store', { contract: cachingContract, store: 'redis://localhost' }, 'found a string', 'a Store with'],
  ['.maxEntries', { maxEntries: 0 }, 'found a number', '1 to 10000000 (entries)'],
  ['.maxEntries', { maxEntries: '1000' }, 'found a string', '1 to 10000000'],
  ['.storeTimeoutMs', { storeTimeoutMs: 0 }, 'found a number', '1 to 10000 (milliseconds)'],
  ['.storeTimeoutMs', { storeTimeoutMs: 10_001 }, 'found a number', '1 to 10000'],
  ['.maxInFlight', { maxInFlight: 0 }, 'found a number', '1 to 1000000 (calls)'],
  ['.maxInFlight', { maxInFlight: true }, 'found a boolean', '1 to 1000000'],
  ['.denialCors', { denialCors: true }, 'found a boolean', 'allowOrigins'],
  ['.denialCors', { denialCors: {} }, 'found an object', 'allowOrigins'],
  ['.denialCors', { denialCors: { allowOrigins: [] } }, 'allowOrigins', 'an array of origins'],
  ['.denialCors', { denialCors: { allowOrigins: ['*'] } }, 'allowOrigins', 'an array of origins'],
  ['.denialCors', { denialCors: { allowOrigins: ['app.example.com'] } }, 'allowOrigins', '"https://app.example.com"'],
  ['.denialCors', { denialCors: { allowOrigins: ['https://a.example/x'] } }, 'allowOrigins', 'origins'],
  ['.denialCors', { denialCors: { allowOrigins: '*', allowCredentials: true } }, 'allowOrigins', 'not with "*"'],
  ['.denialCors', { denialCors: { allowOrigins: '*', allowCredentials: 'no' } }, 'allowOrigins', 'boolean'],
  ['.denialCors', { denialCors: { allowOrigins: '*', origin: '*' } }, 'origin', 'allowOrigins'],
  ['.onDecision', { onDecision: 'log' }, 'found a string', 'a function'],
  ['.onAuthorizerError', { onAuthorizerError: {} }, 'found an object', 'a function'],
  ['.logger', { logger: false }, 'found a boolean', 'a Logger with warn() and error(), or null'],
  ['.logger', { logger: { error: () => undefined } }, 'found an object', 'warn() and error()'],
  ['.logger', { logger: 'console' }, 'found a string', 'a Logger'],
  ['.clock', { clock: Date }, 'found a function', 'a Clock with now(), monotonic() and setTimeout()'],
  ['.clock', { clock: { now: Date.now } }, 'found an object', 'monotonic()'],
]

/** Options of a mount. */
const mount: readonly Row[] = [
  ['.skip', { skip: '/health' }, 'found a string', 'paths such as "/health" or "/public/*"'],
  ['.skip', { skip: ['health'] }, 'found an array of 1', '(element 0 is not)'],
  ['.skip', { skip: ['/public*'] }, 'found an array of 1', '(element 0 is not)'],
  ['.skip', { skip: ['/*/x'] }, 'found an array of 1', '(element 0 is not)'],
  ['.skip', { skip: ['/a?b'] }, 'found an array of 1', '(element 0 is not)'],
  ['.skip', { skip: ['/a#b'] }, 'found an array of 1', 'paths such as'],
  ['.skip', { skip: [/a/g] }, 'found an array of 1', 'without the flags g and y'],
  ['.skip', { skip: [/a/y] }, 'found an array of 1', 'without the flags g and y'],
  ['.skip', { skip: [undefined] }, 'found an array of 1', '(element 0 is not)'],
  ['.skip', { skip: ['/a//b'] }, 'found an array of 1', '(element 0 is not)'],
  ['.skip', { skip: ['/a/../b'] }, 'found an array of 1', '(element 0 is not)'],
  ['.skip', { skip: ['/%61'] }, 'found an array of 1', '(element 0 is not)'],
  ['.skip', { skip: ['/a b'] }, 'found an array of 1', '(element 0 is not)'],
  ['.preflight', { preflight: true }, 'found a boolean', '"authorize" or "skip"'],
  ['.preflight', { preflight: 'allow' }, 'found a string', '"authorize" or "skip"'],
  ['.trustedProxies', { trustedProxies: true }, 'found a boolean', 'an array of addresses or CIDR blocks'],
  ['.trustedProxies', { trustedProxies: '10.0.0.0/8' }, 'found a string', 'an array of addresses'],
  ['.trustedProxies', { trustedProxies: ['10.0.0.0/33'] }, 'found an array of 1', '(element 0 is not)'],
  ['.trustedProxies', { trustedProxies: ['loopback'] }, 'found an array of 1', '(element 0 is not)'],
  ['.ambiguousTargets', { ambiguousTargets: 'merge' }, 'found a string', '"reject" or "allow"'],
  ['.ambiguousTargets', { ambiguousTargets: true }, 'found a boolean', '"reject" or "allow"'],
  ['.routing', { routing: 'strict' }, 'found a string', 'caseSensitive'],
  ['.routing', { routing: { strict: 1 } }, 'found an object', 'boolean'],
  ['.routing', { routing: { looseMounts: 1 } }, 'found an object', 'looseMounts'],
  ['.routing', { routing: { casesensitive: true } }, 'found an object', 'caseSensitive'],
  ['.contextHeaders', { contextHeaders: true }, 'found a boolean', 'a prefix such as "x-authz-"'],
  ['.contextHeaders', { contextHeaders: '' }, 'found an empty string', 'a prefix such as "x-authz-"'],
  ['.contextHeaders', { contextHeaders: 'x-authz' }, 'found a string', 'a prefix such as'],
  ['.contextHeaders', { contextHeaders: 'x authz-' }, 'found a string', 'a prefix such as'],
  ['.contextHeaders', { contextHeaders: {} }, 'found an object', 'at least one header'],
  ['.contextHeaders', { contextHeaders: { 'x-a': 'role' } }, 'found an object', '"context.KEY"'],
]

const adapters: Record<string, (given: never, options?: never) => unknown> = {
  express: express.customAuthorizer,
  koa: koa.customAuthorizer,
  hono: hono.customAuthorizer,
  node: node.customAuthorizer,
}

describe('createAuthorizer', () => {
  test.each(titled(kernel))('SEC-105 the option %s is rejected: %s; allowed: %s', (path, found, allowed, options) => {
    const build = (): unknown => createAuthorizer({ authorize, ...(options as object) })
    expectOptionError(build, `createAuthorizer${path}`, found, allowed)
  })

  const more: readonly Row[] = [
    ['createAuthorizer', authorize, 'found a function', 'an object with options'],
    ['createAuthorizer', null, 'found null', 'an object with options'],
    ['createAuthorizer', [authorize], 'found an array of 1', 'an object with options'],
    ['createAuthorizer.authorize', {}, 'found undefined', 'a function'],
    ['createAuthorizer.authorize', undefined, 'found undefined', 'a function'],
    ['createAuthorizer.authorize', { authorize: 'index.handler' }, 'found a string', 'a function'],
    ['createAuthorizer.authorize', { authorize: { handler: authorize } }, 'found an object', 'a function'],
    ['createAuthorizer.authorize', { authorize: null }, 'found null', 'a function'],
    ['createAuthorizer.skip', { authorize, skip: ['/health'] }, UNKNOWN, 'timeoutMs'],
    [
      'createAuthorizer.maxEntries',
      { authorize, contract: cachingContract, store: new MemoryStore(), maxEntries: 5 },
      'found a number',
      'nothing when store is given',
    ],
    [
      'createAuthorizer.name',
      { authorize, contract: cachingContract, store: new PromiseStore() },
      'found undefined',
      'a name',
    ],
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
  test.each(titled(more))('SEC-105 %s is rejected: %s; allowed: %s', (path, found, allowed, options) => {
    expectOptionError(() => createAuthorizer(options as never), path, found, allowed)
  })
})

describe.each(Object.entries(adapters))('customAuthorizer of %s', (_, customAuthorizer) => {
  test.each(titled([...kernel, ...mount]))(
    'SEC-105 the option %s with a function is rejected: %s; allowed: %s',
    (path, found, allowed, options) => {
      const build = (): unknown => customAuthorizer(authorize as never, options as never)
      expectOptionError(build, `customAuthorizer${path}`, found, allowed)
    },
  )

  const instance = createAuthorizer({ authorize })
  const invalid: readonly (readonly [
    path: string,
    given: unknown,
    options: unknown,
    found: string,
    allowed: string,
  ])[] = [
    ['', undefined, undefined, 'found undefined', 'an authorizer function, or what createAuthorizer returns'],
    ['', null, undefined, 'found null', 'an authorizer function'],
    ['', { authorize }, undefined, 'found an object', 'what createAuthorizer returns'],
    ['', aws.token(), undefined, 'found an object', 'an authorizer function'],
    ['', 'handler', undefined, 'found a string', 'an authorizer function'],
    ['', authorize, null, 'found null', 'an object with options'],
    ['', authorize, [], 'found an empty array', 'an object with options'],
    ['', authorize, () => undefined, 'found a function', 'an object with options'],
    ['', authorize, 'strict', 'found a string', 'an object with options'],
    ['.authorize', authorize, { authorize }, UNKNOWN, 'skip'],
    ['.timeoutMs', instance, { timeoutMs: 5 }, 'found a number', 'it belongs to createAuthorizer'],
    ['.contract', instance, { contract: aws.token() }, 'found an object', 'it belongs to createAuthorizer'],
    ['.onDecision', instance, { onDecision: authorize }, 'found a function', 'it belongs to createAuthorizer'],
    ['.preflights', instance, { preflights: 'skip' }, UNKNOWN, 'preflight'],
    ['', instance, 'strict', 'found a string', 'an object with options'],
    ['', instance, () => undefined, 'found a function', 'an object with options'],
  ]
  test.each(invalid)(
    'SEC-105 the argument or option %j of customAuthorizer(%j, %j) is rejected',
    (path, given, options, found, allowed) => {
      const build = (): unknown => customAuthorizer(given as never, options as never)
      expectOptionError(build, `customAuthorizer${path}`, found, allowed)
    },
  )

  test.each(titled(mount))(
    'SEC-105 the option %s with an authorizer is rejected: %s; allowed: %s',
    (path, found, allowed, options) => {
      const build = (): unknown => customAuthorizer(instance as never, options as never)
      expectOptionError(build, `customAuthorizer${path}`, found, allowed)
    },
  )
})

test('SEC-105 valid options are accepted', () => {
  const valid: readonly [AnyFunction | object, object | undefined][] = [
    [authorize, undefined],
    [authorize, {}],
    [authorize, { skip: undefined, timeoutMs: undefined }],
    [authorize, { skip: ['/health', '/public/*', /\/a/], preflight: 'skip', trustedProxies: ['::1', '10.0.0.0/8'] }],
    [authorize, { contextHeaders: 'x-authz-', ambiguousTargets: 'allow', routing: { strict: true } }],
    [authorize, { contract: cachingContract, store: new PromiseStore(), name: 'a', storeTimeoutMs: 1 }],
    [authorize, { contract: cachingContract, maxEntries: 100, maxInFlight: 1, timeoutMs: 900_000, logger: null }],
    [createAuthorizer({ authorize }), { skip: ['/'] }],
  ]
  for (const customAuthorizer of Object.values(adapters))
    for (const [given, options] of valid) expect(() => customAuthorizer(given as never, options as never)).not.toThrow()
})
