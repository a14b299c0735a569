/** The views that Node and its frameworks offer of a request's target, and what a mapping makes of each (SEC-20). @module */
import type { IncomingMessage } from 'node:http'
import type { QueryEdit, RequestEdits } from '../index.ts'
import { check } from '../contract.ts'
import { editTarget, targetEdits } from '../adapter.ts'
import { setUrl } from './bind.ts'
import { http2Stream } from './connection.ts'

/** What is remembered of a request whose target a mapping has changed. */
interface Mapped {
  /** The target as the client sent it. */
  readonly received: string
  /** The path that goes on; `undefined` while no mapping has changed the path. */
  readonly path: string | undefined
}

const MAPPED: unique symbol = Symbol('mapped')
type Incoming = IncomingMessage & { [MAPPED]?: Mapped; originalUrl?: unknown }

/** The target that the client sent, where a mapping has changed the views of it; `undefined` where none has. */
export const mappedFrom = (incoming: object): string | undefined => (incoming as Partial<Incoming>)[MAPPED]?.received

/** The path that earlier mappings have made of the request's own; `undefined` when it is unchanged. */
export const mappedPath = (incoming: IncomingMessage): string | undefined => (incoming as Incoming)[MAPPED]?.path

/** Turns a query into an object, as a framework does. */
export type QueryParser = (queryString: string) => object

/** Parsed queries are plain data, which both sides have from the same parser. */
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** A query as an object, with a list for each name that is sent more than once. */
const parse: QueryParser = (queryString) => {
  const parsed = Object.create(null) as Record<string, string | string[]>
  for (const [name, value] of new URLSearchParams(queryString)) {
    const known = parsed[name]
    parsed[name] = known === undefined ? value : [known, value].flat()
  }
  return parsed
}

/** A parsed query with the changes made, or the value itself where nothing has to change. */
const editParsed = (value: unknown, edit: QueryEdit, fresh: object, former: object): unknown => {
  if (typeof value === 'string') return edit.apply(value)
  if (value instanceof URLSearchParams) return new URLSearchParams(edit.apply(value.toString()))
  if (!check.isRecord(value)) return value
  const [before, after] = [former as Record<string, unknown>, fresh as Record<string, unknown>]
  // Middleware may have sanitized the object: what the mapping does not change stays as it is there.
  const changes = (name: string): boolean => edit.touches(name) || !isSame(before[name], after[name])
  const changed = (of: object): [string, unknown][] => Object.entries(of).filter(([name]) => changes(name))
  const set = changed(after)
  if (isSame(Object.fromEntries(changed(value)), Object.fromEntries(set))) return value
  const kept = Object.entries(value).filter(([name]) => !changes(name))
  const edited: object = Object.fromEntries([...kept, ...set])
  return Object.setPrototypeOf(edited, Object.getPrototypeOf(value) as object | null) as unknown
}

/**
 * Replaces a parsed query on a request object. `fresh` parses the query as it goes on, `former` as it was before. The property is defined, not assigned: middleware may have defined it without
 * a setter.
 *
 * @throws {TypeError} where the property cannot be replaced
 */
export const replaceParsed = (
  holder: object,
  name: string,
  edit: QueryEdit,
  { fresh, former }: { readonly fresh: () => object; readonly former: () => object },
): void => {
  const value: unknown = Reflect.get(holder, name)
  if (value === undefined) return
  const edited = editParsed(value, edit, fresh(), former())
  if (edited === value) return
  const own = Object.getOwnPropertyDescriptor(holder, name)
  const fixed = own?.configurable === false ? {} : { configurable: true, enumerable: true, writable: true }
  Object.defineProperty(holder, name, { ...fixed, value: edited })
}

/** What a router that is mounted at `base` sees of a target. `undefined` when the target is not below the mount. */
const belowMount = (target: string, base: string): string | undefined => {
  if (!target.startsWith(base)) return undefined
  const rest = target.slice(base.length)
  return rest.startsWith('/') ? rest : rest === '' || rest.startsWith('?') ? `/${rest}` : undefined
}

// HTTP/2 shows the target among the headers as well.
const setPseudoHeader = (incoming: IncomingMessage, target: string): void => {
  if (http2Stream(incoming) === undefined) return
  incoming.headers[':path'] = target
  const { rawHeaders } = incoming
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index] === ':path') rawHeaders[index + 1] = target
}

const withoutOrigin = <T>(target: T): T | string =>
  typeof target === 'string' ? target.replace(/^https?:\/\/[^/?#]*/i, '') : target

/** What is known about a target before its views are changed. */
export interface ViewedTarget {
  /** The target that the client sent. */
  readonly received: string
  /** What mounts have cut off the path. */
  readonly base: string
  /** How the framework parses a query. Default: Node's `querystring.parse`. */
  readonly parseQuery?: QueryParser | undefined
}

/**
 * Changes every view of the target that the request object offers: `url`, `originalUrl`, the pseudo-header of HTTP/2, and
 * parsed queries in `query` (Express, Polka) and `_query` (Engine.IO). Returns `false` where the new path is not below the
 * router that the guard is mounted on.
 *
 * @throws {TypeError} where a view cannot be changed
 */
export const editViews = (
  incoming: IncomingMessage,
  edits: RequestEdits,
  { received, base, parseQuery = parse }: ViewedTarget,
): boolean => {
  const changes = targetEdits(edits)
  if (changes === undefined) return true
  const seen = incoming.url ?? '/'
  const { originalUrl } = incoming as Incoming
  const url =
    changes.path === undefined ? editTarget(seen, edits) : belowMount(editTarget(withoutOrigin(seen), edits), base)
  if (url === undefined) return false
  // A mapped path takes the place of a whole URL, as proxies send on what `originalUrl` says.
  const original = changes.path === undefined ? originalUrl : withoutOrigin(originalUrl)
  const whole = typeof original === 'string' ? editTarget(original, edits) : url
  if (url !== seen || whole !== (originalUrl ?? seen)) {
    const mapped: Mapped = { received, path: changes.path ?? mappedPath(incoming) }
    Object.defineProperty(incoming, MAPPED, { value: mapped, configurable: true })
    if (url !== seen) setUrl(incoming, url)
    if (originalUrl !== undefined && whole !== originalUrl) (incoming as Incoming).originalUrl = whole
    setPseudoHeader(incoming, whole)
  }
  if (changes.query !== undefined) {
    const parsed = (view: string): object => parseQuery(view.includes('?') ? view.slice(view.indexOf('?') + 1) : '')
    const parses = { fresh: () => parsed(url), former: () => parsed(seen) }
    for (const name of ['query', '_query']) replaceParsed(incoming, name, changes.query, parses)
  }
  return true
}

/**
 * Removes the client's parameters of mapped names from a Node request that is not itself the one that was decided on: the
 * outer request of a Hono sub-request.
 */
export const cleanViews = (incoming: IncomingMessage, edits: RequestEdits): void => {
  const query = targetEdits(edits)?.query
  if (query === undefined) return
  const cleaned: RequestEdits = { headers: [], target: '', query: { ...query, apply: (text) => query.clean(text) } }
  const { originalUrl, url = '' } = incoming as Incoming
  const received = mappedFrom(incoming) ?? (typeof originalUrl === 'string' ? originalUrl : url)
  editViews(incoming, cleaned, { received, base: '' })
}
