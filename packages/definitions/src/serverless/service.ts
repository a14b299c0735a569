/** A serverless.yml after its variables are evaluated. @module */
import { basename } from 'node:path'
import type { Origin } from '../definition.ts'
import { at, entriesOf, isAbsent, member, type Node, textOf } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { withoutIntrinsics } from './intrinsics.ts'
import { nameId } from './logical-ids.ts'
import { Evaluator } from './variables/evaluator.ts'

/** What the readers of events work with. */
export interface Service {
  readonly context: ReadContext
  readonly origin: Origin
  readonly name: string
  /** `undefined` if it is not known. */
  readonly stage: string | undefined
  readonly provider: Node | undefined
  readonly functions: ReadonlyMap<string, Node>
  /** Functions by the logical IDs of their resources. */
  readonly functionsById: ReadonlyMap<string, string>
  /** `resources` with its functions of CloudFormation. */
  readonly resources: Node | undefined
  readonly plugins: Node | undefined
}

/** Evaluates the parts of a document that say something about routes. */
export const readService = (document: Node, context: ReadContext): Service => {
  const evaluator = new Evaluator(document, context)
  const part = (key: string): Node | undefined => {
    const node = member(document, key)
    return node === undefined ? undefined : evaluator.evaluate(node)
  }
  const value = (key: string): Node | undefined => {
    const node = part(key)
    return node === undefined ? undefined : withoutIntrinsics(node, context)
  }
  const provider = value('provider')
  const functions = readFunctions(value('functions'), context)
  const name = value('service')
  const declaredStage = member(provider, 'stage')
  return {
    context,
    origin: document.origin,
    name: textOf(name) ?? textOf(member(name, 'name')) ?? basename(document.origin.file).replace(/\.\w+$/, ''),
    stage: context.options.stage ?? (isAbsent(declaredStage) ? 'dev' : textOf(declaredStage)),
    provider,
    functions,
    functionsById: new Map([...functions.keys()].map((each) => [`${nameId(each)}LambdaFunction`, each])),
    resources: part('resources'),
    plugins: value('plugins'),
  }
}

const WHAT = { role: 'decides', what: 'functions' } as const

/** `functions` is a map, or a list of maps that are merged. */
const readFunctions = (node: Node | undefined, context: ReadContext): ReadonlyMap<string, Node> => {
  const functions = new Map<string, Node>()
  const parts = node?.kind === 'list' ? node.items : node === undefined ? [] : [node]
  for (const part of parts) {
    // A value that depends on a default has a finding, and its routes are undecided.
    context.values.known(part, WHAT)
    if (isAbsent(part) || part.kind === 'unknown') continue
    if (part.kind !== 'map') {
      const message = `${part === node ? 'functions' : 'an item of functions'} is not a map`
      context.findings.stop('invalid', 'DEF-SLS-01', part, { message, advice: 'Use a map of functions by name.' })
    }
    for (const [name, each] of entriesOf(part)) addFunction(functions, name, each, context)
  }
  return functions
}

const addFunction = (functions: Map<string, Node>, name: string, node: Node, context: ReadContext): void => {
  if (isAbsent(node)) {
    context.values.known(node, { role: 'decides', what: `the function ${JSON.stringify(name)}` })
    return
  }
  const earlier = functions.get(name)
  if (earlier === undefined) {
    functions.set(name, node)
    return
  }
  const message = `the function ${JSON.stringify(name)} is declared twice, in line ${earlier.origin.line} and line ${node.origin.line}`
  context.findings.stop('conflict', 'DEF-SLS-01', node, { message, advice: 'Remove one of them.' })
}

/** A setting of `provider.apiGateway`, or where version 2 has it, at the top of `provider`. */
export const gatewaySetting = ({ provider }: Service, key: string, olderKey: string = key): Node | undefined =>
  at(provider, 'apiGateway', key) ?? member(provider, olderKey)

/** Whether a value depends on a default that may not decide. */
export const isUndecided = (node: Node | undefined, { options }: ReadContext): boolean =>
  node !== undefined && (node.kind === 'unknown' || (node.assumed !== undefined && options.useDefaults !== true))

/** Whether a value, or its absence, depends on a default that may not decide. */
export const dependsOnDefault = (node: Node | undefined, { options }: ReadContext): boolean =>
  node?.assumed !== undefined && options.useDefaults !== true

/** Adds a finding for each of the members that choose an authorizer, and depend on a default. Returns whether there is one. */
export const hasUndecidedMember = (
  node: Node,
  keys: readonly string[],
  {
    what,
    routes,
    context,
  }: { readonly what: string; readonly routes: readonly string[]; readonly context: ReadContext },
): boolean => {
  const undecided = keys.filter((key) => dependsOnDefault(member(node, key), context))
  for (const key of undecided)
    context.values.known(member(node, key), { role: 'decides', what: `${key} of ${what}`, routes })
  return undecided.length > 0
}
