/** Server-sent events. */
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { inspected, type Inspected, json } from './harness.ts'

interface Batch {
  readonly run: string
  readonly skipped: number
  readonly rows: readonly { readonly id: number; readonly path: string }[]
}

/** Reads a stream of events piece by piece. */
class Events {
  readonly response: IncomingMessage
  #text = ''
  readonly #chunks: AsyncIterator<unknown>

  constructor(response: IncomingMessage) {
    this.response = response
    this.#chunks = response[Symbol.asyncIterator]()
  }

  /** The next block; `undefined` at the end of the stream. */
  async next(): Promise<string | undefined> {
    while (!this.#text.includes('\n\n')) {
      const { value, done } = await this.#chunks.next()
      if (done === true) return undefined
      this.#text += String(value)
    }
    const end = this.#text.indexOf('\n\n')
    const block = this.#text.slice(0, end)
    this.#text = this.#text.slice(end + 2)
    return block
  }

  async batch(): Promise<Batch> {
    const [, data = ''] = /^id: [\w-]+\.\d+\nevent: entries\ndata: (.*)$/.exec((await this.next()) ?? '') ?? []
    return JSON.parse(data) as Batch
  }
}

const open = async ({ port, cookie }: Inspected, after = '', headers = {}): Promise<Events> => {
  const path = `/__authorizer/api/events?after=${after}`
  const sent = request({ host: '127.0.0.1', port, path, agent: false, headers: { Cookie: await cookie(), ...headers } })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  onTestFinished(() => void sent.destroy())
  const events = new Events(response)
  if (response.statusCode === 200) expect(await events.next()).toBe('retry: 2000')
  return events
}

const pathsOf = ({ rows }: Batch): readonly string[] => rows.map(({ path }) => path)

/** Waits until the server has noticed something, without a timer. */
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

describe('live streams', () => {
  test('send the decisions of 100 milliseconds together', async () => {
    const service = await inspected()
    const events = await open(service)
    expect(events.response.headers['content-type']).toBe('text/event-stream')
    await service.decide('GET /a')
    await service.decide('GET /b')
    service.clock.advanceSync(100)
    expect(pathsOf(await events.batch())).toEqual(['/a', '/b'])
    await service.decide('GET /c')
    service.clock.advanceSync(100)
    expect(pathsOf(await events.batch())).toEqual(['/c'])
  })

  test('begin after the position of the page, or of the last event that the browser has received', async () => {
    const service = await inspected()
    const { run } = json(await service.send({ path: '/__authorizer/api/state' })) as { readonly run: string }
    for (const path of ['/a', '/b', '/c']) await service.decide(`GET ${path}`)
    expect(pathsOf(await (await open(service, `${run}.1`)).batch())).toEqual(['/b', '/c'])
    expect(pathsOf(await (await open(service, `${run}.1`, { 'Last-Event-ID': `${run}.2` })).batch())).toEqual(['/c'])
  })

  test.each(['', '3', 'other.3', '.', 'x.-1', '%0a%0a'])(
    'begin with all decisions at the position "%s" of another run',
    async (after) => {
      const service = await inspected()
      await service.decide('GET /a')
      const batch = await (await open(service, after)).batch()
      expect([pathsOf(batch), batch.skipped]).toEqual([['/a'], 0])
    },
  )

  test('SEC-144 send at most 200 messages at once, the newest, and count the others', async () => {
    const service = await inspected()
    const events = await open(service)
    for (let index = 1; index <= 203; index++) await service.decide(`GET /${index}`)
    service.clock.advanceSync(100)
    const { rows, skipped } = await events.batch()
    expect([rows.length, rows[0]?.path, skipped]).toEqual([200, '/4', 3])
  })

  test('send a comment every 15 seconds', async () => {
    const service = await inspected()
    const events = await open(service)
    service.clock.advanceSync(15_000)
    expect(await events.next()).toBe(':')
    service.clock.advanceSync(15_000)
    expect(await events.next()).toBe(':')
  })

  test('SEC-144 are at most eight, and make room when they are closed', async () => {
    const service = await inspected()
    const streams: Events[] = []
    for (let index = 0; index < 8; index++) streams.push(await open(service))
    expect((await open(service)).response.statusCode).toBe(503)
    streams[0]?.response.destroy()
    let status: number | undefined = 503
    while (status === 503) status = (await open(service)).response.statusCode
    expect(status).toBe(200)
  })

  test('leave no timer when the last one is closed', async () => {
    const service = await inspected()
    const events = await open(service)
    await service.decide('GET /a')
    expect(service.clock.pending).toBe(2)
    events.response.destroy()
    await until(() => service.clock.pending === 0)
    expect(service.clock.pending).toBe(0)
    await service.decide('GET /b')
    expect(service.clock.pending).toBe(0)
  })

  test('SEC-144 of a client that does not read are ended', async () => {
    const service = await inspected({ maxDecisions: 10_000 })
    const events = await open(service)
    events.response.pause()
    const path = `/${'a'.repeat(1500)}`
    let batches = 0
    while (service.clock.pending > 0 && batches < 200) {
      for (let index = 0; index < 200; index++) await service.decide(`GET ${path}`)
      service.clock.advanceSync(100)
      batches++
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(service.clock.pending).toBe(0)
    expect(batches).toBeGreaterThan(1)
  })

  test('end with close()', async () => {
    const service = await inspected()
    const events = await open(service)
    service.page.close()
    expect(await events.next()).toBeUndefined()
    expect(service.clock.pending).toBe(0)
  })
})
