/** Customized gateway responses of REST APIs: their types and checks (AWS-GWR-01 to AWS-GWR-18). @module */
import { type Check, check, headersFor } from '../../contract.ts'

/** The 21 types of gateway response (AWS-GWR-01). */
const TYPES = [
  'ACCESS_DENIED',
  'API_CONFIGURATION_ERROR',
  'AUTHORIZER_CONFIGURATION_ERROR',
  'AUTHORIZER_FAILURE',
  'BAD_REQUEST_BODY',
  'BAD_REQUEST_PARAMETERS',
  'DEFAULT_4XX',
  'DEFAULT_5XX',
  'EXPIRED_TOKEN',
  'INTEGRATION_FAILURE',
  'INTEGRATION_TIMEOUT',
  'INVALID_API_KEY',
  'INVALID_SIGNATURE',
  'MISSING_AUTHENTICATION_TOKEN',
  'QUOTA_EXCEEDED',
  'REQUEST_TOO_LARGE',
  'RESOURCE_NOT_FOUND',
  'THROTTLED',
  'UNAUTHORIZED',
  'UNSUPPORTED_MEDIA_TYPE',
  'WAF_FILTERED',
] as const

/** Name of a gateway response of a REST API. */
export type RestGatewayResponseType = (typeof TYPES)[number]

/** A customized gateway response, as in `AWS::ApiGateway::GatewayResponse` and OpenAPI. */
export interface GatewayResponseDefinition {
  /** 200 to 599, as a number or a string. Default: the status of the type. */
  statusCode?: number | string
  /**
   * Response headers: from `gatewayresponse.header.NAME` to a text in single quotes, `method.request.…`, `context.…` or
   * `stageVariables.…`. Default: none.
   */
  responseParameters?: Readonly<Record<string, string>>
  /** Body templates by content type. Variables are substituted; Velocity is not supported (AWS-GWR-19). */
  responseTemplates?: Readonly<Record<string, string>>
}

/** Customized gateway responses by type; `DEFAULT_4XX` and `DEFAULT_5XX` apply to types without a definition. */
export type GatewayResponseDefinitions = Readonly<Partial<Record<RestGatewayResponseType, GatewayResponseDefinition>>>

/** A key of `responseParameters`; group 1 is the header name. */
export const RESPONSE_HEADER: RegExp = /^gatewayresponse\.header\.([!#$%&'*+.^_`|~\dA-Za-z-]+)$/i
const FRAMING = headersFor('framing')
/** Whether a key names a header that can be set. The gateway accepts `Proxy-Connection`. */
const isResponseHeader = (key: string): boolean => {
  const name = RESPONSE_HEADER.exec(key)?.[1]?.toLowerCase()
  return name !== undefined && (name === 'proxy-connection' || !FRAMING.has(name))
}
/** A value of `responseParameters`: a text in quotes (group 1) or a reference (group 2). */
export const RESPONSE_PARAMETER: RegExp =
  /^(?:'([\t\x20-\x7e]*)'|(method\.request\.(?:header|path|querystring|multivalueheader|multivaluequerystring)\.[\w.$-]+|context\.[\w.$-]+|stageVariables\.\w+))$/

const definition: Check = (value) => {
  const allowed =
    '{ statusCode: 200 to 599, responseParameters: { "gatewayresponse.header.NAME": "\'text\'" or a mapping expression }, responseTemplates: { "application/json": "…" } }'
  if (
    !check.isRecord(value) ||
    Object.keys(value).some((key) => !['statusCode', 'responseParameters', 'responseTemplates'].includes(key))
  )
    return allowed
  const { statusCode = '400', responseParameters = {}, responseTemplates = {} } = value
  if (
    !/^[2-5]\d\d$/.test(String(statusCode)) ||
    !check.isRecord(responseParameters) ||
    !check.isRecord(responseTemplates)
  )
    return allowed
  const parameters = Object.entries(responseParameters).every(
    ([name, from]) => isResponseHeader(name) && typeof from === 'string' && RESPONSE_PARAMETER.test(from),
  )
  const templates = Object.entries(responseTemplates).every(
    ([type, template]) => /^[\w.+-]+\/[\w.+-]+$/.test(type) && typeof template === 'string',
  )
  return parameters && templates ? undefined : allowed
}

/** Row for the option `gatewayResponses`. */
export const gatewayResponsesOption: Check = check.mapOf(
  check.oneOf(...TYPES.filter((type) => type !== 'REQUEST_TOO_LARGE')),
  definition,
)
