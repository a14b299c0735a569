/** The table of options of `invoke`. @module */
import type { ValuesOf } from '../arguments/table.ts'
import { CONTRACT_NAMES } from './contracts.ts'

/** The options of `invoke`. */
export const INVOKE_OPTIONS = {
  contract: {
    kind: 'choice',
    value: 'NAME',
    choices: CONTRACT_NAMES as readonly string[],
    description: 'Kind of the authorizer. Required without --event.',
  },
  method: { kind: 'text', short: 'X', value: 'METHOD', description: 'Method of the request. Default GET.' },
  path: { kind: 'text', value: 'PATH', description: 'Path of the request, with its query. Default /.' },
  header: { kind: 'list', short: 'H', value: "'NAME: VALUE'", description: 'Header of the request.' },
  body: { kind: 'text', value: 'TEXT', description: 'Body of the request: text, or @FILE.' },
  'source-ip': { kind: 'text', value: 'ADDRESS', description: 'Address of the client. Default 127.0.0.1.' },
  route: {
    kind: 'text',
    value: 'TEMPLATE',
    description: 'Route of the request, such as /pets/{id}, for resource and pathParameters of the event.',
  },
  event: {
    kind: 'text',
    value: 'FILE',
    description:
      'Recorded event as JSON, instead of a request. The function receives it as it is; contract, method and path are those of the event.',
  },
  'identity-source': {
    kind: 'list',
    value: 'SOURCE',
    description: "Identity source in the contract's notation; header.NAME or query.NAME for huawei.frontend.",
  },
  'identity-validation-expression': {
    kind: 'text',
    value: 'REGEXP',
    description: 'Expression that the token has to match (aws.token).',
  },
  'payload-version': {
    kind: 'choice',
    value: 'VERSION',
    choices: ['1.0', '2.0'],
    description: 'Payload format of aws.httpApi. Default 2.0.',
  },
  'simple-responses': { kind: 'flag', description: 'The function returns { isAuthorized, context } (aws.httpApi).' },
  ttl: {
    kind: 'integer',
    value: 'SECONDS',
    min: 0,
    max: 3600,
    description: "Lifetime of a cached result in seconds. Default: the contract's; see --times.",
  },
  api: {
    kind: 'list',
    value: 'NAME=VALUE',
    description: 'The API in ARNs and events: region, accountId, apiId, stage and others.',
  },
  'stage-variable': { kind: 'list', value: 'NAME=VALUE', description: 'Stage variable (aws contracts).' },
  'user-data': { kind: 'text', value: 'TEXT', description: 'user_data of the event (huawei contracts).' },
  option: {
    kind: 'list',
    value: 'NAME=VALUE',
    description: 'Any other option of the contract, such as compatibility.missingPrincipalId=accept. JSON or text.',
  },
  'timeout-ms': {
    kind: 'integer',
    value: 'MS',
    min: 1,
    max: 900_000,
    description: "Deadline of the function in milliseconds. Default: the contract's.",
  },
  times: {
    kind: 'integer',
    value: 'N',
    min: 1,
    max: 1000,
    description: 'Number of evaluations, one after the other, to see the cache. Default 1.',
  },
} as const

/** The values of the options. */
export type InvokeValues = ValuesOf<typeof INVOKE_OPTIONS>
