import { httpFunction, type HttpFunctionOptions } from '@custom-authorizer/core/remote'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { settledOrUndefined } from '../../support/failure-checks.ts'
import { OVERLOADED, settle, type Settled } from './settle.ts'

let clock: FakeClock
beforeEach(() => {
  clock = fakeClock()
})

/** A remote function whose calls the test completes one by one. */
class FakeRemote {
  readonly calls: Deferred<Response>[] = []
  readonly #remote: ReturnType<typeof httpFunction>

  constructor(options: Partial<HttpFunctionOptions> = {}) {
    const fetch = (_: string, init: RequestInit): Promise<Response> => {
      const call = new Deferred<Response>()
      init.signal?.addEventListener('abort', () => call.reject(new Error('aborted')))
      this.calls.push(call)
      return call.promise
    }
    this.#remote = httpFunction({ url: 'https://authorizer.example/', clock, fetch, timeoutMs: 10_000, ...options })
  }

  call(): Promise<Settled> {
    return settle(this.#remote({}))
  }

  /** Makes a call that completes at once, if the circuit breaker lets it through. */
  async callWith(response: Response | Error): Promise<Settled> {
    const made = this.calls.length
    const call = this.call()
    await flushMicrotasks()
    this.complete(made, response)
    return call
  }

  complete(index: number, response: Response | Error): void {
    if (response instanceof Error) this.calls[index]?.reject(response)
    else this.calls[index]?.resolve(response)
  }

  /** Makes this number of calls that fail. */
  async fail(count: number): Promise<void> {
    for (let call = 0; call < count; call++) await this.callWith(new Error('down'))
  }
}

/** Ignores the abort signal, so that a call keeps its slot. */
const hangForever = (): Promise<Response> => new Promise(() => undefined)

const ok = (): Response => Response.json({ ok: true })
const OK = { value: { ok: true } }
const OPEN = { code: OVERLOADED, message: 'httpFunction: the circuit breaker is open because too many calls failed' }

const opened = async (): Promise<FakeRemote> => {
  const remote = new FakeRemote({ breaker: { minimumCalls: 3 } })
  await remote.fail(3)
  return remote
}

describe('closed circuit', () => {
  test('SEC-86 opens when more than half of the latest 20 calls failed', async () => {
    const remote = new FakeRemote()
    for (let call = 0; call < 10; call++) await remote.callWith(ok())
    await remote.fail(10)
    expect(await remote.callWith(ok())).toEqual(OK)
    // A failure replaces the oldest of the 20 calls, which was a success.
    await remote.fail(1)
    expect(await remote.callWith(ok())).toEqual(OPEN)
    expect(remote.calls).toHaveLength(22)
  })

  test('SEC-86 opens when the first 20 calls fail, but not after 19', async () => {
    const remote = new FakeRemote()
    await remote.fail(19)
    expect(await remote.callWith(new Error('down'))).not.toEqual(OPEN)
    expect(await remote.callWith(ok())).toEqual(OPEN)
  })

  test('SEC-86 the options failureShare, minimumCalls and openMs apply', async () => {
    const remote = new FakeRemote({ breaker: { failureShare: 0.2, minimumCalls: 5, openMs: 50 } })
    for (let call = 0; call < 4; call++) await remote.callWith(ok())
    await remote.fail(1)
    expect(await remote.callWith(ok())).toEqual(OK)
    await remote.fail(1)
    expect(await remote.callWith(ok())).toEqual(OPEN)
    clock.advanceSync(50)
    expect(await remote.callWith(ok())).toEqual(OK)
  })

  test('SEC-86 opens for calls that are waiting for a slot', async () => {
    const remote = new FakeRemote({ maxConcurrency: 1, breaker: { minimumCalls: 1 } })
    const first = remote.call()
    const second = remote.call()
    await flushMicrotasks()
    remote.complete(0, new Error('down'))
    await first
    expect(await second).toEqual(OPEN)
    expect(remote.calls).toHaveLength(1)
    // The rejected call has released its slot.
    clock.advanceSync(1000)
    expect(await remote.callWith(ok())).toEqual(OK)
  })

  test('SEC-86 rejects calls at once even if no slot is free', async () => {
    const remote = new FakeRemote({
      fetch: hangForever,
      timeoutMs: 500,
      maxConcurrency: 1,
      breaker: { minimumCalls: 1 },
    })
    const first = remote.call()
    await flushMicrotasks()
    clock.advanceSync(500)
    await first
    expect(await settledOrUndefined(remote.call())).toEqual(OPEN)
  })
})

describe('open circuit', () => {
  test('SEC-86 makes one probe call after openMs and no other call while it runs', async () => {
    const remote = await opened()
    clock.advanceSync(999)
    expect(await remote.call()).toEqual(OPEN)
    clock.advanceSync(1)
    const others = [remote.call(), remote.call(), remote.call()] as const
    await flushMicrotasks()
    expect(remote.calls).toHaveLength(4)
    expect(await Promise.all(others.slice(1))).toEqual([OPEN, OPEN])
    remote.complete(3, ok())
    expect(await others[0]).toEqual(OK)
  })

  test('SEC-86 a successful probe closes the circuit and resets the counters', async () => {
    const remote = await opened()
    clock.advanceSync(1000)
    expect(await remote.callWith(ok())).toEqual(OK)
    await remote.fail(1)
    expect(await Promise.all([remote.callWith(ok()), remote.callWith(ok())])).toEqual([OK, OK])
  })

  test('SEC-86 a probe with an invalid response closes the circuit, because the server responds', async () => {
    const remote = await opened()
    clock.advanceSync(1000)
    await remote.callWith(new Response('<html>', { status: 404 }))
    expect(await remote.callWith(ok())).toEqual(OK)
  })

  test('SEC-86 a failed probe leaves the circuit open for another openMs', async () => {
    const remote = await opened()
    clock.advanceSync(1000)
    await remote.fail(1)
    clock.advanceSync(999)
    expect(await remote.call()).toEqual(OPEN)
    clock.advanceSync(1)
    expect(await remote.callWith(ok())).toEqual(OK)
  })

  test('SEC-86 another probe is made after openMs while the first one hangs', async () => {
    const remote = await opened()
    clock.advanceSync(1000)
    const hanging = remote.call()
    await flushMicrotasks()
    clock.advanceSync(1000)
    expect(await remote.callWith(ok())).toEqual(OK)
    // The late failure of the first probe has no effect.
    remote.complete(3, new Error('down'))
    expect(await hanging).toMatchObject({ code: 'ERR_REMOTE_UNREACHABLE' })
    expect(await remote.callWith(ok())).toEqual(OK)
  })

  test('SEC-86 a late success of an old probe does not close a circuit that has reopened', async () => {
    const remote = await opened()
    clock.advanceSync(1000)
    const hanging = remote.call()
    await flushMicrotasks()
    clock.advanceSync(1000)
    expect(await remote.callWith(ok())).toEqual(OK)
    await remote.fail(3)
    remote.complete(3, ok())
    expect(await hanging).toEqual(OK)
    expect(await remote.call()).toEqual(OPEN)
  })

  test('SEC-86 setting the wall clock does not delay the probe', async () => {
    const remote = await opened()
    clock.setTime(0)
    clock.advanceSync(1000)
    expect(await remote.callWith(ok())).toEqual(OK)
  })
})

test('SEC-86 calls that began before the circuit opened do not reopen it', async () => {
  const remote = new FakeRemote({ breaker: { minimumCalls: 3 } })
  const hanging = Array.from({ length: 10 }, () => remote.call())
  await flushMicrotasks()
  for (let index = 0; index < 3; index++) remote.complete(index, new Error('down'))
  await flushMicrotasks()
  clock.advanceSync(1000)
  expect(await remote.callWith(ok())).toEqual(OK)
  for (let index = 3; index < 10; index++) remote.complete(index, new Error('down'))
  await Promise.all(hanging)
  expect(await remote.callWith(ok())).toEqual(OK)
})
