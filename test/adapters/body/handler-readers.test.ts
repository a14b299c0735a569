/** However a handler reads the body: it finds every byte that the client sent, once. */
import { describe, expect, it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { flushMicrotasks } from '../../support/deferred.ts'
import { Watcher } from './guarded-service.ts'
import { bytesOf, FRAMINGS, post, printOf } from './payload.ts'
import { readersOf } from './readers.ts'

// Larger than any buffer of a stream or a socket, and no multiple of anything.
const BODIES = [5, 100_003].map((size) => [size, bytesOf(size)] as const)

/** A stream whose end is lost is waited for in vain. */
const TIMEOUT = 2000

describeAdapters('a handler', (adapter) => {
  describe.each(Object.entries(readersOf(adapter.name)))('HW-CFG-12 that reads with %s', (_, steps) => {
    it.each(FRAMINGS)('finds all that the function was given, framed by %s', async (framing) => {
      const watcher = new Watcher()
      const service = await adapter.serve({ use: [watcher.guard(adapter), ...steps] })
      for (const [, body] of BODIES) {
        const answer = await service.ask(post(body, framing))
        expect([answer.status, answer.body]).toEqual([200, printOf(body)])
      }
      expect(watcher.seen).toEqual(BODIES.map(([, body]) => printOf(body)))
      expect(service.errors).toEqual([])
    })

    it.each(FRAMINGS)(
      'finds the end of an empty body, framed by %s',
      async (framing) => {
        const service = await adapter.serve({ use: [new Watcher().guard(adapter), ...steps] })
        const answer = await service.ask(post(Buffer.alloc(0), framing))
        expect([answer.status, answer.body]).toEqual([200, printOf(Buffer.alloc(0))])
      },
      TIMEOUT,
    )

    it('finds it as well after a function that took its time', async () => {
      const watcher = new Watcher(async (): Promise<'allow'> => {
        for (let turn = 0; turn < 20; turn++) await flushMicrotasks()
        return 'allow'
      })
      const service = await adapter.serve({ use: [watcher.guard(adapter), ...steps] })
      for (const [, body] of BODIES) expect((await service.ask(post(body))).body).toBe(printOf(body))
    })

    it('HW-CACHE-11 finds it as well when the result was kept and nobody else has read it', async () => {
      const watcher = new Watcher()
      const identities = [{ location: 'HEADER', name: 'X-Token' }] as const
      const guard = watcher.guard(adapter, { ttl: 60, allowCacheAcrossBodies: true, identities })
      const service = await adapter.serve({ use: [guard, ...steps] })
      for (const [, body] of BODIES)
        expect((await service.ask(post(body, 'length', [['X-Token', 'a']]))).body).toBe(printOf(body))
      expect(watcher.seen).toHaveLength(1)
    })
  })
})
