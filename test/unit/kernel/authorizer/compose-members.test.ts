/** Members of a composition keep what is theirs: caches, decisions, deadlines; signals and invalidation reach them. */
import { allOf, allow, anyOf, firstOf, MemoryStore, optional, type Store, unauthorized } from '@custom-authorizer/core'
import { describe, expect, test } from 'vitest'
import { TestClock } from '../../../support/clock.ts'
import { Deferred } from '../../../support/deferred.ts'
import { member, told, UNAVAILABLE } from '../../../support/members.ts'
import { denied } from '../../../support/outcome.ts'
import { withToken } from '../../../support/with-token.ts'

const KEPT = { identitySources: ['$request.header.Authorization'], resultTtlSeconds: 60, cachePer: 'identity' } as const
const RULES = [
  ['anyOf', anyOf],
  ['firstOf', firstOf],
  ['allOf', allOf],
] as const

/** A member with a cache that counts its calls. */
const counting = (kernel: object = {}) => {
  const calls: string[] = []
  const authorizer = member(
    async (request) => {
      calls.push(request.header('authorization') ?? '')
      return allow({ principalId: 'u' })
    },
    KEPT,
    kernel,
  )
  return { authorizer, calls }
}

describe.each(RULES)('%s', (_, compose) => {
  test('members keep their caches, which other places share', async () => {
    const clock = new TestClock()
    const { authorizer, calls } = counting({ clock })
    const composed = compose(authorizer)
    for (let count = 0; count < 3; count++) await composed.evaluate(withToken('x'))
    await authorizer.evaluate(withToken('x'))
    await compose(authorizer).evaluate(withToken('x'))
    expect(calls).toEqual(['x'])
    await composed.evaluate(withToken('y'))
    clock.advance(60_000)
    await composed.evaluate(withToken('x'))
    expect(calls).toEqual(['x', 'y', 'x'])
  })

  test('a decision from caches is made at once', async () => {
    const composed = compose(counting().authorizer, counting().authorizer)
    expect(composed.evaluate(withToken('x'))).toBeInstanceOf(Promise)
    await composed.evaluate(withToken('x'))
    expect(composed.evaluate(withToken('x'))).not.toBeInstanceOf(Promise)
  })

  test('members announce their own decisions', async () => {
    const decisions: string[] = []
    const watched = (name: string, principalId: string) =>
      member(
        () => allow({ principalId }),
        {},
        { name, onDecision: ({ authorizer, verdict }) => decisions.push(`${authorizer} ${verdict}`) },
      )
    await compose(watched('one', 'u'), watched('two', 'u')).evaluate(withToken('x'))
    expect(decisions).toEqual(compose === allOf ? ['one allow', 'two allow'] : ['one allow'])
  })

  test('the signal of a caller that goes away reaches the member at work', async () => {
    const answer = new Deferred<ReturnType<typeof allow>>()
    const controller = new AbortController()
    const before = member(() => (compose === allOf ? allow() : unauthorized()))
    const outcome = compose(
      before,
      member(() => answer.promise),
    ).evaluate(withToken('x'), { signal: controller.signal })
    controller.abort()
    const refusal = denied(await outcome)
    expect([refusal.reason, told(refusal)]).toEqual(['ABORTED', UNAVAILABLE])
    answer.resolve(allow())
  })

  test.each([
    ['by principal', { principalId: 'u' }],
    ['by identity', { identity: 'x' }],
    ['altogether', undefined],
  ])('SEC-60 forgetting %s reaches every member', async (_how, selector) => {
    const members = [counting(), counting()] as const
    const composed = compose(members[0].authorizer, members[1].authorizer)
    const fill = () => Promise.all(members.map(async ({ authorizer }) => authorizer.evaluate(withToken('x'))))
    await fill()
    await (selector === undefined ? composed.invalidateAll() : composed.invalidate(selector))
    await fill()
    expect(members.map(({ calls }) => calls.length)).toEqual([2, 2])
  })

  test('SEC-60 forgetting waits for stores that answer later', async () => {
    const answer = new Deferred<void>()
    const store: Store = { get: async () => undefined, set: async () => undefined, delete: () => answer.promise }
    const forgotten = compose(counting().authorizer, counting({ store, name: 'shared' }).authorizer).invalidateAll()
    let done = false
    const waiting = Promise.resolve(forgotten).then(() => (done = true))
    expect(forgotten).toBeInstanceOf(Promise)
    expect(done).toBe(false)
    answer.resolve()
    await waiting
    expect(done).toBe(true)
  })

  test('SEC-60 forgetting is done on return where every store is in this process', () => {
    expect(compose(counting().authorizer, counting().authorizer).invalidateAll()).toBeUndefined()
  })

  test('SEC-60 a member that cannot forget keeps no other from forgetting, and is heard of', async () => {
    class Broken extends MemoryStore {
      override delete(): void {
        throw new Error('no')
      }
    }
    const last = counting()
    await last.authorizer.evaluate(withToken('x'))
    const composed = compose(counting({ store: new Broken() }).authorizer, last.authorizer)
    await expect((async () => composed.invalidateAll())()).rejects.toThrow('no')
    await last.authorizer.evaluate(withToken('x'))
    expect(last.calls).toHaveLength(2)
  })

  test('SEC-60 an identity that one member does not have the form of is forgotten by the others', async () => {
    const two = member(() => allow(), { ...KEPT, identitySources: ['$request.header.A', '$request.header.B'] })
    const last = counting()
    await last.authorizer.evaluate(withToken('x'))
    await (async () => compose(two, last.authorizer).invalidate({ identity: 'x' }))().catch(() => undefined)
    await last.authorizer.evaluate(withToken('x'))
    expect(last.calls).toHaveLength(2)
  })
})

test('a member that is slow has its own deadline, and anyOf goes on', async () => {
  const clock = new TestClock()
  const slow = member(() => new Promise<boolean>(() => undefined), {}, { clock, timeoutMs: 50 })
  const outcome = anyOf(
    slow,
    member(() => allow({ principalId: 'second' })),
  ).evaluate(withToken('x'))
  clock.advance(50)
  expect(told(await outcome)).toBe('yes second')
})

test('optional passes signals and invalidation on as well', async () => {
  const { authorizer, calls } = counting()
  const composed = optional(authorizer)
  await composed.evaluate(withToken('x'))
  await composed.invalidate({ principalId: 'u' })
  await composed.evaluate(withToken('x'))
  await composed.invalidateAll()
  await composed.evaluate(withToken('x'))
  expect(calls).toHaveLength(3)
  const controller = new AbortController()
  const outcome = optional(member(() => new Promise<boolean>(() => undefined))).evaluate(withToken('x'), {
    signal: controller.signal,
  })
  controller.abort()
  expect(denied(await outcome).reason).toBe('ABORTED')
})
