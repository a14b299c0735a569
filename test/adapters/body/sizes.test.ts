/** Function and handler get the same bytes for every size and framing; more than 12 MB is rejected. */
import { describe, expect, it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { serve, BodyRecorder } from './guarded-service.ts'
import { bytesOf, FRAMINGS, KIB, LIMIT, MIB, post, digestOf } from './payload.ts'

const BYTES = bytesOf(LIMIT)
const ROOTS: ReadonlySet<string> = new Set(['node:http', 'Hono'])
const SIZES = [0, 1, 64 * KIB, MIB, LIMIT]

describeAdapters('a body', (adapter) => {
  describe.each(FRAMINGS)('framed by %s', (framing) => {
    // To save time, the largest chunked body is sent only to the two request types: Node's and the web-standard one.
    const sizes = SIZES.filter((size) => size < LIMIT || framing === 'length' || ROOTS.has(adapter.name))

    it.each(sizes)('HW-CFG-12 HW-FE-09 a body of %d bytes reaches the function and the handler', async (size) => {
      const body = BYTES.subarray(0, size)
      const recorder = new BodyRecorder()
      const service = await serve(adapter, recorder.guard(adapter))
      const response = await service.send(post(body, framing))
      expect([response.status, response.body, recorder.seen]).toEqual([200, digestOf(body), [digestOf(body)]])
      expect(service.errors).toEqual([])
    })

    it('HW-FE-20 a body of 12 MB and one byte is rejected with 413 before the function is called', async () => {
      const recorder = new BodyRecorder()
      const service = await serve(adapter, recorder.guard(adapter))
      const response = await service.send(post(Buffer.alloc(LIMIT + 1), framing))
      expect([response.status, JSON.parse(response.body)]).toMatchObject([413, { error_code: 'APIG.0201' }])
      expect([recorder.seen, service.hits, service.errors]).toEqual([[], [], []])
    })
  })

  it('HW-RSP-14 HW-FE-20 authDowngradeEnabled does not admit a body that is too large', async () => {
    const recorder = new BodyRecorder()
    const service = await serve(adapter, recorder.guard(adapter, { authDowngradeEnabled: true }))
    const response = await service.send({
      method: 'POST',
      target: '/upload',
      headers: [['Content-Length', String(LIMIT + 1)]],
      body: '',
    })
    expect([response.status, recorder.seen, service.hits]).toEqual([413, [], []])
  })

  it('HW-CFG-12 a request without a body passes an empty one to the function', async () => {
    const recorder = new BodyRecorder()
    const service = await serve(adapter, recorder.guard(adapter))
    const response = await service.send({ target: '/upload' })
    expect([response.status, response.body, recorder.seen]).toEqual([
      200,
      digestOf(Buffer.alloc(0)),
      [digestOf(Buffer.alloc(0))],
    ])
  })

  it('HW-FE-10 SEC-97 without needBody the function gets an empty body and the handler the whole one', async () => {
    const recorder = new BodyRecorder()
    const service = await serve(adapter, recorder.guard(adapter, { needBody: false }))
    const body = bytesOf(MIB)
    const response = await service.send(post(body))
    expect([response.body, recorder.seen]).toEqual([digestOf(body), [digestOf(Buffer.alloc(0))]])
  })
})
