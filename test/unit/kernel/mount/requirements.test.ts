/** `requireContext`, `requireScopes` and `readAuthorizer`: checks of the authorizer result on a route. */
import {
  allow,
  type Authorizer,
  type ContextRequirement,
  createAuthorizer,
  type Decision,
  type ScopeRequirement,
} from '@custom-authorizer/core'
import {
  attach,
  type AttachedMount,
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
import { throwError } from '../../../support/failure-checks.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'

/** What `attach` needs of a mount with this authorizer. */
const mountOf = (authorizer: Authorizer): AttachedMount => ({ authorizer, mountedPaths: [], throwsDenials: false })

/** The request as the framework passes it to a requirement. */
const CURRENT = (): CurrentRequest => ({ method: 'GET', url: '/pets' })
const logger = new RecordingLogger()
let decisions: Decision[]
beforeEach(() => {
  decisions = []
})

const onDecision = (decision: Decision): unknown => decisions.push(decision)

/** A request object with the result of an authorizer attached. */
const carrierOf = async (context: Record<string, unknown>, principalId = 'alice'): Promise<object> => {
  const authorizer = createAuthorizer({ authorize: () => allow({ principalId, context }), onDecision, logger })
  const request = gatewayRequest('GET /pets')
  const carrier = {}
  attach(carrier, mountOf(authorizer), request, allowed(await authorizer.evaluate(request)))
  return carrier
}

const effect = (passes: boolean): string => (passes ? 'passes' : 'is denied with 403')

const context = { role: 'admin', level: 3, beta: true, none: null, tags: ['a'], address: { city: 'Ulm' }, scope: 'a b' }
const requirements: readonly [string, ContextRequirement, boolean][] = [
  ['the value', { role: 'admin' }, true],
  ['another value', { role: 'owner' }, false],
  ['the value in another letter case', { role: 'Admin' }, false],
  ['one of several values', { role: ['owner', 'admin'] }, true],
  ['several other values', { role: ['owner', 'user'] }, false],
  ['a number', { level: 3 }, true],
  ['a number as a string', { level: '3' }, false],
  ['a boolean', { beta: true }, true],
  ['a boolean as a string', { beta: 'true' }, false],
  ['all of several keys', { role: 'admin', level: 3 }, true],
  ['several keys, one with another value', { role: 'admin', level: 4 }, false],
  ['a key that is missing', { tenant: 'a' }, false],
  ['a key of Object.prototype', { toString: () => true }, false],
  ['a predicate that returns true', { level: (value) => (value as number) > 2 }, true],
  ['a predicate that returns false', { level: (value) => (value as number) > 3 }, false],
  ['a predicate that throws', { level: throwError }, false],
  ['a predicate that returns a truthy value', { level: () => 1 as unknown as boolean }, false],
  ['a predicate that returns a promise', { level: () => Promise.resolve(true) as unknown as boolean }, false],
  ['a scalar for an array', { tags: 'a' }, false],
  [
    'a predicate on the whole result that returns true',
    ({ principalId, context: { role } }) => principalId === 'alice' && role === 'admin',
    true,
  ],
  ['a predicate on the whole result that returns false', ({ principalId }) => principalId === 'bob', false],
  ['a predicate on the whole result that throws', throwError, false],
  ['a predicate on the whole result that returns a promise', () => Promise.resolve(true) as unknown as boolean, false],
]
test.each(requirements.map(([name, requirement, passes]) => [name, effect(passes), requirement, passes] as const))(
  'requireContext with %s %s',
  async (_, __, requirement, passes) => {
    const denied = contextRequirement(requirement)(await carrierOf(context), CURRENT)
    if (passes) expect(denied).toBeUndefined()
    else expect(denied).toMatchObject({ denied: { reason: 'CONTEXT_MISMATCH', response: { status: 403 } } })
  },
)

const scopes: readonly [name: string, ScopeRequirement[], Record<string, unknown>, boolean][] = [
  ['a granted scope', ['read'], { scope: 'read write' }, true],
  ['a missing scope', ['delete'], { scope: 'read write' }, false],
  ['several granted scopes', ['read', 'write'], { scope: 'read write' }, true],
  ['several scopes, one missing', ['read', 'delete'], { scope: 'read write' }, false],
  ['anyOf with a granted scope', [{ anyOf: ['delete', 'write'] }], { scope: 'read write' }, true],
  ['anyOf without a granted scope', [{ anyOf: ['delete', 'own'] }], { scope: 'read write' }, false],
  ['allOf with granted scopes', [{ allOf: ['read', 'write'] }], { scope: 'read write' }, true],
  ['allOf with a missing scope', [{ allOf: ['read', 'own'] }], { scope: 'read write' }, false],
  ['a prefix of a granted scope', ['rea'], { scope: 'read' }, false],
  ['a scope in another letter case', ['Read'], { scope: 'read' }, false],
  ['an array in scp', ['read'], { scp: ['read'] }, true],
  ['a string in scp', ['read'], { scp: 'read write' }, true],
  ['an array in scopes', ['write'], { scopes: ['read', 'write'] }, true],
  ['scope, which takes precedence over scp,', ['read'], { scope: 'write', scp: ['read'] }, false],
  ['a scope claim that is an object', ['read'], { scope: { read: true } }, false],
  ['a scope claim with numbers', ['1'], { scope: [1] }, false],
  ['no scope claim', ['read'], {}, false],
]
test.each(
  scopes.map(([name, required, granted, passes]) => [name, effect(passes), required, granted, passes] as const),
)('requireScopes with %s %s', async (_, __, required, granted, passes) => {
  const denied = scopeRequirement(required)(await carrierOf(granted), CURRENT)
  if (passes) expect(denied).toBeUndefined()
  else expect(denied).toMatchObject({ denied: { reason: 'INSUFFICIENT_SCOPE', response: { status: 403 } } })
})

test('SEC-38 requirements check the result, not the context that a handler changed', async () => {
  const carrier = await carrierOf({ role: 'user', scope: 'read' })
  Object.assign(readAuthorizer(carrier, CURRENT).context, { role: 'admin', scope: 'admin' })
  expect(contextRequirement({ role: 'admin' })(carrier, CURRENT)).toBeDefined()
  expect(scopeRequirement(['admin'])(carrier, CURRENT)).toBeDefined()
})

test('SEC-108 lists of a requirement are copied at construction', async () => {
  const roles = ['owner']
  const names = ['own']
  const checks: Requirement[] = [contextRequirement({ role: roles }), scopeRequirement([{ anyOf: names }])]
  roles.push('admin')
  names.push('a')
  const carrier = await carrierOf(context)
  expect(checks.map((guard) => guard(carrier, CURRENT)?.denied.reason)).toEqual([
    'CONTEXT_MISMATCH',
    'INSUFFICIENT_SCOPE',
  ])
})

test('SEC-102 a denial by a requirement is reported as a decision with the principal ID', async () => {
  const carrier = await carrierOf({})
  contextRequirement({ role: 'admin' })(carrier, CURRENT)
  expect(decisions.map(({ reason }) => reason)).toEqual(['ALLOWED', 'CONTEXT_MISMATCH'])
  expect(decisions[1]).toMatchObject({ principalId: 'alice', method: 'GET', path: '/pets', status: 403 })
  expect(decisions[1]?.explain().summary).toMatch(/does not have the value that the route requires/)
})

test('AWS-REST-28 a requirement denies with the response of the contract', async () => {
  const authorizer = createAuthorizer({
    authorize: async (): Promise<aws.AuthorizerResponse> => ({
      principalId: 'alice',
      policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
    }),
    contract: aws.token(),
  })
  const request = gatewayRequest('GET /pets', { headers: { authorization: 't' } })
  const carrier = {}
  attach(carrier, mountOf(authorizer), request, allowed(await authorizer.evaluate(request)))
  const denied = contextRequirement({ role: 'admin' })(carrier, CURRENT)
  expect(denied?.denied.response.body).toBe('{"Message":"User is not authorized to access this resource"}')
})

describe('request without an authorizer result', () => {
  test.each<[string, Requirement]>([
    ['requireContext', contextRequirement(() => true)],
    ['requireScopes', scopeRequirement(['read'])],
  ])('INV-3 %s denies with 500 and logs that no authorizer allowed the request', (name, guard) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    expect(guard({}, CURRENT)).toMatchObject({ denied: { reason: 'NOT_GUARDED', response: { status: 500 } } })
    expect(warn.mock.calls.flat().join('')).toMatch(`${name} was reached by a request that no authorizer has allowed`)
  })

  test('INV-3 readAuthorizer throws ERR_NOT_AUTHORIZED', () => {
    expect(() => readAuthorizer({}, CURRENT)).toThrow(expect.objectContaining({ code: 'ERR_NOT_AUTHORIZED' }))
  })

  test('INV-3 SEC-28 no member that a client can send counts as an authorizer result', () => {
    const carrier = JSON.parse('{"custom-authorizer":{},"Symbol(custom-authorizer)":{},"authorizer":{}}') as object
    const foreign = { [Symbol('custom-authorizer')]: {}, [Symbol.for('custom-authorizer')]: {} }
    expect(() => readAuthorizer(carrier, CURRENT)).toThrow(/no authorizer has allowed/)
    expect(() => readAuthorizer(foreign, CURRENT)).toThrow(/no authorizer has allowed/)
  })
})

test('readAuthorizer returns the result of the given authorizer, or the latest one', async () => {
  const request = gatewayRequest('GET /pets')
  const carrier = {}
  const [first, second, third] = ['alice', 'bob', 'carol'].map((principalId) =>
    createAuthorizer({ authorize: () => allow({ principalId }) }),
  ) as [Authorizer, Authorizer, Authorizer]
  for (const each of [first, second]) attach(carrier, mountOf(each), request, allowed(await each.evaluate(request)))
  const read = (reference?: object): string => readAuthorizer(carrier, CURRENT, reference as never).principalId
  expect([read(), read(first), read(second), read({ authorizer: first })]).toEqual(['bob', 'alice', 'bob', 'alice'])
  expect(() => read(third)).toThrow(expect.objectContaining({ code: 'ERR_NOT_AUTHORIZED' }))
})

describe('binding to method and path', () => {
  const guard = contextRequirement(() => true)
  const bound: readonly [string, CurrentRequest][] = [
    ['the same method and path', { method: 'GET', url: '/pets' }],
    ['another query', { method: 'GET', url: '/pets?a=1' }],
    ['another spelling of the path', { method: 'GET', url: '/%70ets' }],
    ['an absolute URL', { method: 'GET', url: 'http://h/pets' }],
    ['the root of a router mounted at the path', { method: 'GET', url: '/', bases: ['/pets'] }],
  ]
  test.each(bound)('SEC-14 %s: the result is valid', async (_, current) => {
    const carrier = await carrierOf({})
    expect(guard(carrier, () => current)).toBeUndefined()
    expect(readAuthorizer(carrier, () => current).principalId).toBe('alice')
  })

  const changed: readonly [string, CurrentRequest][] = [
    ['another method', { method: 'DELETE', url: '/pets' }],
    ['no method', { method: undefined, url: '/pets' }],
    ['HEAD for GET', { method: 'HEAD', url: '/pets' }],
    ['another path', { method: 'GET', url: '/admin' }],
    ['a longer path', { method: 'GET', url: '/pets/7' }],
    ['the end of the path without a known mount', { method: 'GET', url: '/' }],
    ['the end of the path below another mount', { method: 'GET', url: '/pets', bases: ['/admin'] }],
    ['the path in another letter case', { method: 'GET', url: '/PETS' }],
    ['no path', { method: 'GET', url: undefined }],
  ]
  test.each(changed)('SEC-14 %s: the result is invalid and the request is denied with 500', async (_, current) => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const carrier = await carrierOf({})
    expect(guard(carrier, () => current)).toMatchObject({
      denied: { reason: 'NOT_GUARDED', response: { status: 500 } },
    })
    expect(() => readAuthorizer(carrier, () => current)).toThrow(
      expect.objectContaining({ code: 'ERR_NOT_AUTHORIZED' }),
    )
  })
})

const carrierOfText = (): Promise<object> => carrierOf({ admin: 'true', level: '3', name: 'alice' })

describe('a contract that passes context values as text', () => {
  test.each<[string, ContextRequirement, RegExp]>([
    ['a boolean', { admin: true }, /requireContext: admin is text in the context, so the boolean that is required/],
    ['a number in an array', { level: [2, 3] }, /requireContext: level is text in the context/],
  ])('%s that is text in the context is denied, and logged once with the key', async (_, requirement, line) => {
    logger.lines.length = 0
    const carrier = await carrierOfText()
    const guard = contextRequirement(requirement)
    expect(guard(carrier, CURRENT)?.denied.reason).toBe('CONTEXT_MISMATCH')
    guard(carrier, CURRENT)
    expect(logger.lines.filter((each) => line.test(each))).toHaveLength(1)
    expect(logger.lines.join()).not.toMatch(/alice|true|\b3\b/)
  })

  test.each<[string, ContextRequirement]>([
    ['another value', { admin: false }],
    ['text', { name: 'bob' }],
    ['a predicate', { admin: (value) => value === true }],
    ['a missing key', { missing: true }],
  ])('%s is denied without a log line', async (_, requirement) => {
    logger.lines.length = 0
    expect(contextRequirement(requirement)(await carrierOfText(), CURRENT)).toBeDefined()
    expect(logger.lines).toEqual([])
  })
})

test('requireContext checks the authorizer that it is given, not the latest one', async () => {
  const carrier = {}
  const guards = await Promise.all(
    ['user', 'admin'].map(async (role) => {
      const authorizer = createAuthorizer({ authorize: () => allow({ context: { role } }) })
      const request = gatewayRequest('GET /pets')
      attach(carrier, mountOf(authorizer), request, allowed(await authorizer.evaluate(request)))
      return authorizer
    }),
  )
  const results = [undefined, ...guards].map((each) => contextRequirement({ role: 'admin' }, each)(carrier, CURRENT))
  expect(results.map((each) => each?.denied.reason)).toEqual([undefined, 'CONTEXT_MISMATCH', undefined])
  const unknown = createAuthorizer({ authorize: () => true }) as unknown as Authorizer
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  expect(contextRequirement({ role: 'admin' }, unknown)(carrier, CURRENT)?.denied.reason).toBe('NOT_GUARDED')
})
