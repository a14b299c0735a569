/** The time of the server, from the replies to polls (FLEET-65). */
import { expect, test } from 'vitest'
import { ServerClock, type TimedReply } from '../../../packages/core/src/redis/results/server-clock.ts'

const SERVER = 1_900_000_000_000
/** A reply that was received some milliseconds after it was sent, from a server that is `offset` ahead of this process. */
const reply = (sentAt: number, tookMs: number, offset = SERVER, after = tookMs / 2): TimedReply => ({
  sentAt,
  receivedAt: sentAt + tookMs,
  serverTime: offset + sentAt + after,
})

test('FLEET-65 before the first reply the time is unknown', () => {
  const clock = new ServerClock()
  expect([clock.earliest(5), clock.latest(5), clock.hasStepped(reply(0, 1))]).toEqual([undefined, undefined, false])
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
    const late = reply(500, 12_000, SERVER, 12_000 * share)
    expect(clock.hasStepped(late)).toBe(false)
    clock.note(late)
    expect(Math.abs((clock.latest(20_000) ?? 0) - SERVER - 20_000)).toBeLessThan(50)
  },
)

test.each([-3_600_000, -1100, 1100, 3_600_000])('FLEET-65 a step of the server clock by %i ms is noticed', (step) => {
  const clock = new ServerClock()
  clock.note(reply(0, 2))
  const stepped = reply(500, 2, SERVER + step)
  expect(clock.hasStepped(stepped)).toBe(true)
  // Until the reply is taken over.
  expect(clock.hasStepped(stepped)).toBe(true)
  clock.note(stepped)
  expect(clock.hasStepped(reply(1000, 2, SERVER + step))).toBe(false)
  expect(Math.abs((clock.latest(1000) ?? 0) - SERVER - step - 1000)).toBeLessThan(10)
})

test('FLEET-65 clocks that drift apart are no step', () => {
  const clock = new ServerClock()
  clock.note(reply(0, 2))
  const hour = 3_600_000
  expect(clock.hasStepped(reply(hour, 2, SERVER + 700))).toBe(false)
})
