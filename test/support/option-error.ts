/** Checks for option errors, and tables of invalid options. @module */
import { AuthorizerError } from '@custom-authorizer/core'
import { expect } from 'vitest'

/** Option path, options, the found value as in the message, and the allowed values as in the message. */
export type Row = readonly [path: string, options: unknown, found: string, allowed: string]

/** The rows with their title parts first. */
export const titled = (rows: readonly Row[]): [string, string, string, unknown][] =>
  rows.map(([path, options, found, allowed]) => [path, found, allowed, options])

/** Expects an option error at construction. */
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

/** The message for an unknown option. */
export const UNKNOWN = 'is not an option'
