/** Invalid options of `usagePlan` are rejected at construction (SEC-105). */
import { allow, createAuthorizer } from '@custom-authorizer/core'
import { MemoryUsageStore, usagePlan } from '@custom-authorizer/core/usage-plan'
import { test } from 'vitest'
import { expectOptionError, type Row, titled, UNKNOWN } from '../../support/option-error.ts'
import { TWO_A_DAY } from '../../support/planned.ts'

const member = createAuthorizer({ authorize: () => allow(), logger: null })
const build = (options: unknown): unknown => usagePlan(member, options as never)

const { plans, keys } = TWO_A_DAY
const ofKeys = (more: object): object => ({ plans, keys, ...more })
const ofSubjects = (more: object): object => ({ plans, subject: 'principalId', ...more })
const SETTINGS = '{ rateLimit, burstLimit }'

const OPTIONS: readonly Row[] = [
  ['usagePlan', 'gold', 'a string', 'an object with options'],
  ['usagePlan.plans', {}, 'undefined', 'a list of plans, or load'],
  ['usagePlan.plan', ofKeys({ plan: 1 }), UNKNOWN, 'plans'],
  ['usagePlan.api', ofKeys({ api: {} }), 'an object', '{ apiId, stage }'],
  ['usagePlan.api', ofKeys({ api: { apiId: 'a', stage: '' } }), 'an object', '{ apiId, stage }'],
  ['usagePlan.api', ofKeys({ api: { apiId: 'a', stage: 's', region: 'r' } }), 'an object', '{ apiId, stage }'],
  ['usagePlan.load', { load: 1 }, 'a number', 'a function'],
  ['usagePlan.loadSeconds', { load: () => ({ plans }), loadSeconds: 0 }, 'a number', 'from 1 to 86400 (seconds)'],
  ['usagePlan.loadTimeoutMs', { load: () => ({ plans }), loadTimeoutMs: 60_001 }, 'a number', 'from 1 to 60000'],
  ['usagePlan.loadSeconds', ofKeys({ loadSeconds: 5 }), 'a number', 'nothing without load'],
  ['usagePlan.loadTimeoutMs', ofKeys({ loadTimeoutMs: 5 }), 'a number', 'nothing without load'],
  ['usagePlan.plans', { load: () => ({ plans }), plans }, 'an array of 1', 'nothing with load'],
  ['usagePlan.keys', { load: () => ({ plans }), keys }, 'an array of 2', 'nothing with load'],
  ['usagePlan.usagePlanKeys', { load: () => ({ plans }), usagePlanKeys: [] }, 'an empty array', 'nothing with load'],
  ['usagePlan.store', ofKeys({ store: {} }), 'an object', 'a UsageStore with take() and read()'],
  ['usagePlan.storeTimeoutMs', ofKeys({ storeTimeoutMs: 0 }), 'a number', 'from 1 to 60000 (milliseconds)'],
  ['usagePlan.retryAfter', ofKeys({ retryAfter: 'no' }), 'a string', 'true or false'],
  ['usagePlan.sourceLimit', ofKeys({ sourceLimit: { rateLimit: 1 } }), 'an object', SETTINGS],
  ['usagePlan.sourceLimit', ofKeys({ sourceLimit: { rateLimit: -1, burstLimit: 1 } }), 'an object', SETTINGS],
  ['usagePlan.sourceLimit', ofKeys({ sourceLimit: { rateLimit: 1, burstLimit: 0.5 } }), 'an object', SETTINGS],
  ['usagePlan.sourceLimit', ofKeys({ sourceLimit: { rateLimit: Number.NaN, burstLimit: 1 } }), 'an object', SETTINGS],
  ['usagePlan.clock', ofKeys({ clock: { now: Date.now } }), 'an object', 'a Clock with now(), monotonic()'],
  ['usagePlan.apiKeySource', ofKeys({ apiKeySource: 'header' }), 'a string', '"HEADER" or "AUTHORIZER"'],
  ['usagePlan.apiKeyRequired', ofKeys({ apiKeyRequired: 'yes' }), 'a string', 'true or false'],
  ['usagePlan.routes', ofKeys({ routes: { '/health': false } }), 'an object', '{ apiKeyRequired: boolean }'],
  ['usagePlan.routes', ofKeys({ routes: { '/health': {} } }), 'an object', '{ apiKeyRequired: boolean }'],
  ['usagePlan.routes[0]', ofKeys({ routes: { health: { apiKeyRequired: false } } }), 'a string', '/'],
  [
    'usagePlan.routes',
    ofKeys({ routes: { 'HEAD /a': { apiKeyRequired: false } } }),
    'a route of HEAD',
    'other methods',
  ],
  [
    'usagePlan.routes',
    ofKeys({ routes: { '/a': { apiKeyRequired: true }, 'ANY /a': { apiKeyRequired: false } } }),
    'the same path with ANY and without a method',
    'each path once for all methods',
  ],
  ['usagePlan.findKey', ofKeys({ findKey: {} }), 'an object', 'a function'],
  ['usagePlan.keySeconds', ofKeys({ keySeconds: 5 }), 'a number', 'nothing without findKey'],
  ['usagePlan.unknownKeySeconds', ofKeys({ unknownKeySeconds: 5 }), 'a number', 'nothing without findKey'],
  ['usagePlan.findKeyTimeoutMs', ofKeys({ findKeyTimeoutMs: 5 }), 'a number', 'nothing without findKey'],
  ['usagePlan.keySeconds', ofKeys({ findKey: () => undefined, keySeconds: 0 }), 'a number', 'from 1 to 86400'],
  [
    'usagePlan.unknownKeySeconds',
    ofKeys({ findKey: () => undefined, unknownKeySeconds: 3601 }),
    'a number',
    'from 1 to 3600',
  ],
  ['usagePlan.findKeyTimeoutMs', ofKeys({ findKey: () => undefined, findKeyTimeoutMs: 0.5 }), 'a number', 'from 1'],
  ['usagePlan.subject', { plans, subject: 'sub' }, 'a string', '"principalId", or a function'],
  ['usagePlan.planOf', ofSubjects({ planOf: 'gold' }), 'a string', 'a function'],
  ['usagePlan.planOf', ofKeys({ planOf: () => 'gold' }), 'a function', 'nothing without subject'],
  ['usagePlan.missingSubject', ofSubjects({ missingSubject: 'allow' }), 'a string', '"error" or "deny"'],
  ['usagePlan.missingSubject', ofKeys({ missingSubject: 'deny' }), 'a string', 'nothing without subject'],
  ['usagePlan.keys', ofSubjects({ keys }), 'an array of 2', 'nothing with subject'],
  ['usagePlan.usagePlanKeys', ofSubjects({ usagePlanKeys: [] }), 'an empty array', 'nothing with subject'],
  ['usagePlan.apiKeySource', ofSubjects({ apiKeySource: 'HEADER' }), 'a string', 'nothing with subject'],
  ['usagePlan.apiKeyRequired', ofSubjects({ apiKeyRequired: true }), 'a boolean', 'nothing with subject'],
  ['usagePlan.routes', ofSubjects({ routes: {} }), 'an object', 'nothing with subject'],
  ['usagePlan.findKey', ofSubjects({ findKey: () => undefined }), 'a function', 'nothing with subject'],
  ['usagePlan.plans', { plans: [...plans, { id: 'free' }], subject: 'principalId' }, 'several or none', 'planOf'],
  ['usagePlan.plans', { plans: [], subject: 'principalId' }, 'several or none', 'one plan for this stage'],
]

test.each(titled(OPTIONS))('SEC-105 %s: %s is rejected; allowed: %s', (path, found, allowed, options) => {
  expectOptionError(() => build(options), path, found, allowed)
})

test.each([
  ['MemoryUsageStore.maxCounters', { maxCounters: 0 }, 'a number', 'from 1 to 10000000 (counters)'],
  ['MemoryUsageStore.clock', { clock: {} }, 'an object', 'a Clock'],
  ['MemoryUsageStore.max', { max: 1 }, UNKNOWN, 'maxCounters'],
])('SEC-105 %s of %j is rejected', (path, options, found, allowed) => {
  expectOptionError(() => new MemoryUsageStore(options as never), path, found, allowed)
})
