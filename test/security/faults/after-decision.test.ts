/** Each step after the decision is made to throw, on every adapter: the client gets 500, and the process goes on. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { allow, type Authorizer, deny, type RequestMapping } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { customAuthorizer, guardUpgrade, requireContext } from '@custom-authorizer/core/node'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Adapter, describeAdapters, type Service } from '../../support/adapters.ts'
import type { Step } from '../../support/applications/plan.ts'
import { sendRequest } from '../../support/raw-client.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'

/** What middleware before the guard can reach of a request. */
interface Reach {
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
  /** `res.locals`, `ctx.state` or, for Hono, its context. */
  readonly locals: object
  /** The framework's own objects: Express's request, Koa's context, Hono's context. */
  readonly framework: object
}

/** A middleware in the adapter's own form that changes a request before the guard runs. */
const before = (adapter: Adapter, change: (reach: Reach) => void): Step => {
  if (adapter.name.startsWith('Koa')) {
    return ((ctx: { req: IncomingMessage; res: ServerResponse; state: object }, next: () => Promise<void>) => {
      change({ incoming: ctx.req, response: ctx.res, locals: ctx.state, framework: ctx })
      return next()
    }) as unknown as Step
  }
  if (adapter.name === 'Hono') {
    return ((c: { env: { incoming: IncomingMessage; outgoing: ServerResponse } }, next: () => Promise<void>) => {
      change({ incoming: c.env.incoming, response: c.env.outgoing, locals: c, framework: c })
      return next()
    }) as unknown as Step
  }
  return ((request: IncomingMessage, response: ServerResponse & { locals?: object }, next: () => void) => {
    change({ incoming: request, response, locals: response.locals ?? {}, framework: request })
    next()
  }) as unknown as Step
}

const throwing = (): never => {
  throw new Error('a step failed')
}

const MAPPING = {
  parameterMapping: aws.parameterMapping({
    'overwrite:header.x-user': 'alice',
    'overwrite:querystring.user': 'alice',
  }),
}

/** A custom mapping that returns malformed edits. */
const badMapping = (edits: unknown): { parameterMapping: RequestMapping } => ({
  parameterMapping: { authorizerView: 'withoutOwnedHeaders', ownsHeader: () => false, edit: () => edits as never },
})

interface Fault {
  readonly change?: (reach: Reach) => void
  readonly options?: object
  /** Adapters that have this step. Default: all. */
  readonly on?: RegExp
}

const FAULTS: Readonly<Record<string, Fault>> = {
  'frozen request headers': { change: ({ incoming }) => Object.freeze(incoming.headers), options: MAPPING },
  'raw headers that cannot be replaced': {
    change: ({ incoming }) =>
      Object.defineProperty(incoming, 'rawHeaders', { value: [...incoming.rawHeaders], writable: false }),
    options: MAPPING,
  },
  'a URL that cannot be assigned': {
    change: ({ incoming }) => Object.defineProperty(incoming, 'url', { value: incoming.url, writable: false }),
    options: MAPPING,
  },
  'a setter of the URL that throws': {
    change: ({ incoming }) => {
      const { url } = incoming
      Object.defineProperty(incoming, 'url', { get: () => url, set: throwing })
    },
    options: MAPPING,
  },
  'edits without headers': { options: badMapping({ headers: null, target: undefined }) },
  'edits that throw when they are read': {
    options: badMapping({
      get headers() {
        return throwing()
      },
    }),
  },
  'a target that is not a string': { options: badMapping({ headers: [], target: 5 }) },
  'locals whose setter throws': {
    change: ({ locals }) => Object.defineProperty(locals, 'authorizer', { set: throwing }),
    on: /Express|Koa/,
  },
  'frozen locals': { change: ({ locals }) => Object.freeze(locals), on: /Express|Koa/ },
  'a context whose set throws': {
    change: ({ locals }) => Object.defineProperty(locals, 'set', { value: throwing }),
    on: /Hono/,
  },
  'a query that cannot be replaced': {
    change: ({ framework }) =>
      Object.defineProperty(framework, 'query', { value: { user: 'root' }, writable: false, configurable: false }),
    options: MAPPING,
    on: /Express|Koa|node/,
  },
  'a getter of the query that throws and cannot be replaced': {
    change: ({ framework }) => Object.defineProperty(framework, 'query', { get: throwing, configurable: false }),
    options: MAPPING,
    on: /Express/,
  },
}

/** A synchronous and an asynchronous decision. */
const FUNCTIONS = {
  synchronous: () => allow({ principalId: 'alice' }),
  asynchronous: () => Promise.resolve(allow({ principalId: 'alice' })),
}
const DENIALS = {
  synchronous: () => deny({ headers: { 'x-a': 'b' } }),
  asynchronous: () => Promise.resolve(deny({ headers: { 'x-a': 'b' } })),
}

const serveAfter = (adapter: Adapter, steps: readonly Step[]): Promise<Service> =>
  adapter.serve({ use: steps, routes: [{ path: '*' }] })

const watchProcess = (): unknown[] => {
  const seen: unknown[] = []
  const note = (error: unknown): void => void seen.push(error)
  process.on('unhandledRejection', note)
  process.on('uncaughtExceptionMonitor', note)
  onTestFinished(() => {
    process.off('unhandledRejection', note)
    process.off('uncaughtExceptionMonitor', note)
  })
  return seen
}

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

describeAdapters('after the decision', (adapter) => {
  describe.each(Object.entries(FUNCTIONS))('after a %s decision', (_, authorize) => {
    const faults = Object.entries(FAULTS).filter(([, { on }]) => on?.test(adapter.name) !== false)
    test.each(faults)('SEC-110 SEC-111 SEC-112 %s: 500 once, no handler, no crash', async (_name, fault) => {
      const seen = watchProcess()
      let armed = true
      const service = await serveAfter(adapter, [
        before(adapter, (reach) => {
          if (armed) fault.change?.(reach)
        }),
        adapter.customAuthorizer(authorize, { logger: null, ...fault.options }),
      ])
      const response = await service.send({ target: '/x?user=root' })
      await settled()
      expect([response.status, service.hits, service.errors.length, seen]).toEqual([500, [], 1, []])
      armed = false
      if (fault.change !== undefined) expect((await service.send({ target: '/x' })).status).toBe(200)
    })

    test('SEC-111 what a handler throws reaches the framework once', async () => {
      const seen = watchProcess()
      const service = await adapter.serve({
        use: [adapter.customAuthorizer(authorize, { logger: null })],
        routes: [{ path: '*', handle: () => Promise.reject(new Error('the handler failed')) }],
      })
      const response = await service.send({ target: '/x' })
      await settled()
      expect([response.status, service.errors.map(String), seen]).toEqual([500, ['Error: the handler failed'], []])
    })
  })

  test.each(Object.entries(DENIALS))(
    'SEC-111 a response whose setters throw while a %s denial is written is ended',
    async (_, authorize) => {
      const seen = watchProcess()
      const change = ({ response, framework }: Reach): void => {
        const target = adapter.name === 'Hono' ? framework : response
        Object.defineProperty(target, adapter.name === 'Hono' ? 'res' : 'setHeader', {
          configurable: true,
          get: () => {
            // Restored, so that the framework's error handling can use the response.
            delete (target as Record<string, unknown>)[adapter.name === 'Hono' ? 'res' : 'setHeader']
            return throwing
          },
          set: throwing,
        })
      }
      const service = await serveAfter(adapter, [
        before(adapter, change),
        adapter.customAuthorizer(authorize, { logger: null }),
      ])
      const response = await service.send({ target: '/x' })
      await settled()
      expect([response.status, service.hits, seen]).toEqual([500, [], []])
    },
  )
})

const listen = async (listener: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise((resolve) => void server.close(() => resolve()))
  })
  return (server.address() as AddressInfo).port
}

const open = async (
  guard: ReturnType<typeof guardUpgrade>,
  change: (request: IncomingMessage) => void = () => undefined,
): Promise<{ port: number; listener: ReturnType<typeof vi.fn> }> => {
  const server = createServer()
  const listener = vi.fn((_request, socket: { end(text: string): void }) =>
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: close\r\n\r\n'),
  )
  const guarded = guard(listener as never)
  server.on('upgrade', (request, socket, head) => {
    change(request)
    guarded(request, socket, head)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise((resolve) => void server.close(() => resolve()))
  })
  return { port: (server.address() as AddressInfo).port, listener }
}

describe('bare node:http', () => {
  test.each(Object.entries(FUNCTIONS))(
    'SEC-110 a next function without a parameter is not called with an error after a %s decision: 500 and one log line',
    async (_, authorize) => {
      const logger = new RecordingLogger()
      const guard = customAuthorizer(authorize, { logger, ...MAPPING })
      const handler = vi.fn()
      const port = await listen((request, response) => {
        Object.freeze(request.headers)
        guard(request, response, () => void handler())
      })
      const response = await sendRequest(port, { target: '/x' })
      expect([response.status, response.body, handler.mock.calls]).toEqual([
        500,
        '{"message":"Internal Server Error"}',
        [],
      ])
      expect(logger.lines.join()).toContain('the guard failed to pass on a request (TypeError)')
    },
  )

  test('SEC-110 what the handler throws after an asynchronous decision is an uncaught exception, and the client gets 500', async () => {
    const guard = customAuthorizer(FUNCTIONS.asynchronous, { logger: null })
    const port = await listen((request, response) => guard(request, response, throwing))
    const listeners = process.rawListeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    const uncaught = new Promise((resolve) => void process.once('uncaughtException', resolve))
    onTestFinished(() => {
      for (const each of listeners) process.on('uncaughtException', each as NodeJS.UncaughtExceptionListener)
    })
    const [response, error] = await Promise.all([sendRequest(port, { target: '/x' }), uncaught])
    expect([response.status, String(error)]).toEqual([500, 'Error: a step failed'])
  })

  test('SEC-111 requireContext with a check that throws gives 500', async () => {
    const guard = customAuthorizer(FUNCTIONS.synchronous, { logger: null })
    const check = requireContext({ role: 'admin' })
    const port = await listen((request, response) =>
      guard(request, response, () => {
        Object.defineProperty(request, 'method', {
          configurable: true,
          get: () => {
            // Node reads the member again when it writes the response.
            Object.defineProperty(request, 'method', { value: 'GET' })
            return throwing()
          },
        })
        check(request, response, () => void response.end('served'))
      }),
    )
    expect((await sendRequest(port, { target: '/x' })).status).toBe(500)
  })
})

describe('guardUpgrade', () => {
  const upgrade = { headers: [['Connection', 'Upgrade'] as const, ['Upgrade', 'websocket'] as const] }

  test.each(Object.entries(FUNCTIONS))(
    'SEC-110 a step that throws after a %s decision ends in 500 on the socket',
    async (_, authorize) => {
      const seen = watchProcess()
      const logger = new RecordingLogger()
      const { port, listener } = await open(guardUpgrade(authorize, { logger, ...MAPPING }), ({ headers }) =>
        Object.freeze(headers),
      )
      const response = await sendRequest(port, upgrade)
      await settled()
      expect([response.status, listener.mock.calls, seen]).toEqual([500, [], []])
      expect(logger.lines.join()).toContain('the guard failed to pass on a request (TypeError)')
    },
  )

  test('SEC-110 an authorizer that throws while it builds a denial ends in 500 on the socket', async () => {
    const authorizer: Authorizer = {
      name: 'own',
      evaluate: throwing,
      deny: throwing,
      hasCredential: () => false,
      invalidate: () => undefined,
      invalidateAll: () => undefined,
      report: () => undefined,
    }
    const { port, listener } = await open(guardUpgrade(authorizer))
    expect((await sendRequest(port, upgrade)).status).toBe(500)
    expect((await sendRequest(port, { headers: [...upgrade.headers.slice(0, 1), ['Upgrade', 'other']] })).status).toBe(
      500,
    )
    expect(listener).not.toHaveBeenCalled()
  })
})
