import { httpFunction, type HttpFunctionOptions } from '@custom-authorizer/core/remote'
import { beforeEach, describe, expect, test } from 'vitest'
import { TestClock } from '../../support/clock.ts'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { settledOrUndefined } from '../../support/refusal.ts'
import { OVERLOADED, settle, type Settled } from './settle.ts'

let clock: TestClock
beforeEach(() => {
  clock = new TestClock()
})

/** A function elsewhere whose calls the test answers one by one. */
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

  ask(): Promise<Settled> {
    return settle(this.#remote({}))
  }

  /** A call that is answered at once, if it is made. */
  async answered(answer: Response | Error): Promise<Settled> {
    const made = this.calls.length
    const call = this.ask()
    await flushMicrotasks()
    this.answer(made, answer)
    return call
  }

  answer(index: number, answer: Response | Error): void {
    if (answer instanceof Error) this.calls[index]?.reject(answer)
    else this.calls[index]?.resolve(answer)
  }

  /** Lets so many calls fail. */
  async fail(count: number): Promise<void> {
    for (let call = 0; call < count; call++) await this.answered(new Error('down'))
  }
}

/** Does not care about signals, so that a call keeps its place. */
const deaf = (): Promise<Response> => new Promise(() => undefined)

const ok = (): Response => Response.json({ ok: true })
const OK = { answer: { ok: true } }
const OPEN = { code: OVERLOADED, message: 'httpFunction: the circuit is open, after too many calls that failed' }

const opened = async (): Promise<FakeRemote> => {
  const elsewhere = new FakeRemote({ breaker: { minimumCalls: 3 } })
  await elsewhere.fail(3)
  return elsewhere
}

describe('SEC-86 the circuit opens', () => {
  test('when of the latest 20 calls more than half have failed, and not before there were 20', async () => {
    const elsewhere = new FakeRemote()
    for (let call = 0; call < 10; call++) await elsewhere.answered(ok())
    await elsewhere.fail(10)
    expect(await elsewhere.answered(ok())).toEqual(OK)
    // The oldest of the 20 was a success, and is forgotten for a failure.
    await elsewhere.fail(1)
    expect(await elsewhere.answered(ok())).toEqual(OPEN)
    expect(elsewhere.calls).toHaveLength(22)
  })

  test('when the first 20 calls fail, but not after 19', async () => {
    const elsewhere = new FakeRemote()
    await elsewhere.fail(19)
    expect(await elsewhere.answered(new Error('down'))).not.toEqual(OPEN)
    expect(await elsewhere.answered(ok())).toEqual(OPEN)
  })

  test('as the options say', async () => {
    const elsewhere = new FakeRemote({ breaker: { failureShare: 0.2, minimumCalls: 5, openMs: 50 } })
    for (let call = 0; call < 4; call++) await elsewhere.answered(ok())
    await elsewhere.fail(1)
    expect(await elsewhere.answered(ok())).toEqual(OK)
    await elsewhere.fail(1)
    expect(await elsewhere.answered(ok())).toEqual(OPEN)
    clock.advance(50)
    expect(await elsewhere.answered(ok())).toEqual(OK)
  })

  test('for a call that waits for its turn, too', async () => {
    const elsewhere = new FakeRemote({ maxConcurrency: 1, breaker: { minimumCalls: 1 } })
    const first = elsewhere.ask()
    const second = elsewhere.ask()
    await flushMicrotasks()
    elsewhere.answer(0, new Error('down'))
    await first
    expect(await second).toEqual(OPEN)
    expect(elsewhere.calls).toHaveLength(1)
    // Its turn went to nobody.
    clock.advance(1000)
    expect(await elsewhere.answered(ok())).toEqual(OK)
  })

  test('for all at once, even when there is no place that they could take', async () => {
    const elsewhere = new FakeRemote({ fetch: deaf, timeoutMs: 500, maxConcurrency: 1, breaker: { minimumCalls: 1 } })
    const first = elsewhere.ask()
    await flushMicrotasks()
    clock.advance(500)
    await first
    expect(await settledOrUndefined(elsewhere.ask())).toEqual(OPEN)
  })
})

describe('SEC-86 an open circuit is tried with one call', () => {
  test('after openMs and not before; while it is outstanding, no other is made', async () => {
    const elsewhere = await opened()
    clock.advance(999)
    expect(await elsewhere.ask()).toEqual(OPEN)
    clock.advance(1)
    const others = [elsewhere.ask(), elsewhere.ask(), elsewhere.ask()] as const
    await flushMicrotasks()
    expect(elsewhere.calls).toHaveLength(4)
    expect(await Promise.all(others.slice(1))).toEqual([OPEN, OPEN])
    elsewhere.answer(3, ok())
    expect(await others[0]).toEqual(OK)
  })

  test('which closes it when it ends well; what was counted is forgotten', async () => {
    const elsewhere = await opened()
    clock.advance(1000)
    expect(await elsewhere.answered(ok())).toEqual(OK)
    await elsewhere.fail(1)
    expect(await Promise.all([elsewhere.answered(ok()), elsewhere.answered(ok())])).toEqual([OK, OK])
  })

  test('which closes it when the answer is of no use, since there is one', async () => {
    const elsewhere = await opened()
    clock.advance(1000)
    await elsewhere.answered(new Response('<html>', { status: 404 }))
    expect(await elsewhere.answered(ok())).toEqual(OK)
  })

  test('which leaves it open when it fails, for another openMs', async () => {
    const elsewhere = await opened()
    clock.advance(1000)
    await elsewhere.fail(1)
    clock.advance(999)
    expect(await elsewhere.ask()).toEqual(OPEN)
    clock.advance(1)
    expect(await elsewhere.answered(ok())).toEqual(OK)
  })

  test('and with another one after openMs when that one hangs', async () => {
    const elsewhere = await opened()
    clock.advance(1000)
    const hanging = elsewhere.ask()
    await flushMicrotasks()
    clock.advance(1000)
    expect(await elsewhere.answered(ok())).toEqual(OK)
    // Its end tells nothing about now.
    elsewhere.answer(3, new Error('down'))
    expect(await hanging).toMatchObject({ code: 'ERR_REMOTE_UNREACHABLE' })
    expect(await elsewhere.answered(ok())).toEqual(OK)
  })

  test('and a try that ends well after the circuit has opened anew tells nothing about now', async () => {
    const elsewhere = await opened()
    clock.advance(1000)
    const hanging = elsewhere.ask()
    await flushMicrotasks()
    clock.advance(1000)
    expect(await elsewhere.answered(ok())).toEqual(OK)
    await elsewhere.fail(3)
    elsewhere.answer(3, ok())
    expect(await hanging).toEqual(OK)
    expect(await elsewhere.ask()).toEqual(OPEN)
  })

  test('whatever happens to the wall clock', async () => {
    const elsewhere = await opened()
    clock.setTime(0)
    clock.advance(1000)
    expect(await elsewhere.answered(ok())).toEqual(OK)
  })
})

test('SEC-86 calls that began before the circuit opened do not open it again', async () => {
  const elsewhere = new FakeRemote({ breaker: { minimumCalls: 3 } })
  const hanging = Array.from({ length: 10 }, () => elsewhere.ask())
  await flushMicrotasks()
  for (let index = 0; index < 3; index++) elsewhere.answer(index, new Error('down'))
  await flushMicrotasks()
  clock.advance(1000)
  expect(await elsewhere.answered(ok())).toEqual(OK)
  for (let index = 3; index < 10; index++) elsewhere.answer(index, new Error('down'))
  await Promise.all(hanging)
  expect(await elsewhere.answered(ok())).toEqual(OK)
})
