/**
 * Compares the target that a framework routes with the one that the client sent. Routers remove the path at which they are
 * mounted, and middleware rewrites URLs: the decision applies to the routed path, and policies also have to allow the path
 * that the client sent (SEC-12).
 * @module
 */
import { asciiLower } from '../util/ascii.ts'

/** A parsed `mountPath`: its segments, with `undefined` for a parameter. */
export interface MountPath {
  readonly segments: readonly (string | undefined)[]
}

const SEGMENT = /^(?!\.{1,2}$)[\w.~!$&'()+,=@-]+$/
const PARAMETER = /^(?::\w+|\{\w+\})$/

/** Parses the option `mountPath`; `undefined` if it is not a path of literal segments and parameters. */
export const parseMountPath = (text: string): MountPath | undefined => {
  if (text === '/') return { segments: [] }
  const segments = text.slice(1).split('/')
  if (!text.startsWith('/') || !segments.every((each) => PARAMETER.test(each) || SEGMENT.test(each))) return undefined
  return { segments: segments.map((each) => (PARAMETER.test(each) ? undefined : each)) }
}

/** The part of a path that a mount removes, as spelled in the path; `undefined` if the path is not below the mount. */
const mountedPrefix = ({ segments }: MountPath, path: string, caseSensitive: boolean): string | undefined => {
  let end = 0
  for (const expected of segments) {
    const next = path.indexOf('/', end + 1)
    const stop = next < 0 ? path.length : next
    const found = path.slice(end + 1, stop)
    const same =
      expected === undefined
        ? found !== ''
        : caseSensitive
          ? found === expected
          : asciiLower(found) === asciiLower(expected)
    if (path.charCodeAt(end) !== 0x2f || !same) return undefined
    end = stop
  }
  return path.slice(0, end)
}

/** The mount as a path; `undefined` if it has parameters. */
const literalOf = ({ segments }: MountPath): string | undefined =>
  segments.includes(undefined) ? undefined : segments.map((each) => `/${each}`).join('')

/** What a framework reports about the target of a request at the place of a guard. */
export interface FrameworkTarget {
  /** The target that the client sent: a path and query, or an absolute URL. */
  readonly received: string
  /** Whether {@link received} was saved before anything was removed. Default `true`; `false` if only the URL is known. */
  readonly knowsReceived?: boolean
  /** The target that is routed at this place, without the parts that mounts have removed. */
  readonly url: string
  /** The parts that mounts have removed, as far as the framework reports them. The first one that explains both targets counts. */
  readonly bases: readonly string[]
  /** Whether the framework reports all of its mounts, so that any other difference is a rewrite. */
  readonly knowsMounts: boolean
  /** The target that the client sent, if a mapping of this library has changed {@link received}. Default: no mapping has. */
  readonly sent?: string | undefined
}

/** The target that is routed at the place of a guard. */
export interface RoutedTarget {
  /** Path from the root, and query. */
  readonly target: string
  /** The target that the client sent, if it is another one. */
  readonly receivedTarget: string | undefined
  /** Whether neither a known mount nor a rewrite explains the difference. Such a request has to be rejected. */
  readonly unexplainedTarget: boolean
  /** The part of the path that mounts have removed; `''` if there is none. */
  readonly base: string
}

/** Path and query of a target in absolute form; other targets are returned unchanged. */
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

const compare = (
  { received, url, bases, knowsMounts, knowsReceived = true }: FrameworkTarget,
  mountPath: MountPath | undefined,
  caseSensitive: boolean,
): RoutedTarget => {
  const sent = originForm(received)
  const seen = originForm(url)
  const rawPath = pathOf(sent)
  for (const base of bases) {
    // `mountPath` takes precedence over a framework that reports no mount.
    if (mountPath !== undefined && base === '') continue
    if (joined(base, seen, rawPath) === sent) return same(received, base)
  }
  if (mountPath === undefined) {
    const base = bases[0] ?? ''
    return { target: base + seen, receivedTarget: received, unexplainedTarget: !knowsMounts, base }
  }
  const literal = literalOf(mountPath)
  // The mount was removed without saving the original target, so the values of its parameters are unknown.
  if (!knowsReceived && literal !== undefined) return same(literal + seen, literal)
  const prefix = knowsReceived ? (mountedPrefix(mountPath, rawPath, caseSensitive) ?? literal) : undefined
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
  reported: FrameworkTarget,
  mountPath: MountPath | undefined,
  caseSensitive: boolean,
): RoutedTarget => {
  const routed = compare(reported, mountPath, caseSensitive)
  const { sent } = reported
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
 * Whether a path is still the one that a framework routes.
 *
 * @param path the canonical path from the root
 * @param mountedPaths paths of mounted routers that the framework does not report
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
      const prefix = mountedPrefix(mount, path, false)
      return prefix !== undefined && isAt(prefix)
    })
  )
}
