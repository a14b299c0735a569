/** The operations of an OpenAPI document: one for each method of each path (DEF-OAS-20, DEF-OAS-22). @module */
import { isDeclared } from '../building/declared.ts'
import { methodName, routeKey } from '../building/paths.ts'
import { entriesOf, isAbsent, itemsOf, member, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { References } from './references.ts'
import { settled } from './settled.ts'
import { hasVariable } from './variables.ts'

/** One operation, as written: `$default` routes still have the path `/$default`. */
export interface OpenApiOperation {
  /** `'GET'`, or `'ANY'`. */
  readonly method: string
  readonly path: string
  /** What `$ref` leads to. */
  readonly node: Node
  readonly hasIntegration: boolean
  /** `security` of the operation itself. */
  readonly security: Node | undefined
  /** `false` if a finding says why the operation cannot be read: its route is undecided. */
  readonly isReadable: boolean
}

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch'])
const ANY_METHODS = new Set(['x-amazon-apigateway-any-method', 'x-apigateway-any-method'])
const FIELDS = new Set(['$ref', 'description', 'parameters', 'servers', 'summary'])
const INTEGRATIONS = ['x-amazon-apigateway-integration', 'x-apigateway-backend'] as const
const HTTP_TOKEN = /^[A-Za-z][A-Za-z\d!#$%&*+.^_|~-]{0,63}$/

/** Members that protect an operation, and have no effect at a path. */
const MISPLACED = [
  'security',
  'x-amazon-apigateway-auth',
  'x-amazon-apigateway-authorizer',
  'x-apigateway-authorizer',
  'x-apigateway-auth-type',
] as const
const MISPLACED_IN_DOCUMENT = MISPLACED.filter((key) => key !== 'security')
const MISPLACED_IN_OPERATION = [
  'x-amazon-apigateway-authorizer',
  'x-apigateway-authorizer',
  'x-apigateway-auth-type',
] as const

class PathItems {
  readonly #context: ReadContext
  readonly #references: References
  readonly #found: OpenApiOperation[] = []

  constructor(references: References, context: ReadContext) {
    this.#references = references
    this.#context = context
  }

  read(document: Node): readonly OpenApiOperation[] {
    this.#misplaced(document, MISPLACED_IN_DOCUMENT, [])
    const node = member(document, 'paths')
    // What exists by default only is reported for each operation.
    const paths = node?.kind === 'map' ? node : this.#context.values.known(node, { role: 'decides', what: 'paths' })
    if (paths !== undefined && paths.kind !== 'map') this.#invalid(paths, 'paths is not a map', [])
    for (const [path, item] of entriesOf(paths)) if (!path.startsWith('x-')) this.#item(path, item)
    return this.#found
  }

  #item(path: string, written: Node): void {
    const where = JSON.stringify(path)
    if (hasVariable(path)) {
      const message = `the path ${where} contains a variable without a value`
      const details = { message, advice: 'Give the variable.', routes: [path] }
      this.#context.findings.stop('unresolved', 'DEF-OAS-27', written, details)
      return
    }
    const resolved = this.#references.resolve(written, [path])
    const wanted = { role: 'decides', what: `the path ${where}`, routes: [path] } as const
    const item = resolved?.kind === 'map' ? resolved : this.#context.values.known(resolved, wanted)
    if (item === undefined) return
    if (item.kind !== 'map') {
      this.#invalid(item, `the path ${where} is not a map of methods`, [path])
      return
    }
    for (const [key, node] of entriesOf(item)) this.#member(path, key, node)
    if (resolved !== written) this.#siblings(path, written)
    this.#misplaced(item, MISPLACED, [path])
  }

  #member(path: string, key: string, node: Node): void {
    if (METHODS.has(key)) this.#operation(key.toUpperCase(), path, node)
    else if (ANY_METHODS.has(key)) this.#operation('ANY', path, node)
    else if (!FIELDS.has(key) && !key.startsWith('x-')) this.#unusual(path, key, node)
  }

  /** A method that no gateway serves, or in another spelling. */
  #unusual(path: string, key: string, node: Node): void {
    const method = methodName(key)
    const isMethod = METHODS.has(key.toLowerCase()) || key === '*' || /^any$/i.test(key)
    const name = JSON.stringify(key)
    if (!HTTP_TOKEN.test(key)) {
      this.#invalid(node, `the method ${name} of ${JSON.stringify(path)} is not an HTTP method`, [path])
      return
    }
    const message = `${name} is not a method of OpenAPI that gateways read`
    const advice = 'Use get, put, post, delete, options, head or patch, or the extension for any method.'
    const details = { message, advice, routes: [routeKey({ method, path })] }
    this.#context.findings.report('ignored', 'DEF-OAS-22', node, details)
    if (node.kind === 'map' || isMethod) this.#operation(method, path, node)
  }

  #operation(method: string, path: string, written: Node): void {
    const key = routeKey({ method, path })
    const resolved = this.#references.resolve(written, [key])
    const node = this.#context.values.known(resolved, { role: 'decides', what: `the operation ${key}`, routes: [key] })
    const isEmpty = resolved !== undefined && isAbsent(resolved) && !isDeclared(resolved)
    const isReadable = isEmpty || node?.kind === 'map'
    if (node !== undefined && node.kind !== 'map') this.#invalid(node, `the operation ${key} is not a map`, [key])
    if (node?.kind === 'map') this.#misplaced(node, MISPLACED_IN_OPERATION, [key])
    this.#found.push({
      method,
      path,
      node: node ?? written,
      hasIntegration: INTEGRATIONS.some((each) => member(node, each) !== undefined),
      security: member(node, 'security'),
      isReadable,
    })
  }

  /** OpenAPI leaves undefined what methods beside the `$ref` of a path are. */
  #siblings(path: string, written: Node): void {
    for (const [key, node] of entriesOf(written)) {
      if (!METHODS.has(key.toLowerCase()) && !ANY_METHODS.has(key)) continue
      const method = ANY_METHODS.has(key) ? 'ANY' : methodName(key)
      const route = routeKey({ method, path })
      const message = `${route} is declared beside the $ref of its path, which tools read in different ways`
      const details = { message, advice: 'Move the method to what the $ref refers to.', routes: [route] }
      this.#context.findings.stop('ambiguous', 'DEF-IN-21', node, details)
      this.#found.push({ method, path, node, hasIntegration: false, security: undefined, isReadable: false })
    }
  }

  #misplaced(node: Node, keys: readonly string[], routes: readonly string[]): void {
    for (const key of keys) {
      const found = member(node, key)
      if (found === undefined || isAbsent(found) || (found.kind === 'list' && itemsOf(found).length === 0)) continue
      const isOfOperation = key === 'security' || key === 'x-amazon-apigateway-auth'
      const place = isOfOperation ? 'operations' : 'security schemes'
      const message = `${key} has no effect here: gateways read it in ${place}`
      const details = { message, advice: 'Move it there, or remove it.', routes }
      this.#context.findings.stop('misplaced', 'DEF-GEN-10', found, details)
    }
  }

  #invalid(node: Node, message: string, routes: readonly string[]): void {
    this.#context.findings.stop('invalid', 'DEF-OAS-20', node, { message, advice: 'Correct the document.', routes })
  }
}

/** The operations of a document; `$ref` is followed. */
export const operationsOf = (
  document: Node,
  context: ReadContext,
  references: References = new References(document, context),
): readonly OpenApiOperation[] => new PathItems(references, context).read(settled(document, context))
