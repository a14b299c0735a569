/** Tests for adapters. @module */
import { allow, deny, type NativeAnswer } from '../../index.ts'
import {
  as,
  assertDenied,
  headerOf,
  type ServicePlan,
  type StartService,
  type TestedService,
  textFor,
  withService,
} from './adapter-service.ts'
import { assertEqual, assertThat, suiteOf, type SuiteTest } from './suite.ts'

const ann = (): NativeAnswer => allow({ principalId: 'ann', context: { role: 'admin', level: 3 } })
const ALLOW: ServicePlan = { authorize: ann }
const ALLOW_LATER: ServicePlan = { authorize: async () => ann() }

/** Targets that two layers may read differently, in spellings that `fetch` sends unchanged. */
const AMBIGUOUS = ['/a//b', '/a%2F..%2Fb', '/a%00b', '/a%5Cb', '/a%zzb']

const CONTEXT_HEADERS = { contextHeaders: { 'x-user': 'principalId', 'x-team': 'context.team' }, skip: ['/health'] }
const SPOOFED = { 'x-user': 'mallory', x_user: 'mallory', 'x-team': 'mallory', x_team: 'mallory' }

const assertHandled = ({ handled }: TestedService, count: number): void => {
  assertThat(handled.length === count, `the handler is reached ${count} time(s), found ${handled.length}`)
}

const assertStripped = ({ handled }: TestedService, user: string | undefined): void => {
  const [request] = handled
  if (request === undefined) throw new Error('the request reaches the handler')
  assertEqual(headerOf(request, 'x-user'), user, 'the header x-user')
  for (const name of ['x_user', 'x-team', 'x_team'])
    assertEqual(headerOf(request, name), undefined, `the header ${name}, which the client has sent`)
}

const fail = (): never => {
  throw new Error('failed')
}

/** A promise, and the function that resolves it. */
class Deferred<T> {
  resolve: (value: T) => void = fail
  readonly promise: Promise<T> = new Promise((resolve) => {
    this.resolve = resolve
  })
}

const CALLERS = Array.from({ length: 20 }, (_, index) => `caller-${index}`)

const TESTS: Readonly<Record<string, (start: StartService) => Promise<void>>> = {
  'a request without a credential gets 401, and does not reach the handler': async (start) => {
    for (const method of ['GET', 'POST', 'OPTIONS'])
      await withService(start, ALLOW, async (service) => {
        assertDenied(await service.send('/pets', { method }), 401, service)
      })
  },
  'a denied request gets 403, and does not reach the handler': async (start) => {
    for (const authorize of [() => deny(), async () => deny()])
      await withService(start, { authorize }, async (service) => {
        assertDenied(await service.send('/pets', as('ann')), 403, service)
      })
  },
  'a function that fails gives 500, and the handler is not reached': async (start) => {
    for (const authorize of [fail, async () => fail(), () => ({}) as NativeAnswer])
      await withService(start, { authorize }, async (service) => {
        assertDenied(await service.send('/pets', as('ann')), 500, service)
      })
  },
  'an allowed request reaches the handler once, with its context': async (start) => {
    for (const plan of [ALLOW, ALLOW_LATER])
      await withService(start, plan, async (service) => {
        const { status, text } = await service.send('/pets', { method: 'POST', ...as('ann') })
        assertHandled(service, 1)
        const { authorizer } = service.handled[0] ?? {}
        assertEqual([authorizer?.principalId, authorizer?.context], ['ann', { role: 'admin', level: 3 }], 'the context')
        assertEqual([status, text], [200, 'handled for ann'], "the handler's response")
      })
  },
  'the authorizer receives method, path and query as they were sent': async (start) => {
    const found: unknown[] = []
    const plan: ServicePlan = {
      authorize: ({ method, path, queryString }) => {
        found.push([method, path, queryString])
        return ann()
      },
    }
    await withService(start, plan, async ({ send }) => {
      await send('/pets/a%20b?a=1&a=2&b=%2B', { method: 'PUT', ...as('ann') })
    })
    assertEqual(found, [['PUT', '/pets/a%20b', 'a=1&a=2&b=%2B']], 'method, path and query')
  },
  'a response that the function chose is sent unchanged': async (start) => {
    const response = { status: 429, body: 'sp\u00e4ter', headers: { 'x-denied': 'yes', 'set-cookie': ['a=1', 'b=2'] } }
    await withService(start, { authorize: () => deny(response) }, async (service) => {
      const received = await service.send('/pets', as('ann'))
      assertDenied(received, 429, service)
      assertEqual([received.text, received.headers.get('x-denied')], ['sp\u00e4ter', 'yes'], 'body and header')
      assertEqual(received.headers.getSetCookie(), ['a=1', 'b=2'], 'cookies')
    })
  },
  'response headers of the result are added to the response of the handler': async (start) => {
    const plan = { authorize: () => allow({ principalId: 'ann', responseHeaders: { 'x-session': 'renewed' } }) }
    await withService(start, plan, async ({ send }) => {
      const { status, headers } = await send('/pets', as('ann'))
      assertEqual([status, headers.get('x-session')], [200, 'renewed'], 'status and header')
    })
  },
  'context headers are set, and those that the client has sent are removed': async (start) => {
    const seen: unknown[] = []
    const plan: ServicePlan = {
      authorize: (request) => {
        seen.push(request.header('x-user') ?? null)
        return ann()
      },
      options: CONTEXT_HEADERS,
    }
    await withService(start, plan, async (service) => {
      await service.send('/pets', { headers: { ...SPOOFED, authorization: 'ann' } })
      assertStripped(service, 'ann')
    })
    assertEqual(seen, [null], 'the header that the authorizer sees')
  },
  'context headers that the client has sent are removed where no authorizer is needed': async (start) => {
    await withService(start, { ...ALLOW, options: CONTEXT_HEADERS }, async (service) => {
      await service.send('/health', { headers: SPOOFED })
      assertStripped(service, undefined)
    })
  },
  'skip applies to the given paths only': async (start) => {
    await withService(start, { ...ALLOW, options: { skip: ['/health'] } }, async (service) => {
      for (const path of ['/healthy', '/health/x', '/pets?/health'])
        assertDenied(await service.send(path), 401, service)
      assertEqual((await service.send('/health?x=1')).text, 'handled for anyone', 'the response of a skipped path')
      assertHandled(service, 1)
      assertThat(service.handled[0]?.authorizer === undefined, 'a skipped path has no authorizer context')
    })
  },
  'targets that two layers may read differently get 400': async (start) => {
    await withService(start, { ...ALLOW, options: { skip: ['/a/*'] } }, async (service) => {
      for (const path of AMBIGUOUS) assertDenied(await service.send(path, as('ann')), 400, service)
    })
  },
  'HEAD is decided like GET, and gets no body': async (start) => {
    await withService(start, ALLOW, async (service) => {
      const denied = await service.send('/pets', { method: 'HEAD' })
      assertDenied(denied, 401, service)
      assertEqual(denied.text, '', 'the body of a denial')
      assertEqual((await service.send('/pets', { method: 'HEAD', ...as('ann') })).status, 200, 'the status')
      assertHandled(service, 1)
    })
  },
  'a client that disconnects does not reach the handler, and others are answered': async (start) => {
    const [arrived, released] = [new Deferred<undefined>(), new Deferred<NativeAnswer>()]
    const plan: ServicePlan = {
      authorize: (request) => {
        if (request.header('authorization') !== 'slow') return ann()
        arrived.resolve(undefined)
        return released.promise
      },
    }
    await withService(start, plan, async (service) => {
      const client = new AbortController()
      const slow = service.send('/pets', { ...as('slow'), signal: client.signal }).catch(() => undefined)
      await Promise.race([arrived.promise, slow])
      client.abort()
      await slow
      // The service learns of the closed connection at the latest while it handles further ones.
      for (let sent = 0; sent < 3; sent++) assertEqual((await service.send('/pets', as('ann'))).status, 200, 'status')
      released.resolve(allow({ principalId: 'slow' }))
      assertEqual((await service.send('/pets', as('ann'))).status, 200, 'the status after the decision')
      const principals = service.handled.map((request) => textFor(request))
      assertEqual(
        principals,
        Array.from({ length: 4 }, () => 'handled for ann'),
        'the requests that are handled',
      )
    })
  },
  'callers that wait at the same time are not mixed up': async (start) => {
    const waiting: (() => void)[] = []
    const all = new Deferred<undefined>()
    const plan: ServicePlan = {
      authorize: (request) =>
        new Promise((resolve) => {
          const principalId = request.header('authorization')
          waiting.push(() => resolve(allow({ principalId })))
          if (waiting.length === CALLERS.length) all.resolve(undefined)
        }),
    }
    await withService(start, plan, async ({ send }) => {
      const responses = CALLERS.map((caller) => send(`/pets/${caller}`, as(caller)))
      await Promise.race([all.promise, ...responses])
      for (const release of waiting.toReversed()) release()
      const texts = (await Promise.all(responses)).map(({ text }) => text)
      assertEqual(
        texts,
        CALLERS.map((caller) => `handled for ${caller}`),
        'the responses',
      )
    })
  },
}

/**
 * Tests for an adapter, for any test runner. They send requests with `fetch` to the service that `start` starts.
 *
 * @param start starts a service with the adapter
 * @example
 * for (const { title, run } of adapterSuite(start)) test(title, run)
 */
export const adapterSuite = (start: StartService): readonly SuiteTest[] => suiteOf(TESTS)(() => start)
