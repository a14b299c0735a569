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
  /** Whether a looser router may find other routes. */
  routersDiffer: boolean
  found: readonly T[]
}

/** Routes in a tree. Several routes of one place are possible only if case is ignored. */
export class RouteTree<T> {
  readonly #root = createNode<T>()
  readonly #rules: TreeRules

  constructor(rules: TreeRules) {
    this.#rules = rules
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
   * @param as `gateway`, as the gateway selects; `router`, as a looser router may: a template with another method decides
   * nothing, and a greedy template serves the path above it; `spelling`, like that, but without greedy templates
   */
  select(method: string, path: string, as: 'gateway' | 'router' | 'spelling' = 'gateway'): readonly T[] {
    return this.#search(method, this.#segmentsOf(path), as).found
  }

  /** The routes that {@link select} finds as `gateway` and as `router`, which are most often the same. */
  selectBoth(method: string, path: string): { readonly gateway: readonly T[]; readonly router: readonly T[] } {
    const segments = this.#segmentsOf(path)
    const { found, routersDiffer } = this.#search(method, segments, 'gateway')
    return { gateway: found, router: routersDiffer ? this.#search(method, segments, 'router').found : found }
  }

  #search(method: string, segments: readonly string[], as: Search<T>['as']): Search<T> {
    const search: Search<T> = { method, segments, as, decided: false, routersDiffer: false, found: NONE }
    this.#visit(this.#root, 0, search)
    return search
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
      if (node.greedy === undefined) return false
      search.routersDiffer = true
      return search.as === 'router' && this.#serves(node.greedy, search)
    }
    const segment = segments[index] as string
    const literal = node.literals.get(segment)
    if (literal !== undefined && this.#visit(literal, index + 1, search)) return true
    if (segment !== '' && node.parameter !== undefined && this.#visit(node.parameter, index + 1, search)) return true
    if (node.greedy === undefined || search.as === 'spelling') return false
    const isEmpty = segment === '' && index === segments.length - 1
    return (!isEmpty || this.#rules.greedyRoot) && this.#serves(node.greedy, search)
  }

  #serves(leaf: Leaf<T>, search: Search<T>): boolean {
    if (search.decided && !leaf.isGreedy) {
      search.routersDiffer = true
      return false
    }
    search.decided = search.as === 'gateway' && this.#rules.firstTemplateDecides
    search.found = leaf.methods.get(search.method) ?? leaf.any
    return search.found.length > 0
  }
}
