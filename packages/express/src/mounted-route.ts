/** The template of a route that stands in mounted routers: Express keeps only the client's text of a mount path. @module */
import { asciiLower, toTemplate } from '@custom-authorizer/core/contract'
import { placesOf, type RouterLike } from './layer.ts'
import { layersOf, type Part, routerOf, unwrap } from './router.ts'

/** Where the routers around each route are mounted, as templates. Routes are an application's own: there are few. */
const mounts = new WeakMap<object, readonly string[]>()

interface MountedApplication {
  readonly parent?: MountedApplication
}

const rootOf = (app: MountedApplication): MountedApplication => (app.parent === undefined ? app : rootOf(app.parent))

/** Adds the mount templates of a route that a router holds. Paths that no template can express are left out. */
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
  const known = mounts.get(route)
  if (known !== undefined) return known
  const found = new Set<string>()
  const router = routerOf(rootOf(app) as unknown as Part)
  if (router !== undefined) collect(route, router, '', [], found)
  const templates = [...found]
  mounts.set(route, templates)
  return templates
}

/** Whether a template may have given this text: each literal segment is the same, whatever the letter case. */
const mayBe = (template: string, text: string): boolean => {
  const wanted = asciiLower(template).split('/')
  const given = asciiLower(text).split('/')
  return (
    wanted.length === given.length &&
    wanted.every((each, index) => (each.startsWith('{') ? !each.endsWith('+}') : each === given[index]))
  )
}

/** What is read of a request: a guard may be called by other routers than those of Express. */
interface RoutedRequest {
  readonly route?: unknown
  readonly baseUrl?: unknown
  readonly app?: unknown
}

/**
 * The whole template of the route that is being served, such as `/tenants/{tenantId}/pets/{petId}`. `undefined` for a guard
 * that stands on no route, for paths that no template can express, and where Express does not tell how the router is
 * mounted: never text of the client.
 */
export const routeTemplateOf = ({ route, baseUrl, app }: RoutedRequest): string | undefined => {
  if (typeof route !== 'object' || route === null) return undefined
  const template = toTemplate((route as { path?: unknown }).path)
  if (template === undefined || baseUrl === '' || baseUrl === undefined) return template
  if (typeof baseUrl !== 'string' || typeof app !== 'function') return undefined
  const [mount, ...others] = mountsOf(route, app as MountedApplication).filter((each) => mayBe(each, baseUrl))
  if (mount === undefined || others.length > 0) return undefined
  return template === '/' ? mount : mount + template
}
