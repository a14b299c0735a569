/** Problems that a developer should know about: the log and the diagnostics channel. @module */
import { isThenable } from '../util/thenable.ts'
import { consoleLogger, type Logger, type ProblemKind } from '../util/logger.ts'
import { openChannel } from './channel.ts'

/** Name of the diagnostics channel that receives each {@link Problem}. */
export const PROBLEM_CHANNEL = 'custom-authorizer.problem'

const problemChannel = openChannel(PROBLEM_CHANNEL)

/** A problem with an authorizer or a mount, apart from the decision on a request. */
export interface Problem {
  /** Name of the authorizer, or `assertGuarded`. */
  readonly authorizer: string
  readonly kind: ProblemKind
  /** One line for a person: names, kinds and places, never values. */
  readonly message: string
}

/** Calls a hook and ignores what it throws, or what its promise rejects with (SEC-104). */
export const isolated = (hook: () => unknown, onFailure: () => void): void => {
  try {
    const pending = hook()
    if (isThenable(pending)) Promise.resolve(pending).then(undefined, onFailure)
  } catch {
    onFailure()
  }
}

const WARNINGS: ReadonlySet<Problem['kind']> = new Set(['NOTE', 'LATE_RESULT', 'FAILED_OPEN'])

/** Publishes a problem on the diagnostics channel and writes it to the log: to the console if there is no logger, `null` to none. */
export const reportProblem = (logger: Logger | null | undefined, problem: Problem): void => {
  if (problemChannel.hasSubscribers)
    isolated(
      () => problemChannel.publish(problem),
      () => undefined,
    )
  if (logger === null) return
  const { authorizer, kind, message } = problem
  const line = `custom-authorizer: "${authorizer}": ${message}`
  const fields = { authorizer, kind }
  const log = logger ?? consoleLogger
  isolated(
    () => (WARNINGS.has(kind) ? log.warn(line, fields) : log.error(line, fields)),
    () => undefined,
  )
}
