/**
 * Finds the route of a path among many, as a gateway selects it: literal before parameter before greedy parameter, from the left
 * (AWS-FLOW-02, DEF-GEN-04).
 * @module
 */

/** The routes of one template, by method. */
interface Leaf<T> {
  readonly methods: Map<string, T[]>
  readonly any: T[]
  readonly isGreedy: boolean
}

interface TreeNode<T> {
  readonly literals: Map<string, TreeNode<T>>
  parameter: TreeNode<T> | undefined
  greedy: Leaf<T> | undefined
  leaf: Leaf<T> | undefined
}

/** How paths are compared. */
export interface TreeRules {
  /** Whether the most specific template decides, and only greedy ones serve a method that it does not have (REST APIs). */
  readonly firstTemplateDecides: boolean
  /** Whether `/a/` and `/a` are the same route. */
  readonly ignoresTrailingSlash: boolean
  /** Whether `/{proxy+}` serves the root too (AWS-EVT-46). */
  readonly greedyRoot: boolean
  /** Whether letter case is ignored. */
  readonly foldsCase: boolean
}

const createNode = <T>(): TreeNode<T> => ({
  literals: new Map(),
  parameter: undefined,
  greedy: undefined,
  leaf: undefined,
})
const createLeaf = <T>(isGreedy: boolean): Leaf<T> => ({ methods: new Map(), any: [], isGreedy })

const NONE: readonly never[] = Object.freeze([])

/** The state of one search. */
interface Search<T> {
  readonly method: string
  readonly segments: readonly string[]
  readonly as: 'gateway' | 'router' | 'spelling'
  /** Whether a template has matched that decides, except for greedy ones. */
  decided: boolean
  /** Whether a router may find other routes than the gateway. */
  routersDiffer: boolean
  /** The routes of the most specific greedy template for which no segment is left. */
  withoutRest: readonly T[]
  found: readonly T[]
}

const routesOf = <T>({ methods, any }: Leaf<T>, { method }: Search<T>): readonly T[] => methods.get(method) ?? any

/** Routes in a tree. Several routes of one place are possible only if case is ignored. */
export class RouteTree<T> {
  readonly #root = createNode<T>()
  readonly #rules: TreeRules
  readonly #fallback: readonly T[]

  /** @param fallback the route of paths and methods that no other route serves */
  constructor(rules: TreeRules, fallback?: T) {
    this.#rules = rules
    this.#fallback = fallback === undefined ? NONE : [fallback]
  }

  /** @param method `undefined` for every method that the template does not declare */
  add(method: string | undefined, path: string, route: T): void {
    let node = this.#root
    const segments = this.#segmentsOf(path)
    for (const segment of segments) {
      if (segment.startsWith('{') && segment.endsWith('+}')) {
        node.greedy ??= createLeaf(true)
        this.#put(node.greedy, method, route)
        return
      }
      if (segment.startsWith('{')) node = node.parameter ??= createNode()
      else {
        const next = node.literals.get(segment) ?? createNode<T>()
        node.literals.set(segment, next)
        node = next
      }
    }
    node.leaf ??= createLeaf(false)
    this.#put(node.leaf, method, route)
  }

  /**
   * The routes that serve a method and a path; none if there is no such route.
   *
   * @param as `gateway`, as the gateway selects; `router`, as routers may: a template with another method decides nothing, and
   * whether a greedy template serves the path above it and the root differs, so both is found; `spelling`, like that, but
   * without greedy templates
   */
  select(method: string, path: string, as: 'gateway' | 'router' | 'spelling' = 'gateway'): readonly T[] {
    return this.#foundBy(this.#search(method, this.#segmentsOf(path), as))
  }

  /** The routes that {@link select} finds as `gateway` and as `router`, which are most often the same. */
  selectBoth(method: string, path: string): { readonly gateway: readonly T[]; readonly router: readonly T[] } {
    const segments = this.#segmentsOf(path)
    const search = this.#search(method, segments, 'gateway')
    const gateway = this.#foundBy(search)
    return {
      gateway,
      router: search.routersDiffer ? this.#foundBy(this.#search(method, segments, 'router')) : gateway,
    }
  }

  #search(method: string, segments: readonly string[], as: Search<T>['as']): Search<T> {
    const search: Search<T> = {
      method,
      segments,
      as,
      decided: false,
      routersDiffer: false,
      withoutRest: NONE,
      found: NONE,
    }
    this.#visit(this.#root, 0, search)
    return search
  }

  #foundBy({ as, withoutRest, found }: Search<T>): readonly T[] {
    const decided = found.length > 0 || as === 'spelling' ? found : this.#fallback
    return withoutRest.length === 0 ? decided : [...withoutRest, ...decided]
  }

  #put(leaf: Leaf<T>, method: string | undefined, route: T): void {
    if (method === undefined) leaf.any.push(route)
    else leaf.methods.set(method, [...(leaf.methods.get(method) ?? []), route])
  }

  #segmentsOf(path: string): readonly string[] {
    const { ignoresTrailingSlash, foldsCase } = this.#rules
    const cut = ignoresTrailingSlash && path.length > 1 && path.endsWith('/') ? path.slice(1, -1) : path.slice(1)
    const segments = cut.split('/')
    if (!foldsCase) return segments
    return segments.map((each) => (each.startsWith('{') ? each : each.toLowerCase()))
  }

  /** Visits the templates that match, the most specific one first, until one has the method. */
  #visit(node: TreeNode<T>, index: number, search: Search<T>): boolean {
    const { segments } = search
    if (index === segments.length) {
      if (node.leaf !== undefined && this.#serves(node.leaf, search)) return true
      return node.greedy !== undefined && this.#servesWithoutRest(node.greedy, search, false)
    }
    const segment = segments[index] as string
    const literal = node.literals.get(segment)
    if (literal !== undefined && this.#visit(literal, index + 1, search)) return true
    if (segment !== '' && node.parameter !== undefined && this.#visit(node.parameter, index + 1, search)) return true
    if (node.greedy === undefined || search.as === 'spelling') return false
    const isEmpty = segment === '' && index === segments.length - 1
    return isEmpty
      ? this.#servesWithoutRest(node.greedy, search, this.#rules.greedyRoot)
      : this.#serves(node.greedy, search)
  }

  /** Some routers serve a greedy template for which no segment is left, others look further. */
  #servesWithoutRest(leaf: Leaf<T>, search: Search<T>, byGateway: boolean): boolean {
    search.routersDiffer = true
    if (search.as === 'gateway') return byGateway && this.#serves(leaf, search)
    if (search.as === 'router' && search.withoutRest.length === 0) search.withoutRest = routesOf(leaf, search)
    return false
  }

  #serves(leaf: Leaf<T>, search: Search<T>): boolean {
    if (search.decided && !leaf.isGreedy) {
      search.routersDiffer = true
      return false
    }
    search.decided = search.as === 'gateway' && this.#rules.firstTemplateDecides
    search.found = routesOf(leaf, search)
    return search.found.length > 0
  }
}
