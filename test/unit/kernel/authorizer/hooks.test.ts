/** Hooks and loggers: failures in them do not change the decision (SEC-104). */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import {
  anyOf,
  createAuthorizer,
  type Decision,
  type Logger,
  PROBLEM_CHANNEL,
  type Problem,
} from '@custom-authorizer/core'
import { describe, expect, test, vi } from 'vitest'
import { reasonOf } from '../../../support/outcome.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { throwError, expectNothingUncaught, settledOrUndefined } from '../../../support/failure-checks.ts'
import { withToken } from '../../../support/with-token.ts'

const request = withToken('Bearer t')
const reject = (): Promise<never> => Promise.reject(new Error('hook: hunter2'))
const neverSettles = (): Promise<never> => new Promise(() => undefined)
const returnsTrue = (): boolean => true
const thenable = (): unknown => Object.defineProperty({}, ['th', 'en'].join(''), { get: throwError })

const hooks: readonly [string, () => unknown][] = [
  ['throws', throwError],
  ['rejects', reject],
  ['never settles', neverSettles],
  ['returns true', returnsTrue],
  ['returns a thenable whose getter throws', thenable],
]
const functions: readonly [string, () => boolean | Promise<boolean>, string][] = [
  ['allows synchronously', () => true, 'ALLOWED'],
  ['allows asynchronously', async () => true, 'ALLOWED'],
  ['denies synchronously', () => false, 'DENIED'],
  ['denies asynchronously', async () => false, 'DENIED'],
  ['throws', throwError, 'AUTHORIZER_ERROR'],
  ['rejects', reject, 'AUTHORIZER_ERROR'],
]

expectNothingUncaught()

describe.each(functions)('function that %s', (_, authorize, reason) => {
  test.each(hooks)('SEC-104 an onDecision hook that %s does not change the decision', async (_name, onDecision) => {
    const authorizer = createAuthorizer({ authorize, logger: null, onDecision })
    expect(reasonOf((await settledOrUndefined(authorizer.evaluate(request))) as never)).toBe(reason)
  })

  test.each(hooks)(
    'SEC-104 an onAuthorizerError hook that %s does not change the decision',
    async (_name, onAuthorizerError) => {
      const authorizer = createAuthorizer({ authorize, logger: null, onAuthorizerError })
      expect(reasonOf((await settledOrUndefined(authorizer.evaluate(request))) as never)).toBe(reason)
    },
  )

  test.each(hooks)('SEC-104 a logger that %s does not change the decision', async (_name, hook) => {
    const logger = { warn: hook, error: hook } as Logger
    const authorizer = createAuthorizer({ authorize, logger, onDecision: throwError })
    expect(reasonOf((await settledOrUndefined(authorizer.evaluate(request))) as never)).toBe(reason)
  })
})

test.each([
  ['throws', throwError],
  ['rejects', reject],
])('SEC-104 a hook that %s is reported without its error message', async (_, hook) => {
  const logger = new RecordingLogger()
  const problems: Problem[] = []
  const listen = (problem: unknown): void => void problems.push(problem as Problem)
  subscribe(PROBLEM_CHANNEL, listen)
  const authorizer = createAuthorizer({
    name: 'pets',
    authorize: throwError,
    logger,
    onDecision: hook,
    onAuthorizerError: hook,
  })
  await authorizer.evaluate(request)
  await vi.waitFor(() => expect(problems).toHaveLength(3))
  unsubscribe(PROBLEM_CHANNEL, listen)
  const failures = problems.filter(({ kind }) => kind === 'HOOK_FAILURE').map(({ message }) => message)
  expect(failures.sort()).toEqual(['onAuthorizerError failed', 'onDecision failed; the decision is unchanged'])
  expect(logger.lines.join('\n')).not.toMatch(/hunter2|boom/)
})

const tamper = (decision: Decision): void => {
  try {
    Object.assign(decision, { verdict: 'allow', reason: 'ALLOWED', principalId: 'root', status: 200 })
  } catch {
    // A frozen decision satisfies the rule, too.
  }
}
test('SEC-104 changes that a hook makes to the decision have no effect', () => {
  const authorizer = createAuthorizer({ authorize: () => false, onDecision: tamper })
  expect(authorizer.evaluate(request)).toMatchObject({ allowed: false, reason: 'DENIED', response: { status: 403 } })
})

test('SEC-101 by default each problem is one line on console.error', () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  void createAuthorizer({ name: 'pets', authorize: throwError }).evaluate(request)
  const line =
    /^custom-authorizer: "pets": the authorizer failed with Error at test\/support\/failure-checks\.ts:\d+:\d+; onAuthorizerError receives the error itself$/
  expect(error.mock.calls).toEqual([[expect.stringMatching(line)]])
})

test('with logger: null nothing is written to the console', () => {
  const methods = ['log', 'info', 'warn', 'error', 'debug'] as const
  const spies = methods.map((method) => vi.spyOn(console, method).mockImplementation(() => undefined))
  void createAuthorizer({ authorize: throwError, logger: null }).evaluate(request)
  for (const spy of spies) expect(spy).not.toHaveBeenCalled()
})

test('onDecision of evaluate receives the decisions of this evaluation, one for each member', async () => {
  const own: string[] = []
  const all: string[] = []
  const build = (name: string, isAllowed: boolean) =>
    createAuthorizer({
      name,
      logger: null,
      authorize: async () => isAllowed,
      onDecision: (each) => all.push(each.reason),
    })
  const composed = anyOf(build('first', false), build('second', true))
  await composed.evaluate(request, { onDecision: ({ authorizer, reason }) => own.push(`${authorizer} ${reason}`) })
  await composed.evaluate(request)
  expect(own).toEqual(['first DENIED', 'second ALLOWED'])
  expect(all).toEqual(['DENIED', 'ALLOWED', 'DENIED', 'ALLOWED'])
})

test.each(hooks)('SEC-104 an onDecision of evaluate that %s does not change the decision', async (_, onDecision) => {
  const decided: string[] = []
  const authorizer = createAuthorizer({
    authorize: () => false,
    logger: null,
    onDecision: ({ reason }) => decided.push(reason),
  })
  expect(authorizer.evaluate(request, { onDecision })).toMatchObject({ allowed: false, reason: 'DENIED' })
  expect(decided).toEqual(['DENIED'])
})
