/** `fakeClock`: time moves only with `advance`. */
import { fakeClock } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { expectOptionError } from '../../support/option-error.ts'

describe('fakeClock', () => {
  test('both times move by what advance says, and start at the given time', async () => {
    const clock = fakeClock(1000)
    await clock.advance(250)
    expect([clock.now(), clock.monotonic()]).toEqual([1250, 250])
    expect(fakeClock().now()).toBe(Date.UTC(2030, 0, 1, 12))
  })

  test('timers fire in the order of their due times, with the clock at that time', async () => {
    const clock = fakeClock()
    const fired: unknown[] = []
    for (const [name, ms] of [
      ['c', 30],
      ['a', 10],
      ['b', 10],
      ['late', 31],
    ] as const)
      clock.setTimeout(() => fired.push([name, clock.monotonic()]), ms)
    await clock.advance(30)
    expect(fired).toEqual([
      ['a', 10],
      ['b', 10],
      ['c', 30],
    ])
    expect([clock.pending, clock.monotonic()]).toEqual([1, 30])
  })

  test('promises settle between timers, and what they set fires in time', async () => {
    const clock = fakeClock()
    const times: number[] = []
    const wait = (ms: number): Promise<void> => new Promise((resolve) => void clock.setTimeout(resolve, ms))
    const poll = async (): Promise<void> => {
      for (let turn = 0; turn < 3; turn++) {
        await wait(10)
        await Promise.resolve()
        times.push(clock.monotonic())
      }
    }
    const polled = poll()
    await clock.advance(30)
    expect(times).toEqual([10, 20, 30])
    await polled
  })

  test('a promise that is pending when advance is called settles first', async () => {
    const clock = fakeClock()
    let fired = false
    const later = async (): Promise<void> => {
      await Promise.resolve()
      clock.setTimeout(() => (fired = true), 5)
    }
    void later()
    await clock.advance(5)
    expect(fired).toBe(true)
  })

  test('a timer that was cancelled does not fire, and a later advance fires the rest', async () => {
    const clock = fakeClock()
    const fired: string[] = []
    const cancel = clock.setTimeout(() => fired.push('cancelled'), 5)
    clock.setTimeout(() => fired.push('kept'), 10)
    cancel()
    await clock.advance(5)
    expect(fired).toEqual([])
    await clock.advance(5)
    expect([fired, clock.pending]).toEqual([['kept'], 0])
  })

  test('advanceSync fires timers at once, also those that a timer sets', () => {
    const clock = fakeClock()
    const times: number[] = []
    clock.setTimeout(() => {
      times.push(clock.monotonic())
      clock.setTimeout(() => times.push(clock.monotonic()), 5)
    }, 5)
    clock.advanceSync(10)
    expect(times).toEqual([5, 10])
  })

  test('setTime changes the wall clock only', async () => {
    const clock = fakeClock(1000)
    let fired = false
    clock.setTimeout(() => (fired = true), 10)
    clock.setTime(5000)
    expect([clock.now(), clock.monotonic(), fired]).toEqual([5000, 0, false])
    await clock.advance(10)
    expect([clock.now(), fired]).toEqual([5010, true])
  })

  test('calls that overlap never move time back', async () => {
    const clock = fakeClock(0)
    await Promise.all([clock.advance(100), clock.advance(10)])
    expect(clock.monotonic()).toBe(100)
  })

  test('timers without end are an error', () => {
    const clock = fakeClock()
    const again = (): void => void clock.setTimeout(again, 0)
    again()
    expect(() => clock.advanceSync(1)).toThrow('more than 100000 timers')
  })

  test('a delay that a real timer would not observe throws', () => {
    for (const ms of [-1, 2 ** 31, Number.NaN])
      expect(() => fakeClock().setTimeout(() => undefined, ms)).toThrow(RangeError)
  })

  test('SEC-105 invalid times are errors', async () => {
    const clock = fakeClock()
    for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY, '1' as unknown as number]) {
      await expect(clock.advance(ms)).rejects.toThrow('FakeClock.advance')
      expectOptionError(() => clock.advanceSync(ms), 'FakeClock.advance', '', 'milliseconds, at least 0')
    }
    expectOptionError(() => fakeClock(Number.NaN), 'fakeClock.start', '', 'since the epoch')
    expectOptionError(() => clock.setTime(Number.NaN), 'FakeClock.setTime', '', 'since the epoch')
  })
})
