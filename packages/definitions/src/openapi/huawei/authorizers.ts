/** Authorizers of Huawei Cloud APIG in security schemes (DEF-HWO-01, DEF-HWO-04, DEF-HWO-05). @module */
import type { AuthorizerDefinition, HuaweiIdentity } from '../../definition.ts'
import { itemsOf, member, type Node } from '../../document/node.ts'
import type { SchemeReading } from '../scheme-reading.ts'

const LOCATIONS = new Set(['HEADER', 'QUERY'])

const identity = (reading: SchemeReading, node: Node): HuaweiIdentity | undefined => {
  const location = reading.text(member(node, 'location'), 'the location of an identity')?.toUpperCase()
  const name = reading.text(member(node, 'name'), 'the name of an identity')
  const validation = reading.text(member(node, 'validation'), 'the validation of an identity')
  if (!reading.isComplete) return undefined
  if (location === undefined || !LOCATIONS.has(location) || name === undefined || name === '') {
    const advice = 'Write identities: [{ location: HEADER or QUERY, name: … }].'
    return reading.fail('invalid', 'DEF-HWO-01', 'an identity without location or name', advice, node)
  }
  return {
    location: location as HuaweiIdentity['location'],
    name,
    ...(validation !== undefined && validation !== '' && { validation }),
  }
}

const identities = (reading: SchemeReading, settings: Node): readonly HuaweiIdentity[] => {
  const list = reading.known(member(settings, 'identities'), 'the identities')
  if (list !== undefined && list.kind !== 'list')
    reading.fail('invalid', 'DEF-HWO-01', 'identities is not a list', 'Write a list of identities.', list)
  const read = itemsOf(list).map((each) => {
    const known = reading.known(each, 'an identity')
    if (known?.kind === 'map') return identity(reading, known)
    return reading.fail('invalid', 'DEF-HWO-01', 'an identity is not a map', 'Write { location, name }.', each)
  })
  return read.filter((each) => each !== undefined)
}

const frontend = (reading: SchemeReading, settings: Node): AuthorizerDefinition => {
  const relaxedNode = member(settings, 'auth_downgrade_enabled')
  const relaxed = reading.flag(relaxedNode, 'auth_downgrade_enabled', 'decides') ?? false
  if (relaxed) {
    const message = 'the relaxed mode lets requests pass while the authorizer function fails'
    const advice = 'Write auth_downgrade_enabled: false, or accept it by name.'
    reading.stop('fail-open', 'DEF-HWO-05', message, advice, relaxedNode)
  }
  const userData = reading.text(member(settings, 'user_data'), 'user_data')
  const timeoutMs = reading.number(member(settings, 'timeout'), 'the timeout', 600_000)
  return {
    kind: 'FRONTEND',
    name: reading.name,
    origin: reading.scheme.origin,
    ...reading.functionName(member(settings, 'authorizer_uri')),
    identities: identities(reading, settings),
    ttl: reading.seconds(member(settings, 'ttl'), 'the time to live', 0),
    needBody: reading.flag(member(settings, 'need_body'), 'need_body') ?? false,
    ...(userData !== undefined && { userData }),
    ...(relaxed && { relaxed }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  }
}

/** The authorizer of `x-apigateway-authorizer`; `undefined` if a finding says why it cannot be read. */
export const readHuaweiAuthorizer = (reading: SchemeReading, settings: Node): AuthorizerDefinition | undefined => {
  const known = reading.known(settings, 'x-apigateway-authorizer')
  if (known === undefined && !reading.isComplete) return undefined
  const advice = 'Write type: FRONTEND and authorizer_type: FUNC.'
  if (known?.kind !== 'map')
    return reading.fail('unknown-authorizer', 'DEF-HWO-01', 'x-apigateway-authorizer is not a map', advice)
  const type = reading.text(member(known, 'type'), 'the type of authorizer')?.toUpperCase()
  const implementation = reading.text(member(known, 'authorizer_type'), 'authorizer_type')?.toUpperCase()
  if (!reading.isComplete) return undefined
  if (type === 'BACKEND') {
    const message = 'a BACKEND authorizer cannot be named by security'
    return reading.fail('invalid', 'DEF-HWO-04', message, 'Use a FRONTEND authorizer here.')
  }
  if (type !== 'FRONTEND')
    return reading.fail('unknown-authorizer', 'DEF-HWO-01', 'an authorizer that is not of type FRONTEND', advice)
  // The manual requires FUNC; exports of other gateways contain authorizers that are no functions.
  if (implementation !== undefined && implementation !== 'FUNC')
    return { kind: 'OTHER', name: reading.name, origin: reading.scheme.origin }
  const authorizer = frontend(reading, known)
  return reading.isComplete ? authorizer : undefined
}
