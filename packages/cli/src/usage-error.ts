/** The error for everything that the user can correct: arguments, files, modules. The exit code is 2. @module */

/** A message for the user, and what to do. Commands throw it; `main` prints it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** What to do, one sentence per line. */
  readonly advice: readonly string[]

  constructor(message: string, ...advice: readonly string[]) {
    super(message)
    this.advice = advice
  }
}
