/** Members of a composition have their own caches, decisions and deadlines; signals and invalidation reach them. */
import { allOf, allow, anyOf, firstOf, MemoryStore, optional, type Store, unauthorized } from '@custom-authorizer/core'
import { fakeClock } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { Deferred } from '../../../support/deferred.ts'
import { member, describeOutcome, UNAVAILABLE } from '../../../support/members.ts'
import { denied } from '../../../support/outcome.ts'
import { withToken } from '../../../support/with-token.ts'

const CACHED = {
  identitySources: ['$request.header.Authorization'],
  resultTtlSeconds: 60,
  cachePer: 'identity',
} as const
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
    CACHED,
    kernel,
  )
  return { authorizer, calls }
}

describe.each(RULES)('%s', (_, compose) => {
  test('members use their own caches, shared with other mounts and compositions', async () => {
    const clock = fakeClock()
    const { authorizer, calls } = counting({ clock })
    const composed = compose(authorizer)
    for (let count = 0; count < 3; count++) await composed.evaluate(withToken('x'))
    await authorizer.evaluate(withToken('x'))
    await compose(authorizer).evaluate(withToken('x'))
    expect(calls).toEqual(['x'])
    await composed.evaluate(withToken('y'))
    clock.advanceSync(60_000)
    await composed.evaluate(withToken('x'))
    expect(calls).toEqual(['x', 'y', 'x'])
  })

  test('a decision from cached results is synchronous', async () => {
    const composed = compose(counting().authorizer, counting().authorizer)
    expect(composed.evaluate(withToken('x'))).toBeInstanceOf(Promise)
    await composed.evaluate(withToken('x'))
    expect(composed.evaluate(withToken('x'))).not.toBeInstanceOf(Promise)
  })

  test('every member reports its own decision', async () => {
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

  test('SEC-63 the signal of the caller is passed to the running member', async () => {
    const result = new Deferred<ReturnType<typeof allow>>()
    const controller = new AbortController()
    const before = member(() => (compose === allOf ? allow() : unauthorized()))
    const outcome = compose(
      before,
      member(() => result.promise),
    ).evaluate(withToken('x'), { signal: controller.signal })
    controller.abort()
    const denial = denied(await outcome)
    expect([denial.reason, describeOutcome(denial)]).toEqual(['ABORTED', UNAVAILABLE])
    result.resolve(allow())
  })

  test.each([
    ['by principal', { principalId: 'u' }],
    ['by identity', { identity: 'x' }],
    ['completely', undefined],
  ])('SEC-60 invalidation %s reaches every member', async (_how, selector) => {
    const members = [counting(), counting()] as const
    const composed = compose(members[0].authorizer, members[1].authorizer)
    const fill = () => Promise.all(members.map(async ({ authorizer }) => authorizer.evaluate(withToken('x'))))
    await fill()
    await (selector === undefined ? composed.invalidateAll() : composed.invalidate(selector))
    await fill()
    expect(members.map(({ calls }) => calls.length)).toEqual([2, 2])
  })

  test('SEC-60 invalidation resolves when the stores of all members have settled', async () => {
    const result = new Deferred<void>()
    const store: Store = { get: async () => undefined, set: async () => undefined, delete: () => result.promise }
    const invalidated = compose(counting().authorizer, counting({ store, name: 'shared' }).authorizer).invalidateAll()
    let done = false
    const waiting = Promise.resolve(invalidated).then(() => (done = true))
    expect(invalidated).toBeInstanceOf(Promise)
    expect(done).toBe(false)
    result.resolve()
    await waiting
    expect(done).toBe(true)
  })

  test('SEC-60 invalidation is complete on return if every store is in this process', () => {
    expect(compose(counting().authorizer, counting().authorizer).invalidateAll()).toBeUndefined()
  })

  test('SEC-60 invalidation reaches every member even if one fails, and throws its error', async () => {
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

  test('SEC-60 an identity that does not fit one member is invalidated in the others', async () => {
    const two = member(() => allow(), { ...CACHED, identitySources: ['$request.header.A', '$request.header.B'] })
    const last = counting()
    await last.authorizer.evaluate(withToken('x'))
    await (async () => compose(two, last.authorizer).invalidate({ identity: 'x' }))().catch(() => undefined)
    await last.authorizer.evaluate(withToken('x'))
    expect(last.calls).toHaveLength(2)
  })
})

test('SEC-80 anyOf calls the next member if a member exceeds its deadline', async () => {
  const clock = fakeClock()
  const slow = member(() => new Promise<boolean>(() => undefined), {}, { clock, timeoutMs: 50 })
  const outcome = anyOf(
    slow,
    member(() => allow({ principalId: 'second' })),
  ).evaluate(withToken('x'))
  clock.advanceSync(50)
  expect(describeOutcome(await outcome)).toBe('allowed second')
})

test('SEC-60 SEC-63 optional() passes signals and invalidation to its member', async () => {
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
