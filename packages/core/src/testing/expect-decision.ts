/** Expectations on the decisions of an authorizer, for any test runner. @module */
import type {
  Authorizer,
  AuthorizerContext,
  Decision,
  Denied,
  DenialReason,
  GatewayResponseType,
  Outcome,
} from '../index.ts'
import { asciiLower, check, type Checks, type GatewayRequest, isAuthorizer } from '../contract.ts'
import { decisionLines } from './decision-text.ts'
import { type TestRequestInit, toRequest } from './request.ts'
import { SentValues } from './sent-values.ts'
import { canonical } from './suites/suite.ts'

/** What an allowed request has to have. Members that are left out are not compared. */
export interface ExpectedAllow {
  readonly principalId?: string
  /** Members of the context. Each is compared as JSON; members of the context that are left out are not compared. */
  readonly context?: Readonly<Record<string, unknown>>
}

/** What a denial has to have. Members that are left out are not compared. */
export interface ExpectedDeny {
  readonly status?: number
  readonly reason?: DenialReason
  /** Gateway response type. */
  readonly type?: GatewayResponseType
  /** A string is compared with the text of the body, anything else with the JSON in it. */
  readonly body?: unknown
  /** Response headers. Names are case-insensitive; several lines are joined with `, `. */
  readonly headers?: Readonly<Record<string, string>>
}

/** An expectation on the decision for one request. Each method evaluates the request once. */
export interface DecisionExpectation<TContext = Record<string, unknown>> {
  /** Rejects unless the request is allowed, with these members. Resolves to what handlers receive. */
  toAllow(expected?: ExpectedAllow): Promise<AuthorizerContext<TContext>>
  /** Rejects unless the request is denied, with these members. Resolves to the denial, with its response. */
  toDeny(expected?: ExpectedDeny): Promise<Denied>
}

const record = (value: unknown): string | undefined => (check.isRecord(value) ? undefined : 'an object')
const anything = (): undefined => undefined

const ALLOW_CHECKS: Checks<ExpectedAllow> = {
  principalId: (value) => (typeof value === 'string' ? undefined : 'a string'),
  context: record,
}
const DENY_CHECKS: Checks<ExpectedDeny> = {
  status: check.integer(200, 599),
  reason: check.text(),
  type: check.text(),
  body: anything,
  headers: check.mapOf(anything, (value) => (typeof value === 'string' ? undefined : 'an object with text')),
}

/** A member that has to have a value: what it is part of, its name, the value, and the value that was found. */
type Compared = readonly [part: string, name: string, expected: unknown, found: unknown]

const contextMembers = (
  { principalId, context }: AuthorizerContext<unknown>,
  expected: Readonly<Partial<ExpectedAllow>>,
): readonly Compared[] => [
  ...(expected.principalId === undefined ? [] : [['', 'principalId', expected.principalId, principalId] as const]),
  ...Object.entries(expected.context ?? {}).map(
    ([name, value]) => ['context.', name, value, check.ownMember(context, name)] as const,
  ),
]

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

const denialMembers = (
  { reason, type, response }: Denied,
  expected: Readonly<Partial<ExpectedDeny>>,
): readonly Compared[] => {
  const { status, headers, body } = response
  const header = (name: string): string | undefined => {
    const lines = headers.filter(([each]) => asciiLower(each) === asciiLower(name))
    return lines.length === 0 ? undefined : lines.map(([, value]) => value).join(', ')
  }
  const found = { status, reason, type, body: typeof expected.body === 'string' ? body : parsed(body) }
  return [
    ...(['status', 'reason', 'type', 'body'] as const)
      .filter((name) => Object.hasOwn(expected, name))
      .map((name) => ['', name, expected[name], found[name]] as const),
    ...Object.entries(expected.headers ?? {}).map(([name, value]) => ['header ', name, value, header(name)] as const),
  ]
}

const verdictOf = (outcome: Outcome<unknown>): string =>
  outcome.allowed ? 'allow' : `deny ${outcome.response.status} ${outcome.reason}`

class Expectation<TContext> implements DecisionExpectation<TContext> {
  readonly #authorizer: Authorizer<TContext>
  readonly #request: GatewayRequest
  readonly #decisions: Decision[] = []

  constructor(authorizer: Authorizer<TContext>, request: GatewayRequest) {
    this.#authorizer = authorizer
    this.#request = request
  }

  async toAllow(expected?: ExpectedAllow): Promise<AuthorizerContext<TContext>> {
    const checked = check.checkOptions<ExpectedAllow>('toAllow', expected, ALLOW_CHECKS)
    const outcome = await this.#evaluate()
    if (!outcome.allowed) throw this.#failure(outcome, 'allow')
    this.#compare(outcome, 'allow', contextMembers(outcome.authorizer, checked))
    return outcome.authorizer
  }

  async toDeny(expected?: ExpectedDeny): Promise<Denied> {
    const checked = check.checkOptions<ExpectedDeny>('toDeny', expected, DENY_CHECKS)
    const outcome = await this.#evaluate()
    const wanted = ['deny', checked.status, checked.reason].filter((each) => each !== undefined).join(' ')
    if (outcome.allowed) throw this.#failure(outcome, wanted)
    this.#compare(outcome, wanted, denialMembers(outcome, checked))
    return outcome
  }

  async #evaluate(): Promise<Outcome<TContext>> {
    this.#decisions.length = 0
    return this.#authorizer.evaluate(this.#request, { onDecision: (decision) => this.#decisions.push(decision) })
  }

  #compare(outcome: Outcome<TContext>, wanted: string, members: readonly Compared[]): void {
    const different = members.filter(([, , expected, found]) => canonical(expected) !== canonical(found))
    if (different.length > 0) throw this.#failure(outcome, wanted, different)
  }

  #failure(outcome: Outcome<TContext>, wanted: string, different: readonly Compared[] = []): Error {
    const sent = new SentValues(this.#request)
    const lines = [
      `expected ${wanted}, found ${verdictOf(outcome)}`,
      ...different.map(
        ([part, name, expected, found]) =>
          `  ${part}${sent.name(name)}: expected ${sent.show(expected)}, found ${sent.show(found)}`,
      ),
      ...this.#decisions.flatMap((decision) => decisionLines(decision)).map((line) => sent.remove(line)),
    ]
    return new Error(lines.join('\n'))
  }
}

/**
 * Expects a decision. The error of an expectation that fails has the expected and the found outcome and the explanation of the
 * decision. It never shows what the client sent in headers and query parameters.
 *
 * @throws {AuthorizerError} `ERR_OPTION` if the authorizer or the request is invalid
 * @example
 * await expectDecision(authorizer, { path: '/pets' }).toDeny({ status: 401 })
 */
export const expectDecision = <TContext>(
  authorizer: Authorizer<TContext>,
  request?: GatewayRequest | TestRequestInit,
): DecisionExpectation<TContext> => {
  if (!isAuthorizer(authorizer))
    throw check.optionError(
      'expectDecision.authorizer',
      authorizer,
      'what createAuthorizer returns, or guard.authorizer',
    )
  return new Expectation(authorizer, toRequest(request))
}
