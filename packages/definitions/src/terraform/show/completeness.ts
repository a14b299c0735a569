/** Finds out whether a plan has every resource (DEF-TF-01). @module */
import { at, entriesOf, itemsOf, member, type Node, textOf } from '../../document/node.ts'
import type { ReadContext } from '../../reading/read-context.ts'
import { isReadType } from '../resources/resource.ts'
import { type FoundModule, modulesOf } from './modules.ts'

const isTrue = (node: Node | undefined): boolean => textOf(node) === 'true'

const isRead = (resource: Node): boolean =>
  isReadType(textOf(member(resource, 'type')) ?? '') && textOf(member(resource, 'mode')) !== 'data'

const addressOf = (resource: Node): readonly string[] => {
  const address = textOf(member(resource, 'address'))
  return address === undefined ? [] : [address]
}

const addressesOf = (modules: readonly FoundModule[]): readonly string[] =>
  modules
    .flatMap(({ node }) => itemsOf(member(node, 'resources')))
    .filter(isRead)
    .flatMap(addressOf)

/** Addresses without the keys of instances. */
const withoutKeys = (address: string): string => address.replaceAll(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, '')

/** The resources that the configuration of a plan declares, without keys. */
function* declaredIn(module: Node | undefined, prefix: string): Generator<string> {
  for (const resource of itemsOf(member(module, 'resources')))
    if (isRead(resource)) for (const address of addressOf(resource)) yield prefix + address
  for (const [name, call] of entriesOf(member(module, 'module_calls')))
    yield* declaredIn(member(call, 'module'), `${prefix}module.${name}.`)
}

/** Adds a stop if the plan does not have every resource: routes that it leaves out may be more specific than others. */
export const checkComplete = (document: Node, planned: readonly FoundModule[], { findings }: ReadContext): void => {
  const changes = itemsOf(member(document, 'resource_changes'))
  const known = new Set([...addressesOf(planned), ...changes.flatMap(addressOf)])
  const bases = new Set([...known].map(withoutKeys))
  const before = [...modulesOf(at(document, 'prior_state', 'values', 'root_module'))]
  const complete = textOf(member(document, 'complete'))
  const isPartial =
    complete === 'false' ||
    isTrue(member(document, 'errored')) ||
    itemsOf(member(document, 'deferred_changes')).length > 0 ||
    addressesOf(before).some((address) => !known.has(address)) ||
    // Older versions do not say whether a plan is complete. A resource without instances may be one that was left out.
    (complete !== 'true' &&
      [...declaredIn(at(document, 'configuration', 'root_module'), '')].some((address) => !bases.has(address)))
  if (isPartial) {
    const message = 'the plan is not complete, so that resources may be missing'
    const advice = 'Give a plan that was made without -target and without errors, or the state after it is applied.'
    findings.stop('unresolved', 'DEF-TF-01', document, { message, advice })
  }
  for (const change of changes) {
    const forgets = itemsOf(at(change, 'change', 'actions')).some((action) => textOf(action) === 'forget')
    if (!forgets || !isRead(change)) continue
    const message = `${addressOf(change).join('')} stays deployed, but is no longer part of the state`
    const advice = 'Give the state before the plan, or remove the resource.'
    findings.stop('unresolved', 'DEF-TF-01', change, { message, advice })
  }
}
