import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createAuthorizer, type Decision, type Logger, PROBLEM_CHANNEL, type Problem } from '@custom-authorizer/core'
import { describe, expect, test, vi } from 'vitest'
import { reasonOf } from '../../../support/outcome.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { boom, expectNothingUncaught, settledOrUndefined } from '../../../support/refusal.ts'
import { withToken } from '../../../support/with-token.ts'

const request = withToken('Bearer t')
const reject = (): Promise<never> => Promise.reject(new Error('hook: hunter2'))
const hang = (): Promise<never> => new Promise(() => undefined)
const lies = (): boolean => true
const thenable = (): unknown => Object.defineProperty({}, ['th', 'en'].join(''), { get: boom })

const hooks: readonly [string, () => unknown][] = [
  ['throws', boom],
  ['rejects', reject],
  ['hangs', hang],
  ['answers true', lies],
  ['answers with a thenable that cannot be read', thenable],
]
const functions: readonly [string, () => boolean | Promise<boolean>, string][] = [
  ['allows at once', () => true, 'ALLOWED'],
  ['allows later', async () => true, 'ALLOWED'],
  ['refuses at once', () => false, 'DENIED'],
  ['refuses later', async () => false, 'DENIED'],
  ['throws', boom, 'AUTHORIZER_ERROR'],
  ['rejects', reject, 'AUTHORIZER_ERROR'],
]

expectNothingUncaught()

describe.each(functions)('SEC-104 with a function that %s', (_, authorize, reason) => {
  test.each(hooks)('an onDecision that %s changes nothing', async (_name, onDecision) => {
    const authorizer = createAuthorizer({ authorize, logger: null, onDecision })
    expect(reasonOf((await settledOrUndefined(authorizer.evaluate(request))) as never)).toBe(reason)
  })

  test.each(hooks)('an onAuthorizerError that %s changes nothing', async (_name, onAuthorizerError) => {
    const authorizer = createAuthorizer({ authorize, logger: null, onAuthorizerError })
    expect(reasonOf((await settledOrUndefined(authorizer.evaluate(request))) as never)).toBe(reason)
  })

  test.each(hooks)('a logger that %s changes nothing', async (_name, hook) => {
    const logger = { warn: hook, error: hook } as Logger
    const authorizer = createAuthorizer({ authorize, logger, onDecision: boom })
    expect(reasonOf((await settledOrUndefined(authorizer.evaluate(request))) as never)).toBe(reason)
  })
})

test.each([
  ['throws', boom],
  ['rejects', reject],
])('SEC-104 a hook that %s is reported, without what it failed with', async (_, hook) => {
  const logger = new RecordingLogger()
  const problems: Problem[] = []
  const listen = (problem: unknown): void => void problems.push(problem as Problem)
  subscribe(PROBLEM_CHANNEL, listen)
  const authorizer = createAuthorizer({
    name: 'pets',
    authorize: boom,
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
    // A frozen decision is as good.
  }
}
test('SEC-104 what a hook does to the decision it is told has no effect', () => {
  const authorizer = createAuthorizer({ authorize: () => false, onDecision: tamper })
  expect(authorizer.evaluate(request)).toMatchObject({ allowed: false, reason: 'DENIED', response: { status: 403 } })
})

test('SEC-101 without a logger of your own the lines go to the console, one for each problem', () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  void createAuthorizer({ name: 'pets', authorize: boom }).evaluate(request)
  const line =
    /^custom-authorizer: "pets": the authorizer failed with Error at test\/support\/refusal\.ts:\d+:\d+; onAuthorizerError receives the error itself$/
  expect(error.mock.calls).toEqual([[expect.stringMatching(line)]])
})

test('a logger of null writes nothing', () => {
  const methods = ['log', 'info', 'warn', 'error', 'debug'] as const
  const spies = methods.map((method) => vi.spyOn(console, method).mockImplementation(() => undefined))
  void createAuthorizer({ authorize: boom, logger: null }).evaluate(request)
  for (const spy of spies) expect(spy).not.toHaveBeenCalled()
})
