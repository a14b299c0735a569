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

/** What a fresh set of authorizers and mounts, built with few options, makes of the requests; all of it at once. */
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
  const entered = mounts.flatMap((mount) => requests.map((request) => mount.handle(request)))
  return JSON.parse(JSON.stringify([evaluated, entered, mounts.map(({ readOptions }) => readOptions)])) as unknown[]
}

describe('SEC-108 a polluted Object.prototype has no effect:', () => {
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

  test.each(Object.keys(pollution))('%s', (name) => {
    // oxlint-disable-next-line no-extend-native -- that is the attack
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

describe('SEC-108 what is done to options after construction has no effect:', () => {
  test('those of a mount', () => {
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

  test('the read options of a mount are frozen', () => {
    const { readOptions } = createMount(() => false, {}, EXACT)
    expect(Object.isFrozen(readOptions)).toBe(true)
    expect(Object.isFrozen(readOptions.routing)).toBe(true)
  })

  test('a regular expression that skips', () => {
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

  test('those of an authorizer', () => {
    const authorize = vi.fn(() => false)
    const options = { authorize, contract: native(), onDecision: vi.fn(), maxInFlight: 10 }
    const authorizer = createAuthorizer(options)
    Object.assign(options, { authorize: () => true, contract: plainContract(), onDecision: () => 1, maxInFlight: 0 })
    expect(authorizer.evaluate(requests[0] as never)).toMatchObject({ reason: 'DENIED' })
    expect(authorize).toHaveBeenCalledTimes(1)
  })

  test('those of the native contract', () => {
    const identitySources = ['$request.header.Authorization']
    const options: NativeOptions = { identitySources, resultTtlSeconds: 300 }
    const authorize = vi.fn(() => true)
    const authorizer = createAuthorizer({ authorize, contract: native(options) })
    identitySources.length = 0
    options.cachePer = 'identity'
    options.resultTtlSeconds = 0
    expect(authorizer.evaluate(gatewayRequest('GET /'))).toMatchObject({ reason: 'IDENTITY_SOURCE_MISSING' })
    for (const request of requests) void authorizer.evaluate(request)
    // Seven requests: one is refused before the function is called, and two are the same.
    expect(authorize).toHaveBeenCalledTimes(5)
  })

  test('those of a REST authorizer', async () => {
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

describe('SEC-106 the environment changes nothing', () => {
  const before = process.env['NODE_ENV']
  afterEach(() => {
    process.env['NODE_ENV'] = before
  })

  test.each([undefined, '', 'development', 'test', 'production', 'debug'])('NODE_ENV=%s', (value) => {
    const usual = decide()
    if (value === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = value
    expect(decide()).toEqual(usual)
  })

  test('no variable is read', () => {
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
