/** Templates of routes in mounted routers: `req.baseUrl` is text that the client sent, not a template. @module */
import { asciiLower, toTemplate } from '@custom-authorizer/core/contract'
import { placesOf, type RouterLike } from './layer.ts'
import { layersOf, type Part, routerOf, unwrap } from './router.ts'

/** Caches the mount paths of each route, as templates. */
const mounts = new WeakMap<object, readonly string[]>()

interface MountedApplication {
  readonly parent?: MountedApplication
}

const rootOf = (app: MountedApplication): MountedApplication => (app.parent === undefined ? app : rootOf(app.parent))

/** Adds the mount paths of a route in a router, as templates. Omits paths that no template can express. */
const collect = (
  route: object,
  router: RouterLike,
  prefix: string,
  around: readonly RouterLike[],
  found: Set<string>,
): void => {
  for (const layer of layersOf(router)) {
    if (layer.route === route) found.add(prefix)
    const inner = layer.route === undefined ? routerOf(unwrap(layer.handle)) : undefined
    if (inner === undefined || inner === router || around.includes(inner)) continue
    for (const { text } of placesOf(layer)) {
      const template = toTemplate(text)
      if (template === undefined) continue
      collect(route, inner, prefix + (template === '/' ? '' : template.replace(/\/$/, '')), [...around, router], found)
    }
  }
}

const mountsOf = (route: object, app: MountedApplication): readonly string[] => {
  const cached = mounts.get(route)
  if (cached !== undefined) return cached
  const found = new Set<string>()
  const router = routerOf(rootOf(app) as unknown as Part)
  if (router !== undefined) collect(route, router, '', [], found)
  const templates = [...found]
  mounts.set(route, templates)
  return templates
}

/** Whether a mount template can match this text: the literal segments are equal, ignoring letter case. */
const mayMatch = (template: string, text: string): boolean => {
  const expected = asciiLower(template).split('/')
  const segments = asciiLower(text).split('/')
  return (
    expected.length === segments.length &&
    expected.every((each, index) => (each.startsWith('{') ? !each.endsWith('+}') : each === segments[index]))
  )
}

/** The members of a request that are read. Their types are unknown, because other routers than Express may call a guard. */
interface RoutedRequest {
  readonly route?: unknown
  readonly baseUrl?: unknown
  readonly app?: unknown
}

/**
 * Returns the full template of the matched route, such as `/tenants/{tenantId}/pets/{petId}`. `undefined` if the guard is not
 * on a route, if no template can express the path, or if Express does not store where the router is mounted. The template
 * never contains text that the client sent.
 */
export const routeTemplateOf = ({ route, baseUrl, app }: RoutedRequest): string | undefined => {
  if (typeof route !== 'object' || route === null) return undefined
  const template = toTemplate((route as { path?: unknown }).path)
  if (template === undefined || baseUrl === '' || baseUrl === undefined) return template
  if (typeof baseUrl !== 'string' || typeof app !== 'function') return undefined
  const [mount, ...others] = mountsOf(route, app as MountedApplication).filter((each) => mayMatch(each, baseUrl))
  if (mount === undefined || others.length > 0) return undefined
  return template === '/' ? mount : mount + template
}
