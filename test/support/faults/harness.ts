/** A service whose authorizer behaves as the test sets it, and a client that keeps its connection. @module */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { type Authorizer, createAuthorizer, type Decision, native, type Store } from '@custom-authorizer/core'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { Deferred, flushMicrotasks } from '../deferred.ts'
import { newCallLog, recordTo, tokenContract } from '../fixture/authorizer.ts'
import type { FixtureApplication } from '../fixture/parts.ts'
import { bytesOf, type Fixture, MOUNT, openFixture } from '../fixture/service.ts'
import { type RawResponse, RawConnection } from '../raw-client.ts'

/** The contracts under which every error is tested, with their error responses. */
export const CONTRACTS = {
  'aws.token': {
    contract: (): unknown => tokenContract(),
    failed: '{"message":null}',
    errorType: 'AuthorizerConfigurationException',
  },
  native: {
    contract: (): unknown =>
      native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300, cachePer: 'identity' }),
    failed: '{"message":"Internal Server Error"}',
    errorType: undefined,
  },
} as const
export type ContractName = keyof typeof CONTRACTS

/** The behaviour of the function; it receives the arguments of the contract. */
export type Behaviour = (...call: readonly unknown[]) => unknown

export const TIMEOUT_MS = 50

const idle: Behaviour = () => undefined

export interface HarnessOptions {
  readonly store?: Store
  readonly kernel?: object
  readonly mount?: object
}

/** A running service with a failing part. */
export interface Harness {
  readonly fixture: Fixture
  readonly clock: FakeClock
  readonly authorizer: Authorizer
  /** The requests that the server received, in order. */
  readonly requests: IncomingMessage[]
  readonly sockets: Socket[]
  /** Log lines. */
  readonly lines: string[]
  readonly decisions: Decision[]
  /** How often the function was called since the last `set`. */
  calls(): number
  /** Sets the behaviour of the next calls. */
  set(behaviour: Behaviour): void
  /** Resolves once the function has been called since the last `set`. */
  called(): Promise<void>
  close(): Promise<void>
}

export const openHarness = async (
  application: FixtureApplication,
  name: ContractName,
  { store, kernel, mount }: HarnessOptions = {},
): Promise<Harness> => {
  const clock = fakeClock()
  const callLog = newCallLog()
  let behaviour: Behaviour = idle
  let calls = 0
  let called = new Deferred<void>()
  const authorize = (...call: readonly unknown[]): unknown => {
    calls++
    called.resolve()
    return behaviour(...call)
  }
  const authorizer = createAuthorizer({
    authorize: authorize as never,
    contract: CONTRACTS[name].contract() as never,
    clock,
    timeoutMs: TIMEOUT_MS,
    ...recordTo(callLog),
    ...(store && { store, name: 'faults' }),
    ...kernel,
  })
  const guard = { authorizer: authorizer as unknown as Authorizer<never>, options: { ...MOUNT, ...mount } }
  const fixture = await openFixture(application, { guard })
  const [requests, sockets]: [IncomingMessage[], Socket[]] = [[], []]
  fixture.server.on('connection', (socket) => void sockets.push(socket))
  fixture.server.prependListener('request', (request) => void requests.push(request))
  return {
    fixture,
    clock,
    authorizer,
    requests,
    sockets,
    lines: callLog.lines,
    decisions: callLog.decisions,
    calls: () => calls,
    set: (next) => {
      behaviour = next
      calls = 0
      called = new Deferred()
    },
    called: () => called.promise,
    close: () => fixture.close(),
  }
}

/** Methods, with the usual bodies, and POST with a chunked body. */
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'POST in chunks'] as const
export type Method = (typeof METHODS)[number]

const CHUNKED = '4\r\nbody\r\n0\r\nX-Authz-Ctx-Role: mallory\r\n\r\n'

/** The bytes of a keep-alive request. */
export const requestOf = (method: Method, token: string, path = '/echo'): Buffer => {
  const [verb = method] = method.split(' ')
  const alive = ['Connection', 'keep-alive'] as const
  if (method === 'POST in chunks')
    return bytesOf(`${verb} ${path}`, { token, headers: [alive, ['Transfer-Encoding', 'chunked']], raw: CHUNKED })
  const body = verb.startsWith('P') ? { body: '{"a":1}' } : {}
  return bytesOf(`${verb} ${path}`, { token, headers: [alive], ...body })
}

/** A client that reuses its connection until the server closes it. */
export class Client {
  readonly #port: number
  #connection: RawConnection | undefined

  constructor(port: number) {
    this.#port = port
  }

  async send(bytes: Buffer): Promise<void> {
    this.#connection ??= await RawConnection.open(this.#port)
    this.#connection.write(bytes)
  }

  async read(method: Method): Promise<RawResponse> {
    if (this.#connection === undefined) throw new Error('nothing was sent')
    const response = await this.#connection.read(method.split(' ')[0])
    if (response.header('connection') !== 'close') return response
    // The server closes this connection, so no more bytes may follow.
    const rest = await this.#connection.rest()
    if (rest.length > 0) throw new Error(`bytes after the last response: ${rest.toString('latin1')}`)
    this.close()
    return response
  }

  close(): void {
    this.#connection?.close()
    this.#connection = undefined
  }
}

/** Waits for a condition, by turns of the event loop instead of time. */
export const until = async (condition: () => boolean | Promise<boolean>, what: string): Promise<void> => {
  for (let round = 0; round < 20_000; round++) {
    if (await condition()) return
    await flushMicrotasks()
  }
  throw new Error(`condition not met: ${what}`)
}

export const connectionsOf = ({ fixture }: Harness): Promise<number> =>
  new Promise((resolve, reject) => {
    fixture.server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })

/** The listeners that Node.js and the framework add to a request and its socket without a guard. */
export const listenersWithoutGuard = async (
  application: FixtureApplication,
): Promise<Readonly<Record<'request' | 'socket', Readonly<Record<string, number>>>>> => {
  const fixture = await openFixture(application, { guard: 'none' })
  const seen: IncomingMessage[] = []
  fixture.server.prependListener('request', (request) => void seen.push(request))
  const connection = await RawConnection.open(fixture.port)
  connection.write(requestOf('GET', 'none', '/pets'))
  await connection.read()
  await flushMicrotasks()
  const [request] = seen
  if (request === undefined) throw new Error('no request came in')
  const found = { request: listenersOf(request), socket: listenersOf(request.socket) }
  connection.close()
  await fixture.close()
  return found
}

/** The number of listeners per event. */
export const listenersOf = (emitter: NodeJS.EventEmitter): Readonly<Record<string, number>> =>
  Object.fromEntries(
    emitter
      .eventNames()
      .map((event) => [String(event), emitter.listenerCount(event)] as const)
      .filter(([, count]) => count > 0)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  )
