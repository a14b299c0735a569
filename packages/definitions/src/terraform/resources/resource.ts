/** Resources as readers see them, whichever format they come from. @module */
import type { Origin } from '../../definition.ts'
import type { MapNode, Node } from '../../document/node.ts'
import { HUAWEI_PROVIDERS } from './huawei/huawei-providers.ts'

/** A resource with evaluated attributes. */
export interface Resource {
  readonly type: string
  readonly label: string
  /** Such as `module.api.aws_api_gateway_method.get["pets"]`. */
  readonly address: string
  /** What tells instances of one label apart: the address without the type. */
  readonly longName: string
  readonly attributes: MapNode
  /** The pointer is the address. */
  readonly origin: Origin
  /** Present if it is not certain that the resource exists: the value that decides it. */
  readonly doubt?: Node
}

const AWS = [
  'api_gateway_api_key',
  'api_gateway_authorizer',
  'api_gateway_base_path_mapping',
  'api_gateway_deployment',
  'api_gateway_domain_name',
  'api_gateway_gateway_response',
  'api_gateway_method',
  'api_gateway_method_settings',
  'api_gateway_resource',
  'api_gateway_rest_api',
  'api_gateway_rest_api_policy',
  'api_gateway_stage',
  'api_gateway_usage_plan',
  'api_gateway_usage_plan_key',
  'apigatewayv2_api',
  'apigatewayv2_api_mapping',
  'apigatewayv2_authorizer',
  'apigatewayv2_domain_name',
  'apigatewayv2_route',
  'apigatewayv2_routing_rule',
  'apigatewayv2_stage',
  'wafregional_web_acl_association',
  'wafv2_web_acl_association',
].map((name) => `aws_${name}`)

/** Types whose resources can create parts of an API that they receive. */
export const STACKS: readonly string[] = [
  'aws_cloudformation_stack',
  'aws_cloudcontrolapi_resource',
  'aws_cloudformation_stack_instances',
  'aws_cloudformation_stack_set',
  'aws_cloudformation_stack_set_instance',
  'aws_serverlessapplicationrepository_cloudformation_stack',
  'awscc_cloudformation_stack',
  'awscc_cloudformation_stack_set',
]

const HUAWEI = HUAWEI_PROVIDERS.flatMap(({ api, authorizer, group, response, rejecting }) => [
  api,
  authorizer,
  group,
  response,
  ...rejecting,
])

const READ_TYPES = new Set([...AWS, ...STACKS, ...HUAWEI])

/** Types of API Gateway that say nothing about who passes. */
const HARMLESS = new Set(
  [
    'api_gateway_account',
    'api_gateway_client_certificate',
    'api_gateway_documentation_part',
    'api_gateway_documentation_version',
    'api_gateway_domain_name_access_association',
    'api_gateway_integration',
    'api_gateway_integration_response',
    'api_gateway_method_response',
    'api_gateway_model',
    'api_gateway_request_validator',
    'api_gateway_vpc_link',
    'apigatewayv2_deployment',
    'apigatewayv2_integration',
    'apigatewayv2_integration_response',
    'apigatewayv2_model',
    'apigatewayv2_route_response',
    'apigatewayv2_vpc_link',
  ].map((name) => `aws_${name}`),
)

/** Whether a type belongs to API Gateway, and may change routes or who passes in a way that is not read. */
export const isUnknownType = (type: string): boolean =>
  /^aws(?:cc)?_api_?gateway/.test(type) && !READ_TYPES.has(type) && !HARMLESS.has(type)

/** Whether resources of a type are read. Others are neither evaluated nor reported. */
export const isReadType = (type: string): boolean => READ_TYPES.has(type) || isUnknownType(type)

/** Whether a resource of a type can change routes, authorizers, or who passes, so that a missing one stops. */
export const isDecisiveType = (type: string): boolean =>
  isUnknownType(type) ||
  STACKS.includes(type) ||
  /_(?:api|api_mapping|api_v2|authorizer|authorizer_v2|base_path_mapping|method|resource|rest_api|rest_api_policy|route|routing_rule)$/.test(
    type,
  ) ||
  HUAWEI_PROVIDERS.some(({ rejecting }) => rejecting.includes(type))
