/** Authorizers with the APIG contracts, evaluated without a framework. @module @module */
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

/** The result of a function that allows or denies. */
export const functionResult = (status: 'allow' | 'deny', context?: object): { statusCode: number; body: string } => ({
  statusCode: 200,
  body: JSON.stringify({ status, ...(context && { context }) }),
})

/** A frontend authorizer; the function may have any type. */
export const frontendAuthorizer = (authorize: unknown, options: Options = {}, kernel: Kernel = {}): Authorizer =>
  createAuthorizer({
    name: 'front',
    logger: null,
    ...kernel,
    authorize: authorize as never,
    contract: huawei.frontend(options) as never,
  })

export const backendAuthorizer = (
  authorize: unknown,
  options: huawei.BackendOptions = {},
  kernel: Kernel = {},
): Authorizer =>
  createAuthorizer({
    name: 'back',
    logger: null,
    ...kernel,
    authorize: authorize as never,
    contract: huawei.backend(options) as never,
  })

/** Evaluates a request, by default one without headers. */
export const evaluate = async (
  authorizer: Pick<Authorizer<unknown>, 'evaluate'>,
  request: GatewayRequest = gatewayRequest('GET /pets/7'),
): Promise<Outcome<unknown>> => authorizer.evaluate(request)

/** `requestContext.authorizer` of an allowed outcome, otherwise status and reason. */
export const summarize = (outcome: Outcome<unknown>): unknown =>
  outcome.allowed ? (outcome.authorizer as AuthorizerContext).requestContext.authorizer : statusOf(outcome)

const statusOf = ({ response, reason }: Denied): string => `${response.status} ${reason}`
