/** Problems that a developer should know about: the log and the diagnostics channel. @module */
import { isThenable } from '../util/thenable.ts'
import type { Logger, ProblemKind } from '../util/logger.ts'
import { openChannel } from './channel.ts'

/** Name of the diagnostics channel that receives each {@link Problem}. */
export const PROBLEM_CHANNEL = 'custom-authorizer.problem'

const problemChannel = openChannel(PROBLEM_CHANNEL)

/** A problem with an authorizer or a mount, apart from the decision on a request. */
export interface Problem {
  /** Name of the authorizer. */
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

/** Publishes a problem on the diagnostics channel and writes it to the log. */
export const reportProblem = (logger: Logger | null, problem: Problem): void => {
  if (problemChannel.hasSubscribers)
    isolated(
      () => problemChannel.publish(problem),
      () => undefined,
    )
  if (logger === null) return
  const { authorizer, kind, message } = problem
  const line = `custom-authorizer: "${authorizer}": ${message}`
  const fields = { authorizer, kind }
  isolated(
    () => (WARNINGS.has(kind) ? logger.warn(line, fields) : logger.error(line, fields)),
    () => undefined,
  )
}
