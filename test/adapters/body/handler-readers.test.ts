/** Every way of reading a body in a handler returns all bytes that the client sent, once. */
import { describe, expect, it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { flushMicrotasks } from '../../support/deferred.ts'
import { BodyRecorder } from './guarded-service.ts'
import { bytesOf, FRAMINGS, post, digestOf } from './payload.ts'
import { readersOf } from './readers.ts'

// Larger than any buffer of a stream or a socket, and a prime.
const BODIES = [5, 100_003].map((size) => [size, bytesOf(size)] as const)

/** Shorter than the default, so that a stream without an end fails quickly. */
const TIMEOUT = 2000

describeAdapters('a handler', (adapter) => {
  describe.each(Object.entries(readersOf(adapter.name)))('HW-CFG-12 reading with %s', (_, steps) => {
    it.each(FRAMINGS)('returns the bytes that the function received, framed by %s', async (framing) => {
      const recorder = new BodyRecorder()
      const service = await adapter.serve({ use: [recorder.guard(adapter), ...steps] })
      for (const [, body] of BODIES) {
        const response = await service.send(post(body, framing))
        expect([response.status, response.body]).toEqual([200, digestOf(body)])
      }
      expect(recorder.seen).toEqual(BODIES.map(([, body]) => digestOf(body)))
      expect(service.errors).toEqual([])
    })

    it.each(FRAMINGS)(
      'ends for an empty body, framed by %s',
      async (framing) => {
        const service = await adapter.serve({ use: [new BodyRecorder().guard(adapter), ...steps] })
        const response = await service.send(post(Buffer.alloc(0), framing))
        expect([response.status, response.body]).toEqual([200, digestOf(Buffer.alloc(0))])
      },
      TIMEOUT,
    )

    it('returns all bytes after a slow function', async () => {
      const recorder = new BodyRecorder(async (): Promise<'allow'> => {
        for (let turn = 0; turn < 20; turn++) await flushMicrotasks()
        return 'allow'
      })
      const service = await adapter.serve({ use: [recorder.guard(adapter), ...steps] })
      for (const [, body] of BODIES) expect((await service.send(post(body))).body).toBe(digestOf(body))
    })

    it('HW-CACHE-11 returns all bytes after a cached result, for which the guard did not read the body', async () => {
      const recorder = new BodyRecorder()
      const identities = [{ location: 'HEADER', name: 'X-Token' }] as const
      const guard = recorder.guard(adapter, { ttl: 60, allowCacheAcrossBodies: true, identities })
      const service = await adapter.serve({ use: [guard, ...steps] })
      for (const [, body] of BODIES)
        expect((await service.send(post(body, 'length', [['X-Token', 'a']]))).body).toBe(digestOf(body))
      expect(recorder.seen).toHaveLength(1)
    })
  })
})
