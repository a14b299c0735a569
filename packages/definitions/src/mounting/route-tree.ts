/**
 * Finds the routes of a path among many: the one that a gateway selects, literal before parameter before greedy parameter, from
 * the left (AWS-FLOW-02, DEF-GEN-04), and those that routers may serve.
 * @module
 */
import { canonicalSegment } from './spellings.ts'

/** The routes of one template, by method. */
interface Leaf<T> {
  readonly methods: Map<string, T[]>
  readonly any: T[]
}

interface TreeNode<T> {
  readonly literals: Map<string, TreeNode<T>>
  /** The spellings of literals, by their text in lower case. */
  readonly spellings: Map<string, string[]>
  parameter: TreeNode<T> | undefined
  greedy: Leaf<T> | undefined
  leaf: Leaf<T> | undefined
  /** The template with a slash at the end. */
  leafWithSlash: Leaf<T> | undefined
}

/** How a gateway compares paths. */
export interface TreeRules {
  /** Whether the most specific template decides, and only greedy ones serve a method that it does not have (REST APIs). */
  readonly firstTemplateDecides: boolean
  /** Whether `/a/` and `/a` are the same route. */
  readonly ignoresTrailingSlash: boolean
  /** Whether `/{proxy+}` serves the root too (AWS-EVT-46). */
  readonly greedyRoot: boolean
}

/** How the routers of a service may compare paths. They need not all do so: a strict router can be part of a loose one. */
export interface Looseness {
  readonly ignoresCase: boolean
  readonly ignoresTrailingSlash: boolean
  /** Whether a slash at the end is removed from the request, so that templates that end in one may not match. */
  readonly removesTrailingSlash: boolean
}

const createNode = <T>(): TreeNode<T> => ({
  literals: new Map(),
  spellings: new Map(),
  parameter: undefined,
  greedy: undefined,
  leaf: undefined,
  leafWithSlash: undefined,
})
const createLeaf = <T>(): Leaf<T> => ({ methods: new Map(), any: [] })

const NONE: readonly never[] = Object.freeze([])

/** A path in parts. */
export interface Path {
  /** Without the empty one after a slash at the end. */
  readonly segments: readonly string[]
  /** Whether it ends in a slash; `false` for the root. */
  readonly endsInSlash: boolean
}

/** Splits a path into its parts. */
export const partsOf = (path: string): Path => {
  if (path === '/') return { segments: NONE, endsInSlash: false }
  const endsInSlash = path.endsWith('/')
  return { segments: path.slice(1, endsInSlash ? -1 : undefined).split('/'), endsInSlash }
}

const leafOf = <T>(node: TreeNode<T>, endsInSlash: boolean): Leaf<T> | undefined =>
  endsInSlash ? node.leafWithSlash : node.leaf

const routesOf = <T>(leaf: Leaf<T> | undefined, method: string): readonly T[] =>
  leaf === undefined ? NONE : (leaf.methods.get(method) ?? leaf.any)

/** A search for the route that the gateway selects. */
interface Selection {
  readonly method: string
  readonly path: Path
  /** Whether a template has matched that decides, except for greedy ones. */
  decided: boolean
}

/** A search for the routes that routers may serve. */
interface Survey<T> {
  readonly method: string
  readonly path: Path
  readonly looseness: Looseness
  readonly found: T[]
}

/** Routes in a tree. */
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
    const { segments, endsInSlash } = partsOf(path)
    let node = this.#root
    for (const segment of segments) {
      if (segment.startsWith('{') && segment.endsWith('+}')) {
        put((node.greedy ??= createLeaf()), method, route)
        return
      }
      node = segment.startsWith('{') ? (node.parameter ??= createNode()) : literalOf(node, canonicalSegment(segment))
    }
    if (endsInSlash) put((node.leafWithSlash ??= createLeaf()), method, route)
    else put((node.leaf ??= createLeaf()), method, route)
  }

  /** The routes that the gateway selects for a method and a path; none if there is no such route. */
  select(method: string, path: Path): readonly T[] {
    const found = this.#select(this.#root, 0, { method, path, decided: false })
    return found.length === 0 ? this.#fallback : found
  }

  /**
   * Adds the routes that routers may serve for a method and a path to `found`. Templates that not every router matches are found
   * as well: in another letter case, with another slash at the end, or greedy ones with nothing left for them. The most specific
   * template that every router matches ends the search, because routes are registered in this order.
   */
  reach(method: string, path: Path, looseness: Looseness, found: T[]): void {
    if (!this.#reach(this.#root, 0, true, { method, path, looseness, found })) found.push(...this.#fallback)
  }

  /** Visits the templates that match, the most specific one first, until one has the method. */
  #select(node: TreeNode<T>, index: number, search: Selection): readonly T[] {
    const { segments, endsInSlash } = search.path
    if (index === segments.length) {
      const found = this.#serve(leafOf(node, endsInSlash), search)
      if (found.length > 0) return found
      if (this.#rules.ignoresTrailingSlash) return this.#serve(leafOf(node, !endsInSlash), search)
      const isRoot = segments.length === 0
      return this.#rules.greedyRoot && (endsInSlash || isRoot) ? this.#serveGreedy(node, search) : NONE
    }
    const segment = segments[index] as string
    const literal = node.literals.get(segment)
    const exact = literal === undefined ? NONE : this.#select(literal, index + 1, search)
    if (exact.length > 0) return exact
    const { parameter } = node
    const bound = segment === '' || parameter === undefined ? NONE : this.#select(parameter, index + 1, search)
    return bound.length > 0 ? bound : this.#serveGreedy(node, search)
  }

  #serve(leaf: Leaf<T> | undefined, search: Selection): readonly T[] {
    if (leaf === undefined || search.decided) return NONE
    search.decided = this.#rules.firstTemplateDecides
    return routesOf(leaf, search.method)
  }

  #serveGreedy({ greedy }: TreeNode<T>, search: Selection): readonly T[] {
    if (greedy === undefined) return NONE
    search.decided = this.#rules.firstTemplateDecides
    return routesOf(greedy, search.method)
  }

  /**
   * Visits the templates that may match, in the order in which they are registered.
   *
   * @param isCertain whether every router matches the segments so far
   * @returns whether a template was found that every router matches
   */
  #reach(node: TreeNode<T>, index: number, isCertain: boolean, survey: Survey<T>): boolean {
    const { segments } = survey.path
    if (index === segments.length) return this.#reachEnd(node, isCertain, survey)
    const segment = segments[index] as string
    if (survey.looseness.ignoresCase)
      for (const spelling of node.spellings.get(segment.toLowerCase()) ?? NONE)
        if (spelling !== segment) this.#reach(node.literals.get(spelling) as TreeNode<T>, index + 1, false, survey)
    const { parameter } = node
    const literal = node.literals.get(segment)
    return (
      (literal !== undefined && this.#reach(literal, index + 1, isCertain, survey)) ||
      (segment !== '' && parameter !== undefined && this.#reach(parameter, index + 1, isCertain, survey)) ||
      collect(node.greedy, isCertain, survey)
    )
  }

  #reachEnd(node: TreeNode<T>, isCertain: boolean, survey: Survey<T>): boolean {
    const { endsInSlash } = survey.path
    const { ignoresTrailingSlash, removesTrailingSlash } = survey.looseness
    if (ignoresTrailingSlash) collect(leafOf(node, !endsInSlash), false, survey)
    const isMatched = isCertain && !(endsInSlash && removesTrailingSlash)
    if (collect(leafOf(node, endsInSlash), isMatched, survey)) return true
    collectOptional(node, survey)
    return false
  }
}

/** Adds the routes of templates that go on with a parameter, which can be optional or empty. */
const collectOptional = <T>({ parameter, greedy }: TreeNode<T>, survey: Survey<T>): void => {
  collect(greedy, false, survey)
  if (parameter === undefined) return
  collect(parameter.leaf, false, survey)
  collect(parameter.leafWithSlash, false, survey)
  collectOptional(parameter, survey)
}

/**
 * Adds the routes of a template.
 *
 * @returns whether every router serves one of them
 */
const collect = <T>(leaf: Leaf<T> | undefined, isCertain: boolean, { method, found }: Survey<T>): boolean => {
  if (leaf === undefined) return false
  const own = leaf.methods.get(method) ?? NONE
  found.push(...own)
  // If not every router matches, one for all methods may do so where that of the method does not.
  if (own.length === 0 || !isCertain) found.push(...leaf.any)
  return isCertain && own.length + leaf.any.length > 0
}

const literalOf = <T>(node: TreeNode<T>, text: string): TreeNode<T> => {
  const known = node.literals.get(text)
  if (known !== undefined) return known
  const created = createNode<T>()
  node.literals.set(text, created)
  const lower = text.toLowerCase()
  node.spellings.set(lower, [...(node.spellings.get(lower) ?? []), text])
  return created
}

const put = <T>({ methods, any }: Leaf<T>, method: string | undefined, route: T): void => {
  if (method === undefined) any.push(route)
  else methods.set(method, [...(methods.get(method) ?? []), route])
}
