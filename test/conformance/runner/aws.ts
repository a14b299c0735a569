/** The corpus format that REST APIs and HTTP APIs share: rows, abbreviations and Lambda functions. @module */
import type { Authorizer } from '@custom-authorizer/core'
import {
  type ErrorDescription,
  type ExpectedResponse,
  isRecord,
  repeatCharacters,
  type RequestStep,
  type Row,
  toThrown,
} from './corpus.ts'
import { RecordedFunction } from './recorded-function.ts'
import type { Expectation, Subject } from './run-row.ts'
import type { ExpectedService } from './compare.ts'

interface AwsExpected extends ExpectedResponse {
  /** Whether the request reaches the service. */
  readonly integration?: true
  /** `requestContext.authorizer`. */
  readonly authorizer?: Readonly<Record<string, unknown>>
  readonly event?: Readonly<Record<string, unknown>>
  readonly eventExactly?: Readonly<Record<string, unknown>>
  readonly eventMembers?: readonly string[]
}

export interface AwsRow extends Row<AwsExpected, number> {
  readonly options?: Readonly<Record<string, unknown>>
  readonly handler?: LambdaDescription
}

export type LambdaStyle =
  | 'async'
  | 'throw'
  | 'callback'
  | 'context.succeed'
  | 'context.fail'
  | 'context.done'
  | 'silent'

/** A Lambda function described as data. */
export interface LambdaDescription {
  readonly styles: readonly LambdaStyle[]
  readonly result?: unknown
  readonly error?: ErrorDescription
}

/** The handler styles of a row; each is a test of its own. */
export const stylesOf = ({ handler }: AwsRow): readonly LambdaStyle[] => handler?.styles ?? ['async']

/** `A` in section 17 of the specification. */
const BASE_ARN = 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod'

const statement = (Effect: string, Resource: unknown): unknown => ({ Effect, Action: 'execute-api:Invoke', Resource })

const STATEMENTS: Readonly<Record<string, (value: unknown) => unknown>> = {
  $allow: (resource) => [statement('Allow', resource)],
  $deny: (resource) => [statement('Deny', resource)],
  $statements: (statements) => statements,
}

/** Expands `{A}`, `{c*N}` and the given names in every string, and the abbreviations for policy results. */
export const expand = (value: unknown, names: Readonly<Record<string, string>> = {}): unknown => {
  if (typeof value === 'string') {
    return repeatCharacters(value.replaceAll('{A}', BASE_ARN)).replace(
      /\{(event\.\w+)\}/g,
      (whole, name: string) => names[name] ?? whole,
    )
  }
  if (Array.isArray(value)) return value.map((each) => expand(each, names))
  if (!isRecord(value)) return value
  const members: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value)) {
    const toStatements = STATEMENTS[key]
    if (toStatements === undefined) members[key] = expand(member, names)
    else {
      members['principalId'] ??= 'u'
      members['policyDocument'] = { Version: '2012-10-17', Statement: expand(toStatements(member), names) }
    }
  }
  return members
}

interface LambdaContext {
  succeed(result: unknown): void
  fail(...error: unknown[]): void
  done(error: unknown, result?: unknown): void
}
type Callback = (error: unknown, result?: unknown) => void

/** The end of one call, with the placeholders filled in. */
interface Completion {
  readonly failed: boolean
  /** Arguments of `context.fail`: no argument is not the same as `undefined`. */
  readonly errors: readonly unknown[]
  readonly result: unknown
}

const STYLES: Readonly<
  Record<LambdaStyle, (completion: Completion, context: LambdaContext, callback: Callback) => unknown>
> = {
  async: ({ failed, errors, result }) =>
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- Lambda functions can throw any value
    failed ? Promise.reject(errors[0]) : Promise.resolve(result),
  throw: ({ errors }) => {
    // Lambda functions can throw any value.
    throw errors[0]
  },
  callback: ({ failed, errors, result }, _, callback) => (failed ? callback(errors[0]) : callback(null, result)),
  'context.succeed': ({ result }, context) => context.succeed(result),
  'context.fail': ({ errors }, context) => context.fail(...errors),
  'context.done': ({ failed, errors, result }, context) =>
    failed ? context.done(errors[0]) : context.done(null, result),
  silent: () => undefined,
}

/** Builds a Lambda function in one of its styles. */
export const toLambda = ({ error, result }: LambdaDescription, style: LambdaStyle): RecordedFunction =>
  new RecordedFunction((event, context: LambdaContext, callback: Callback) => {
    const completion: Completion = {
      failed: error !== undefined,
      errors: error === undefined ? [] : [toThrown(error)],
      result: expand(result, { 'event.methodArn': String(event['methodArn']) }),
    }
    return STYLES[style](completion, context, callback)
  })

/** Merges the options of a file and of a row; `null` leaves an option out. */
export const mergeOptions = (...options: readonly (object | undefined)[]): object =>
  Object.fromEntries(Object.entries(Object.assign({}, ...options) as object).filter(([, value]) => value !== null))

export const toSubject = (authorizer: Authorizer<never>, lambda: RecordedFunction): Subject => ({
  authorizer,
  functions: new Map([['authorizer', lambda]]),
})

/** Context names that `requestContext.authorizer` does not show with the value of the context. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(['principalId', 'claims', 'integrationLatency'])

const isReserved = ([name]: [string, unknown]): boolean => RESERVED_NAMES.has(name)

/** The context that belongs to a flat `requestContext.authorizer`, with the returned values of reserved names. */
export const flatContext = (
  { handler }: AwsRow,
  authorizer: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const result = isRecord(handler?.result) ? handler.result : {}
  const returned = isRecord(result['context']) ? result['context'] : {}
  return Object.fromEntries([
    ...Object.entries(authorizer).filter((entry) => !isReserved(entry)),
    ...Object.entries(returned).filter(isReserved),
  ])
}

/** Translates the expectation of a step; `toService` adds the values that differ between REST and HTTP APIs. */
export const toAwsExpectation = (
  { expect: expected, calls }: RequestStep<AwsExpected, number>,
  toService: (authorizer: Readonly<Record<string, unknown>>) => ExpectedService,
): Expectation => {
  const { integration, authorizer, event, eventExactly, eventMembers, ...response } = expected
  const service = authorizer === undefined ? {} : { authorizer, ...toService(authorizer) }
  return {
    ...(integration === true && { service }),
    response,
    calls: { authorizer: calls },
    events: {
      authorizer: {
        ...(event && { some: expand(event) as Readonly<Record<string, unknown>> }),
        ...(eventExactly && { exactly: expand(eventExactly) as Readonly<Record<string, unknown>> }),
        ...(eventMembers && { members: eventMembers }),
      },
    },
  }
}
