/** Compares what came back, what the code behind saw and what functions received with what a row says. @module */
import { expect } from 'vitest'
import { type Adapter, spell, type Visit } from '../../support/adapters.ts'
import type { RawAnswer } from '../../support/raw-client.ts'
import { ANSWERS, type ExpectedAnswer, type ExpectedEvent, type Seen } from './corpus.ts'

/** Members whose values differ from run to run. */
const PLACEHOLDERS: Readonly<Record<string, unknown>> = {
  '<id>': expect.stringMatching(/^[\da-f]{32}$/),
  '<text>': expect.any(String),
}

/** An expectation with its placeholders filled in. */
const wanted = (value: unknown): unknown => {
  if (typeof value === 'string') return Object.hasOwn(PLACEHOLDERS, value) ? PLACEHOLDERS[value] : value
  if (Array.isArray(value)) return value.map(wanted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, wanted(member)]))
}

/** An answer that the gateway gives by itself. */
export const expectAnswer = (answer: RawAnswer, expected: ExpectedAnswer, { keepsSpelling }: Adapter): void => {
  const { common } = ANSWERS
  const id = answer.header('X-Request-Id') ?? ''
  expect(answer.body).toBe(expected.body.replaceAll('{requestId}', id))
  expect(answer.status).toBe(expected.status)
  expect(answer.header('Content-Length')).toBe(String(answer.bytes.length))
  const { headers = {}, absent = [] } = expected
  const named = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  const inherited = Object.entries(common.headers).filter(([name]) => !named.has(name.toLowerCase()))
  for (const [name, value] of [...inherited, ...Object.entries(headers)]) {
    expect(answer.header(name), name).toBe(value.replaceAll('{requestId}', id))
    if (keepsSpelling) expect(answer.lines.map(([each]) => each)).toContain(name)
  }
  for (const [name, pattern] of Object.entries(common.patterns))
    expect(answer.header(name), name).toMatch(new RegExp(pattern))
  for (const name of [...common.absent, ...absent])
    if (!named.has(name.toLowerCase())) expect(answer.values(name), name).toEqual([])
}

/** A route that answers with everything that it sees of the guard. */
export const show =
  (names: readonly string[]) =>
  (visit: Visit): { body: unknown } => {
    let authorizer: unknown = null
    try {
      authorizer = spell(visit.getAuthorizer())
    } catch {
      // A request that no authorizer was asked about.
    }
    const headers = Object.fromEntries(names.map((name) => [name, visit.headerViews(name)]))
    return {
      body: { authorizer, locals: spell(visit.locals) ?? null, target: visit.target, query: visit.query, headers },
    }
  }

type Views = Readonly<Record<string, readonly string[]>>

/** What the code behind saw. */
export const expectSeen = (answer: RawAnswer, expected: Seen, { hasLocals }: Adapter): void => {
  expect(answer.status, answer.body).toBe(200)
  const seen = JSON.parse(answer.body) as {
    readonly authorizer: { principalId: string; context: unknown; requestContext: { authorizer: unknown } } | null
    readonly locals: unknown
    readonly target: string
    readonly query: unknown
    readonly headers: Readonly<Record<string, Views>>
  }
  if (hasLocals) expect(seen.locals).toEqual(seen.authorizer)
  if ('authorizer' in expected) expect(seen.authorizer?.requestContext.authorizer ?? null).toEqual(expected.authorizer)
  if ('context' in expected) expect(seen.authorizer?.context).toEqual(expected.context)
  if (expected.target !== undefined) expect(seen.target).toBe(expected.target)
  if ('query' in expected) expect(seen.query).toEqual(expected.query)
  for (const [name, values] of Object.entries(expected.headers ?? {})) {
    const views = Object.values(seen.headers[name] ?? {}).filter((each) => each.length > 0)
    expect(new Set(views.flat()), name).toEqual(new Set(values))
    for (const view of views) expect(view, name).toEqual(values)
    if (values.length > 0) expect(views.length, name).toBeGreaterThan(1)
  }
}

/** What a function received. */
export const expectEvent = (event: Readonly<Record<string, unknown>> | undefined, expected: ExpectedEvent): void => {
  const { some, exactly = {}, members, absent = {} } = expected
  if (some !== undefined) expect(event).toMatchObject(wanted(some) as object)
  for (const [member, value] of Object.entries(exactly)) expect(event?.[member], member).toEqual(wanted(value))
  if (members !== undefined) expect(Object.keys(event ?? {}).sort()).toEqual([...members].sort())
  for (const [member, names] of Object.entries(absent))
    for (const name of names) expect(Object.keys(event?.[member] as object), member).not.toContain(name)
}
