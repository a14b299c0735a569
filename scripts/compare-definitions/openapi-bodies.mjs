// Turns the OpenAPI bodies of the APIs of a template into the methods, routes and authorizers that they are imported as.

const AUTHORIZER = 'x-amazon-apigateway-authorizer'

/** Whether conditions hold, with the given parameters, and the defaults of the others. */
const conditionsOf = ({ Conditions: conditions = {}, Parameters: declared = {} }, given) => {
  const valueOf = (value) => (value?.Ref === undefined ? value : (given[value.Ref] ?? declared[value.Ref]?.Default))
  const holds = (condition) => {
    const [[name, argument]] = Object.entries(condition)
    if (name === 'Condition') return holds(conditions[argument])
    if (name === 'Fn::Equals') return valueOf(argument[0]) === valueOf(argument[1])
    const operands = argument.map((each) => holds(each))
    if (name === 'Fn::Not') return !operands[0]
    return name === 'Fn::And' ? operands.every(Boolean) : operands.some(Boolean)
  }
  return (name) => holds(conditions[name])
}

/** A value without `Fn::If`; `undefined` if it is `AWS::NoValue`. */
const chosen = (value, holds) => {
  const branches = value?.['Fn::If']
  if (branches !== undefined) return chosen(holds(branches[0]) ? branches[1] : branches[2], holds)
  return value?.Ref === 'AWS::NoValue' ? undefined : value
}

const versionOf = (value) => (value === undefined ? undefined : Number(value).toFixed(1))

/** The authorizer that a scheme is imported as; `undefined` if it is none. */
const authorizerOf = (scheme, protocol) => {
  const settings = scheme?.[AUTHORIZER]
  if (settings === undefined) return undefined
  const type = settings.type.toUpperCase()
  const ttl = settings.authorizerResultTtlInSeconds
  if (protocol === 'REST')
    return {
      Type: 'AWS::ApiGateway::Authorizer',
      Properties: {
        Type: type,
        IdentitySource: type === 'TOKEN' ? `method.request.header.${scheme.name}` : settings.identitySource,
        IdentityValidationExpression: settings.identityValidationExpression,
        ...(ttl !== undefined && { AuthorizerResultTtlInSeconds: ttl }),
      },
    }
  const { issuer: Issuer, audience: Audience } = settings.jwtConfiguration ?? {}
  return {
    Type: 'AWS::ApiGatewayV2::Authorizer',
    Properties: {
      AuthorizerType: type,
      IdentitySource: settings.identitySource,
      JwtConfiguration: { Issuer, Audience },
      AuthorizerResultTtlInSeconds: ttl,
      AuthorizerPayloadFormatVersion: versionOf(settings.authorizerPayloadFormatVersion),
      EnableSimpleResponses: settings.enableSimpleResponses,
    },
  }
}

const SCOPED = new Set(['COGNITO_USER_POOLS', 'JWT'])

/** Authorization of an operation. Several authorizers are none that could be compared. */
const authorizationOf = (security, schemes, { id, protocol }) => {
  const found = security
    .flatMap((each) => Object.entries(each))
    .filter(([name]) => schemes[name]?.[AUTHORIZER] !== undefined || isIam(schemes[name]))
  const [[name, scopes] = []] = found
  if (name === undefined) return { AuthorizationType: 'NONE' }
  if (new Set(found.map(([each]) => each)).size > 1) return { AuthorizationType: 'SEVERAL' }
  if (isIam(schemes[name])) return { AuthorizationType: 'AWS_IAM' }
  const { Properties: properties } = authorizerOf(schemes[name], protocol)
  const isScoped = SCOPED.has(properties.Type ?? properties.AuthorizerType)
  return {
    AuthorizationType: 'CUSTOM',
    AuthorizerId: { Ref: `${id} ${name}` },
    ...(isScoped && { AuthorizationScopes: scopes }),
  }
}

const isIam = (scheme) => scheme?.['x-amazon-apigateway-authtype'] === 'awsSigv4'

const isKey = (scheme) => scheme?.name?.toLowerCase() === 'x-api-key' && scheme[AUTHORIZER] === undefined

/** Methods and routes of one body, as resources. */
const resourcesOf = (id, body, { protocol, holds }) => {
  const schemes = body.securityDefinitions ?? body.components?.securitySchemes ?? {}
  const resources = {}
  for (const [name, scheme] of Object.entries(schemes)) {
    const authorizer = authorizerOf(scheme, protocol)
    if (authorizer !== undefined) resources[`${id} ${name}`] = authorizer
  }
  for (const [written, item] of Object.entries(body.paths ?? {})) {
    const path = protocol === 'REST' && written !== '/' ? written.replace(/\/$/, '') : written
    for (const [key, operation] of Object.entries(chosen(item, holds) ?? {})) {
      const known = chosen(operation, holds)
      if (known === undefined || ['parameters', 'summary', 'description'].includes(key)) continue
      const method = key === 'x-amazon-apigateway-any-method' ? 'ANY' : key.toUpperCase()
      const security = known.security ?? []
      const properties = authorizationOf(security, schemes, { id, protocol })
      const place = `${id} ${method} ${path}`
      if (protocol === 'HTTP') {
        const RouteKey = method === 'ANY' && path === '$default' ? path : `${method} ${path}`
        resources[place] = {
          Type: 'AWS::ApiGatewayV2::Route',
          Properties: { ApiId: { Ref: id }, RouteKey, ...properties },
        }
        continue
      }
      resources[`${place} resource`] = { Type: 'AWS::ApiGateway::Resource', Properties: { PathPart: path.slice(1) } }
      const ApiKeyRequired = security.some((each) => Object.keys(each).some((name) => isKey(schemes[name])))
      const HttpMethod = method
      const ResourceId = { Ref: `${place} resource` }
      resources[place] = {
        Type: 'AWS::ApiGateway::Method',
        Properties: { HttpMethod, ResourceId, ApiKeyRequired, ...properties },
      }
    }
  }
  return resources
}

const PROTOCOLS = { 'AWS::ApiGateway::RestApi': 'REST', 'AWS::ApiGatewayV2::Api': 'HTTP' }

/** The template with the resources of its bodies. Resources whose condition is false are left out. */
export const withRoutes = (template, parameters = {}) => {
  const holds = conditionsOf(template, parameters)
  const existing = Object.entries(template.Resources).filter(
    ([, { Condition: condition }]) => condition === undefined || holds(condition),
  )
  const added = existing.flatMap(([id, { Type: type, Properties: { Body: body } = {} }]) =>
    PROTOCOLS[type] === undefined || body === undefined
      ? []
      : Object.entries(resourcesOf(id, body, { protocol: PROTOCOLS[type], holds })),
  )
  return { ...template, Resources: Object.fromEntries([...existing, ...added]) }
}
