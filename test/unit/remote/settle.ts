/** The results of remote calls, in a form that tests can compare. @module */
import { AuthorizerError } from '@custom-authorizer/core'

export const UNREACHABLE = 'ERR_REMOTE_UNREACHABLE'
export const BAD_RESPONSE = 'ERR_REMOTE_RESPONSE'
export const OVERLOADED = 'ERR_REMOTE_OVERLOADED'

/** The result of {@link settle}: `value` if the call succeeded, else `code` and `message`. */
export interface Settled {
  readonly value?: unknown
  readonly code?: string
  readonly message?: string
}

/** Waits for a call. For errors other than `AuthorizerError`, `code` is the name of the error. */
export const settle = (call: Promise<unknown>): Promise<Settled> =>
  call.then(
    (value) => ({ value }),
    (error: unknown) =>
      error instanceof AuthorizerError
        ? { code: error.code, message: error.message }
        : { code: (error as Error).name, message: (error as Error).message },
  )

/** The code of a call's error. */
export const codeOf = async (call: Promise<unknown>): Promise<string | undefined> => (await settle(call)).code

/** Counts the calls by the code of their error; `'succeeded'` for those without an error. */
export const tally = async (calls: readonly Promise<unknown>[]): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {}
  for (const { code = 'succeeded' } of await Promise.all(calls.map((each) => settle(each))))
    counts[code] = (counts[code] ?? 0) + 1
  return counts
}
