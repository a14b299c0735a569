/** Settings of SAM APIs besides routes and authorizers (DEF-SAM-13, DEF-SAM-14, DEF-CFN-16, DEF-CFN-18). @module */
import { setBasePaths } from '../building/base-paths.ts'
import type { ApiBuilder } from '../building/api-builder.ts'
import { isDeclared } from '../building/declared.ts'
import { gatewayResponseOf } from '../building/gateway-responses.ts'
import { checkResourcePolicy } from '../building/resource-policy.ts'
import { quotaOf, throttleOf } from '../building/usage-plans.ts'
import { corsOf } from '../cloudformation/apis.ts'
import { at, entriesOf, itemsOf, map, member, type Node, scalar, textOf } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { isGiven, samFlag } from './deciding.ts'

const informs = (what: string): { role: 'informs'; what: string } => ({ role: 'informs', what })

/** Adds the settings of a REST API. */
export const addRestSettings = (api: ApiBuilder, properties: Node, context: ReadContext): void => {
  addStage(api, properties, 'Variables', context)
  const source = context.values.text(member(properties, 'ApiKeySourceType'), {
    role: 'decides',
    what: `ApiKeySourceType of ${api.name}`,
  })
  if (source === 'HEADER' || source === 'AUTHORIZER') api.settings.apiKeySource = source
  const endpoint = member(properties, 'EndpointConfiguration')
  const type = textOf(endpoint?.kind === 'map' ? member(endpoint, 'Type') : endpoint)
  if (type === 'EDGE' || type === 'REGIONAL' || type === 'PRIVATE') api.settings.endpointType = type
  if (type === 'PRIVATE')
    notCarried(endpoint, `the API ${api.name} is private: only a VPC endpoint reaches it`, context)
  checkResourcePolicy(member(properties, 'Policy'), 'DEF-CFN-17', context.findings)
  addGatewayResponses(api, member(properties, 'GatewayResponses'), context)
  addUsagePlan(api, at(properties, 'Auth', 'UsagePlan'), context)
  addDomain(api, properties, context)
}

/** Adds the settings of an HTTP API. */
export const addHttpSettings = (api: ApiBuilder, properties: Node, context: ReadContext): void => {
  addStage(api, properties, 'StageVariables', context)
  api.settings.stage ??= '$default'
  const cors = member(properties, 'CorsConfiguration')
  if (isGiven(cors)) {
    const found = textOf(cors) === 'true' ? { allowOrigins: ['*'] } : corsOf(cors, context)
    if (found !== undefined) api.settings.cors = { ...api.settings.cors, ...found }
  }
  addDomain(api, properties, context)
}

const addStage = (api: ApiBuilder, properties: Node, variables: string, context: ReadContext): void => {
  const stage = context.values.text(member(properties, 'StageName'), informs(`the stage of ${api.name}`))
  if (stage !== undefined && stage !== '') api.settings.stage = stage
  const pairs = entriesOf(member(properties, variables)).flatMap(([name, value]) => {
    const text = context.values.text(value, informs(`the stage variable ${name}`))
    return text === undefined ? [] : [[name, text] as const]
  })
  if (pairs.length > 0) api.settings.stageVariables = Object.fromEntries(pairs)
}

/** Groups of response parameters, with the prefixes that SAM writes. */
const PARAMETERS = [
  ['Headers', 'header'],
  ['Paths', 'path'],
  ['QueryStrings', 'querystring'],
] as const

const NAMES = { statusCode: 'StatusCode', responseParameters: 'Parameters', responseTemplates: 'ResponseTemplates' }

const addGatewayResponses = (api: ApiBuilder, responses: Node | undefined, context: ReadContext): void => {
  for (const [type, response] of entriesOf(responses)) {
    const parameters = PARAMETERS.flatMap(([group, prefix]) =>
      entriesOf(at(response, 'ResponseParameters', group)).map(
        ([name, value]) => [`gatewayresponse.${prefix}.${name}`, value] as const,
      ),
    )
    const flat = map([...entriesOf(response), ['Parameters', map(parameters, response.origin)]], response.origin)
    const entry = gatewayResponseOf(flat, NAMES, context)
    api.settings.gatewayResponses = { ...api.settings.gatewayResponses, [type]: entry }
  }
}

/** Logical IDs of what SAM adds for a plan. */
const PLANS: Readonly<Record<string, (id: string) => readonly [plan: string, key: string]>> = {
  PER_API: (id) => [`${id}UsagePlan`, `${id}ApiKey`],
  SHARED: () => ['ServerlessUsagePlan', 'ServerlessApiKey'],
}

const addUsagePlan = (api: ApiBuilder, declared: Node | undefined, context: ReadContext): void => {
  if (!isDeclared(declared)) return
  const plan = context.values.map(declared, { role: 'decides', what: `UsagePlan of ${api.name}` })
  if (plan === undefined) return
  const what = `CreateUsagePlan of ${api.name}`
  const kind = context.values.text(member(plan, 'CreateUsagePlan'), { role: 'decides', what })
  const namesOf = kind !== undefined && Object.hasOwn(PLANS, kind) ? PLANS[kind] : undefined
  if (namesOf === undefined) {
    const message = `${what} is not PER_API, SHARED or NONE`
    const isWrong = kind !== 'NONE' && (kind !== undefined || !isDeclared(member(plan, 'CreateUsagePlan')))
    if (isWrong) context.findings.stop('invalid', 'DEF-SAM-14', plan, { message, advice: 'Correct it.' })
    return
  }
  const [name, key] = namesOf(api.name)
  const throttle = throttleOf(member(plan, 'Throttle'), { rate: 'RateLimit', burst: 'BurstLimit' }, context)
  const quota = quotaOf(member(plan, 'Quota'), { limit: 'Limit', period: 'Period', offset: 'Offset' }, context)
  const added = { name, keys: [key], ...(throttle && { throttle }), ...(quota && { quota }) }
  api.settings.usagePlans = [...(api.settings.usagePlans ?? []), added]
}

/** SAM keeps letters and digits of the base path of a REST API. */
const normalized = (path: Node | undefined): Node | undefined => {
  const text = textOf(path)
  return path === undefined || text === undefined
    ? path
    : scalar(text.replaceAll(/[^\p{L}\p{N}]/gu, ''), path.origin, path.assumed)
}

const addDomain = (api: ApiBuilder, properties: Node, context: ReadContext): void => {
  const domain = member(properties, 'Domain')
  const mutualTls = member(domain, 'MutualTlsAuthentication')
  if (isGiven(mutualTls))
    notCarried(mutualTls, `the domain of ${api.name} has mutual TLS, which is not carried over`, context)
  if (textOf(member(properties, 'DisableExecuteApiEndpoint'))?.toLowerCase() === 'true')
    notCarried(properties, `${api.name} has a disabled default endpoint, which is not carried over`, context)
  const what = `the domain of ${api.name}`
  const known = context.values.map(domain, { role: 'decides', what })
  if (known === undefined) return
  const paths = member(known, 'BasePath')
  const declared = paths === undefined || paths.kind === 'list' ? itemsOf(paths) : [paths]
  const flag = samFlag(context, member(known, 'NormalizeBasePath'), { what: `NormalizeBasePath of ${what}` })
  const isNormalized = api.protocol === 'REST' && flag !== false
  // A domain without a base path maps the API at its root.
  const all = isGiven(paths) ? declared : [undefined]
  setBasePaths(
    all.map((path) => ({ what, api, path: isNormalized ? normalized(path) : path, place: path ?? known })),
    context,
  )
}

const notCarried = (place: Node | undefined, message: string, { findings }: ReadContext): void => {
  const advice = 'Provide it in front of the service, if it is needed.'
  findings.report('not-carried', 'DEF-CFN-18', place ?? { origin: { file: '', line: 0, pointer: '' } }, {
    message,
    advice,
  })
}
