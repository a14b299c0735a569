/** Header and trailer views of a request, and its body. @module */
import type { IncomingMessage } from 'node:http'

/** Header lines as `[name, value]`, names in the spelling of the view. */
export type HeaderLines = readonly (readonly [name: string, value: string])[]
/** Each view of the headers, by the framework's name for it. */
export type HeaderViews = Readonly<Record<string, HeaderLines>>

const pairs = (flat: readonly string[]): HeaderLines =>
  flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? ''] as const] : []))

/** The lines of an object from name to value or values. */
export const entriesOf = (map: object): HeaderLines =>
  Object.entries(map as Record<string, string | string[] | undefined>).flatMap(([name, value]) =>
    [value ?? []].flat().map((each) => [name, each] as const),
  )

/** What an accessor such as `ctx.get` returns for these names. Two spellings of one name count once. */
export const accessed = (names: readonly string[], get: (name: string) => string | null | undefined): HeaderLines =>
  names
    .flatMap((name) => {
      const value = get(name)
      return value === undefined || value === null ? [] : [[name.toLowerCase(), value] as const]
    })
    .filter((line, index, all) => all.findIndex(([name]) => name === line[0]) === index)

/** A view that HTTP/2 requests do not have. */
const distinct = (view: 'headersDistinct' | 'trailersDistinct', incoming: IncomingMessage): HeaderViews => {
  const lines: unknown = incoming[view]
  return typeof lines === 'object' && lines !== null ? { [view]: entriesOf(lines) } : {}
}

/** The header views of Node's request. */
export const incomingViews = (incoming: IncomingMessage): HeaderViews => ({
  headers: entriesOf(incoming.headers),
  rawHeaders: pairs(incoming.rawHeaders),
  ...distinct('headersDistinct', incoming),
})

/** The trailer views of Node's request, which are filled once the body has been read. */
export const trailerViews = (incoming: IncomingMessage): HeaderViews => ({
  trailers: entriesOf(incoming.trailers),
  rawTrailers: pairs(incoming.rawTrailers),
  ...distinct('trailersDistinct', incoming),
})

/** The values of one header in each view. */
export const valuesByView = (views: HeaderViews, lowerName: string): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(views).map(([view, lines]) => [
      view,
      lines.filter(([name]) => name.toLowerCase() === lowerName).map(([, value]) => value),
    ]),
  )

const collect = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const bodies = new WeakMap<IncomingMessage, Promise<Buffer>>()

/** The whole body; later calls return the same bytes. */
export const readBody = (incoming: IncomingMessage): Promise<Buffer> => {
  const body = bodies.get(incoming) ?? collect(incoming)
  bodies.set(incoming, body)
  return body
}
