/** Compares responses, the request that the service received, and events with the expected values of a row. @module */
import { expect } from 'vitest'
import { type Adapter, toPlainContext, type HandledRequest } from '../../support/adapters.ts'
import type { RawResponse } from '../../support/raw-client.ts'
import type { GatewayResponse, GatewayResponses } from './corpus.ts'
import type { Event } from './recorded-function.ts'

/** The expected view of a request in the service. */
export interface ExpectedService {
  /** `requestContext.authorizer`; `null` if no authorizer ran. */
  readonly authorizer?: unknown
  readonly principalId?: unknown
  readonly context?: unknown
  /** The values of each header; `[]` for a header that is absent. */
  readonly headers?: Readonly<Record<string, readonly string[]>>
  readonly target?: string
  readonly query?: unknown
}

/** The expected members of an event. */
export interface ExpectedEvent {
  /** Members to match; nested objects are matched by their members. */
  readonly some?: Readonly<Record<string, unknown>>
  /** Members that are equal; `"<absent>"` for a member that does not exist. */
  readonly exactly?: Readonly<Record<string, unknown>>
  /** Names of all members. */
  readonly members?: readonly string[]
  /** By member, names that it does not contain. */
  readonly absent?: Readonly<Record<string, readonly string[]>>
}

/** Values that differ from run to run. */
const PLACEHOLDERS: Readonly<Record<string, unknown>> = {
  '<number>': expect.any(Number),
  '<text>': expect.any(String),
  '<id>': expect.stringMatching(/^[\da-f]{32}$/),
  '<request id>': expect.stringMatching(/^[\w+/]{15}=$/),
  '<trace id>': expect.stringMatching(/^Root=1-[\da-f]{8}-[\da-f]{24}$/),
}

const withPlaceholders = (value: unknown): unknown => {
  if (typeof value === 'string') return Object.hasOwn(PLACEHOLDERS, value) ? PLACEHOLDERS[value] : value
  if (Array.isArray(value)) return value.map(withPlaceholders)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withPlaceholders(member)]))
}

const lowerCase = (names: readonly string[]): ReadonlySet<string> => new Set(names.map((name) => name.toLowerCase()))

/** Checks a response that the gateway sends itself, byte for byte. */
export const expectGatewayResponse = (
  response: RawResponse,
  { status, body, headers = {}, absent = [] }: GatewayResponse,
  { common }: GatewayResponses,
  { keepsSpelling }: Adapter,
): void => {
  const id = response.header('X-Request-Id') ?? ''
  expect(response.body).toBe(body.replaceAll('{requestId}', id))
  expect(response.status).toBe(status)
  expect(response.header('Content-Length')).toBe(String(response.bytes.length))
  const own = lowerCase(Object.keys(headers))
  const inherited = Object.entries(common.headers).filter(([name]) => !own.has(name.toLowerCase()))
  for (const [name, value] of [...inherited, ...Object.entries(headers)]) {
    expect(response.header(name), name).toBe(value.replaceAll('{requestId}', id))
    // The corpus of HTTP APIs has no spelling for this header: the server writes it.
    if (keepsSpelling && name !== 'content-length') expect(response.lines.map(([each]) => each)).toContain(name)
  }
  for (const [name, pattern] of Object.entries(common.patterns))
    expect(response.header(name), name).toMatch(new RegExp(pattern))
  for (const name of [...common.absent.filter((each) => !own.has(each.toLowerCase())), ...absent])
    expect(response.values(name), name).toEqual([])
}

/** A route handler that returns its view of the authorizer result and of the request. */
export const showRequest =
  (headerNames: readonly string[]) =>
  (request: HandledRequest): { body: unknown } => {
    let authorizer: unknown = null
    try {
      authorizer = toPlainContext(request.getAuthorizer())
    } catch {
      // `getAuthorizer` throws if no authorizer ran; `null` shows that.
    }
    const headers = Object.fromEntries(headerNames.map((name) => [name, request.headerViews(name)]))
    return {
      body: {
        authorizer,
        locals: toPlainContext(request.locals) ?? null,
        target: request.target,
        query: request.query,
        headers,
      },
    }
  }

interface ShownRequest {
  readonly authorizer: { principalId: string; context: unknown; requestContext: { authorizer: unknown } } | null
  readonly locals: unknown
  readonly target: string
  readonly query: unknown
  /** By header name, the values in each view of the framework. */
  readonly headers: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

/** Checks the request that reached the service. */
export const expectService = (response: RawResponse, expected: ExpectedService, { hasLocals }: Adapter): void => {
  expect(response.status, response.body).toBe(200)
  const seen = JSON.parse(response.body) as ShownRequest
  if (hasLocals) expect(seen.locals).toEqual(seen.authorizer)
  if (expected.authorizer === null) expect(seen.authorizer).toBeNull()
  else expect(seen.authorizer, 'getAuthorizer()').not.toBeNull()
  if (expected.authorizer !== undefined)
    expect(seen.authorizer?.requestContext.authorizer ?? null).toEqual(withPlaceholders(expected.authorizer))
  if ('principalId' in expected) expect(seen.authorizer?.principalId).toBe(expected.principalId)
  if ('context' in expected) expect(seen.authorizer?.context).toEqual(withPlaceholders(expected.context))
  if (expected.target !== undefined) expect(seen.target).toBe(expected.target)
  if ('query' in expected) expect(seen.query).toEqual(expected.query)
  for (const [name, values] of Object.entries(expected.headers ?? {})) {
    const views = Object.values(seen.headers[name] ?? {}).filter((each) => each.length > 0)
    expect(new Set(views.flat()), name).toEqual(new Set(values))
    for (const view of views) expect(view, name).toEqual(values)
    if (values.length > 0) expect(views.length, name).toBeGreaterThan(1)
  }
}

/** Checks an event that a function received. */
export const expectEvent = (
  event: Event | undefined,
  { some, exactly = {}, members, absent = {} }: ExpectedEvent,
  ordered: boolean = false,
): void => {
  if (some !== undefined) expect(event).toMatchObject(withPlaceholders(some) as object)
  for (const [member, value] of Object.entries(exactly)) {
    if (value === '<absent>') expect(event, member).not.toHaveProperty(member)
    else expect(event?.[member], member).toStrictEqual(withPlaceholders(value))
  }
  if (members !== undefined) {
    const names = Object.keys(event ?? {})
    if (ordered) expect(names).toEqual(members)
    else expect(names.toSorted()).toEqual(members.toSorted())
  }
  for (const [member, names] of Object.entries(absent))
    for (const name of names) expect(Object.keys(event?.[member] as object), member).not.toContain(name)
}
