/** `provider.apiGateway`: settings of the REST API (DEF-SLS-06, DEF-SLS-08). @module */
import type { ApiBuilder } from '../../building/api-builder.ts'
import { checkResourcePolicy } from '../../building/resource-policy.ts'
import { isDeclared } from '../../building/declared.ts'
import { assuming, at, isAbsent, map, member, type Node } from '../../document/node.ts'
import { checkKeys } from '../keys.ts'
import { gatewaySetting, type Service } from '../service.ts'
import { readUsagePlans } from './usage-plans.ts'

const KEYS = new Set(
  'apiKeys apiKeySourceType binaryMediaTypes description disableDefaultEndpoint metrics minimumCompressionSize resourcePolicy restApiId restApiResources restApiRootResourceId request response shouldStartNameWithService stage timeout usagePlan websocketApiId'.split(
    ' ',
  ),
)

const ENDPOINTS = { REGIONAL: 'REGIONAL', EDGE: 'EDGE', PRIVATE: 'PRIVATE' } as const
const KEY_SOURCES = { HEADER: 'HEADER', AUTHORIZER: 'AUTHORIZER' } as const

/** Reads the settings of a REST API. */
export const readRestSettings = (api: ApiBuilder, service: Service): void => {
  const { context, provider } = service
  const gateway = member(provider, 'apiGateway')
  context.values.known(gateway, { role: 'decides', what: 'provider.apiGateway' })
  checkKeys(gateway, KEYS, { where: 'provider.apiGateway', context })
  const stage = context.values.text(member(gateway, 'stage'), { role: 'informs', what: 'the stage' }) ?? service.stage
  if (stage !== undefined) api.settings.stage = stage
  readEndpoint(api, service)
  const source = gatewaySetting(service, 'apiKeySourceType')
  const type = context.values.text(source, { role: 'decides', what: 'apiKeySourceType' })?.toUpperCase()
  const known = KEY_SOURCES[type as keyof typeof KEY_SOURCES] as 'HEADER' | 'AUTHORIZER' | undefined
  if (known !== undefined) api.settings.apiKeySource = known
  else if (type !== undefined) invalid(source, 'apiKeySourceType is neither HEADER nor AUTHORIZER', service)
  const plans = readUsagePlans(service)
  if (plans.length > 0) api.settings.usagePlans = [...plans]
  readPolicy(gatewaySetting(service, 'resourcePolicy'), service)
  const foreign = gatewaySetting(service, 'restApiId')
  if (isDeclared(foreign)) {
    const message = 'the REST API belongs to another stack, which may declare more routes'
    context.findings.report('external', 'DEF-SLS-06', foreign, { message, advice: 'Give the file of that stack, too.' })
  }
  const disabled = at(gateway, 'disableDefaultEndpoint')
  if (disabled !== undefined) {
    const message = 'disableDefaultEndpoint is not carried over'
    context.findings.report('not-carried', 'DEF-CFN-18', disabled, { message, advice: 'Nothing has to be done.' })
  }
}

const invalid = (node: Node | undefined, message: string, { context, origin }: Service): void => {
  const advice = 'Use a value that the framework accepts.'
  context.findings.stop('invalid', 'DEF-SLS-08', node ?? { origin }, { message, advice })
}

/** An EDGE endpoint is the framework's default. */
const readEndpoint = (api: ApiBuilder, service: Service): void => {
  const { values, findings } = service.context
  const node = member(service.provider, 'endpointType')
  const text = values.text(node, { role: 'informs', what: 'endpointType' })
  if (text === undefined && !isAbsent(node)) return
  const type = ENDPOINTS[(text ?? 'EDGE').toUpperCase() as keyof typeof ENDPOINTS] as keyof typeof ENDPOINTS | undefined
  if (type === undefined) {
    invalid(node, 'endpointType is not REGIONAL, EDGE or PRIVATE', service)
    return
  }
  api.settings.endpointType = type
  if (type !== 'PRIVATE') return
  const message = 'the API is PRIVATE: only a VPC can reach it, which is not carried over'
  findings.report('not-carried', 'DEF-CFN-18', node ?? service, { message, advice: 'Limit who can reach the service.' })
}

/** The statements of a resource policy (DEF-CFN-17). */
const readPolicy = (node: Node | undefined, { context }: Service): void => {
  if (node === undefined || (isAbsent(node) && node.assumed === undefined)) return
  const isEmpty = node.kind === 'list' ? node.items.length === 0 : node.kind === 'map' && node.entries.size === 0
  if (isEmpty && node.assumed === undefined) return
  const policy = assuming(map([['Statement', node]], node.origin), node.assumed)
  checkResourcePolicy(policy, 'DEF-CFN-17', context.findings)
}
