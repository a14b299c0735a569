/** Paths of REST APIs: the path parts from a resource up to the root (DEF-CFN-01). @module */
import type { Origin } from '../../definition.ts'
import { LIMITS } from '../../document/limits.ts'
import { member, type Node } from '../../document/node.ts'
import type { Api, Reading } from './reading.ts'
import type { Resource } from './resource.ts'

/** A path, and the resources that it consists of. */
export interface FoundPath {
  readonly path: string
  readonly resources: readonly Resource[]
}

const API = 'aws_api_gateway_rest_api'
const RESOURCE = 'aws_api_gateway_resource'

/** Reads paths, each once. */
export class PathReader {
  readonly #reading: Reading
  /** By the names of the API and of the resource. */
  readonly #known = new Map<string, FoundPath | undefined>()

  constructor(reading: Reading) {
    this.#reading = reading
  }

  /** The path of a method; `undefined` if it is not known, and then a finding stops (DEF-CFN-06). */
  of(id: Node | undefined, method: Resource, api: Api): FoundPath | undefined {
    const found = this.#at(id, `the path of ${method.address}`, method.origin, api, 0)
    // Also for a path that another method has reported: every route is named.
    if (found === undefined) {
      const message = `the path of ${method.address} is not known`
      const advice = 'Give the values that it depends on, or the output of terraform show -json for the state.'
      this.#reading.stop('unresolved', 'DEF-CFN-06', method, { message, advice })
    }
    return found
  }

  #at(id: Node | undefined, what: string, origin: Origin, api: Api, depth: number): FoundPath | undefined {
    if (id === undefined || this.#reading.isUnset(id)) {
      const details = { message: `${what}: no resource is named`, advice: 'Set resource_id and parent_id.' }
      this.#reading.stop('invalid', 'DEF-CFN-01', { origin }, details)
      return undefined
    }
    if (this.#reading.context.values.known(id, { role: 'decides', what }) === undefined) return undefined
    const { inventory } = this.#reading
    const root = inventory.target(id, API, 'root_resource_id')
    if (root !== undefined) return root === api.resource ? { path: '/', resources: [] } : this.#foreign(what, origin)
    const target = inventory.target(id, RESOURCE)
    if (target === undefined) {
      const message = `${what} leads to a resource that is not in the input`
      const advice = 'Give the files, or the state, that declare it.'
      this.#reading.stop('unresolved', 'DEF-CFN-01', { origin }, { message, advice })
      return undefined
    }
    const key = JSON.stringify([api.builder.name, target.address])
    if (this.#known.has(key)) return this.#known.get(key)
    // Until the path is known, a resource that leads back to itself has none.
    this.#known.set(key, undefined)
    const found = this.#below(target, api, depth)
    this.#known.set(key, found)
    return found
  }

  #below(resource: Resource, api: Api, depth: number): FoundPath | undefined {
    const { attributes, address, origin } = resource
    if (depth > LIMITS.references) {
      const details = { message: `${address} has too many parents`, advice: 'Correct parent_id.' }
      this.#reading.stop('hostile', 'DEF-IN-05', resource, details)
      return undefined
    }
    const parent = this.#at(member(attributes, 'parent_id'), `the path of ${address}`, origin, api, depth + 1)
    const part = this.#reading.guarding(member(attributes, 'path_part'), { what: `path_part of ${address}` })
    if (part === 'absent') {
      const details = { message: `${address} has no path_part`, advice: 'Set path_part.' }
      this.#reading.stop('invalid', 'DEF-CFN-01', resource, details)
    }
    if (parent === undefined || typeof part === 'string') return undefined
    if (part.text.includes('/')) {
      const details = { message: `path_part of ${address} has a slash`, advice: 'Use one resource for each segment.' }
      this.#reading.stop('invalid', 'DEF-GEN-13', resource, details)
      return undefined
    }
    const path = parent.path === '/' ? `/${part.text}` : `${parent.path}/${part.text}`
    return { path, resources: [...parent.resources, resource] }
  }

  #foreign(what: string, origin: Origin): undefined {
    const details = { message: `${what} leads to another API`, advice: 'Use resources of one API.' }
    this.#reading.stop('invalid', 'DEF-CFN-01', { origin }, details)
    return undefined
  }
}
