/** Authorizers on the contracts of APIG, asked without a framework. @module */
import {
  type Authorizer,
  type AuthorizerContext,
  createAuthorizer,
  type Denied,
  type GatewayRequest,
  type KernelOptions,
  type Outcome,
} from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { gatewayRequest } from '../../support/request.ts'

type Kernel = Partial<Omit<KernelOptions<never, 'typed'>, 'contract'>>
type Options = huawei.FrontendOptions

/** What a function says yes or no with. */
export const saying = (status: 'allow' | 'deny', context?: object): { statusCode: number; body: string } => ({
  statusCode: 200,
  body: JSON.stringify({ status, ...(context && { context }) }),
})

/** An authorizer of a function in any style, whatever its types. */
export const front = (authorize: unknown, options: Options = {}, kernel: Kernel = {}): Authorizer =>
  createAuthorizer({
    name: 'front',
    logger: null,
    ...kernel,
    authorize: authorize as never,
    contract: huawei.frontend(options) as never,
  })

export const back = (authorize: unknown, options: huawei.BackendOptions = {}, kernel: Kernel = {}): Authorizer =>
  createAuthorizer({
    name: 'back',
    logger: null,
    ...kernel,
    authorize: authorize as never,
    contract: huawei.backend(options) as never,
  })

/** The outcome for a request, by default without anything in it. */
export const ask = async (
  authorizer: Pick<Authorizer<unknown>, 'evaluate'>,
  request: GatewayRequest = gatewayRequest('GET /pets/7'),
): Promise<Outcome<unknown>> => authorizer.evaluate(request)

/** `requestContext.authorizer` of an outcome, or its status and reason. */
export const told = (outcome: Outcome<unknown>): unknown =>
  outcome.allowed ? (outcome.authorizer as AuthorizerContext).requestContext.authorizer : statusOf(outcome)

const statusOf = ({ response, reason }: Denied): string => `${response.status} ${reason}`
