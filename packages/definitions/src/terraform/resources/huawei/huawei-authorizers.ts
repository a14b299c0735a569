/** Custom authorizers of Huawei's gateway (DEF-TF-10, DEF-TF-11). @module */
import { functionOf } from '../../../building/settings.ts'
import type { Wanted } from '../../../building/values.ts'
import type { AuthorizerDefinition, HuaweiIdentity } from '../../../definition.ts'
import { isAbsent, member, type Node } from '../../../document/node.ts'
import type { HuaweiProvider } from './huawei-providers.ts'
import type { Reading } from '../reading.ts'
import type { Resource } from '../resource.ts'

/** The blocks of one name; `undefined` if they are not known, and then a finding stops. */
const blocksOf = (reading: Reading, node: Node | undefined, wanted: Wanted): readonly Node[] | undefined => {
  if (node === undefined || reading.isUnset(node)) return []
  const known = reading.context.values.known(node, wanted)
  return known?.kind === 'list' ? known.items : known?.kind === 'map' ? [known] : undefined
}

/** The authorizer; `undefined` if a finding stops. */
export const huaweiAuthorizer = (
  reading: Reading,
  resource: Resource,
  provider: HuaweiProvider,
): AuthorizerDefinition | undefined => {
  const { values } = reading.context
  const { attributes, address, origin } = resource
  const wanted = (attribute: string, role: Wanted['role'] = 'decides'): Wanted => ({
    role,
    what: `${attribute} of ${address}`,
  })
  const type = reading.guarding(member(attributes, 'type'), wanted('type'))
  if (type === 'undecided') return undefined
  const kind = type === 'absent' ? 'FRONTEND' : type.text
  if (kind !== 'FRONTEND' && kind !== 'BACKEND') {
    const message = `type of ${address} is neither FRONTEND nor BACKEND`
    reading.stop('unknown-authorizer', 'DEF-TF-10', resource, { message, advice: 'Correct it.' })
    return undefined
  }
  // The argument of another provider, which this one rejects.
  const other = provider.ttl === 'ttl' ? 'cache_age' : 'ttl'
  if (!reading.isUnset(member(attributes, other))) {
    const details = { message: `${address} has no argument ${other}`, advice: `Use ${provider.ttl}.` }
    reading.stop('invalid', 'DEF-TF-11', resource, details)
  }
  const ttl = values.integer(member(attributes, provider.ttl), wanted(provider.ttl, 'informs'), {
    fallback: 0,
    unresolved: 0,
  })
  const bodyNode = member(attributes, 'is_body_send')
  const needBody = values.flag(bodyNode, wanted('is_body_send'))
  const identities = identitiesOf(reading, member(attributes, 'identity'), wanted)
  if (identities === undefined || (needBody === undefined && !reading.isUnset(bodyNode))) return undefined
  const userNode = member(attributes, 'user_data')
  // The value may be a secret of the function, and is not read into a message.
  const userData = values.text(userNode, wanted('user_data', 'informs'))
  if (kind === 'FRONTEND' && ttl > 0 && identities.length === 0) {
    const message = `${address} caches results, and has no identity`
    reading.stop('invalid', 'DEF-TF-10', resource, { message, advice: 'Add an identity block.' })
  }
  if (kind === 'BACKEND' && identities.length > 0) {
    const message = `${address} is for backends, whose authorizers have no identities here`
    reading.stop('invalid', 'DEF-TF-10', resource, { message, advice: 'Check them in the function, and remove them.' })
  }
  const called = huaweiFunction(member(attributes, 'function_urn'))
  return {
    name: reading.nameOf(resource),
    origin,
    kind,
    identities,
    ttl,
    needBody: needBody ?? false,
    ...(userData !== undefined && userData !== '' && { userData }),
    ...(called !== undefined && { function: called }),
  }
}

/** The name in `urn:fss:region:project:function:package:name`, or that of a reference. */
const huaweiFunction = (node: Node | undefined): string | undefined => {
  if (node?.kind !== 'scalar') return functionOf(node)
  return /^urn:fss:[^:]*:[^:]*:function:[^:]*:([\w-]+)/.exec(node.text)?.[1]
}

const identitiesOf = (
  reading: Reading,
  node: Node | undefined,
  wanted: (attribute: string) => Wanted,
): readonly HuaweiIdentity[] | undefined => {
  const { values } = reading.context
  const identities: HuaweiIdentity[] = []
  const blocks = blocksOf(reading, node, wanted('identity'))
  if (blocks === undefined) return undefined
  for (const block of blocks) {
    const name = values.text(member(block, 'name'), wanted('the name of an identity'))
    const location = values.text(member(block, 'location'), wanted('the location of an identity'))
    const validationNode = member(block, 'validation')
    const validation = values.text(validationNode, wanted('the validation of an identity'))
    if (name === undefined || (validation === undefined && validationNode !== undefined && !isAbsent(validationNode)))
      return undefined
    if (location !== 'HEADER' && location !== 'QUERY') {
      if (location !== undefined || reading.isUnset(member(block, 'location'))) {
        const { what } = wanted('an identity')
        const details = { message: `${what} is neither in HEADER nor in QUERY`, advice: 'Correct location.' }
        reading.stop('invalid', 'DEF-TF-10', block, details)
      }
      return undefined
    }
    identities.push({ location, name, ...(validation !== undefined && validation !== '' && { validation }) })
  }
  return identities
}
