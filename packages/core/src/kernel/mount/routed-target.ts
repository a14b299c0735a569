/**
 * The target that a framework routes, and the one that the client sent. Routers cut off the path at which they are
 * mounted, and middleware rewrites URLs: a decision is made for the path that is served, and policies also have to allow
 * the path that was sent (SEC-12).
 * @module
 */
import { asciiLower } from '../util/ascii.ts'

/** A parsed `mountPath`: its segments; `undefined` stands for a parameter. */
export interface MountPath {
  readonly segments: readonly (string | undefined)[]
}

const SEGMENT = /^(?!\.{1,2}$)[\w.~!$&'()+,=@-]+$/
const PARAMETER = /^(?::\w+|\{\w+\})$/

/** Parses the option `mountPath`; `undefined` when it is not a path of literal segments and parameters. */
export const parseMountPath = (text: string): MountPath | undefined => {
  if (text === '/') return { segments: [] }
  const segments = text.slice(1).split('/')
  if (!text.startsWith('/') || !segments.every((each) => PARAMETER.test(each) || SEGMENT.test(each))) return undefined
  return { segments: segments.map((each) => (PARAMETER.test(each) ? undefined : each)) }
}

/** The beginning of a path that a mount cuts off, as it is written there; `undefined` when the path is not below it. */
const cutBy = ({ segments }: MountPath, path: string, caseSensitive: boolean): string | undefined => {
  let end = 0
  for (const wanted of segments) {
    const next = path.indexOf('/', end + 1)
    const stop = next < 0 ? path.length : next
    const found = path.slice(end + 1, stop)
    const same =
      wanted === undefined ? found !== '' : caseSensitive ? found === wanted : asciiLower(found) === asciiLower(wanted)
    if (path.charCodeAt(end) !== 0x2f || !same) return undefined
    end = stop
  }
  return path.slice(0, end)
}

/** The mount as it is written, where it has no parameters. */
const literalOf = ({ segments }: MountPath): string | undefined =>
  segments.includes(undefined) ? undefined : segments.map((each) => `/${each}`).join('')

/** What a framework reports about the target of a request at one place. */
export interface FrameworkTarget {
  /** The target that the client sent: a path and query, or an absolute URL. */
  readonly received: string
  /** Whether {@link received} was kept before anything was cut off. Default `true`; `false` where only the URL is known. */
  readonly knowsReceived?: boolean
  /** The target that is routed at this place, without what mounts have cut off. */
  readonly url: string
  /** What mounts have cut off, as far as the framework reports it. The first one that explains the two targets counts. */
  readonly bases: readonly string[]
  /** Whether the framework reports all of its mounts, so that any other difference is a rewrite. */
  readonly knowsMounts: boolean
  /** The target that the client sent, where a mapping of this library has changed {@link received}. Default: none has. */
  readonly sent?: string | undefined
}

/** What is routed at a place. */
export interface RoutedTarget {
  /** Path from the root, and query. */
  readonly target: string
  /** The target that the client sent, where that is another one. */
  readonly receivedTarget: string | undefined
  /** Whether the difference can be neither a mount that is known nor a rewrite; the request has to be rejected. */
  readonly unexplainedTarget: boolean
  /** What mounts have cut off the path; `''` for nothing. */
  readonly base: string
}

/** Path and query of a target in absolute form; other targets as they are. */
const originForm = (target: string): string => {
  if (target.charCodeAt(0) === 0x2f) return target
  const authority = /^https?:\/\/[^/?#]*/i.exec(target)
  if (authority === null) return target
  const rest = target.slice(authority[0].length)
  return rest.startsWith('/') ? rest : `/${rest}`
}

const pathOf = (target: string): string => {
  const end = target.search(/[?#]/)
  return end < 0 ? target : target.slice(0, end)
}

/** The target from the root. A router that is mounted at `/api` sees `/` both for `/api` and for `/api/`. */
const joined = (base: string, url: string, whole: string): string =>
  base !== '' && pathOf(url) === '/' && whole === base ? base + url.slice(1) : base + url

const same = (received: string, base: string): RoutedTarget => ({
  target: received,
  receivedTarget: undefined,
  unexplainedTarget: false,
  base,
})

const isRoot = (base: string): boolean => base === ''

const compare = (
  { received, url, bases, knowsMounts, knowsReceived = true }: FrameworkTarget,
  mountPath: MountPath | undefined,
  caseSensitive: boolean,
): RoutedTarget => {
  // Nearly every guard stands at the root. Below a mount, equal targets mean that something has been rewritten.
  if (url === received && mountPath === undefined && bases.every(isRoot)) return same(received, '')
  const sent = originForm(received)
  const seen = originForm(url)
  const rawPath = pathOf(sent)
  for (const base of bases) {
    // A stated mount takes precedence over a framework that reports none.
    if (mountPath !== undefined && base === '') continue
    if (joined(base, seen, rawPath) === sent) return same(received, base)
  }
  if (mountPath === undefined) {
    const base = bases[0] ?? ''
    return { target: base + seen, receivedTarget: received, unexplainedTarget: !knowsMounts, base }
  }
  const literal = literalOf(mountPath)
  // Something has cut the mount off without keeping what it was, so that nothing is known about its parameters.
  if (!knowsReceived && literal !== undefined) return same(literal + seen, literal)
  const prefix = knowsReceived ? (cutBy(mountPath, rawPath, caseSensitive) ?? literal) : undefined
  if (prefix === undefined) return { target: seen, receivedTarget: received, unexplainedTarget: true, base: '' }
  const target = joined(prefix, seen, rawPath)
  return target === sent
    ? same(received, prefix)
    : { target, receivedTarget: received, unexplainedTarget: false, base: prefix }
}

/**
 * Compares the routed target with the received one.
 *
 * @param mountPath the option of that name
 * @param caseSensitive whether mounts compare letter case
 */
export const routedTarget = (
  told: FrameworkTarget,
  mountPath: MountPath | undefined,
  caseSensitive: boolean,
): RoutedTarget => {
  const routed = compare(told, mountPath, caseSensitive)
  const { sent } = told
  if (sent === undefined) return routed
  // An earlier guard has mapped the request: later guards see the mapped path and the query that the client sent.
  const path = pathOf(routed.target)
  const received = originForm(sent)
  const receivedPath = pathOf(received)
  return path === receivedPath
    ? { ...routed, target: sent, receivedTarget: undefined }
    : { ...routed, target: path + received.slice(receivedPath.length), receivedTarget: sent }
}

/**
 * Whether a path is the one that is routed now, given the path that a framework routes at some place.
 *
 * @param path the canonical path from the root
 * @param mountedPaths paths at which routers are mounted without the framework telling it
 */
export const isRouted = (
  path: string,
  { url, bases }: Pick<FrameworkTarget, 'url' | 'bases'>,
  mountedPaths: readonly MountPath[],
  canonical: (target: string) => string,
): boolean => {
  const seen = originForm(url)
  const isAt = (base: string): boolean => canonical(joined(base, seen, path)) === path
  return (
    bases.some(isAt) ||
    mountedPaths.some((mount) => {
      const prefix = cutBy(mount, path, false)
      return prefix !== undefined && isAt(prefix)
    })
  )
}
