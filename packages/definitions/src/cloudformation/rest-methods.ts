/** `AWS::ApiGateway::Resource` and `AWS::ApiGateway::Method` (DEF-CFN-01, DEF-CFN-06). @module */
import { resourceOf } from '../building/declared.ts'
import { methodName } from '../building/paths.ts'
import { LIMITS } from '../document/limits.ts'
import { member, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { guardOf, type GuardingApi } from './route-guards.ts'
import type { Resource, Resources } from './template.ts'

/** Bounds on paths, so that those of thousands of resources fit into memory. */
const MAX_SEGMENTS = LIMITS.references
const MAX_LENGTH = 8192

const METHODS: ReadonlySet<string> = new Set(['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'])

/** Paths of the resources of REST APIs. */
export class RestPaths {
  readonly #template: Resources
  readonly #context: ReadContext
  readonly #known = new Map<string, string>()

  constructor(template: Resources, context: ReadContext) {
    this.#template = template
    this.#context = context
  }

  /**
   * The path that a `ResourceId` names; `''` for the root. `undefined` if it cannot be found, or is longer than any gateway
   * accepts.
   */
  pathOf(node: Node | undefined, api: string): string | undefined {
    const unread: Resource[] = []
    let path: string | undefined
    for (let current = node; path === undefined;) {
      const reference = this.#context.values.known(current, { role: 'decides', what: 'the resource of a method' })
      if (reference?.kind !== 'reference') return undefined
      if (reference.attribute === 'RootResourceId') {
        path = reference.resource === api ? '' : undefined
        break
      }
      const id = resourceOf(reference, 'ResourceId') ?? ''
      path = this.#known.get(id)
      const resource = this.#template.resource(id)
      if (path !== undefined) break
      if (resource?.type !== 'AWS::ApiGateway::Resource' || unread.length > MAX_SEGMENTS) return undefined
      unread.push(resource)
      current = member(resource.properties, 'ParentId')
    }
    for (const resource of unread.toReversed()) {
      const part = this.#partOf(resource)
      if (path === undefined || part === undefined || path.length + part.length > MAX_LENGTH) return undefined
      path = `${path}/${part}`
      this.#known.set(resource.reference, path)
    }
    return path
  }

  #partOf({ id, properties, origin }: Resource): string | undefined {
    const { values, findings } = this.#context
    const part = values.text(member(properties, 'PathPart'), {
      role: 'decides',
      what: `PathPart of the resource ${id}`,
    })
    if (part === undefined || (part !== '' && !part.includes('/'))) return part
    const message = `PathPart of the resource ${id} is not one segment`
    findings.stop('invalid', 'DEF-CFN-01', { origin }, { message, advice: 'Use one resource for each segment.' })
    return undefined
  }
}

/** Adds a Method as a route. */
export const addMethod = (
  { id, properties, exists, origin }: Resource,
  { paths, ...guarding }: GuardingApi & { readonly paths: RestPaths },
  context: ReadContext,
): void => {
  const { values, findings } = context
  const path = paths.pathOf(member(properties, 'ResourceId'), resourceOf(member(properties, 'RestApiId')) ?? '')
  const verb = values.text(member(properties, 'HttpMethod'), { role: 'decides', what: `HttpMethod of ${id}` })
  if (path === undefined || verb === undefined) {
    const message = `the path or the method of ${id} is not known; it may lie over a guarded route`
    const advice = 'Give the file that declares its resource, or the values that it depends on.'
    findings.stop('unresolved', path === undefined ? 'DEF-CFN-06' : 'DEF-CFN-01', { origin }, { message, advice })
    return
  }
  const method = methodName(verb)
  if (!METHODS.has(method)) {
    const message = `HttpMethod of ${id} is not a method of a REST API`
    findings.stop('invalid', 'DEF-CFN-01', { origin }, { message, advice: 'Correct HttpMethod.' })
    return
  }
  const key = `${method} ${path === '' ? '/' : path}`
  const existing = values.flag(exists, { role: 'decides', what: `whether ${key} exists`, routes: [key] })
  if (existing === false) return
  const guard = guardOf({ key, properties, origin }, guarding, context)
  const apiKeyRequired = values.protects(member(properties, 'ApiKeyRequired'), {
    what: `whether ${key} requires an API key`,
    routes: [key],
  })
  guarding.api.addRoute(
    {
      method,
      path: path === '' ? '/' : path,
      guard: existing === undefined ? 'undecided' : guard,
      ...(apiKeyRequired && { apiKeyRequired }),
      origin,
    },
    'DEF-CFN-14',
  )
}
