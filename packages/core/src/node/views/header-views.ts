/** Removes and adds headers in every view of a Node request (SEC-17, SEC-19, SEC-20). @module */
import type { IncomingMessage } from 'node:http'
import type { RequestMapping } from '../../index.ts'
import { http2Stream } from '../connection.ts'
import { distinct, replaceDistinct } from './distinct-view.ts'

/** Replaces the header lines of a request in every view except `headers`. */
export const replaceRawHeaders = (incoming: IncomingMessage, lines: string[]): void => {
  if (http2Stream(incoming) !== undefined) {
    incoming.rawHeaders.splice(0, incoming.rawHeaders.length, ...lines)
    return
  }
  incoming.rawHeaders = lines
  replaceDistinct(incoming, lines)
}

/** Removes the headers and trailers that the mapping owns from every view of the request (SEC-17, SEC-19, SEC-25). */
export const stripHeaders = (incoming: IncomingMessage, mapping: RequestMapping): void => {
  // Earlier middleware may have written only to `headers`. Reading it also makes Node build it before the raw list changes.
  const { headers, rawHeaders } = incoming
  for (const name in headers) if (mapping.ownsHeader(name)) delete headers[name]
  if (hasOwned(rawHeaders, mapping)) replaceRawHeaders(incoming, withoutOwned(rawHeaders, mapping))
  // Trailers arrive at the end of the body, before or after the downstream handler reads them.
  if (headers['transfer-encoding'] !== undefined || http2Stream(incoming) !== undefined)
    stripTrailers(incoming, mapping)
}

const descriptorOf = (of: object, name: string): PropertyDescriptor | undefined => {
  for (let at: object | null = of; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const found = Object.getOwnPropertyDescriptor(at, name)
    if (found !== undefined) return found
  }
  return undefined
}

const hasOwned = (lines: readonly string[], mapping: RequestMapping): boolean => {
  for (let index = 0; index < lines.length; index += 2) if (mapping.ownsHeader(lines[index] as string)) return true
  return false
}

const withoutOwned = (lines: readonly string[], mapping: RequestMapping): string[] => {
  const remaining: string[] = []
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index] as string
    if (!mapping.ownsHeader(name)) remaining.push(name, lines[index + 1] as string)
  }
  return remaining
}

/** Removes the trailers that the mapping owns from every view, also if they arrive later (SEC-25). */
const stripTrailers = (incoming: IncomingMessage, mapping: RequestMapping): void => {
  const before = descriptorOf(incoming, 'rawTrailers')
  let received: readonly string[] = incoming.rawTrailers
  const lines = (): string[] =>
    withoutOwned(before?.get === undefined ? received : (before.get.call(incoming) as string[]), mapping)
  const view = (name: string, get: () => unknown): void => {
    Object.defineProperty(incoming, name, {
      configurable: true,
      enumerable: true,
      get,
      // Node assigns `rawTrailers` when the trailers arrive; the other views are derived from it.
      set: (value: readonly string[]) => {
        if (name !== 'rawTrailers') return
        if (before?.set === undefined) received = value
        else before.set.call(incoming, value)
      },
    })
  }
  view('rawTrailers', lines)
  view('trailersDistinct', () => distinct(lines()))
  view('trailers', () =>
    Object.fromEntries(Object.entries(distinct(lines())).map(([name, values]) => [name, values.join(', ')])),
  )
}

/** Adds header lines to every view of the request. Names are in lower case; owned names were stripped before. */
export const injectHeaders = (incoming: IncomingMessage, lines: readonly (readonly [string, string])[]): void => {
  if (lines.length === 0) return
  const { headers } = incoming
  // A copy, because the authorizer's request keeps the lines that the client sent.
  const rawHeaders = incoming.rawHeaders.slice()
  for (const [name, value] of lines) {
    const existing = headers[name]
    headers[name] = existing === undefined ? value : [existing, value].flat().join(', ')
    rawHeaders.push(name, value)
  }
  replaceRawHeaders(incoming, rawHeaders)
}
