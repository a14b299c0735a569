/** Attributes whose changes Terraform does not deploy: `lifecycle { ignore_changes }` (DEF-TF-13). @module */
import { type MapNode, member, type Node, textOf, unknown } from '../../document/node.ts'

/** Attributes that may be deployed although the block does not set them. */
const DECIDING = [
  'api_key_required',
  'authorization',
  'authorization_scopes',
  'authorization_type',
  'authorizer_id',
  'identity_source',
  'identity_sources',
  'identity_validation_expression',
  'security_authentication',
  'security_authentication_type',
]

/** Attributes of the same resource whose changes replace it, and which therefore stay as they are. */
const isPlace = (name: string): boolean => /^(?:api_id|rest_api_id|resource_id|parent_id|group_id)$/.test(name)

const itemsOf = (node: Node | undefined): readonly Node[] =>
  node?.kind === 'list' ? node.items.flatMap(itemsOf) : node === undefined ? [] : [node]

/** Names of the attributes of a block whose deployed values may differ. */
export const ignoredIn = (block: MapNode | undefined): ReadonlySet<string> => {
  const names = new Set<string>()
  for (const lifecycle of itemsOf(member(block, 'lifecycle')))
    for (const item of itemsOf(member(lifecycle, 'ignore_changes'))) {
      const [name] = /[A-Za-z_][\w-]*/.exec(textOf(item) ?? '') ?? []
      if (name === 'all') for (const each of [...DECIDING, ...(block?.entries.keys() ?? [])]) names.add(each)
      else if (name !== undefined) names.add(name)
    }
  return new Set([...names].filter((name) => !isPlace(name)))
}

/** The attributes of a block; those whose deployed values may differ are not known. */
export const withoutIgnored = (attributes: MapNode, block: MapNode, address: string): MapNode => {
  const names = ignoredIn(block)
  if (names.size === 0) return attributes
  const entries = new Map(attributes.entries)
  for (const name of names)
    entries.set(name, unknown('unresolved', `${address} ignores changes of ${name}`, attributes.origin))
  return { ...attributes, entries }
}
