/** Applies a mapping to every view of a Node request's target: URLs, `:path` and parsed queries (SEC-20). @module */
import type { IncomingMessage } from 'node:http'
import type { QueryEdit, RequestEdits } from '../../index.ts'
import { check } from '../../contract.ts'
import { editTarget, targetEdits } from '../../adapter.ts'
import { setUrl } from '../bind.ts'
import { http2Stream } from '../connection.ts'

/** Data of a request whose target a mapping has changed. */
interface Mapped {
  /** The target as the client sent it. */
  readonly received: string
  /** The path that handlers receive; `undefined` if no mapping has changed the path. */
  readonly path: string | undefined
}

const MAPPED: unique symbol = Symbol('mapped')
/** Whether a mapping has changed a target in this process. Express makes reads of absent members expensive. */
let hasMapped = false
type Incoming = IncomingMessage & { [MAPPED]?: Mapped; originalUrl?: unknown }

/** Returns the target that the client sent, if a mapping has changed it; otherwise `undefined`. */
export const mappedFrom = (incoming: object): string | undefined =>
  hasMapped ? (incoming as Partial<Incoming>)[MAPPED]?.received : undefined

/** Returns the path that mappings have set; `undefined` if the path is unchanged. */
export const mappedPath = (incoming: IncomingMessage): string | undefined =>
  hasMapped ? (incoming as Incoming)[MAPPED]?.path : undefined

/** Parses a query into an object, as a framework does. */
type QueryParser = (queryString: string) => object

/** Compares parsed queries: plain data from the same parser. */
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** Parses a query into an object, with a list for each repeated name. */
const parse: QueryParser = (queryString) => {
  const parsed = Object.create(null) as Record<string, string | string[]>
  for (const [name, value] of new URLSearchParams(queryString)) {
    const earlier = parsed[name]
    parsed[name] = earlier === undefined ? value : [earlier, value].flat()
  }
  return parsed
}

/** Returns a parsed query with the changes, or the value itself if nothing changes. */
const editParsed = (value: unknown, edit: QueryEdit, fresh: object, former: object): unknown => {
  if (typeof value === 'string') return edit.apply(value)
  if (value instanceof URLSearchParams) return new URLSearchParams(edit.apply(value.toString()))
  if (!check.isRecord(value)) return value
  const [before, after] = [former as Record<string, unknown>, fresh as Record<string, unknown>]
  // Middleware may have sanitized the object, so parameters that the mapping does not change are taken from it.
  const changes = (name: string): boolean => edit.touches(name) || !isSame(before[name], after[name])
  const changed = (of: object): [string, unknown][] => Object.entries(of).filter(([name]) => changes(name))
  const set = changed(after)
  if (isSame(Object.fromEntries(changed(value)), Object.fromEntries(set))) return value
  const unchanged = Object.entries(value).filter(([name]) => !changes(name))
  const edited: object = Object.fromEntries([...unchanged, ...set])
  return Object.setPrototypeOf(edited, Object.getPrototypeOf(value) as object | null) as unknown
}

/**
 * Replaces a parsed query on a request object. `fresh` parses the mapped query, `former` the query before the mapping. The
 * property is defined rather than assigned, because middleware may have defined it without a setter.
 *
 * @throws {TypeError} if the property cannot be replaced
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

/** Returns a target as a router mounted at `base` sees it; `undefined` if the target is not below the mount. */
const belowMount = (target: string, base: string): string | undefined => {
  if (!target.startsWith(base)) return undefined
  const rest = target.slice(base.length)
  return rest.startsWith('/') ? rest : rest === '' || rest.startsWith('?') ? `/${rest}` : undefined
}

// In HTTP/2, the headers contain the target as well.
const setPseudoHeader = (incoming: IncomingMessage, target: string): void => {
  if (http2Stream(incoming) === undefined) return
  incoming.headers[':path'] = target
  const { rawHeaders } = incoming
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index] === ':path') rawHeaders[index + 1] = target
}

const withoutOrigin = <T>(target: T): T | string =>
  typeof target === 'string' ? target.replace(/^https?:\/\/[^/?#]*/i, '') : target

/** The target of a request before its views are changed. */
export interface ViewedTarget {
  /** The target that the client sent. */
  readonly received: string
  /** The part of the path that mounted routers have removed. */
  readonly base: string
  /** How the framework parses a query. Default: with `URLSearchParams`, and a list for each repeated name. */
  readonly parseQuery?: QueryParser | undefined
}

/**
 * Changes every view of the target on the request object: `url`, `originalUrl`, the `:path` header of HTTP/2, and parsed
 * queries in `query` (Express, Polka) and `_query` (Engine.IO). Returns `false` if the new path is not below the router that
 * the guard is mounted on.
 *
 * @throws {TypeError} if a view cannot be changed
 */
export const editViews = (
  incoming: IncomingMessage,
  edits: RequestEdits,
  { received, base, parseQuery = parse }: ViewedTarget,
): boolean => {
  const changes = targetEdits(edits)
  if (changes === undefined) return true
  const formerUrl = incoming.url ?? '/'
  const { originalUrl } = incoming as Incoming
  const url =
    changes.path === undefined
      ? editTarget(formerUrl, edits)
      : belowMount(editTarget(withoutOrigin(formerUrl), edits), base)
  if (url === undefined) return false
  // Proxies forward `originalUrl`. A mapped path replaces an absolute URL, including its origin.
  const original = changes.path === undefined ? originalUrl : withoutOrigin(originalUrl)
  const newOriginal = typeof original === 'string' ? editTarget(original, edits) : url
  if (url !== formerUrl || newOriginal !== (originalUrl ?? formerUrl)) {
    const mapped: Mapped = { received, path: changes.path ?? mappedPath(incoming) }
    hasMapped = true
    Object.defineProperty(incoming, MAPPED, { value: mapped, configurable: true })
    if (url !== formerUrl) setUrl(incoming, url)
    if (originalUrl !== undefined && newOriginal !== originalUrl) (incoming as Incoming).originalUrl = newOriginal
    setPseudoHeader(incoming, newOriginal)
  }
  if (changes.query !== undefined) {
    const parsed = (view: string): object => parseQuery(view.includes('?') ? view.slice(view.indexOf('?') + 1) : '')
    const parses = { fresh: () => parsed(url), former: () => parsed(formerUrl) }
    for (const name of ['query', '_query']) replaceParsed(incoming, name, changes.query, parses)
  }
  return true
}

/**
 * Removes the client's parameters of mapped names from a Node request that is not the evaluated request: the outer request
 * of a Hono sub-request.
 */
export const cleanViews = (incoming: IncomingMessage, edits: RequestEdits): void => {
  const query = targetEdits(edits)?.query
  if (query === undefined) return
  const cleaned: RequestEdits = { headers: [], target: '', query: { ...query, apply: (text) => query.clean(text) } }
  const { originalUrl, url = '' } = incoming as Incoming
  const received = mappedFrom(incoming) ?? (typeof originalUrl === 'string' ? originalUrl : url)
  editViews(incoming, cleaned, { received, base: '' })
}
