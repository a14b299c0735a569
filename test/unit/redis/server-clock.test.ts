/** The time of the server, from the replies to polls (FLEET-65). */
import { expect, test } from 'vitest'
import { ServerClock, timedReply, type TimedReply } from '../../../packages/core/src/redis/results/server-clock.ts'

const SERVER = 1_900_000_000_000
/** How far the wall clock of the process is ahead of its monotonic clock. */
const WALL = SERVER + 17

interface Parts {
  /** What the clock of the server was set by. */
  readonly step?: number
  /** How long the process was suspended: its monotonic clock stood still. */
  readonly suspended?: number
  /** When the server read its clock, as a share of the duration. */
  readonly share?: number
}

/** A reply that was received some milliseconds after it was sent. */
const reply = (sentAt: number, tookMs: number, { step = 0, suspended = 0, share = 0.5 }: Parts = {}): TimedReply =>
  timedReply(
    { monotonic: sentAt, wall: WALL + sentAt + suspended },
    { monotonic: sentAt + tookMs, wall: WALL + sentAt + tookMs + suspended },
    SERVER + sentAt + tookMs * share + step + suspended,
  )

test('FLEET-65 before the first reply the time is unknown', () => {
  const clock = new ServerClock()
  expect([clock.earliest(5), clock.latest(5), clock.stepIn(reply(0, 1))]).toEqual([undefined, undefined, 'none'])
})

test('FLEET-65 the time is between the bounds of a reply, and further replies narrow them', () => {
  const clock = new ServerClock()
  clock.note(reply(0, 100))
  expect([clock.earliest(200), clock.latest(200)]).toEqual([SERVER + 150, SERVER + 250])
  clock.note(reply(300, 2))
  expect(clock.earliest(400)).toBeGreaterThanOrEqual(SERVER + 398)
  expect(clock.latest(400)).toBeLessThanOrEqual(SERVER + 402)
})

test.each([0, 0.5, 1])(
  'FLEET-65 a process that was blocked for 12 s does not mistake that for a step (%f)',
  (share) => {
    const clock = new ServerClock()
    clock.note(reply(0, 2))
    const late = reply(500, 12_000, { share })
    expect(clock.stepIn(late)).toBe('none')
    clock.note(late)
    expect(Math.abs((clock.latest(20_000) ?? 0) - SERVER - 20_000)).toBeLessThan(50)
  },
)

test.each([-3_600_000, -1100, 1100, 3_600_000])('FLEET-65 a step of the server clock by %i ms is noticed', (step) => {
  const clock = new ServerClock()
  clock.note(reply(0, 2))
  const stepped = reply(500, 2, { step })
  expect(clock.stepIn(stepped)).toBe('server')
  // Until the reply is taken over.
  expect(clock.stepIn(stepped)).toBe('server')
  clock.note(stepped)
  expect(clock.stepIn(reply(1000, 2, { step }))).toBe('none')
  expect(Math.abs((clock.latest(1000) ?? 0) - SERVER - step - 1000)).toBeLessThan(10)
})

test('FLEET-65 clocks that drift apart are no step', () => {
  const clock = new ServerClock()
  clock.note(reply(0, 2))
  const hour = 3_600_000
  expect(clock.stepIn(reply(hour, 2, { step: 700 }))).toBe('none')
})

test.each([2000, 3_600_000])(
  'FLEET-65 a process that was suspended for %i ms is no step of the server clock',
  (suspended) => {
    const clock = new ServerClock()
    clock.note(reply(0, 2))
    const resumed = reply(500, 2, { suspended })
    expect(clock.stepIn(resumed)).toBe('process')
    clock.note(resumed)
    expect(clock.stepIn(reply(1000, 2, { suspended }))).toBe('none')
    expect(Math.abs((clock.latest(1000) ?? 0) - SERVER - suspended - 1000)).toBeLessThan(10)
  },
)
