/** The API that requests are addressed to, and the id of each request. @module */
import type { GatewayRequest } from '../index.ts'
import { type Check, check, type Checks } from '../contract.ts'

/** What APIG knows about the API; the values of `$context` variables and of `requestContext`. */
export interface ApiOptions {
  /** 32 hexadecimal digits. Default: zeros. */
  apiId?: string
  /** Default `'api'`. */
  apiName?: string
  /** Default: none. */
  appId?: string
  /** Default: none. */
  appName?: string
  /** The environment. Default `'RELEASE'` (HW-GEN-13). */
  stage?: string
}

/** {@link ApiOptions} with every default filled in. */
export type Api = Required<ApiOptions>

const NAME = check.text(/^[^\p{Cc}]{1,255}$/u, 'text of at most 255 characters')
const API_CHECKS: Checks<ApiOptions> = {
  apiId: check.text(/^[\da-z]{1,64}$/, 'lower-case letters and digits'),
  apiName: NAME,
  appId: NAME,
  appName: NAME,
  stage: check.text(/^[A-Za-z][\w-]{0,63}$/, 'letters, digits, "-" and "_", a letter first'),
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

const ids = new WeakMap<GatewayRequest, string>()

/** One id for event, header and answer: 32 lower-case hexadecimal digits (HW-FE-13). */
export const requestIdOf = (request: GatewayRequest): string => {
  let id = ids.get(request)
  if (id === undefined) {
    id = crypto.randomUUID().replaceAll('-', '')
    ids.set(request, id)
  }
  return id
}
