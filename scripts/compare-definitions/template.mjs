// Routes, authorizers and settings of a CloudFormation template and of a definition in one form, so that they can be compared.

const byText = (a, b) => (a < b ? -1 : 1)

const isOf = (type) => (resource) => resource.Type === type

const refOf = (value) => value?.Ref ?? value?.['Fn::GetAtt']?.[0]

const listOf = (value) => (value === undefined ? [] : [value].flat())

const sourcesOf = (value) =>
  listOf(value)
    .flatMap((each) => String(each).split(','))
    .map((each) => each.trim())
    .filter((each) => each !== '')

/** Members that are set, sorted by name. */
const sorted = (value) =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )

/** The authorizers of a template: what decides, with the defaults of the service. */
const AUTHORIZERS = {
  'AWS::ApiGateway::Authorizer': ({
    Type,
    IdentitySource,
    IdentityValidationExpression,
    AuthorizerResultTtlInSeconds = 300,
  }) =>
    Type === 'COGNITO_USER_POOLS'
      ? { kind: Type }
      : {
          kind: Type,
          sources: sourcesOf(IdentitySource),
          expression: Type === 'TOKEN' ? IdentityValidationExpression : undefined,
          ttl: AuthorizerResultTtlInSeconds,
        },
  'AWS::ApiGatewayV2::Authorizer': (properties, protocol) => {
    const { AuthorizerType, IdentitySource, JwtConfiguration } = properties
    const shared = { kind: AuthorizerType, sources: sourcesOf(IdentitySource) }
    if (AuthorizerType === 'JWT')
      return { ...shared, issuer: JwtConfiguration?.Issuer, audience: listOf(JwtConfiguration?.Audience) }
    if (protocol === 'WEBSOCKET') return shared
    return {
      ...shared,
      ttl: properties.AuthorizerResultTtlInSeconds ?? 0,
      version: properties.AuthorizerPayloadFormatVersion,
      simple: properties.EnableSimpleResponses ?? false,
    }
  },
}

const guardOf = ({ AuthorizationType = 'NONE', AuthorizerId, AuthorizationScopes }, resources, protocol) => {
  if (AuthorizationType === 'NONE') return 'open'
  if (AuthorizationType === 'AWS_IAM') return { kind: 'AWS_IAM' }
  const authorizer = resources[refOf(AuthorizerId)]
  const read = AUTHORIZERS[authorizer?.Type]
  if (read === undefined) return { kind: 'of another stack' }
  const scopes = listOf(AuthorizationScopes)
  return sorted({ ...read(authorizer.Properties, protocol), scopes: scopes.length > 0 ? scopes : undefined })
}

/** The path of a method: the parts along its resources. */
const pathOf = (resource, resources) => {
  const parts = []
  for (let current = resources[refOf(resource)]; isOf('AWS::ApiGateway::Resource')(current ?? {});) {
    parts.unshift(current.Properties.PathPart)
    current = resources[refOf(current.Properties.ParentId)]
  }
  return `/${parts.join('/')}`
}

const planOf = ({ Throttle: throttle = {}, Quota: quota }) =>
  JSON.stringify([
    throttle.RateLimit,
    throttle.BurstLimit,
    quota === undefined ? undefined : [quota.Limit, quota.Period, quota.Offset],
  ])

/** The routes of a template by `PROTOCOL METHOD PATH`, and its settings. */
export const ofTemplate = ({ Resources: resources = {} }) => {
  const routes = new Map()
  const settings = {}
  for (const { Type: type, Properties: properties = {} } of Object.values(resources)) {
    if (type === 'AWS::ApiGateway::Method') {
      const key = `REST ${properties.HttpMethod} ${pathOf(properties.ResourceId, resources)}`
      routes.set(key, { guard: guardOf(properties, resources, 'REST'), key: properties.ApiKeyRequired === true })
    } else if (type === 'AWS::ApiGatewayV2::Route') {
      const protocol = resources[refOf(properties.ApiId)]?.Properties.ProtocolType ?? 'HTTP'
      routes.set(`${protocol} ${properties.RouteKey}`, { guard: guardOf(properties, resources, protocol), key: false })
    } else if (type === 'AWS::ApiGateway::RestApi') {
      settings.endpointType = properties.EndpointConfiguration?.Types?.[0]
      settings.apiKeySource = properties.ApiKeySourceType
    } else if (type === 'AWS::ApiGateway::Deployment') settings.stage = properties.StageName
    else if (type === 'AWS::ApiGateway::UsagePlan')
      settings.usagePlans = [...(settings.usagePlans ?? []), planOf(properties)].toSorted(byText)
    else if (type === 'AWS::ApiGatewayV2::Api' && properties.CorsConfiguration !== undefined) {
      const { AllowOrigins, AllowMethods, AllowHeaders, MaxAge } = properties.CorsConfiguration
      settings.cors = [AllowOrigins, AllowMethods, AllowHeaders].map((each) => each?.toSorted(byText)).concat(MaxAge)
    }
  }
  return { routes, settings: sorted(settings) }
}

const guardOfRoute = ({ authorizer, authorizationScopes: scopes }, { authorizers, protocol }) => {
  if (authorizer === undefined) return 'undecided'
  if (authorizer === null) return 'open'
  const definition = authorizers[authorizer]
  const { kind, identitySource: sources } = definition
  if (kind === 'AWS_IAM') return { kind }
  if (kind === 'COGNITO_USER_POOLS') return sorted({ kind, scopes })
  const ttl = definition.authorizerResultTtlInSeconds
  return sorted({
    kind,
    sources,
    scopes,
    expression: definition.identityValidationExpression,
    ttl: protocol === 'WEBSOCKET' ? undefined : ttl,
    version: definition.authorizerPayloadFormatVersion,
    simple: definition.enableSimpleResponses,
    issuer: definition.jwtConfiguration?.issuer,
    audience: definition.jwtConfiguration?.audience,
  })
}

/** The same of a definition. */
export const ofDefinition = ({ apis }) => {
  const routes = new Map()
  const settings = {}
  for (const api of apis) {
    for (const route of api.routes) {
      const key = [api.protocol, route.method, route.path].filter((each) => each !== undefined).join(' ')
      routes.set(key, { guard: guardOfRoute(route, api), key: route.apiKeyRequired === true })
    }
    if (api.protocol === 'REST')
      Object.assign(settings, { endpointType: api.endpointType, apiKeySource: api.apiKeySource, stage: api.stage })
    const plans = api.usagePlans?.map(({ throttle = {}, quota }) =>
      planOf({
        Throttle: { RateLimit: throttle.rateLimit, BurstLimit: throttle.burstLimit },
        Quota: quota && { Limit: quota.limit, Period: quota.period, Offset: quota.offset },
      }),
    )
    if (plans !== undefined) settings.usagePlans = plans.toSorted(byText)
    if (api.cors !== undefined) {
      const { allowOrigins, allowMethods, allowHeaders, maxAge } = api.cors
      settings.cors = [allowOrigins, allowMethods, allowHeaders].map((each) => each?.toSorted(byText)).concat(maxAge)
    }
  }
  return { routes, settings: sorted(settings) }
}

const textOf = (route) => (route === undefined ? 'no route' : JSON.stringify(route))

/** One line per difference. Routes that the definition leaves undecided are no difference: they are not mounted. */
export const differencesOf = (deployed, read, { withSettings }) => {
  const keys = new Set([...deployed.routes.keys(), ...read.routes.keys()])
  const differences = [...keys].toSorted(byText).flatMap((key) => {
    const [expected, found] = [deployed.routes.get(key), read.routes.get(key)]
    const isEqual = textOf(expected) === textOf(found) || (expected !== undefined && found?.guard === 'undecided')
    return isEqual ? [] : [`${key}: deployed ${textOf(expected)}, read ${textOf(found)}`]
  })
  const [expected, found] = [deployed, read].map(({ settings }) => JSON.stringify(settings))
  return expected === found || !withSettings
    ? differences
    : [...differences, `settings: deployed ${expected}, read ${found}`]
}
