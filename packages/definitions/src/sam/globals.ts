/** The `Globals` section of a template (DEF-SAM-11). @module */
import { isDeclared } from '../building/declared.ts'
import type { Evaluator } from '../cloudformation/evaluation/evaluator.ts'
import type { Resource } from '../cloudformation/template.ts'
import { at, entriesOf, itemsOf, map, member, type Node, textOf, unknown } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { namesOf } from './deciding.ts'

/** Sections, by the type of resource that they are merged into. */
const SECTIONS: Readonly<Record<string, string>> = {
  'AWS::Serverless::Api': 'Api',
  'AWS::Serverless::HttpApi': 'HttpApi',
  'AWS::Serverless::WebSocketApi': 'WebSocketApi',
}

/** Properties with routes or protection that SAM rejects in a section. */
const REJECTED: Readonly<Record<string, readonly string[]>> = {
  Api: ['DefinitionBody', 'StageName', 'Policy'],
  HttpApi: ['DefinitionBody', 'DefinitionUri', 'StageName'],
  WebSocketApi: ['Auth', 'Routes', 'StageName'],
}

/** Sections that SAM accepts. */
const NAMES = namesOf('Function Api HttpApi WebSocketApi SimpleTable StateMachine LayerVersion CapacityProvider')

/** Properties of APIs whose names say that they protect. */
const PROTECTING = namesOf('Auth ApiKeySourceType ApiKeySelectionExpression Policy SecurityPolicy')

/** Whether a property of an API is meant to protect, but does not exist. SAM rejects it. */
export const isMisspelt = (name: string): boolean => /auth|secur|policy|apikey/i.test(name) && !PROTECTING.has(name)

/** Adds a stop for each member that SAM rejects. */
const checkNames = (
  node: Node,
  what: string,
  isAccepted: (name: string) => boolean,
  { findings }: ReadContext,
): void => {
  for (const [name, value] of entriesOf(node)) {
    if (isAccepted(name)) continue
    const message = `SAM rejects ${JSON.stringify(name)} in ${what}`
    findings.stop('invalid', 'DEF-SAM-11', value, { message, advice: 'Correct its name, or set it at each API.' })
  }
}

/** Maps are merged key by key, lists appended, and anything else replaced by what the resource says. */
const mergeGlobal = (global: Node | undefined, own: Node | undefined): Node | undefined => {
  if (own === undefined || global === undefined) return own ?? global
  const assumed = own.assumed ?? global.assumed
  const mark = assumed === undefined ? {} : { assumed }
  if (own.kind === 'map' && global.kind === 'map') {
    const entries = new Map(entriesOf(global))
    for (const [key, value] of entriesOf(own)) {
      const merged = mergeGlobal(entries.get(key), value)
      if (merged !== undefined) entries.set(key, merged)
    }
    return { ...own, ...mark, entries }
  }
  if (own.kind === 'list' && global.kind === 'list')
    return { ...own, ...mark, items: [...itemsOf(global), ...itemsOf(own)] }
  // SAM merges a function as any other map, so that nothing is left that is known.
  return global.kind === 'unknown' && own.kind === 'map' ? global : own
}

const countOf = (node: Node): number => {
  if (node.kind === 'list') return itemsOf(node).reduce((count, each) => count + countOf(each), 1)
  return entriesOf(node).reduce((count, [, each]) => count + countOf(each), 1)
}

/** The evaluated sections of one template. */
export class Globals {
  readonly #document: Node
  readonly #context: ReadContext
  readonly #sections = new Map<string, Node>()
  /** How many values each section has. */
  readonly #counts = new Map<string, number>()

  constructor(document: Node, evaluator: Evaluator, context: ReadContext) {
    this.#document = document
    this.#context = context
    const declared = member(document, 'Globals')
    if (!isDeclared(declared)) return
    const evaluated = context.attempt(() => evaluator.evaluate(declared))
    const all = evaluated ?? unknown('unresolved', 'Globals', declared.origin)
    checkNames(all, 'Globals', (name) => NAMES.has(name), context)
    for (const section of Object.values(SECTIONS)) {
      // What cannot be read may protect every API.
      const found = all.kind === 'map' ? member(all, section) : all
      if (!isDeclared(found)) continue
      const rejected = REJECTED[section] ?? []
      const isAccepted = (name: string): boolean => !rejected.includes(name) && !isMisspelt(name)
      checkNames(found, `Globals.${section}`, isAccepted, context)
      const kept = entriesOf(found).filter(([name]) => isAccepted(name))
      this.#sections.set(section, found.kind === 'map' ? { ...found, entries: new Map(kept) } : found)
      this.#counts.set(section, countOf(found))
    }
  }

  /**
   * The properties of a resource, with those of its section. The values of the section count for each resource.
   *
   * @throws {DocumentProblem} class `hostile`
   */
  merged({ id, type, properties }: Pick<Resource, 'id' | 'type' | 'properties'>): Node {
    const name = SECTIONS[type] ?? ''
    const section = this.#sections.get(name)
    if (section === undefined) return properties
    this.#context.generated({ nodes: this.#counts.get(name) ?? 0, characters: 0 }, section.origin)
    // A section that cannot be read may protect every API.
    if (section.kind !== 'map') return section
    const ignored = at(this.#document, 'Resources', id, 'IgnoreGlobals')
    if (textOf(ignored) === '*') return properties
    const names = new Set(itemsOf(ignored).map((each) => textOf(each)))
    const kept = entriesOf(section).filter(([key]) => !names.has(key))
    return mergeGlobal({ ...section, entries: new Map(kept) }, properties) ?? map([], properties.origin)
  }

  /** What a section declares, for an API that SAM adds by itself. */
  section(type: string): Node | undefined {
    return this.#sections.get(SECTIONS[type] ?? '')
  }
}
