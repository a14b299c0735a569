/** Where a guard is called in a Koa application, and what Koa reports about the target there. @module */
import { toTemplate } from '@custom-authorizer/core/contract'
import type { CurrentRequest, FrameworkTarget } from '@custom-authorizer/core/adapter'
import { frameworkTarget, type GuardedPlace } from '@custom-authorizer/core/node'
import type { ParameterizedContext } from 'koa'
import { isOutermost } from './outermost.ts'

type MountedRequest = ParameterizedContext['req'] & { readonly baseUrl?: unknown }
export type RoutedContext = Pick<ParameterizedContext, 'req' | 'originalUrl'>

/** The members that `koa-mount` and `@koa/router` set on a context. */
interface RoutingMembers {
  readonly mountPath?: unknown
  readonly newRouterPath?: unknown
  readonly routerPath?: unknown
  readonly _matchedRoute?: unknown
}

/** `@koa/router` prefers `ctx.newRouterPath` to the URL's path. Older versions prefer `ctx.routerPath`, which they also set. */
const chosenByRouter = (ctx: RoutingMembers, url: string): string => {
  const { newRouterPath, routerPath, _matchedRoute: matched } = ctx
  const chosen = newRouterPath ?? (matched === undefined ? routerPath : undefined)
  if (typeof chosen !== 'string') return url
  const query = url.indexOf('?')
  return query < 0 ? chosen : chosen + url.slice(query)
}

/**
 * What Koa reports about the target: its own original URL, and that of the framework in which it is mounted. `koa-mount` names
 * the innermost mount only, also after the mounted application has called `next`; a guard in the outer application itself is
 * not below a mount.
 */
const targetOf = (ctx: RoutedContext, ignoresMountPath: boolean = false): FrameworkTarget => {
  const { mountPath } = ctx as RoutingMembers
  const outer = frameworkTarget(ctx.req)
  const isOuter = 'originalUrl' in ctx.req
  const base = outer.bases[0] ?? ''
  const isMounted = typeof mountPath === 'string' && !ignoresMountPath
  return {
    received: isOuter ? outer.received : ctx.originalUrl,
    knowsReceived: true,
    url: chosenByRouter(ctx as RoutingMembers, outer.url),
    bases: isMounted ? [base + mountPath] : outer.bases,
    knowsMounts: !isMounted && (outer.knowsMounts || !isOuter),
    sent: outer.sent,
  }
}

/** A handler may be in the outer application or below a mount, so the bases of both are accepted. */
export const currentOf = (ctx: RoutedContext): CurrentRequest => {
  const below = targetOf(ctx)
  return { method: ctx.req.method, url: below.url, bases: [...below.bases, ...targetOf(ctx, true).bases] }
}

/** A place in a Koa application, and what {@link currentOf} reads there. */
export class KoaPlace implements GuardedPlace {
  readonly framework: ParameterizedContext
  readonly route: string | undefined
  readonly #guard: unknown
  readonly #method: string | undefined
  readonly #baseUrl: unknown
  readonly #mountPath: unknown
  readonly #routed: string

  /** @param guard the middleware that is called */
  constructor(ctx: ParameterizedContext, guard: unknown) {
    const { method, url = '', baseUrl } = ctx.req as MountedRequest
    const { mountPath, _matchedRoute } = ctx as RoutingMembers
    this.framework = ctx
    this.route = toTemplate(_matchedRoute)
    this.#guard = guard
    this.#method = method
    this.#baseUrl = baseUrl
    this.#mountPath = mountPath
    this.#routed = chosenByRouter(ctx as RoutingMembers, url)
  }

  get carrier(): object {
    return this.framework.req
  }

  get outgoing(): GuardedPlace['outgoing'] {
    return this.framework.res
  }

  plainTarget(): string | undefined {
    const { framework } = this
    const { req, originalUrl } = framework
    const isAtRoot = typeof (framework as RoutingMembers).mountPath !== 'string' && !('originalUrl' in req)
    return isAtRoot && (this.#baseUrl === undefined || this.#baseUrl === '') && originalUrl === this.#routed
      ? this.#routed
      : undefined
  }

  target(): FrameworkTarget {
    const isMounted = typeof (this.framework as RoutingMembers).mountPath === 'string'
    return targetOf(this.framework, isMounted && isOutermost(this.framework, this.#guard))
  }

  isUnchanged(): boolean {
    const { framework } = this
    const { method, url = '', baseUrl } = framework.req as MountedRequest
    return (
      method === this.#method &&
      baseUrl === this.#baseUrl &&
      (framework as RoutingMembers).mountPath === this.#mountPath &&
      chosenByRouter(framework as RoutingMembers, url) === this.#routed
    )
  }
}
