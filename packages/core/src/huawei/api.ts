/** The API that requests are addressed to, and the ID of each request. @module */
import type { GatewayRequest } from '../index.ts'
import { type Check, check, type Checks } from '../contract.ts'

/** The API on APIG: values of `$context` variables and of `requestContext`. */
export interface ApiOptions {
  /** 1 to 64 lower-case letters and digits. Default: 32 zeros. */
  apiId?: string
  /** At most 255 characters. Default `'api'`. */
  apiName?: string
  /** At most 255 characters. Default `''`. */
  appId?: string
  /** At most 255 characters. Default `''`. */
  appName?: string
  /** The environment; letters, digits, `-` and `_`. Default `'RELEASE'` (HW-GEN-13). */
  stage?: string
}

/** {@link ApiOptions} with defaults. */
export type Api = Required<ApiOptions>

const NAME = check.text(/^[^\p{Cc}]{1,255}$/u, 'text of at most 255 characters')
const API_CHECKS: Checks<ApiOptions> = {
  apiId: check.text(/^[\da-z]{1,64}$/, 'lower-case letters and digits'),
  apiName: NAME,
  appId: NAME,
  appName: NAME,
  stage: check.text(/^[A-Za-z][\w-]{0,63}$/, 'letters, digits, "-" and "_", starting with a letter'),
}

/** Row for the option `api`. */
export const apiOption: Check = (value) =>
  check.isRecord(value) ? undefined : '{ apiId, apiName, appId, appName, stage }'

/** @throws {AuthorizerError} `ERR_OPTION` */
export const resolveApi = (where: string, options: ApiOptions | undefined): Api =>
  Object.freeze({
    apiId: '0'.repeat(32),
    apiName: 'api',
    appId: '',
    appName: '',
    stage: 'RELEASE',
    ...check.checkOptions(`${where}.api`, options, API_CHECKS),
  })

const requestIds = new WeakMap<GatewayRequest, string>()

/** The ID of a request in event, header and response: 32 lower-case hexadecimal digits (HW-FE-13). */
export const requestIdOf = (request: GatewayRequest): string => {
  let id = requestIds.get(request)
  if (id === undefined) {
    id = crypto.randomUUID().replaceAll('-', '')
    requestIds.set(request, id)
  }
  return id
}
