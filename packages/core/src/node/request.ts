/** Builds a `GatewayRequest` from `IncomingMessage`, and strips and adds the headers of a mapping. @module */
import type { IncomingMessage } from 'node:http'
import type { RequestMapping } from '../index.ts'
import { GatewayRequest } from '../contract.ts'
import {
  type CurrentRequest,
  type FrameworkTarget,
  type GatewayRequestInit,
  type MountPath,
  routedTarget,
} from '../adapter.ts'
import { http2Stream } from './connection.ts'
import { type IncomingOptions, IncomingInit } from './incoming-init.ts'
import { mappedFrom } from './target-views.ts'

/** What an `IncomingMessage` does not contain. */
export interface NodeRequestOptions extends IncomingOptions {
  /**
   * The target from the root, or what the framework reports about it. Default: from `url`, and from `originalUrl` and `baseUrl`
   * of Connect and Express.
   */
  readonly target?: string | FrameworkTarget | undefined
  /** The path at which the router is mounted, if the framework does not report it. Default: unknown. */
  readonly mountPath?: MountPath | undefined
}

/** The members of Node's request that describe its method and target, with those that Connect and Express add. */
export interface RoutedRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly originalUrl?: unknown
  readonly baseUrl?: unknown
}

/** The bases of a request that is not below a mount. */
export const AT_ROOT: readonly string[] = Object.freeze([''])

/** Returns what Node, and frameworks that set `originalUrl` and `baseUrl` on its request, report about the target. */
export const frameworkTarget = (incoming: RoutedRequest): FrameworkTarget => {
  const { url = '', originalUrl, baseUrl } = incoming
  const reportsMounts = typeof baseUrl === 'string'
  return {
    received: typeof originalUrl === 'string' ? originalUrl : url,
    knowsReceived: typeof originalUrl === 'string',
    url,
    bases: reportsMounts && baseUrl !== '' ? [baseUrl] : AT_ROOT,
    knowsMounts: reportsMounts,
    sent: mappedFrom(incoming),
  }
}

/** Returns the current method and target, for accessors and route checks. */
export const currentRequest = (incoming: RoutedRequest): CurrentRequest => ({
  method: incoming.method,
  ...frameworkTarget(incoming),
})

/** Builds a `GatewayRequest` from Node's request. Never throws. The body is read only if a contract needs it. */
export const toGatewayRequest = (incoming: IncomingMessage, options: NodeRequestOptions = {}): GatewayRequest =>
  new GatewayRequest(new IncomingInit(incoming, targetsOf(incoming, options), options, options))

type Targets = Pick<GatewayRequestInit, 'target' | 'receivedTarget' | 'unexplainedTarget'>

const targetsOf = (incoming: IncomingMessage, { target, mountPath, routing }: NodeRequestOptions): Targets =>
  typeof target === 'string'
    ? { target }
    : routedTarget(target ?? frameworkTarget(incoming), mountPath, routing?.caseSensitive ?? false)

/** Turns a list of names and values into a map from lower-case names to all values, like Node's `headersDistinct`. */
const distinct = (lines: readonly string[]): Record<string, string[]> => {
  const values = Object.create(null) as Record<string, string[]>
  for (let index = 0; index < lines.length; index += 2) {
    ;(values[(lines[index] as string).toLowerCase()] ??= []).push(lines[index + 1] as string)
  }
  return values
}

// Node builds `headersDistinct` on first access, with the number of lines from before the edit, so it is redefined.
const redefineDistinct = (incoming: IncomingMessage, lines: readonly string[]): void => {
  let built: Record<string, string[]> | undefined
  Object.defineProperty(incoming, 'headersDistinct', {
    configurable: true,
    enumerable: true,
    get: () => (built ??= distinct(lines)),
  })
}

/** Replaces the header lines of a request in every view except `headers`. */
export const replaceRawHeaders = (incoming: IncomingMessage, lines: string[]): void => {
  if (http2Stream(incoming) !== undefined) {
    incoming.rawHeaders.splice(0, incoming.rawHeaders.length, ...lines)
    return
  }
  incoming.rawHeaders = lines
  redefineDistinct(incoming, lines)
}

/** Removes the headers and trailers that the mapping owns from every view of the request (SEC-17, SEC-19, SEC-25). */
export const stripHeaders = (incoming: IncomingMessage, mapping: RequestMapping): void => {
  // Earlier middleware may have written only to `headers`. Reading it also makes Node build it before the raw list changes.
  for (const name of Object.keys(incoming.headers)) if (mapping.ownsHeader(name)) delete incoming.headers[name]
  const remaining = withoutOwned(incoming.rawHeaders, mapping)
  if (remaining.length < incoming.rawHeaders.length) replaceRawHeaders(incoming, remaining)
  // Trailers arrive at the end of the body, before or after the downstream handler reads them.
  if (incoming.headers['transfer-encoding'] !== undefined || http2Stream(incoming) !== undefined) {
    stripTrailers(incoming, mapping)
  }
}

const descriptorOf = (of: object, name: string): PropertyDescriptor | undefined => {
  for (let at: object | null = of; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const found = Object.getOwnPropertyDescriptor(at, name)
    if (found !== undefined) return found
  }
  return undefined
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
  for (const [name, value] of lines) {
    const existing = incoming.headers[name]
    incoming.headers[name] = existing === undefined ? value : [existing, value].flat().join(', ')
  }
  replaceRawHeaders(incoming, [...incoming.rawHeaders, ...lines.flat()])
}
