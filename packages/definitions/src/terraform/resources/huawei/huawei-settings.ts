/** Gateway responses of groups, and what rejects requests besides authorizers (DEF-TF-10, DEF-HWO-06). @module */
import { isResponseType } from '../../../mounting/gateway-responses.ts'
import { itemsOf, member, type Node, textOf } from '../../../document/node.ts'
import type { GatewayResponseEntry } from '../../../definition.ts'
import type { HuaweiProvider } from './huawei-providers.ts'
import type { Api, Reading } from '../reading.ts'

/** Reads responses and access controls. */
export const readHuaweiSettings = (
  reading: Reading,
  provider: HuaweiProvider,
  groups: ReadonlyMap<string, Api>,
): void => {
  const { context, inventory } = reading
  const byGroup = new Map<Api, Record<string, GatewayResponseEntry>[]>()
  for (const resource of inventory.of(provider.response)) {
    const node = member(resource.attributes, 'group_id')
    const target = inventory.target(node, provider.group)
    const api = groups.get(target?.address ?? textOf(node) ?? (node?.kind === 'unknown' ? node.text : ''))
    if (api !== undefined) byGroup.set(api, [...(byGroup.get(api) ?? []), rulesOf(reading, resource)])
  }
  for (const [api, [only, ...more]] of byGroup) {
    if (only !== undefined && more.length === 0) api.builder.settings.gatewayResponses = only
    else if (api.resource !== undefined) {
      const message = `the group ${JSON.stringify(api.builder.name)} has several responses, chosen by route`
      const advice = 'Set gatewayResponses when the API is mounted.'
      context.findings.report('not-carried', 'DEF-TF-10', api.resource, { message, advice })
    }
  }
  for (const resource of inventory.of(...provider.rejecting)) {
    const message = `${resource.address} may reject requests that would pass here`
    const advice = 'Reject them in front of the service, then accept this finding.'
    context.findings.stop('resource-policy', 'DEF-HWO-06', resource, { message, advice })
  }
}

const rulesOf = (
  reading: Reading,
  { attributes, address }: { readonly attributes: Node; readonly address: string },
): Record<string, GatewayResponseEntry> => {
  const { values, findings } = reading.context
  const wanted = { role: 'informs', what: `rule of ${address}` } as const
  const rules = itemsOf(values.known(member(attributes, 'rule'), wanted))
  const entries = rules.flatMap((rule): [string, GatewayResponseEntry][] => {
    const type = values.text(member(rule, 'error_type'), wanted)
    const status = values.text(member(rule, 'status_code'), wanted)
    const body = values.text(member(rule, 'body'), wanted)
    const headers = itemsOf(member(rule, 'headers')).flatMap((header): [string, string][] => {
      const key = values.text(member(header, 'key'), wanted)
      const value = values.text(member(header, 'value'), wanted)
      return key === undefined || value === undefined ? [] : [[key, value]]
    })
    if (type === undefined) return []
    if (!isResponseType(type, 'HUAWEI')) {
      const message = `guards do not send the gateway response ${JSON.stringify(type)} of ${address}`
      findings.report('not-carried', 'DEF-HWO-06', rule, { message, advice: 'Nothing has to be done.' })
      return []
    }
    const entry: GatewayResponseEntry = {
      ...(status !== undefined && /^[1-5]\d\d$/.test(status) && { statusCode: Number(status) }),
      ...(headers.length > 0 && { responseParameters: Object.fromEntries(headers) }),
      ...(body !== undefined && { responseTemplates: { 'application/json': body } }),
    }
    return [[type, entry]]
  })
  return Object.fromEntries(entries)
}
