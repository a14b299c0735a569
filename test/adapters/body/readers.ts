/** The ways in which handlers read a body, by framework. Each responds with a digest of the bytes. @module */
import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import express, { type RequestHandler } from 'express'
import express4 from 'express4'
import type { Context } from 'hono'
import type { Plan } from '../../support/adapters.ts'
import { flushMicrotasks } from '../../support/deferred.ts'
import { respondWith, respondWithHono, respondWithParsed } from './middleware.ts'
import { digestOf } from './payload.ts'

type Step = NonNullable<Plan['use']>[number]

/** Reads Node's request as a stream. */
const STREAMS: Readonly<Record<string, (incoming: IncomingMessage) => Promise<Buffer>>> = {
  'data and end': (incoming) =>
    new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => resolve(Buffer.concat(chunks)))
      incoming.on('error', reject)
    }),
  'readable and read()': (incoming) =>
    new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      incoming.on('readable', () => {
        for (;;) {
          const chunk = incoming.read() as Buffer | null
          if (chunk === null) break
          chunks.push(chunk)
        }
      })
      incoming.on('end', () => resolve(Buffer.concat(chunks)))
      incoming.on('error', reject)
    }),
  'read() of 1000 bytes': (incoming) =>
    new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      incoming.on('readable', () => {
        for (;;) {
          const chunk = (incoming.read(1000) ?? incoming.read()) as Buffer | null
          if (chunk === null) break
          chunks.push(chunk)
        }
      })
      incoming.on('end', () => resolve(Buffer.concat(chunks)))
      incoming.on('error', reject)
    }),
  'async iteration': async (incoming) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
  },
  pipe: (incoming) => buffer(incoming.pipe(new PassThrough())),
  pipeline: async (incoming) => {
    const to = new PassThrough()
    const [whole] = await Promise.all([buffer(to), pipeline(incoming, to)])
    return whole
  },
  'a consumer': (incoming) => buffer(incoming),
  'text of Latin-1': async (incoming) => {
    incoming.setEncoding('latin1')
    let text = ''
    for await (const chunk of incoming) text += String(chunk)
    return Buffer.from(text, 'latin1')
  },
  'pausing after every chunk': (incoming) =>
    new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        incoming.pause()
        setImmediate(() => incoming.resume())
      })
      incoming.on('end', () => resolve(Buffer.concat(chunks)))
      incoming.on('error', reject)
    }),
  'a stream that is read much later': async (incoming) => {
    for (let turn = 0; turn < 20; turn++) await flushMicrotasks()
    return buffer(incoming)
  },
}

// All frameworks share Node's stream, so the full list runs only on node:http and on the oldest framework.
const ways = (name: string): typeof STREAMS => {
  if (name === 'node:http' || name === 'Express 4') return STREAMS
  const few = new Set(['data and end', 'async iteration', 'pipe'])
  return Object.fromEntries(Object.entries(STREAMS).filter(([way]) => few.has(way)))
}

const ofNode = (name: string): Readonly<Record<string, readonly Step[]>> =>
  Object.fromEntries(
    Object.entries(ways(name)).map(([way, read]) => [
      way,
      [respondWith(name, async (incoming) => digestOf(await read(incoming)))],
    ]),
  )

const asStep = (parser: RequestHandler): Step => parser as unknown as Step

const ofExpress = (library: typeof express): Readonly<Record<string, readonly Step[]>> => ({
  'express.raw()': [
    asStep(library.raw({ type: () => true, limit: '13mb' })),
    // Parsers do not set `body` on a request without one.
    respondWithParsed((body) => digestOf(Buffer.isBuffer(body) ? body : Buffer.alloc(0))),
  ],
  'express.text()': [
    asStep(library.text({ type: () => true, limit: '13mb', defaultCharset: 'latin1' })),
    respondWithParsed((body) => digestOf(Buffer.from(typeof body === 'string' ? body : '', 'latin1'))),
  ],
})

const collect = async (stream: ReadableStream<Uint8Array> | null): Promise<Buffer> => {
  const chunks: Uint8Array[] = []
  if (stream !== null) for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const HONO: Readonly<Record<string, (c: Context) => Promise<Uint8Array>>> = {
  'c.req.arrayBuffer()': async (c) => new Uint8Array(await c.req.arrayBuffer()),
  'c.req.blob()': async (c) => new Uint8Array(await (await c.req.blob()).arrayBuffer()),
  'c.req.raw.arrayBuffer()': async (c) => new Uint8Array(await c.req.raw.arrayBuffer()),
  'c.req.raw.body': (c) => collect(c.req.raw.body),
  'c.req.raw.clone()': async (c) => {
    const twice = await Promise.all([c.req.raw.clone().arrayBuffer(), c.req.raw.arrayBuffer()])
    if (!Buffer.from(twice[0]).equals(Buffer.from(twice[1]))) throw new Error('the clone has a different body')
    return new Uint8Array(twice[1])
  },
  'c.req.arrayBuffer() twice': async (c) => {
    await c.req.arrayBuffer()
    return new Uint8Array(await c.req.arrayBuffer())
  },
}

/** Every way to read bytes in a framework. */
export const readersOf = (name: string): Readonly<Record<string, readonly Step[]>> => {
  if (name === 'Hono') {
    return Object.fromEntries(
      Object.entries(HONO).map(([way, read]) => [way, [respondWithHono(async (c) => digestOf(await read(c)))]]),
    )
  }
  if (name === 'Express 4') return { ...ofNode(name), ...ofExpress(express4) }
  return name === 'Express 5' ? { ...ofNode(name), ...ofExpress(express) } : ofNode(name)
}
