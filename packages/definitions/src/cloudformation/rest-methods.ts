/** `AWS::ApiGateway::Resource` and `AWS::ApiGateway::Method` (DEF-CFN-01, DEF-CFN-06). @module */
import { resourceOf } from '../building/declared.ts'
import { methodName } from '../building/paths.ts'
import { LIMITS } from '../document/limits.ts'
import { member, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { guardOf, type GuardingApi } from './route-guards.ts'
import type { Resource, Resources } from './template.ts'

/** Paths of the resources of REST APIs. */
export class RestPaths {
  readonly #template: Resources
  readonly #context: ReadContext
  readonly #known = new Map<string, string | undefined>()

  constructor(template: Resources, context: ReadContext) {
    this.#template = template
    this.#context = context
  }

  /** The path that a `ResourceId` or `ParentId` names; `''` for the root. `undefined` if it cannot be found. */
  pathOf(node: Node | undefined, depth = 0): string | undefined {
    if (node?.kind !== 'reference' || depth > LIMITS.references) return undefined
    if (node.attribute === 'RootResourceId') return ''
    const id = resourceOf(node, 'ResourceId')
    if (id === undefined) return undefined
    if (!this.#known.has(id)) this.#known.set(id, this.#find(id, depth))
    return this.#known.get(id)
  }

  #find(id: string, depth: number): string | undefined {
    const resource = this.#template.resource(id)
    if (resource?.type !== 'AWS::ApiGateway::Resource') return undefined
    const { properties } = resource
    // A cycle has no root: this stays the answer until the path is known.
    this.#known.set(id, undefined)
    const parent = this.pathOf(member(properties, 'ParentId'), depth + 1)
    const part = this.#context.values.text(member(properties, 'PathPart'), {
      role: 'guards',
      what: `PathPart of the resource ${id}`,
    })
    return parent === undefined || part === undefined ? undefined : `${parent}/${part}`
  }
}

/** Adds a Method as a route. */
export const addMethod = (
  { id, properties, exists, origin }: Resource,
  { paths, ...guarding }: GuardingApi & { readonly paths: RestPaths },
  context: ReadContext,
): void => {
  const { values, findings } = context
  const path = paths.pathOf(member(properties, 'ResourceId'))
  const verb = values.text(member(properties, 'HttpMethod'), { role: 'guards', what: `HttpMethod of ${id}` })
  if (path === undefined || verb === undefined) {
    const message = `the path or the method of ${id} is not known; it may lie over a guarded route`
    const advice = 'Give the file that declares its resource, or the values that it depends on.'
    findings.stop('unresolved', path === undefined ? 'DEF-CFN-06' : 'DEF-CFN-01', { origin }, { message, advice })
    return
  }
  const method = methodName(verb)
  const key = `${method} ${path === '' ? '/' : path}`
  const existing = values.flag(exists, { role: 'guards', what: `whether ${key} exists`, routes: [key] })
  if (existing === false) return
  const guard = guardOf({ key, properties, origin }, guarding, context)
  const apiKeyRequired = values.flag(member(properties, 'ApiKeyRequired'), {
    role: 'guards',
    what: `whether ${key} requires an API key`,
    routes: [key],
  })
  guarding.api.addRoute(
    {
      method,
      path: path === '' ? '/' : path,
      guard: existing === undefined ? 'undecided' : guard,
      ...(apiKeyRequired === true && { apiKeyRequired }),
      origin,
    },
    'DEF-CFN-14',
  )
}
