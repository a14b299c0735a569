/** The contracts of `--contract`, and the options that set their options. @module */
import type { Contract } from '@custom-authorizer/core'
import { native } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { FIELD_NAME } from '@custom-authorizer/core/contract'
import { UsageError } from '../usage-error.ts'

/** A contract of any kind. */
export type AnyContract = Contract

/** Names of `--contract`. */
export type ContractName =
  | 'native'
  | 'aws.token'
  | 'aws.request'
  | 'aws.httpApi'
  | 'aws.webSocket'
  | 'huawei.frontend'
  | 'huawei.backend'

/** Options of a contract, unchecked: the contract checks them. */
export type ContractOptions = Readonly<Record<string, unknown>>

type Row = (options: ContractOptions) => AnyContract

/** One row per contract. */
export const CONTRACTS: Readonly<Record<ContractName, Row>> = {
  native: (options) => native(options),
  'aws.token': (options) => aws.token(options),
  // Without an identity source, a result cannot be cached.
  'aws.request': (options) =>
    aws.request({ ...(options['identitySource'] === undefined && { authorizerResultTtlInSeconds: 0 }), ...options }),
  'aws.httpApi': (options) => aws.httpApi(options),
  'aws.webSocket': (options) => aws.webSocket(options),
  'huawei.frontend': (options) => huawei.frontend(options),
  'huawei.backend': (options) => huawei.backend(options),
}

/** All names, in the order of the help. */
export const CONTRACT_NAMES: readonly ContractName[] = Object.keys(CONTRACTS) as ContractName[]

/** Where the value of a short form goes, and how it is converted. */
interface Target {
  readonly option: string
  readonly convert: (values: readonly string[]) => unknown
}

const only = (values: readonly string[]): string => values[0] as string
const text = (option: string): Target => ({ option, convert: only })
const number = (option: string): Target => ({ option, convert: (values) => Number(only(values)) })
const list = (option: string): Target => ({ option, convert: (values) => values })
const on = (option: string): Target => ({ option, convert: () => true })

const onlySource = (values: readonly string[]): string => {
  if (values.length > 1) throw new UsageError('--identity-source is set twice: aws.token has exactly one')
  return only(values)
}

/** `header.NAME` or `query.NAME`. */
const identities = (values: readonly string[]): readonly huawei.Identity[] =>
  values.map((each) => {
    const [, place = '', name = ''] = /^(header|query)\.(.+)$/is.exec(each) ?? []
    const location = place.toLowerCase() === 'header' ? 'HEADER' : 'QUERY'
    if (name === '' || (location === 'HEADER' && !FIELD_NAME.test(name)))
      throw new UsageError('--identity-source of huawei.frontend is not header.NAME or query.NAME')
    return { location, name }
  })

const mapOf = (option: string): Target => ({
  option,
  convert: (values) =>
    Object.fromEntries(
      values.map((each) => {
        const at = each.indexOf('=')
        if (at <= 0) throw new UsageError('--stage-variable is not NAME=VALUE')
        return [each.slice(0, at), each.slice(at + 1)]
      }),
    ),
})

const TTL = number('authorizerResultTtlInSeconds')
const STAGE_VARIABLES = mapOf('stageVariables')

/** Options of the command that stand for an option of the contract. */
export type ShortForm =
  | 'identity-source'
  | 'identity-validation-expression'
  | 'payload-version'
  | 'simple-responses'
  | 'ttl'
  | 'stage-variable'
  | 'user-data'

/** What each short form sets, for each contract that has such an option. */
export const SHORT_FORMS: Readonly<Record<ShortForm, Partial<Record<ContractName, Target>>>> = {
  'identity-source': {
    native: list('identitySources'),
    'aws.token': { option: 'identitySource', convert: onlySource },
    'aws.request': list('identitySource'),
    'aws.httpApi': list('identitySource'),
    'aws.webSocket': list('identitySource'),
    'huawei.frontend': { option: 'identities', convert: identities },
  },
  'identity-validation-expression': { 'aws.token': text('identityValidationExpression') },
  'payload-version': { 'aws.httpApi': text('authorizerPayloadFormatVersion') },
  'simple-responses': { 'aws.httpApi': on('enableSimpleResponses') },
  ttl: {
    native: number('resultTtlSeconds'),
    'aws.token': TTL,
    'aws.request': TTL,
    'aws.httpApi': TTL,
    'huawei.frontend': number('ttl'),
    'huawei.backend': number('ttl'),
  },
  'stage-variable': {
    'aws.token': STAGE_VARIABLES,
    'aws.request': STAGE_VARIABLES,
    'aws.httpApi': STAGE_VARIABLES,
    'aws.webSocket': STAGE_VARIABLES,
  },
  'user-data': { 'huawei.frontend': text('userData'), 'huawei.backend': text('userData') },
}
