/** Shared by the tests of HTTP APIs: expected responses, simple responses and a bench. @module */
import {
  type AnyFunction,
  type Authorizer,
  type Contract,
  createAuthorizer,
  type Decision,
  type KernelOptions,
  type Outcome,
} from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { type Mock, vi } from 'vitest'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { gatewayRequest, type RequestParts } from '../../../support/request.ts'
import { ALLOWED, API, describeOutcome } from '../harness.ts'

export { A, allow, ALLOWED, API, bearer, deny, reasonOf, describeOutcome, raise } from '../harness.ts'

/** Outcomes of an HTTP API in the format of `describeOutcome`. */
export const UNAUTHORIZED = '401 {"message":"Unauthorized"}'
export const FORBIDDEN = '403 {"message":"Forbidden"}'
export const FAILED = '500 {"message":"Internal Server Error"}'
export const BAD_REQUEST = '400 {"message":"Bad Request"}'

/** Simple responses. */
export const AUTHORIZED = { isAuthorized: true }
export const NOT_AUTHORIZED = { isAuthorized: false }

/** A contract for the test API; the options may be invalid for TypeScript. */
export const httpApi = (options: object = {}): Contract<AnyFunction, 'typed'> =>
  aws.httpApi({ api: API, ...options } as never)

type Handler = (event: aws.HttpRequestEvent & aws.HttpRequestEventV1) => unknown

export interface HttpBench {
  readonly authorizer: Authorizer
  readonly handler: Mock<Handler>
  readonly clock: FakeClock
  readonly logger: RecordingLogger
  readonly decisions: readonly Decision[]
  readonly evaluate: (line: string, parts?: RequestParts) => Promise<Outcome>
  /** Evaluates a request and describes the outcome. */
  readonly send: (line: string, parts?: RequestParts) => Promise<string>
}

/** An authorizer with a manual clock. */
export const httpBench = (
  given: Handler,
  options: object = {},
  kernel: Partial<KernelOptions<AnyFunction, 'typed'>> = {},
): HttpBench => {
  const clock = fakeClock()
  const logger = new RecordingLogger()
  const decisions: Decision[] = []
  const handler = vi.fn<Handler>(given)
  const authorizer = createAuthorizer({
    clock,
    logger,
    onDecision: (decision) => decisions.push(decision),
    ...kernel,
    authorize: handler as AnyFunction,
    contract: httpApi(options),
  })
  const evaluate = async (line: string, parts?: RequestParts): Promise<Outcome> =>
    authorizer.evaluate(gatewayRequest(line, parts))
  const send = async (line: string, parts?: RequestParts): Promise<string> =>
    describeOutcome(await evaluate(line, parts))
  return { authorizer, handler, clock, logger, decisions, evaluate, send }
}

/** The same with `enableSimpleResponses: true`. */
export const simpleBench: typeof httpBench = (handler, options, kernel) =>
  httpBench(handler, { enableSimpleResponses: true, ...options }, kernel)

const eventOf =
  (own: object) =>
  async (line: string, parts?: RequestParts, options?: object): Promise<never> => {
    const { send, handler } = httpBench(async () => ({ principalId: 'u', policyDocument: POLICY }), {
      ...own,
      ...options,
    })
    const outcome = await send(line, parts)
    if (outcome !== ALLOWED) throw new Error(`the function was not called: ${outcome}`)
    return handler.mock.lastCall?.[0] as never
  }

const POLICY = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' },
}

/** The event that a function of format 2.0 receives for a request. */
export const event2: (line: string, parts?: RequestParts, options?: object) => Promise<aws.HttpRequestEvent> = eventOf(
  {},
)

/** The event that a function of format 1.0 receives for a request. */
export const event1: (line: string, parts?: RequestParts, options?: object) => Promise<aws.HttpRequestEventV1> =
  eventOf({ authorizerPayloadFormatVersion: '1.0' })
