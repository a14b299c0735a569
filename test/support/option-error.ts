/** The error of a wrong option, and tables of wrong options. @module */
import { AuthorizerError } from '@custom-authorizer/core'
import { expect } from 'vitest'

/** Option path, the value given, what the error calls the value, what it says is allowed. */
export type Row = readonly [path: string, options: unknown, found: string, allowed: string]

/** The same rows with what makes a title in front. */
export const titled = (rows: readonly Row[]): [string, string, string, unknown][] =>
  rows.map(([path, options, found, allowed]) => [path, found, allowed, options])

/** Expects the error of a wrong option, thrown at construction. */
export const expectOptionError = (build: () => unknown, path: string, found: string, allowed: string): void => {
  let thrown: unknown
  try {
    build()
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(AuthorizerError)
  const { code, message } = thrown as AuthorizerError
  expect(code).toBe('ERR_OPTION')
  const [where = '', rest = ''] = message.split(/(?<=^\S+?):? (?=found|is not)/)
  expect(where).toBe(path)
  expect(rest).toContain(found)
  expect(rest).toMatch(/; allowed: ./)
  expect(rest.slice(rest.indexOf('; allowed: '))).toContain(allowed)
}

/** What an error says of an option that does not exist. */
export const UNKNOWN = 'is not an option'
