/** What a call came to, in a form that fits into a table. @module */
import { AuthorizerError } from '@custom-authorizer/core'

export const UNREACHABLE = 'ERR_REMOTE_UNREACHABLE'
export const ANSWER = 'ERR_REMOTE_RESPONSE'
export const OVERLOADED = 'ERR_REMOTE_OVERLOADED'

/** What `settle` makes of a call that succeeds. */
export interface Settled {
  readonly answer?: unknown
  readonly code?: string
  readonly message?: string
}

/** The answer, or code and message of the error; an error of another class has its name for a code. */
export const settle = (call: Promise<unknown>): Promise<Settled> =>
  call.then(
    (answer) => ({ answer }),
    (error: unknown) =>
      error instanceof AuthorizerError
        ? { code: error.code, message: error.message }
        : { code: (error as Error).name, message: (error as Error).message },
  )

/** The code of the error that a call ends with. */
export const codeOf = async (call: Promise<unknown>): Promise<string | undefined> => (await settle(call)).code

/** How many of the calls ended with each code; `answered` for those that did not fail. */
export const tally = async (calls: readonly Promise<unknown>[]): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {}
  for (const { code = 'answered' } of await Promise.all(calls.map((each) => settle(each))))
    counts[code] = (counts[code] ?? 0) + 1
  return counts
}
