/** Options are read once: later changes, Object.prototype and the environment have no effect (SEC-106, SEC-108). */
import {
  allow,
  createAuthorizer,
  deny,
  MemoryStore,
  type MountOptions,
  native,
  type NativeOptions,
} from '@custom-authorizer/core'
import { createMount } from '@custom-authorizer/core/adapter'
import * as aws from '@custom-authorizer/core/aws'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { plainContract } from '../../../support/contract.ts'
import { syncOutcome } from '../../../support/outcome.ts'
import { EXACT, gatewayRequest } from '../../../support/request.ts'

const preflight = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'PUT', Authorization: 't' }
const requests = ['GET /a', 'GET /a//b', 'GET /health', 'GET /admin/', 'OPTIONS /a', 'GET /a?x=1', 'GET /a?x=1'].map(
  (line) => gatewayRequest(line, { headers: preflight }),
)

/** The synchronous decisions of new authorizers and mounts for the requests. */
const decide = (): unknown[] => {
  const authorizers = [
    createAuthorizer({ authorize: () => false }),
    createAuthorizer({ authorize: () => deny({ headers: { a: 'b' } }), contract: native({}) }),
    createAuthorizer({ authorize: () => 'x' as never, logger: null }),
    createAuthorizer({
      authorize: ({ path }) => (path === '/a' ? allow({ principalId: 'alice' }) : false),
      contract: native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 }),
      denialCors: { allowOrigins: ['https://app.example'] },
      store: new MemoryStore({}),
    }),
  ]
  const mounts = [
    createMount(() => false, undefined, EXACT),
    createMount(() => allow({ principalId: 'alice', context: { role: 'a' } }), { skip: ['/health'] }, EXACT),
    ...authorizers.map((authorizer) => createMount(authorizer, {}, EXACT)),
  ]
  const evaluated = authorizers.flatMap((authorizer) =>
    requests.map((request) => syncOutcome(authorizer.evaluate(request))),
  )
  const handled = mounts.flatMap((mount) => requests.map((request) => mount.handle(request)))
  return JSON.parse(JSON.stringify([evaluated, handled, mounts.map(({ readOptions }) => readOptions)])) as unknown[]
}

describe('polluted Object.prototype', () => {
  const pollution: Record<string, unknown> = {
    failureMode: 'allow',
    authorize: () => true,
    contract: plainContract({ decide: () => ({ allowed: true }), parseResult: () => ({ accepted: true }) as never }),
    name: 'polluted',
    store: { inProcess: true, get: () => true, set: () => undefined, delete: () => undefined },
    timeoutMs: 0,
    maxEntries: 0,
    maxInFlight: 0,
    storeTimeoutMs: 0,
    denialCors: { allowOrigins: '*' },
    allowOrigins: '*',
    allowCredentials: true,
    onDecision: () => {
      throw new Error('called')
    },
    logger: { warn: () => undefined, error: () => undefined },
    clock: { now: () => 0, monotonic: () => 0, setTimeout: () => () => undefined },
    skip: ['/*', '/'],
    preflight: 'skip',
    contextHeaders: 'x-polluted-',
    trustedProxies: ['0.0.0.0/0'],
    ambiguousTargets: 'allow',
    routing: { strict: false, caseSensitive: false },
    caseSensitive: false,
    strict: false,
    decodes: true,
    identitySources: ['$request.header.Origin'],
    resultTtlSeconds: 3600,
    cachePer: 'identity',
    maxBytes: 1,
  }
  const before = decide()

  test.each(Object.keys(pollution))('SEC-108 Object.prototype.%s has no effect on a decision', (name) => {
    // oxlint-disable-next-line no-extend-native -- the attack under test
    Object.defineProperty(Object.prototype, name, { value: pollution[name], configurable: true, writable: true })
    let after: unknown
    try {
      after = decide()
    } finally {
      delete (Object.prototype as Record<string, unknown>)[name]
    }
    expect(after).toEqual(before)
  })
})

describe('changes after construction', () => {
  test('SEC-108 changing the options of a mount has no effect', () => {
    const options = {
      skip: ['/health'],
      preflight: 'authorize',
      trustedProxies: ['10.0.0.0/8'],
      routing: { strict: true },
    }
    const headers: Record<string, string> = { 'x-user': 'principalId' }
    const given: MountOptions = { ...(options as MountOptions), contextHeaders: headers }
    const mount = createMount(() => false, given, EXACT)
    const before = requests.map((request) => mount.handle(request))
    const reading = structuredClone(mount.readOptions.routing)
    options.skip.push('/a', '/*')
    options.trustedProxies.push('0.0.0.0/0')
    options.routing.strict = false
    headers['x-role'] = 'context.role'
    given.preflight = 'skip'
    given.ambiguousTargets = 'allow'
    expect(requests.map((request) => mount.handle(request))).toEqual(before)
    expect(mount.readOptions).toMatchObject({ routing: reading, ambiguousTargets: 'reject' })
    expect(mount.readOptions.trustedProxies).toHaveLength(1)
    expect(mount.mapping?.ownsHeader('x-role')).toBe(false)
  })

  test('SEC-108 the readOptions of a mount are frozen', () => {
    const { readOptions } = createMount(() => false, {}, EXACT)
    expect(Object.isFrozen(readOptions)).toBe(true)
    expect(Object.isFrozen(readOptions.routing)).toBe(true)
  })

  test('SEC-108 recompiling the regular expression of a skip rule has no effect', () => {
    const rule = /\/health/
    const mount = createMount(() => false, { skip: [rule] }, EXACT)
    rule.compile('.*')
    expect(requests.map((request) => (mount.handle(request) as { kind: string }).kind)).toEqual([
      'denied',
      'denied',
      'skipped',
      'denied',
      'denied',
      'denied',
      'denied',
    ])
  })

  test('SEC-108 changing the options of an authorizer has no effect', () => {
    const authorize = vi.fn(() => false)
    const options = { authorize, contract: native(), onDecision: vi.fn(), maxInFlight: 10 }
    const authorizer = createAuthorizer(options)
    Object.assign(options, { authorize: () => true, contract: plainContract(), onDecision: () => 1, maxInFlight: 0 })
    expect(authorizer.evaluate(requests[0] as never)).toMatchObject({ reason: 'DENIED' })
    expect(authorize).toHaveBeenCalledTimes(1)
  })

  test('SEC-108 changing the options of the native contract has no effect', () => {
    const identitySources = ['$request.header.Authorization']
    const options: NativeOptions = { identitySources, resultTtlSeconds: 300 }
    const authorize = vi.fn(() => true)
    const authorizer = createAuthorizer({ authorize, contract: native(options) })
    identitySources.length = 0
    options.cachePer = 'identity'
    options.resultTtlSeconds = 0
    expect(authorizer.evaluate(gatewayRequest('GET /'))).toMatchObject({ reason: 'IDENTITY_SOURCE_MISSING' })
    for (const request of requests) void authorizer.evaluate(request)
    // Seven requests: one is rejected before the function is called, and two are equal.
    expect(authorize).toHaveBeenCalledTimes(5)
  })

  test('SEC-108 changing the options of aws.request has no effect', async () => {
    const api = { apiId: 'abcdef1234' }
    const stageVariables = { a: '1' }
    const gatewayResponses = { UNAUTHORIZED: { statusCode: 418, responseParameters: {} as Record<string, string> } }
    const routes = ['/pets/{id}']
    const options: aws.RequestOptions = {
      identitySource: ['stageVariables.a'],
      api,
      stageVariables,
      gatewayResponses,
      routes,
    }
    const events: aws.RequestEvent[] = []
    const authorizer = createAuthorizer({
      authorize: async (event: aws.RequestEvent): Promise<never> => {
        events.push(event)
        throw new Error('Unauthorized')
      },
      contract: aws.request(options),
    })
    api.apiId = 'changed'
    stageVariables.a = 'changed'
    routes[0] = '/changed'
    gatewayResponses.UNAUTHORIZED.statusCode = 200
    gatewayResponses.UNAUTHORIZED.responseParameters['gatewayresponse.header.a'] = "'b'"
    const outcome = await authorizer.evaluate(gatewayRequest('GET /pets/7'))
    expect(outcome).toMatchObject({ allowed: false, response: { status: 418 } })
    expect(JSON.stringify([events, outcome])).not.toContain('changed')
    expect(events[0]).toMatchObject({ resource: '/pets/{id}', stageVariables: { a: '1' } })
  })
})

describe('environment', () => {
  const before = process.env['NODE_ENV']
  afterEach(() => {
    process.env['NODE_ENV'] = before
  })

  test.each([undefined, '', 'development', 'test', 'production', 'debug'])(
    'SEC-106 NODE_ENV=%s has no effect on a decision',
    (value) => {
      const expected = decide()
      if (value === undefined) delete process.env['NODE_ENV']
      else process.env['NODE_ENV'] = value
      expect(decide()).toEqual(expected)
    },
  )

  test('SEC-106 no environment variable is read', () => {
    const read: PropertyKey[] = []
    const env = process.env
    process.env = new Proxy(env, {
      get: (target, name) => {
        read.push(name)
        return Reflect.get(target, name) as unknown
      },
      has: (target, name) => {
        read.push(name)
        return Reflect.has(target, name)
      },
    })
    try {
      decide()
    } finally {
      process.env = env
    }
    expect(read).toEqual([])
  })
})
