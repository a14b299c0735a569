/** Stages, gateway responses, usage plans, base paths and other parts of an API (DEF-CFN-16, DEF-CFN-18). @module */
import type { ApiBuilder } from '../building/api-builder.ts'
import { type DeclaredBasePath, setBasePaths, stopAtRoutingRule } from '../building/base-paths.ts'
import { resourceOf } from '../building/declared.ts'
import { gatewayResponseOf } from '../building/gateway-responses.ts'
import { isImportedStage, quotaOf, throttleOf } from '../building/usage-plans.ts'
import { at, entriesOf, isAbsent, itemsOf, member, type Node, textOf } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import type { Resource, Resources } from './template.ts'

type Apis = ReadonlyMap<string, ApiBuilder>

const informs = (what: string): { role: 'informs'; what: string } => ({ role: 'informs', what })

/** The API that a resource belongs to; adds a report if it is not in the file. */
const apiOf = (
  { id, properties, origin }: Resource,
  property: string,
  apis: Apis,
  context: ReadContext,
): ApiBuilder | undefined => {
  const api = apis.get(resourceOf(member(properties, property)) ?? '')
  if (api === undefined) {
    const message = `${id} belongs to an API that is not in this file`
    context.findings.report(
      'not-carried',
      'DEF-CFN-16',
      { origin },
      { message, advice: 'Nothing has to be done if that API is not imported.' },
    )
  }
  return api
}

const addStages = (template: Resources, apis: Apis, context: ReadContext): void => {
  const stages = new Map<
    ApiBuilder,
    { name: string; from: Node | undefined; variables: Readonly<Record<string, string>> }[]
  >()
  for (const [type, idProperty, variables] of [
    ['AWS::ApiGateway::Stage', 'RestApiId', 'Variables'],
    ['AWS::ApiGatewayV2::Stage', 'ApiId', 'StageVariables'],
  ] as const)
    for (const resource of template.ofType(type)) {
      const api = apiOf(resource, idProperty, apis, context)
      const from = member(resource.properties, 'StageName')
      const name = context.values.text(from, informs(`the name of ${resource.id}`))
      if (api === undefined || name === undefined) continue
      const pairs = entriesOf(member(resource.properties, variables)).map(
        ([key, value]) => [key, context.values.text(value, informs(`the stage variable ${key}`))] as const,
      )
      // A variable that is not known is left out, with a report.
      const known = pairs.filter((pair): pair is [string, string] => pair[1] !== undefined)
      const list = stages.get(api) ?? []
      stages.set(api, [...list, { name, from, variables: Object.fromEntries(known) }])
    }
  for (const [api, list] of stages) {
    const chosen = list.find(({ name }) => name === context.options.stage) ?? (list.length === 1 ? list[0] : undefined)
    if (chosen === undefined) continue
    api.settings.stage = chosen.name
    api.stageFrom = chosen.from
    if (Object.keys(chosen.variables).length > 0) api.settings.stageVariables = chosen.variables
  }
}

const addGatewayResponses = (template: Resources, apis: Apis, context: ReadContext): void => {
  for (const resource of template.ofType('AWS::ApiGateway::GatewayResponse')) {
    const api = apiOf(resource, 'RestApiId', apis, context)
    const type = context.values.text(member(resource.properties, 'ResponseType'), informs('ResponseType'))
    if (api === undefined || type === undefined) continue
    const names = {
      statusCode: 'StatusCode',
      responseParameters: 'ResponseParameters',
      responseTemplates: 'ResponseTemplates',
    }
    const entry = gatewayResponseOf(resource.properties, names, context)
    api.settings.gatewayResponses = { ...api.settings.gatewayResponses, [type]: entry }
  }
}

const addUsagePlans = (template: Resources, apis: Apis, context: ReadContext): void => {
  const isThere = ({ id, exists }: Resource): boolean => context.values.exists(exists, id)
  // In doubt a key is disabled, and a finding stops.
  const isDisabled = (key: Resource | undefined): boolean => {
    const enabled = member(key?.properties, 'Enabled')
    return (
      enabled !== undefined && context.values.flag(enabled, { role: 'decides', what: `Enabled of ${key?.id}` }) !== true
    )
  }
  const keyOf = ({ properties }: Resource): Resource | undefined =>
    template.resource(resourceOf(member(properties, 'KeyId'), 'APIKeyId') ?? '')
  const allKeys = template
    .ofType('AWS::ApiGateway::UsagePlanKey')
    .filter((each) => isThere(each) && !isDisabled(keyOf(each)))
  for (const { id, reference, properties } of template.ofType('AWS::ApiGateway::UsagePlan').filter(isThere)) {
    const keys = allKeys
      .filter((each) => resourceOf(member(each.properties, 'UsagePlanId'), 'Id') === reference)
      .map((each) => keyOf(each)?.id ?? each.id)
    const throttle = throttleOf(member(properties, 'Throttle'), { rate: 'RateLimit', burst: 'BurstLimit' }, context)
    const quota = quotaOf(member(properties, 'Quota'), { limit: 'Limit', period: 'Period', offset: 'Offset' }, context)
    const plan = { name: id, keys, ...(throttle && { throttle }), ...(quota && { quota }) }
    for (const stage of itemsOf(member(properties, 'ApiStages'))) {
      const api = apis.get(resourceOf(member(stage, 'ApiId')) ?? '')
      if (api === undefined || !isOfStage(api, member(stage, 'Stage'), template, context)) continue
      api.settings.usagePlans = [...(api.settings.usagePlans ?? []), plan]
    }
  }
}

/** Whether a usage plan of an API counts for the stage that is imported. */
const isOfStage = (api: ApiBuilder, stage: Node | undefined, template: Resources, context: ReadContext): boolean => {
  // SAM calls the stage of an API so.
  if (stage?.kind === 'unknown' && stage.text === `\${${api.name}.Stage}`) return true
  const declared = template.resource(resourceOf(stage) ?? '')
  return isImportedStage(
    api,
    declared?.type === 'AWS::ApiGateway::Stage' ? member(declared.properties, 'StageName') : stage,
    context,
  )
}

const MAPPINGS = [
  ['AWS::ApiGateway::BasePathMapping', 'RestApiId', 'BasePath'],
  ['AWS::ApiGateway::BasePathMappingV2', 'RestApiId', 'BasePath'],
  ['AWS::ApiGatewayV2::ApiMapping', 'ApiId', 'ApiMappingKey'],
] as const

const addBasePaths = (template: Resources, apis: Apis, context: ReadContext): void => {
  const declared: DeclaredBasePath[] = []
  for (const [type, idProperty, property] of MAPPINGS)
    for (const resource of template.ofType(type)) {
      const { id, properties, exists } = resource
      const what = `the mapping ${id}`
      if (context.values.map(properties, { role: 'decides', what: `what ${what} is` }) === undefined) continue
      const owner = member(properties, idProperty)
      const api = apis.get(resourceOf(owner, 'RestApiId', 'ApiId') ?? '')
      declared.push({ what, api, owner, exists, path: member(properties, property), place: resource })
    }
  setBasePaths(declared, context)
  for (const rule of template.ofType('AWS::ApiGatewayV2::RoutingRule')) stopAtRoutingRule(rule.id, rule, context)
}

/** Protection in front of an API that is not carried over: one row per kind, the most important ones first. */
const NOT_CARRIED: readonly (readonly [type: string, isSet: (resource: Resource) => boolean, what: string])[] = [
  [
    'AWS::ApiGateway::DomainName',
    ({ properties }) => !isAbsent(at(properties, 'MutualTlsAuthentication')),
    'mutual TLS',
  ],
  [
    'AWS::ApiGatewayV2::DomainName',
    ({ properties }) => !isAbsent(at(properties, 'MutualTlsAuthentication')),
    'mutual TLS',
  ],
  ['AWS::WAFv2::WebACLAssociation', () => true, 'a web ACL'],
  ['AWS::WAFRegional::WebACLAssociation', () => true, 'a web ACL'],
  [
    'AWS::ApiGateway::RestApi',
    ({ properties }) => textOf(at(properties, 'DisableExecuteApiEndpoint')) === 'true',
    'a disabled default endpoint',
  ],
  [
    'AWS::ApiGatewayV2::Api',
    ({ properties }) => textOf(at(properties, 'DisableExecuteApiEndpoint')) === 'true',
    'a disabled default endpoint',
  ],
  ['AWS::ApiGatewayV2::RouteSettings', () => true, 'throttling of routes'],
]

const reportNotCarried = (template: Resources, context: ReadContext): void => {
  for (const [type, isSet, what] of NOT_CARRIED)
    for (const resource of template.ofType(type)) {
      if (!isSet(resource)) continue
      const message = `${resource.id} has ${what}, which is not carried over`
      context.findings.report('not-carried', 'DEF-CFN-18', resource, {
        message,
        advice: 'Provide it in front of the service, if it is needed.',
      })
    }
}

/** Adds what belongs to the APIs of a template besides routes and authorizers. */
export const addParts = (template: Resources, apis: Apis, context: ReadContext): void => {
  addStages(template, apis, context)
  addGatewayResponses(template, apis, context)
  addUsagePlans(template, apis, context)
  addBasePaths(template, apis, context)
  reportNotCarried(template, context)
}
