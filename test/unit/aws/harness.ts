/** What the rule tests of REST authorizers share: an API, answers of functions and of the gateway, and a bench. @module */
import {
  type Authorizer,
  type Contract,
  createAuthorizer,
  type GatewayRequest,
  type KernelOptions,
  type Outcome,
} from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { type Mock, vi } from 'vitest'
import { TestClock } from '../../support/clock.ts'
import { gatewayRequest, type RequestParts } from '../../support/request.ts'

/** The constants of the specification's conformance vectors. */
export const API = { region: 'us-east-1', accountId: '123456789012', apiId: 'abcdef123', stage: 'prod' } as const
export const A = 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod'

/** Answers of the gateway, as {@link said} writes them. */
export const ALLOWED = 'allowed'
export const UNAUTHORIZED = '401 {"message":"Unauthorized"}'
export const IMPLICIT_DENY = '403 {"Message":"User is not authorized to access this resource"}'
export const EXPLICIT_DENY =
  '403 {"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}'
export const MISCONFIGURED = '500 {"message":null}'

export const said = (outcome: Outcome<unknown>): string =>
  outcome.allowed ? ALLOWED : `${outcome.response.status} ${outcome.response.body}`

export const reasonOf = (outcome: Outcome<unknown>): string => (outcome.allowed ? 'ALLOWED' : outcome.reason)

/** An answer's header; more than one line of the same name is a fault. */
export const headerOf = (outcome: Outcome<unknown>, name: string): string | undefined => {
  if (outcome.allowed) throw new Error('an allowed request has no answer')
  const lines = outcome.response.headers.filter(([each]) => each.toLowerCase() === name.toLowerCase())
  if (lines.length > 1) throw new Error(`${name} is sent more than once`)
  return lines[0]?.[1]
}

/** An authorizer function's answer with one statement; `members` replace or add members. */
const answer = (Effect: string, Resource: string | readonly string[], members: object): object => ({
  principalId: 'u',
  policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] },
  ...members,
})
export const allow = (resource: string | readonly string[] = '*', members: object = {}): object =>
  answer('Allow', resource, members)
export const deny = (resource: string | readonly string[] = '*', members: object = {}): object =>
  answer('Deny', resource, members)

/** A handler as tests write it: whatever it answers is the point of the test. */
export type Handler<TEvent> = (event: TEvent, context: aws.LambdaContext, callback: aws.LambdaCallback) => unknown

type Kernel = Partial<Omit<KernelOptions<never, never>, 'contract' | 'clock' | 'logger'>>

/** An authorizer on a clock that stands still, with everything that it does written down. */
export interface Bench<TEvent> {
  readonly authorizer: Authorizer
  /** The function, counting its calls. */
  readonly handler: Mock<Handler<TEvent>>
  readonly clock: TestClock
  /** What went to the log. */
  readonly log: readonly string[]
  readonly evaluate: (line: string, parts?: RequestParts) => Outcome | Promise<Outcome>
  /** Evaluates and writes down what the client sees. */
  readonly ask: (line: string, parts?: RequestParts) => Promise<string>
}

const bench = <TEvent>(contract: object, given: Handler<TEvent>, kernel: Kernel): Bench<TEvent> => {
  const clock = new TestClock()
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
  return { authorizer, handler, clock, log, evaluate, ask: async (line, parts) => said(await evaluate(line, parts)) }
}

/** A TOKEN authorizer that keeps nothing unless told to. */
export const tokenBench = (
  handler: Handler<aws.TokenEvent>,
  options: aws.TokenOptions = {},
  kernel: Kernel = {},
): Bench<aws.TokenEvent> => bench(aws.token({ api: API, authorizerResultTtlInSeconds: 0, ...options }), handler, kernel)

/** A REQUEST authorizer that keeps nothing and needs no identity unless told to. */
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
  if (event === undefined) throw new Error(`the function was not called: ${said(outcome)}`)
  return event
}

/** What becomes of `GET /pets/7` with a token: as {@link said}, with the reason before a 500, which alone tells why. */
export const settle = async ({ evaluate }: Bench<aws.TokenEvent>): Promise<string> => {
  const outcome = await evaluate('GET /pets/7', bearer())
  const text = said(outcome)
  return text === MISCONFIGURED ? `${reasonOf(outcome)} ${text}` : text
}
export const AUTHORIZER_ERROR: string = `AUTHORIZER_ERROR ${MISCONFIGURED}`
export const BAD_RESULT: string = `BAD_RESULT ${MISCONFIGURED}`
export const TIMEOUT: string = `AUTHORIZER_TIMEOUT ${MISCONFIGURED}`

/** Throws what need not be an error. */
export const thrown = (value: unknown): never => {
  throw value
}

/** Lets everything that is already due happen: promises, and callbacks queued with `setImmediate`. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve))
  })
