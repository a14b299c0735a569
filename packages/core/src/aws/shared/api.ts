/** The API that requests are addressed to: the constant parts of ARNs and events. @module */
import type { GatewayRequest } from '../../index.ts'
import { asciiLower, type Check, check, type Checks } from '../../contract.ts'

/** The API on AWS. Policies with literal ARNs only match if these are the values of the real API. */
export interface ApiOptions {
  /** `aws`, `aws-cn` or `aws-us-gov`. Default: derived from the region (AWS-ARN-09). */
  partition?: string
  /** Default `us-east-1`. */
  region?: string
  /** 12 digits. Default `123456789012`. */
  accountId?: string
  /** Default `abcdef1234`. */
  apiId?: string
  /** Default `prod`. */
  stage?: string
  /**
   * Domain name in events. Default: the host that the client called; `{apiId}.execute-api.{region}.amazonaws.com` for an
   * HTTP/1.0 request without `Host`. Set it if functions trust the name: a client can send any `Host`.
   */
  domainName?: string
  /** Base path of a custom domain: part of `path`, but not of the ARN or of `resource` (AWS-ARN-08). Default: none. */
  basePath?: string
}

/** {@link ApiOptions} with defaults. */
export interface Api {
  readonly partition: string
  readonly region: string
  readonly accountId: string
  readonly apiId: string
  readonly stage: string
  /** The configured domain, else the default domain. For a request use {@link domainNameOf}. */
  readonly domainName: string
  /** Whether `domainName` was configured. */
  readonly hasDomainName: boolean
  readonly basePath: string
  /** Whether requests use a custom domain; their paths do not contain the stage. */
  readonly customDomain: boolean
}

const API_CHECKS: Checks<ApiOptions> = {
  partition: check.text(/^aws(?:-[a-z]+)*$/, '"aws", "aws-cn" or "aws-us-gov"'),
  region: check.text(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'a region such as "eu-central-1"'),
  accountId: check.text(/^\d{12}$/, '12 digits'),
  apiId: check.text(/^[a-z0-9]{1,32}$/, 'lower-case letters and digits'),
  stage: check.text(/^(?:[A-Za-z0-9_-]{1,128}|\$default)$/, 'letters, digits, "-" and "_", at most 128, or "$default"'),
  domainName: check.text(/^[A-Za-z0-9.-]{1,253}$/, 'a domain name'),
  basePath: check.text(/^\/?[A-Za-z0-9_.~/-]*[A-Za-z0-9_.~-]$/, 'a path such as "orders"'),
}

/** Row for the option `api`. */
export const apiOption: Check = (value) =>
  check.isRecord(value) ? undefined : '{ partition, region, accountId, apiId, stage, domainName, basePath }'

const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'

/** @throws {AuthorizerError} `ERR_OPTION` */
export const resolveApi = (where: string, options: ApiOptions | undefined): Api => {
  const {
    region = 'us-east-1',
    accountId = '123456789012',
    apiId = 'abcdef1234',
    stage = 'prod',
    ...rest
  } = check.checkOptions(`${where}.api`, options, API_CHECKS)
  const base = (rest.basePath ?? '').replace(/^\//, '')
  return Object.freeze({
    partition: rest.partition ?? partitionOf(region),
    region,
    accountId,
    apiId,
    stage,
    domainName:
      rest.domainName ?? `${apiId}.execute-api.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`,
    hasDomainName: rest.domainName !== undefined,
    basePath: base === '' ? '' : `/${base}`,
    customDomain: base !== '' || rest.domainName !== undefined,
  })
}

/** `requestContext.domainName`: the configured domain, else the host that the client called, without a port. */
export const domainNameOf = ({ domainName, hasDomainName }: Api, { authority }: GatewayRequest): string =>
  hasDomainName || authority === undefined ? domainName : authority.replace(/:\d*$/, '')

/** `requestContext.domainPrefix`: the first label of the domain name. */
export const domainPrefixOf = (api: Api, request: GatewayRequest): string =>
  domainNameOf(api, request).split('.')[0] as string

/** The first five fields of an ARN, which are the same for every request of an API. */
export const arnPrefix = ({ partition, region, accountId }: Api): string =>
  `arn:${partition}:execute-api:${region}:${accountId}`

const below = (basePath: string, path: string, caseSensitive: boolean): string | undefined => {
  const start = path.slice(0, basePath.length)
  const same = caseSensitive ? start === basePath : asciiLower(start) === asciiLower(basePath)
  const rest = path.slice(basePath.length)
  if (!same || (rest !== '' && !rest.startsWith('/'))) return undefined
  return rest === '' ? '/' : rest
}

/** A path without the base path of a custom domain; the path itself if it is not below the base path. */
export const belowBasePath = (api: Api, path: string, caseSensitive: boolean): string =>
  (api.basePath === '' ? undefined : below(api.basePath, path, caseSensitive)) ?? path

/** Whether a path is below the base path of a custom domain; always true without one. */
export const isBelowBasePath = (api: Api, { path, routing }: GatewayRequest): boolean =>
  api.basePath === '' || below(api.basePath, path, routing.caseSensitive) !== undefined

/** The resource field of a request's ARN: `{apiId}/{stage}/{VERB}/{path}`. */
export const resourceOf = (api: Api, request: GatewayRequest, path: string = request.resourcePath): string =>
  `${api.apiId}/${api.stage}/${request.method}${belowBasePath(api, path, request.routing.caseSensitive)}`

/** `methodArn` and `routeArn` of a request. */
export const methodArnOf = (api: Api, request: GatewayRequest): string =>
  `${arnPrefix(api)}:${resourceOf(api, request)}`

/**
 * Builds the ARN of a method (AWS-ARN-01): `arn:{partition}:execute-api:{region}:{accountId}:{apiId}/{stage}/{VERB}/{path}`.
 *
 * @param path absolute path with parameter values, not decoded
 * @throws {AuthorizerError} `ERR_OPTION`
 */
export const methodArn = (api: ApiOptions, method: string, path: string): string => {
  const resolved = resolveApi('methodArn', api)
  return `${arnPrefix(resolved)}:${resolved.apiId}/${resolved.stage}/${method.toUpperCase()}${path.startsWith('/') ? path : `/${path}`}`
}
