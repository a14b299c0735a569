/** The circuit breaker that stores and remote functions share. @module */
import { CircuitBreaker, type ReportOutcome } from '@custom-authorizer/core/contract'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, test, vi } from 'vitest'

const SETTINGS = { minimumCalls: 4, failureShare: 0.5, openMs: 1000 }
let clock: FakeClock
beforeEach(() => {
  clock = fakeClock()
})

const enter = (breaker: CircuitBreaker): ReportOutcome => {
  const report = breaker.enter()
  if (report === undefined) throw new Error('the call was rejected')
  return report
}

/** Makes one call after the other; `.` succeeds and `x` fails. */
const run = (breaker: CircuitBreaker, results: string): void => {
  for (const result of results) enter(breaker)(result === 'x')
}

const opened = (): CircuitBreaker => {
  const breaker = new CircuitBreaker(SETTINGS, clock)
  run(breaker, 'xxxx')
  return breaker
}

describe('closed circuit', () => {
  test.each([
    ['xxx', false],
    ['xxxx', true],
    ['..xx', false],
    ['.xxx', true],
    ['xx..x', false],
    ['xx..xxx', true],
    ['xxx.', false],
    ['xxx.x', true],
  ])('SEC-86 after the calls %s, isOpen is %s', (results, isOpen) => {
    const breaker = new CircuitBreaker(SETTINGS, clock)
    run(breaker, results)
    expect(breaker.isOpen).toBe(isOpen)
  })

  test('SEC-66 a share of 0.8 of five calls means five consecutive failures', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), (failures) => {
        const breaker = new CircuitBreaker({ minimumCalls: 5, failureShare: 0.8, openMs: 1 }, clock)
        let consecutive = 0
        for (const failed of failures) {
          if (breaker.isOpen) break
          consecutive = failed ? consecutive + 1 : 0
          enter(breaker)(failed)
          expect(breaker.isOpen).toBe(consecutive === 5)
        }
      }),
    )
  })

  test('SEC-66 the callback runs once when the circuit opens, and again when it reopens', () => {
    const callback = vi.fn<() => void>()
    const breaker = new CircuitBreaker(SETTINGS, clock, callback)
    run(breaker, 'xxxx')
    expect(callback).toHaveBeenCalledTimes(1)
    clock.advanceSync(1000)
    run(breaker, 'x')
    clock.advanceSync(1000)
    run(breaker, '.')
    expect(callback).toHaveBeenCalledTimes(1)
    run(breaker, 'xxx')
    expect(callback).toHaveBeenCalledTimes(2)
  })
})

describe('open circuit', () => {
  test('SEC-86 an open circuit admits one call every openMs', () => {
    const breaker = opened()
    clock.advanceSync(999)
    expect(breaker.enter()).toBeUndefined()
    clock.advanceSync(1)
    expect([breaker.enter(), breaker.enter()]).toEqual([expect.any(Function), undefined])
    clock.advanceSync(1000)
    expect([breaker.enter(), breaker.enter()]).toEqual([expect.any(Function), undefined])
  })

  test('SEC-86 the circuit stays open after a failed probe', () => {
    const breaker = opened()
    clock.advanceSync(1000)
    run(breaker, 'x')
    expect(breaker.isOpen).toBe(true)
  })

  test('SEC-86 the circuit closes after a successful probe, which counts as the first call', () => {
    const breaker = opened()
    clock.advanceSync(1000)
    run(breaker, '.xx')
    expect(breaker.isOpen).toBe(false)
    run(breaker, 'x')
    expect(breaker.isOpen).toBe(true)
  })

  test('SEC-66 a successful probe counts as a success: four of five calls that fail after it open no circuit', () => {
    const breaker = new CircuitBreaker({ minimumCalls: 5, failureShare: 0.8, openMs: 1000 }, clock)
    run(breaker, 'xxxxx')
    clock.advanceSync(1000)
    run(breaker, '.xxxx')
    expect(breaker.isOpen).toBe(false)
    run(breaker, 'x')
    expect(breaker.isOpen).toBe(true)
  })

  test('SEC-86 a call from before the circuit opened neither closes nor reopens it', () => {
    const breaker = new CircuitBreaker(SETTINGS, clock)
    const early = Array.from({ length: 8 }, () => enter(breaker))
    run(breaker, 'xxxx')
    early[0]?.(false)
    expect(breaker.isOpen).toBe(true)
    clock.advanceSync(1000)
    run(breaker, '.')
    early.forEach((report) => report(true))
    expect(breaker.isOpen).toBe(false)
  })

  test('SEC-86 a probe of an earlier outage does not close the circuit', () => {
    const breaker = opened()
    clock.advanceSync(1000)
    const slow = enter(breaker)
    clock.advanceSync(1000)
    run(breaker, '.xxx')
    slow(false)
    expect(breaker.isOpen).toBe(true)
  })
})
