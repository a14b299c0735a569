/** REST authorizers that return a given policy, evaluated for requests as adapters build them. @module @module */
import { createAuthorizer, type Outcome } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { reasonOf } from '../../../support/outcome.ts'
import { gatewayRequest, type RequestParts } from '../../../support/request.ts'
import { statement } from './decide.ts'

const API_OPTIONS = { region: 'us-east-1', accountId: '123456789012', apiId: 'abcdef123', stage: 'prod' } as const

export interface PolicyAuthorizer {
  /** Evaluates a request such as `GET /pets/7`; the defaults are an exact router and the peer 203.0.113.9. */
  readonly send: (line: string, parts?: RequestParts) => Promise<string>
  readonly outcome: (line: string, parts?: RequestParts) => Promise<Outcome<unknown>>
  readonly clock: FakeClock
  /** Number of function calls. */
  readonly calls: () => number
}

interface Setting extends Pick<aws.RequestOptions, 'limits' | 'api'> {
  readonly context?: Readonly<Record<string, string>>
  readonly ttl?: number
}

/** An authorizer whose function returns this policy document. */
export const withDocument = (
  document: unknown,
  { context, ttl = 0, api, limits = {} }: Setting = {},
): PolicyAuthorizer => {
  let calls = 0
  const clock = fakeClock()
  const authorizer = createAuthorizer({
    authorize: () => {
      calls++
      return Promise.resolve({ principalId: 'u', policyDocument: document as aws.PolicyDocument, context })
    },
    contract: aws.request({
      identitySource: 'method.request.header.Authorization',
      authorizerResultTtlInSeconds: ttl,
      api: { ...API_OPTIONS, ...api },
      limits,
    }),
    clock,
    logger: null,
  })
  const outcome: PolicyAuthorizer['outcome'] = async (line, parts = {}) => {
    const headers = Array.isArray(parts.headers) ? parts.headers : Object.entries(parts.headers ?? {})
    return authorizer.evaluate(gatewayRequest(line, { ...parts, headers: [['Authorization', 't'], ...headers] }))
  }
  return { outcome, send: async (line, parts) => reasonOf(await outcome(line, parts)), clock, calls: () => calls }
}

/** An authorizer whose policy has these statements, each completed as {@link statement} does. */
export const withStatements = (
  statements: readonly Readonly<Record<string, unknown>>[],
  setting: Setting & { readonly version?: string } = {},
): PolicyAuthorizer =>
  withDocument({ Version: setting.version ?? '2012-10-17', Statement: statements.map(statement) }, setting)
