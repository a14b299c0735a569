/** Function and handler are given the same bytes, whatever their number and framing; one more than 12 MB is refused. */
import { describe, expect, it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { serve, Watcher } from './guarded-service.ts'
import { bytesOf, FRAMINGS, KIB, LIMIT, MIB, post, printOf } from './payload.ts'

const BYTES = bytesOf(LIMIT)
const ROOTS: ReadonlySet<string> = new Set(['node:http', 'Hono'])
const SIZES = [0, 1, 64 * KIB, MIB, LIMIT]

describeAdapters('a body', (adapter) => {
  describe.each(FRAMINGS)('framed by %s', (framing) => {
    // The largest one in chunks only where requests begin: Node's, and the web-standard one.
    const sizes = SIZES.filter((size) => size < LIMIT || framing === 'length' || ROOTS.has(adapter.name))

    it.each(sizes)('HW-CFG-12 HW-FE-09 of %d bytes reaches the function and the handler', async (size) => {
      const body = BYTES.subarray(0, size)
      const watcher = new Watcher()
      const service = await serve(adapter, watcher.guard(adapter))
      const answer = await service.ask(post(body, framing))
      expect([answer.status, answer.body, watcher.seen]).toEqual([200, printOf(body), [printOf(body)]])
      expect(service.errors).toEqual([])
    })

    it('HW-FE-20 of 12 MB and one byte is refused before the function is called', async () => {
      const watcher = new Watcher()
      const service = await serve(adapter, watcher.guard(adapter))
      const answer = await service.ask(post(Buffer.alloc(LIMIT + 1), framing))
      expect([answer.status, JSON.parse(answer.body)]).toMatchObject([413, { error_code: 'APIG.0201' }])
      expect([watcher.seen, service.hits, service.errors]).toEqual([[], [], []])
    })
  })

  it('HW-RSP-14 HW-FE-20 relaxed mode does not let a body through that is too large', async () => {
    const watcher = new Watcher()
    const service = await serve(adapter, watcher.guard(adapter, { authDowngradeEnabled: true }))
    const answer = await service.ask({
      method: 'POST',
      target: '/upload',
      headers: [['Content-Length', String(LIMIT + 1)]],
      body: '',
    })
    expect([answer.status, watcher.seen, service.hits]).toEqual([413, [], []])
  })

  it('HW-CFG-12 a request without a body has an empty one', async () => {
    const watcher = new Watcher()
    const service = await serve(adapter, watcher.guard(adapter))
    const answer = await service.ask({ target: '/upload' })
    expect([answer.status, answer.body, watcher.seen]).toEqual([
      200,
      printOf(Buffer.alloc(0)),
      [printOf(Buffer.alloc(0))],
    ])
  })

  it('HW-FE-10 SEC-97 without needBody the function is given none and the handler all', async () => {
    const watcher = new Watcher()
    const service = await serve(adapter, watcher.guard(adapter, { needBody: false }))
    const body = bytesOf(MIB)
    const answer = await service.ask(post(body))
    expect([answer.body, watcher.seen]).toEqual([printOf(body), [printOf(Buffer.alloc(0))]])
  })
})
