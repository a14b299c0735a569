/** What Node's request shows, under whatever framework. @module */
import type { IncomingMessage } from 'node:http'

const valuesIn = (flat: readonly string[], lowerName: string): readonly string[] =>
  flat.filter((_, index) => index % 2 === 1 && flat[index - 1]?.toLowerCase() === lowerName)

const listed = (value: string | string[] | undefined): readonly string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value]

/** The views of Node's own request object. */
export const incomingViews = (incoming: IncomingMessage, lowerName: string): Record<string, readonly string[]> => ({
  headers: listed(incoming.headers[lowerName]),
  headersDistinct: incoming.headersDistinct[lowerName] ?? [],
  rawHeaders: valuesIn(incoming.rawHeaders, lowerName),
  trailers: listed(incoming.trailers[lowerName]),
  trailersDistinct: incoming.trailersDistinct[lowerName] ?? [],
  rawTrailers: valuesIn(incoming.rawTrailers, lowerName),
})

const collect = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const bodies = new WeakMap<IncomingMessage, Promise<Buffer>>()

/** The whole body; whoever asks again is given the same. */
export const readBody = (incoming: IncomingMessage): Promise<Buffer> => {
  const body = bodies.get(incoming) ?? collect(incoming)
  bodies.set(incoming, body)
  return body
}
