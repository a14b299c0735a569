/** Names of resources and arguments of the providers for Huawei's gateway (DEF-TF-10, DEF-TF-11). @module */

/** What one provider calls things. */
export interface HuaweiProvider {
  readonly api: string
  readonly authorizer: string
  readonly group: string
  readonly response: string
  readonly method: string
  readonly path: string
  readonly authentication: string
  readonly match: string
  readonly ttl: string
  /** Blocks of backends; each may have policies in blocks of the same name with `_policy`. */
  readonly backends: readonly string[]
  /** Resources that reject requests. */
  readonly rejecting: readonly string[]
}

const dedicated = (prefix: string): HuaweiProvider => ({
  api: `${prefix}_api`,
  authorizer: `${prefix}_custom_authorizer`,
  group: `${prefix}_group`,
  response: `${prefix}_response`,
  method: 'request_method',
  path: 'request_path',
  authentication: 'security_authentication',
  match: 'matching',
  ttl: 'cache_age',
  backends: ['web', 'func_graph', 'mock'],
  rejecting: [`${prefix}_acl_policy_associate`, `${prefix}_plugin_associate`, `${prefix}_plugin_batch_apis_associate`],
})

/** One row per provider. */
export const HUAWEI_PROVIDERS: readonly HuaweiProvider[] = [
  dedicated('huaweicloud_apig'),
  dedicated('flexibleengine_apig'),
  {
    api: 'opentelekomcloud_apigw_api_v2',
    authorizer: 'opentelekomcloud_apigw_custom_authorizer_v2',
    group: 'opentelekomcloud_apigw_group_v2',
    response: 'opentelekomcloud_apigw_response_v2',
    method: 'request_method',
    path: 'request_uri',
    authentication: 'security_authentication_type',
    match: 'match_mode',
    ttl: 'ttl',
    backends: ['http', 'func_graph', 'mock'],
    rejecting: ['opentelekomcloud_apigw_acl_policy_associate_v2', 'opentelekomcloud_apigw_plugin_associate_v2'],
  },
]
