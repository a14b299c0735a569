/** Shared by the tests of the AWS contracts: an API, function results, expected responses and a bench. @module */
import {
  type Authorizer,
  type Contract,
  createAuthorizer,
  type GatewayRequest,
  type KernelOptions,
  type Outcome,
} from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { type Mock, vi } from 'vitest'
import { gatewayRequest, type RequestParts } from '../../support/request.ts'

/** The API that the expected ARNs and events name. */
export const API = { region: 'us-east-1', accountId: '123456789012', apiId: 'abcdef123', stage: 'prod' } as const
export const A = 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod'

/** Outcomes in the format of {@link describeOutcome}. */
export const ALLOWED = 'allowed'
export const UNAUTHORIZED = '401 {"message":"Unauthorized"}'
export const IMPLICIT_DENY = '403 {"Message":"User is not authorized to access this resource"}'
export const EXPLICIT_DENY =
  '403 {"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}'
export const MISCONFIGURED = '500 {"message":null}'

export const describeOutcome = (outcome: Outcome<unknown>): string =>
  outcome.allowed ? ALLOWED : `${outcome.response.status} ${outcome.response.body}`

export const reasonOf = (outcome: Outcome<unknown>): string => (outcome.allowed ? 'ALLOWED' : outcome.reason)

/** A response header; throws if it is sent more than once. */
export const headerOf = (outcome: Outcome<unknown>, name: string): string | undefined => {
  if (outcome.allowed) throw new Error('an allowed request has no response')
  const lines = outcome.response.headers.filter(([each]) => each.toLowerCase() === name.toLowerCase())
  if (lines.length > 1) throw new Error(`${name} is sent more than once`)
  return lines[0]?.[1]
}

/** The result of an authorizer function, with one statement; `members` adds or replaces members. */
const policyResult = (Effect: string, Resource: string | readonly string[], members: object): object => ({
  principalId: 'u',
  policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] },
  ...members,
})
export const allow = (resource: string | readonly string[] = '*', members: object = {}): object =>
  policyResult('Allow', resource, members)
export const deny = (resource: string | readonly string[] = '*', members: object = {}): object =>
  policyResult('Deny', resource, members)

/** A handler in a test; its result may be invalid on purpose. */
export type Handler<TEvent> = (event: TEvent, context: aws.LambdaContext, callback: aws.LambdaCallback) => unknown

type Kernel = Partial<Omit<KernelOptions<never, never>, 'contract' | 'clock' | 'logger'>>

/** An authorizer with a manual clock; calls and log lines are recorded. */
export interface Bench<TEvent> {
  readonly authorizer: Authorizer
  /** The authorizer function as a mock. */
  readonly handler: Mock<Handler<TEvent>>
  readonly clock: FakeClock
  /** Lines written to the log. */
  readonly log: readonly string[]
  readonly evaluate: (line: string, parts?: RequestParts) => Outcome | Promise<Outcome>
  /** Evaluates a request and describes the outcome. */
  readonly send: (line: string, parts?: RequestParts) => Promise<string>
}

const bench = <TEvent>(contract: object, given: Handler<TEvent>, kernel: Kernel): Bench<TEvent> => {
  const clock = fakeClock()
  const log: string[] = []
  const write = (line: string): void => void log.push(line)
  const handler = vi.fn<Handler<TEvent>>(given)
  const authorizer = createAuthorizer({
    ...kernel,
    authorize: handler as (...values: unknown[]) => unknown,
    contract: contract as Contract,
    clock,
    logger: { warn: write, error: write },
  })
  const evaluate = (line: string, parts?: RequestParts): Outcome | Promise<Outcome> =>
    authorizer.evaluate(gatewayRequest(line, parts))
  return {
    authorizer,
    handler,
    clock,
    log,
    evaluate,
    send: async (line, parts) => describeOutcome(await evaluate(line, parts)),
  }
}

/** A TOKEN authorizer; caching is off by default. */
export const tokenBench = (
  handler: Handler<aws.TokenEvent>,
  options: aws.TokenOptions = {},
  kernel: Kernel = {},
): Bench<aws.TokenEvent> => bench(aws.token({ api: API, authorizerResultTtlInSeconds: 0, ...options }), handler, kernel)

/** A REQUEST authorizer; caching is off and no identity source is required by default. */
export const requestBench = (
  handler: Handler<aws.RequestEvent>,
  options: aws.RequestOptions = {},
  kernel: Kernel = {},
): Bench<aws.RequestEvent> =>
  bench(aws.request({ api: API, authorizerResultTtlInSeconds: 0, ...options }), handler, kernel)

/** Header lines with a token. */
export const bearer = (token: string = 'Bearer x'): { readonly headers: Readonly<Record<string, string>> } => ({
  headers: { Authorization: token },
})

/** The event that a REQUEST authorizer receives for a request. */
export const eventFor = async (
  request: GatewayRequest,
  options: aws.RequestOptions = {},
): Promise<aws.RequestEvent> => {
  const { authorizer, handler } = requestBench(async () => allow(), options)
  const outcome = await authorizer.evaluate(request)
  const event = handler.mock.lastCall?.[0]
  if (event === undefined) throw new Error(`the function was not called: ${describeOutcome(outcome)}`)
  return event
}

/** Evaluates `GET /pets/7` with a token. The denial reason precedes a 500, whose body is always the same. */
export const outcomeOf = async ({ evaluate }: Bench<aws.TokenEvent>): Promise<string> => {
  const outcome = await evaluate('GET /pets/7', bearer())
  const text = describeOutcome(outcome)
  return text === MISCONFIGURED ? `${reasonOf(outcome)} ${text}` : text
}
export const AUTHORIZER_ERROR: string = `AUTHORIZER_ERROR ${MISCONFIGURED}`
export const BAD_RESULT: string = `BAD_RESULT ${MISCONFIGURED}`
export const TIMEOUT: string = `AUTHORIZER_TIMEOUT ${MISCONFIGURED}`

/** Throws any value, also one that is not an error. */
export const raise = (value: unknown): never => {
  throw value
}

/** Runs pending promise callbacks and `setImmediate` callbacks. */
export const flushEventLoop = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve))
  })
