import {
  allow,
  type Authorizer,
  type ContextRequirement,
  createAuthorizer,
  type Decision,
  type Denied,
  type ScopeRequirement,
} from '@custom-authorizer/core'
import {
  attach,
  contextRequirement,
  type CurrentRequest,
  type Requirement,
  readAuthorizer,
  scopeRequirement,
} from '@custom-authorizer/core/adapter'
import * as aws from '@custom-authorizer/core/aws'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { allowed } from '../../../support/outcome.ts'
import { gatewayRequest } from '../../../support/request.ts'
import { boom } from '../../../support/refusal.ts'

/** The request as the framework holds it when a guard is reached. */
const CURRENT = { method: 'GET', url: '/pets' }
let decisions: Decision[]
beforeEach(() => {
  decisions = []
})

const onDecision = (decision: Decision): unknown => decisions.push(decision)

/** A request object on which an authorizer has left what it said. */
const carrierOf = async (context: Record<string, unknown>, principalId = 'alice'): Promise<object> => {
  const authorizer = createAuthorizer({ authorize: () => allow({ principalId, context }), onDecision })
  const request = gatewayRequest('GET /pets')
  const carrier = {}
  attach(carrier, authorizer as unknown as Authorizer<never>, request, allowed(await authorizer.evaluate(request)))
  return carrier
}

const context = { role: 'admin', level: 3, beta: true, none: null, tags: ['a'], address: { city: 'Ulm' }, scope: 'a b' }
const requirements: readonly [string, ContextRequirement, boolean][] = [
  ['the value', { role: 'admin' }, true],
  ['another value', { role: 'owner' }, false],
  ['the value in other letter case', { role: 'Admin' }, false],
  ['one of several values', { role: ['owner', 'admin'] }, true],
  ['none of several values', { role: ['owner', 'user'] }, false],
  ['a number', { level: 3 }, true],
  ['a number as text', { level: '3' }, false],
  ['a boolean', { beta: true }, true],
  ['a boolean as text', { beta: 'true' }, false],
  ['all of several keys', { role: 'admin', level: 3 }, true],
  ['one of several keys', { role: 'admin', level: 4 }, false],
  ['a key that is missing', { tenant: 'a' }, false],
  ['a key of every object', { toString: () => true }, false],
  ['a test that holds', { level: (value) => (value as number) > 2 }, true],
  ['a test that does not', { level: (value) => (value as number) > 3 }, false],
  ['a test that throws', { level: boom }, false],
  ['a test that answers something else than true', { level: () => 1 as unknown as boolean }, false],
  ['a test that answers later', { level: () => Promise.resolve(true) as unknown as boolean }, false],
  ['a list for a scalar', { tags: 'a' }, false],
  [
    'a test of the whole that holds',
    ({ principalId, context: { role } }) => principalId === 'alice' && role === 'admin',
    true,
  ],
  ['a test of the whole that does not', ({ principalId }) => principalId === 'bob', false],
  ['a test of the whole that throws', boom, false],
  ['a test of the whole that answers later', () => Promise.resolve(true) as unknown as boolean, false],
]
test.each(requirements)('requireContext of %s', async (_, requirement, passes) => {
  const denied = contextRequirement(requirement)(await carrierOf(context), CURRENT)
  if (passes) expect(denied).toBeUndefined()
  else expect(denied).toMatchObject({ allowed: false, reason: 'CONTEXT_MISMATCH', response: { status: 403 } })
})

const scopes: readonly [string, ScopeRequirement[], Record<string, unknown>, boolean][] = [
  ['one that is held', ['read'], { scope: 'read write' }, true],
  ['one that is not', ['delete'], { scope: 'read write' }, false],
  ['all of several', ['read', 'write'], { scope: 'read write' }, true],
  ['not all of several', ['read', 'delete'], { scope: 'read write' }, false],
  ['any of several', [{ anyOf: ['delete', 'write'] }], { scope: 'read write' }, true],
  ['none of several', [{ anyOf: ['delete', 'own'] }], { scope: 'read write' }, false],
  ['all of a list', [{ allOf: ['read', 'write'] }], { scope: 'read write' }, true],
  ['not all of a list', [{ allOf: ['read', 'own'] }], { scope: 'read write' }, false],
  ['a part of one', ['rea'], { scope: 'read' }, false],
  ['other letter case', ['Read'], { scope: 'read' }, false],
  ['a list in scp', ['read'], { scp: ['read'] }, true],
  ['text in scp', ['read'], { scp: 'read write' }, true],
  ['a list in scopes', ['write'], { scopes: ['read', 'write'] }, true],
  ['scope before scp', ['read'], { scope: 'write', scp: ['read'] }, false],
  ['something that is no list', ['read'], { scope: { read: true } }, false],
  ['a scope of numbers', ['1'], { scope: [1] }, false],
  ['none at all', ['read'], {}, false],
]
test.each(scopes)('requireScopes of %s', async (_, required, held, passes) => {
  const denied = scopeRequirement(required)(await carrierOf(held), CURRENT)
  if (passes) expect(denied).toBeUndefined()
  else expect(denied).toMatchObject({ allowed: false, reason: 'INSUFFICIENT_SCOPE', response: { status: 403 } })
})

test('SEC-38 what is asked is the result, not what a handler has made of its copy', async () => {
  const carrier = await carrierOf({ role: 'user', scope: 'read' })
  Object.assign(readAuthorizer(carrier, CURRENT).context, { role: 'admin', scope: 'admin' })
  expect(contextRequirement({ role: 'admin' })(carrier, CURRENT)).toBeDefined()
  expect(scopeRequirement(['admin'])(carrier, CURRENT)).toBeDefined()
})

test('SEC-108 lists are copied when the guard is made', async () => {
  const roles = ['owner']
  const names = ['own']
  const guards: Requirement[] = [contextRequirement({ role: roles }), scopeRequirement([{ anyOf: names }])]
  roles.push('admin')
  names.push('a')
  const carrier = await carrierOf(context)
  expect(guards.map((guard) => guard(carrier, CURRENT)?.reason)).toEqual(['CONTEXT_MISMATCH', 'INSUFFICIENT_SCOPE'])
})

test('a refusal of a guard is a decision like any other, and names the caller', async () => {
  const carrier = await carrierOf({})
  contextRequirement({ role: 'admin' })(carrier, CURRENT)
  expect(decisions.map(({ reason }) => reason)).toEqual(['ALLOWED', 'CONTEXT_MISMATCH'])
  expect(decisions[1]).toMatchObject({ principalId: 'alice', method: 'GET', path: '/pets', status: 403 })
  expect(decisions[1]?.explain().summary).toMatch(/does not have the value that the route requires/)
})

test('AWS-REST-28 a guard refuses in the words of the contract', async () => {
  const authorizer = createAuthorizer({
    authorize: async (): Promise<aws.AuthorizerResponse> => ({
      principalId: 'alice',
      policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
    }),
    contract: aws.token(),
  })
  const request = gatewayRequest('GET /pets', { headers: { authorization: 't' } })
  const carrier = {}
  attach(carrier, authorizer as unknown as Authorizer<never>, request, allowed(await authorizer.evaluate(request)))
  const denied = contextRequirement({ role: 'admin' })(carrier, CURRENT) as Denied
  expect(denied.response.body).toBe('{"Message":"User is not authorized to access this resource"}')
})

describe('INV-3 on a request that no authorizer has allowed', () => {
  test.each<[string, Requirement]>([
    ['requireContext', contextRequirement(() => true)],
    ['requireScopes', scopeRequirement(['read'])],
  ])('%s refuses with 500 and says where to look', (name, guard) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    expect(guard({}, CURRENT)).toMatchObject({ reason: 'NOT_GUARDED', response: { status: 500 } })
    expect(warn.mock.calls.flat().join('')).toMatch(`${name} was reached by a request that no authorizer has allowed`)
  })

  test('readAuthorizer throws', () => {
    expect(() => readAuthorizer({}, CURRENT)).toThrow(expect.objectContaining({ code: 'ERR_NOT_AUTHORIZED' }))
  })

  test('SEC-28 nothing that a client can send makes it look allowed', () => {
    const carrier = JSON.parse('{"custom-authorizer":{},"Symbol(custom-authorizer)":{},"authorizer":{}}') as object
    const foreign = { [Symbol('custom-authorizer')]: {}, [Symbol.for('custom-authorizer')]: {} }
    expect(() => readAuthorizer(carrier, CURRENT)).toThrow(/no authorizer has allowed/)
    expect(() => readAuthorizer(foreign, CURRENT)).toThrow(/no authorizer has allowed/)
  })
})

test('an answer is found for the authorizer that gave it, and the latest one otherwise', async () => {
  const request = gatewayRequest('GET /pets')
  const carrier = {}
  const [first, second, third] = ['alice', 'bob', 'carol'].map((principalId) =>
    createAuthorizer({ authorize: () => allow({ principalId }) }),
  ) as [Authorizer, Authorizer, Authorizer]
  for (const each of [first, second])
    attach(carrier, each as Authorizer<never>, request, allowed(await each.evaluate(request)))
  const read = (reference?: object): string => readAuthorizer(carrier, CURRENT, reference as never).principalId
  expect([read(), read(first), read(second), read({ authorizer: first })]).toEqual(['bob', 'alice', 'bob', 'alice'])
  expect(() => read(third)).toThrow(expect.objectContaining({ code: 'ERR_NOT_AUTHORIZED' }))
})

describe('SEC-14 an answer is bound to the method and path that it was given for', () => {
  const guard = contextRequirement(() => true)
  const bound: readonly [string, CurrentRequest][] = [
    ['the same', { method: 'GET', url: '/pets' }],
    ['another query', { method: 'GET', url: '/pets?a=1' }],
    ['another spelling of the path', { method: 'GET', url: '/%70ets' }],
    ['an absolute URL', { method: 'GET', url: 'http://h/pets' }],
    ['the root of a router that the framework says is mounted there', { method: 'GET', url: '/', bases: ['/pets'] }],
  ]
  test.each(bound)('%s passes', async (_, current) => {
    const carrier = await carrierOf({})
    expect(guard(carrier, current)).toBeUndefined()
    expect(readAuthorizer(carrier, current).principalId).toBe('alice')
  })

  const changed: readonly [string, CurrentRequest][] = [
    ['another method', { method: 'DELETE', url: '/pets' }],
    ['no method', { method: undefined, url: '/pets' }],
    ['HEAD for GET', { method: 'HEAD', url: '/pets' }],
    ['another path', { method: 'GET', url: '/admin' }],
    ['a path below', { method: 'GET', url: '/pets/7' }],
    ['the end of the path without a mount that is known', { method: 'GET', url: '/' }],
    ['the end of the path below another mount', { method: 'GET', url: '/pets', bases: ['/admin'] }],
    ['another letter case', { method: 'GET', url: '/PETS' }],
    ['no path', { method: 'GET', url: undefined }],
  ]
  test.each(changed)('%s does not', async (_, current) => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const carrier = await carrierOf({})
    expect(guard(carrier, current)).toMatchObject({ reason: 'NOT_GUARDED', response: { status: 500 } })
    expect(() => readAuthorizer(carrier, current)).toThrow(expect.objectContaining({ code: 'ERR_NOT_AUTHORIZED' }))
  })
})
