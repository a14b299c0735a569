/** Stages, base paths, gateway responses and usage plans of the AWS provider (DEF-TF-08). @module */
import { type DeclaredBasePath, setBasePaths, stopAtRoutingRule } from '../../building/base-paths.ts'
import { gatewayResponseOf } from '../../building/gateway-responses.ts'
import { isImportedStage, quotaOf, throttleOf } from '../../building/usage-plans.ts'
import type { UsagePlanDefinition } from '../../definition.ts'
import { entriesOf, isAbsent, itemsOf, member, type Node, textOf } from '../../document/node.ts'
import type { Api, Reading } from './reading.ts'
import { REST } from './aws-rest.ts'
import { V2 } from './aws-v2.ts'
import type { Resource } from './resource.ts'

/** Reads what belongs to APIs besides routes and authorizers. */
export const readAwsSettings = (reading: Reading): void => {
  readStages(reading)
  readBasePaths(reading)
  for (const resource of reading.inventory.of('aws_api_gateway_gateway_response')) readResponse(reading, resource)
  const keys = keyNames(reading)
  for (const resource of reading.inventory.of('aws_api_gateway_usage_plan'))
    if (reading.areCertain([resource], [])) readUsagePlan(reading, resource, keys)
  for (const [type, what] of NOT_CARRIED)
    for (const resource of reading.inventory.of(type)) reportNotCarried(reading, resource, what)
}

/** Protection that is not carried over, first in the report (DEF-CFN-18). */
const NOT_CARRIED: readonly (readonly [type: string, what: string])[] = [
  ['aws_api_gateway_domain_name', 'mutual TLS'],
  ['aws_apigatewayv2_domain_name', 'mutual TLS'],
  ['aws_wafv2_web_acl_association', 'a web application firewall'],
  ['aws_wafregional_web_acl_association', 'a web application firewall'],
  ['aws_api_gateway_method_settings', 'throttling of methods'],
]

const reportNotCarried = (reading: Reading, resource: Resource, what: string): void => {
  const { attributes, type, address } = resource
  const isDomain = type.endsWith('_domain_name')
  const mutual = member(attributes, 'mutual_tls_authentication')
  if (isDomain && (mutual === undefined || isAbsent(mutual) || (mutual.kind === 'list' && mutual.items.length === 0)))
    return
  const message = `${address} sets ${what}, which is not carried over`
  const advice = 'Do the same in front of the service, if it is needed.'
  reading.context.findings.report('not-carried', 'DEF-CFN-18', resource, { message, advice })
}

const informs = (what: string): { role: 'informs'; what: string } => ({ role: 'informs', what })

/** The known texts of a map. */
const textMap = (reading: Reading, node: Node | undefined, what: string): Record<string, string> | undefined => {
  const known = reading.context.values.known(node, informs(what))
  const texts = entriesOf(known).flatMap(([key, value]): [string, string][] => {
    const text = reading.context.values.text(value, informs(`${key} in ${what}`))
    return text === undefined ? [] : [[key, text]]
  })
  return texts.length === 0 ? undefined : Object.fromEntries(texts)
}

const STAGES = [
  { type: 'aws_api_gateway_stage', owner: 'rest_api_id', name: 'stage_name', variables: 'variables' },
  { type: 'aws_api_gateway_deployment', owner: 'rest_api_id', name: 'stage_name', variables: 'variables' },
  { type: 'aws_apigatewayv2_stage', owner: 'api_id', name: 'name', variables: 'stage_variables' },
] as const

const readStages = (reading: Reading): void => {
  const { context, inventory } = reading
  const found = new Map<
    Api,
    { resource: Resource; name: string; from: Node | undefined; variables: Record<string, string> | undefined }[]
  >()
  for (const { type, owner, name, variables } of STAGES)
    for (const resource of inventory.of(type)) {
      const { attributes, address } = resource
      const api = reading.knownApiOf(member(attributes, owner), REST.api, V2.api)
      const from = member(attributes, name)
      const stage = context.values.text(from, informs(`${name} of ${address}`))
      if (api === undefined || stage === undefined || stage === '') continue
      const values = textMap(reading, member(attributes, variables), `${variables} of ${address}`)
      found.set(api, [...(found.get(api) ?? []), { resource, name: stage, from, variables: values }])
    }
  for (const [api, stages] of found) {
    const wanted = stages.find((each) => each.name === context.options.stage)
    const [only] = stages
    const chosen = wanted ?? (stages.length === 1 ? only : undefined)
    if (chosen !== undefined) {
      // `$default` is the stage of an HTTP API that has no name in its paths.
      api.builder.settings.stage = chosen.name
      api.builder.stageFrom = chosen.from
      if (chosen.variables !== undefined) api.builder.settings.stageVariables = chosen.variables
    } else if (only !== undefined) {
      const message = `${JSON.stringify(api.builder.name)} has several stages, and none is chosen`
      const advice = 'Give the option stage, if stage variables matter.'
      context.findings.report('not-carried', 'DEF-TF-08', only.resource, { message, advice })
    }
  }
}

const MAPPINGS = [
  { type: 'aws_api_gateway_base_path_mapping', path: 'base_path' },
  { type: 'aws_apigatewayv2_api_mapping', path: 'api_mapping_key' },
] as const

const readBasePaths = (reading: Reading): void => {
  const { context, inventory } = reading
  const declared: DeclaredBasePath[] = []
  for (const { type, path } of MAPPINGS)
    for (const resource of inventory.of(type)) {
      const { attributes, address: what, doubt } = resource
      const owner = member(attributes, 'api_id')
      const api = reading.knownApiOf(owner, REST.api, V2.api)?.builder
      declared.push({ what, api, owner, exists: doubt, path: member(attributes, path), place: resource })
    }
  setBasePaths(declared, context)
  for (const rule of inventory.of('aws_apigatewayv2_routing_rule')) stopAtRoutingRule(rule.address, rule, context)
}

const RESPONSE_NAMES = {
  statusCode: 'status_code',
  responseParameters: 'response_parameters',
  responseTemplates: 'response_templates',
} as const

const readResponse = (reading: Reading, resource: Resource): void => {
  const { context } = reading
  const { attributes, address } = resource
  const api = reading.knownApiOf(member(attributes, 'rest_api_id'), REST.api)
  const type = context.values.text(member(attributes, 'response_type'), informs(`response_type of ${address}`))
  if (api === undefined || type === undefined) {
    const message = `${address} belongs to no known API, or has no known type`
    const details = { message, advice: 'Nothing has to be done if the API is not used.' }
    context.findings.report('not-carried', 'DEF-TF-08', resource, details)
    return
  }
  const entry = gatewayResponseOf(attributes, RESPONSE_NAMES, context)
  const { settings } = api.builder
  settings.gatewayResponses = { ...settings.gatewayResponses, [type]: entry }
}

/** Names of the keys of each usage plan, by the address of the plan. The values of keys are never read. */
const keyNames = (reading: Reading): ReadonlyMap<string, readonly string[]> => {
  const { inventory } = reading
  const names = new Map<string, string[]>()
  for (const resource of inventory.of('aws_api_gateway_usage_plan_key')) {
    if (!reading.areCertain([resource], [])) continue
    const { attributes } = resource
    const plan = inventory.target(member(attributes, 'usage_plan_id'), 'aws_api_gateway_usage_plan')
    const key = inventory.target(member(attributes, 'key_id'), 'aws_api_gateway_api_key')
    const enabled = member(key?.attributes, 'enabled')
    const what = `enabled of ${key?.address}`
    if (enabled !== undefined && reading.context.values.flag(enabled, { role: 'decides', what }) === false) continue
    if (plan !== undefined && key !== undefined)
      names.set(plan.address, [...(names.get(plan.address) ?? []), textOf(member(key.attributes, 'name')) ?? key.label])
  }
  return names
}

const readUsagePlan = (reading: Reading, resource: Resource, keys: ReadonlyMap<string, readonly string[]>): void => {
  const { context } = reading
  const { attributes, address, label } = resource
  const [throttleNode] = blocks(member(attributes, 'throttle_settings'))
  const [quotaNode] = blocks(member(attributes, 'quota_settings'))
  const throttle = throttleOf(throttleNode, { rate: 'rate_limit', burst: 'burst_limit' }, context)
  const quota = quotaOf(quotaNode, { limit: 'limit', period: 'period', offset: 'offset' }, context)
  const plan: UsagePlanDefinition = {
    name: context.values.text(member(attributes, 'name'), informs(`name of ${address}`)) ?? label,
    ...(throttle && { throttle }),
    ...(quota && { quota }),
    keys: keys.get(address) ?? [],
  }
  for (const stage of blocks(member(attributes, 'api_stages'))) {
    const api = reading.knownApiOf(member(stage, 'api_id'), REST.api, V2.api)
    if (api !== undefined && isOfStage(reading, api, member(stage, 'stage')))
      api.builder.settings.usagePlans = [...(api.builder.settings.usagePlans ?? []), plan]
    if (blocks(member(stage, 'throttle')).length > 0) {
      const message = `${address} throttles single methods, which is not carried over`
      const details = { message, advice: 'Set throttles of routes in the options of usagePlan.' }
      context.findings.report('not-carried', 'DEF-TF-08', resource, details)
    }
  }
}

/** Whether a usage plan of an API counts for the stage that is imported. */
const isOfStage = ({ context, inventory }: Reading, { builder }: Api, stage: Node | undefined): boolean => {
  const declared = inventory.target(stage, 'aws_api_gateway_stage', 'stage_name')
  return isImportedStage(builder, declared === undefined ? stage : member(declared.attributes, 'stage_name'), context)
}

const blocks = (node: Node | undefined): readonly Node[] =>
  node?.kind === 'list' ? itemsOf(node) : node === undefined || isAbsent(node) ? [] : [node]
